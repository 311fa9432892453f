"""What the API says of plans, of what is due and of templates."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from core.database.connection import Document
from core.http import ApiModel, Id, QueryModel, Timestamp, format_time
from core.observations.api import Code
from core.observations.model import Person, display_of
from core.observations.vital_signs import get
from core.patients.api import Zone


def _near(value: date) -> date:
    if not 2000 <= value.year < 2200:
        raise ValueError("the year must lie between 2000 and 2199")
    return value


def _measured(code: str) -> str:
    sign = get(code)
    if sign is None:
        raise ValueError("not a measurement that is known here")
    return sign.panel or sign.code


#: What is asked for: of a component or an alias, what it is stored under.
Measured = Annotated[Code, AfterValidator(_measured)]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Day = Annotated[date, Field(strict=False), AfterValidator(_near)]
Instructions = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Tell = Literal["professionals", "nobody"]


class TimesOfDay(ApiModel):
    """At these times of the patient's clock."""

    kind: Literal["times_of_day"]
    times: list[TimeOfDay] = Field(min_length=1, max_length=24)
    weekdays: list[Weekday] | None = Field(None, min_length=1, max_length=7, description="Every day if null.")


class EveryHours(ApiModel):
    """Every so many hours: at the same times each day where the hours divide 24, else by hours that pass."""

    kind: Literal["every_hours"]
    hours: int = Field(ge=1, le=168)
    from_: TimeOfDay = Field(alias="from", description="Time of day of the first, on the first day.")


class Recurrence(ApiModel):
    """By a recurrence rule (RFC 5545), evaluated on the patient's clock."""

    kind: Literal["rrule"]
    rrule: str = Field(min_length=1, max_length=300, description="Such as FREQ=DAILY;BYHOUR=8.")


Schedule = Annotated[TimesOfDay | EveryHours | Recurrence, Field(discriminator="kind")]


class _Asked(ApiModel):
    code: Measured = Field(description="LOINC code of what to measure; a component's stands for its panel.")
    schedule: Schedule
    window_before_minutes: int = Field(60, ge=0, le=1440, description="How early a reading counts.")
    grace_minutes: int = Field(60, ge=1, le=1440, description="How late a reading counts; after that it is missed.")
    instructions: Instructions = ""
    tell: Tell = Field("professionals", description="Whether a missed measurement becomes an alert.")


class PlanItemIn(_Asked):
    """Something to be measured. An item keeps its history for as long as it keeps its id."""

    id: Id | None = Field(None, description="As in the answer before; a new one if left out.")
    start: Day | None = Field(None, description="First day; today if left out.")
    end: Day | None = Field(None, description="Last day; none if left out.")
    enabled: bool = True


class PlanIn(ApiModel):
    """The whole plan."""

    items: list[PlanItemIn] = Field(max_length=40)
    revision: int | None = Field(None, ge=0, description="The one that was read: refused if there is a newer one.")


class PlanItemOut(_Asked):
    """Something to be measured."""

    id: str
    display: str
    start: date = Field(strict=False)
    end: date | None = Field(strict=False)
    enabled: bool


class PlanOut(ApiModel):
    """A patient's plan. Revision 0: there has never been one."""

    items: list[PlanItemOut]
    revision: int
    changed_at: Timestamp | None
    changed_by: Person | None
    time_zone: str


class DueOut(ApiModel):
    """One time at which something is or was to be measured."""

    item_id: str
    code: str
    display: str
    due_at: Timestamp
    until: Timestamp = Field(description="The end of the grace time.")
    state: Literal["waiting", "fulfilled", "missed"]
    instructions: str | None
    observation_id: str | None
    device: str | None = Field(description="Name of a device of the patient's that measures it.")


class DueLists(ApiModel):
    """What is to be measured today, by the patient's clock. ``now`` can be measured now."""

    now: list[DueOut]
    next: list[DueOut]
    done: list[DueOut]
    missed: list[DueOut]


class PreviewIn(ApiModel):
    """An item that is being written, and where the patient is."""

    item: PlanItemIn
    time_zone: Zone


class PreviewOut(ApiModel):
    """The next times at which the item would be due: five, or fewer if it ends before."""

    times: list[Timestamp]


class AdherenceQuery(QueryModel):
    """How far back, with today."""

    days: int = Field(14, ge=1, le=90)


class AdherenceDay(ApiModel):
    """One day of one item, by the patient's clock."""

    day: date = Field(strict=False)
    fulfilled: int
    missed: int


class AdherenceItem(ApiModel):
    """How an item of the plan was followed. Days without anything due are left out."""

    item_id: str
    code: str
    display: str
    fulfilled: int
    missed: int
    days: list[AdherenceDay]


class Adherence(ApiModel):
    """How the plan was followed, by item."""

    items: list[AdherenceItem]


class TemplateItem(_Asked):
    """Something to be measured, for some days or for good."""

    days: int | None = Field(None, ge=1, le=3660, description="For how many days; for good if null.")


class TemplateIn(ApiModel):
    """A plan to start from."""

    title: Title
    items: list[TemplateItem] = Field(min_length=1, max_length=40)


class TemplateOut(ApiModel):
    """A plan to start from."""

    id: str
    title: str
    items: list[TemplateItem]


class TemplateList(ApiModel):
    """All templates."""

    items: list[TemplateOut]


class TemplatePath(ApiModel):
    """The template's id."""

    template_id: Id


def plan_json(plan: Document | None, time_zone: str) -> dict[str, Any]:
    """A plan as PlanOut."""
    if plan is None:
        return {"items": [], "revision": 0, "changed_at": None, "changed_by": None, "time_zone": time_zone}
    return {
        "items": [{**item, "display": display_of(item["code"])} for item in plan["items"]],
        "revision": plan["revision"],
        "changed_at": format_time(plan["changed_at"]),
        "changed_by": plan["changed_by"],
        "time_zone": time_zone,
    }


def template_json(template: Document) -> dict[str, Any]:
    """A template as TemplateOut."""
    return {"id": template["_id"], "title": template["title"], "items": template["items"]}
