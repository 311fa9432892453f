"""What the API says of teams, ladders and climbs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from core.database.connection import Document
from core.http import ApiModel, Id, QueryModel, Timestamp, format_time
from core.observations.model import Person
from core.patients.api import Zone

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Role = Literal["nurse", "doctor"]
Priority = Literal["high", "medium", "low"]
Target = Literal[
    "on_call_nurse", "on_call_doctor", "care_team", "whole_team", "all_nurses", "all_doctors", "admins"
]  # fmt: skip
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]


class _ShiftTimes(ApiModel):
    id: Id
    role: Role
    turns: Literal["together", "daily", "weekly"] = Field(
        description="Whether all are on call together, or one after the other by day or week."
    )
    turns_from: date = Field(strict=False, description="The day on which the first person's turn begins.")
    weekdays: list[Weekday] | None = Field(
        min_length=1, max_length=7, description="On which days it begins; every day if null."
    )
    start: TimeOfDay = Field(description="On the team's clock.")
    end: TimeOfDay = Field(description="On the next day if not later than the start; then equal times are 24 hours.")


class ShiftIn(_ShiftTimes):
    """A shift. ``people``: user ids, in the order of their turns."""

    people: list[Id] = Field(min_length=1, max_length=60)


class ShiftOut(_ShiftTimes):
    """A shift with its people, in the order of their turns."""

    people: list[Person]


class CoverIn(ApiModel):
    """Somebody is on call in the place of another, or beside all, for a while."""

    role: Role
    user_id: Id
    instead_of: Id | None = Field(None, description="Whose place is taken; null: on call beside the others.")
    start: Timestamp
    end: Timestamp
    note: Note = ""


class CoverOut(ApiModel):
    """Cover."""

    id: str
    role: str
    person: Person
    instead_of: Person | None
    start: Timestamp
    end: Timestamp
    note: str
    by: Person


class _TeamFields(ApiModel):
    title: Title
    time_zone: Zone
    for_everybody: bool = Field(description="Whether it looks after all patients who have no other team.")
    wards: list[Title] = Field(max_length=100, description="The wards whose patients it looks after.")
    patient_ids: list[Id] = Field(max_length=1000, description="Patients whom it looks after whatever their ward.")


class TeamIn(_TeamFields):
    """A team and its rota, without its cover."""

    shifts: list[ShiftIn] = Field(max_length=60)
    revision: int | None = Field(None, ge=0, description="The one that was read: refused if there is a newer one.")


class TeamOut(_TeamFields):
    """A team, its rota and its cover."""

    id: str
    shifts: list[ShiftOut]
    cover: list[CoverOut]
    revision: int


class TeamList(ApiModel):
    """All teams."""

    items: list[TeamOut]


class TeamPath(ApiModel):
    """The team's id."""

    team_id: Id


class CoverPath(TeamPath):
    """The team's and the cover's id."""

    cover_id: Id


class LayoutQuery(QueryModel):
    """From when to when, 62 days at the most."""

    start: Timestamp
    end: Timestamp


class Span(ApiModel):
    """Who is on call in a role, from when to when; nobody if ``people`` is empty."""

    role: str
    start: Timestamp
    end: Timestamp
    people: list[Person]


class Layout(ApiModel):
    """A rota, laid out in time."""

    time_zone: str
    spans: list[Span]


class OnCallNow(ApiModel):
    """Who is on call for a team in a role now."""

    team_id: str
    team: str
    role: str
    people: list[Person]
    until: Timestamp | None = Field(description="When that changes; null: not within two days.")


class OnCallList(ApiModel):
    """Who is on call now, in all teams."""

    items: list[OnCallNow]


class StepModel(ApiModel):
    """Who is told, how long after the alert began to call."""

    after_minutes: int = Field(ge=0, le=7 * 24 * 60)
    tell: list[Target] = Field(min_length=1, max_length=7)


class LadderModel(ApiModel):
    """A ladder. The first in the list that is for an alert's kind and priority is climbed."""

    id: Id
    title: Title
    kinds: list[Kind] | None = Field(min_length=1, max_length=20, description="Every kind if null.")
    priorities: list[Priority] | None = Field(min_length=1, max_length=3, description="Every priority if null.")
    steps: list[StepModel] = Field(min_length=1, max_length=12)
    repeat_minutes: int | None = Field(
        ge=1, le=24 * 60, description="How often those who were told are told again until somebody takes it on."
    )


class Ladders(ApiModel):
    """All ladders, in their order. Revision 0: as shipped."""

    ladders: list[LadderModel] = Field(min_length=1, max_length=40)
    revision: int = Field(ge=0)


class AlertPath(ApiModel):
    """The alert's id."""

    alert_id: Id


class ClimbStep(StepModel):
    """A step of a climb: when it is due, and whether it was taken."""

    due_at: Timestamp
    taken: bool


class ClimbOut(ApiModel):
    """How far an alert has climbed."""

    state: Literal["running", "held", "over"]
    steps: list[ClimbStep]
    repeats: int
    next_at: Timestamp | None
    told: list[Person]
    reached: bool | None = Field(description="Whether anybody who was told can be reached; null: not known yet.")


def team_json(team: Document, named: dict[str, str]) -> dict[str, Any]:
    """A team as TeamOut. ``named``: people's names by id."""

    def person(user_id: str) -> dict[str, str]:
        return {"id": user_id, "name": named.get(user_id, "")}

    fields = {name: team[name] for name in ("title", "time_zone", "for_everybody", "wards", "patient_ids", "revision")}
    return fields | {
        "id": team["_id"],
        "shifts": [shift | {"people": [person(user_id) for user_id in shift["people"]]} for shift in team["shifts"]],
        "cover": [
            {
                "id": cover["id"],
                "role": cover["role"],
                "person": person(cover["user_id"]),
                "instead_of": person(cover["instead_of"]) if cover["instead_of"] else None,
                "start": format_time(cover["start"]),
                "end": format_time(cover["end"]),
                "note": cover["note"],
                "by": cover["by"],
            }
            for cover in sorted(team["cover"], key=lambda cover: cover["start"])
        ],
    }
