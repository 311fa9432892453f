"""What the API says of alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints

from core.database.connection import Document
from core.http import ApiModel, Id, Page, Timestamp, format_time
from core.observations.model import Person, display_of
from plugins.alerting.episodes import ACTIVE

if TYPE_CHECKING:
    from core.platform import Platform

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


class HistoryEntry(ApiModel):
    """One step in an alert's story."""

    at: Timestamp
    action: str
    by: Person | None
    note: str | None
    value: float | None
    people: list[Person] = Field([], description="Who was told by this step.")


class AlertOut(ApiModel):
    """One alert: one episode of readings beyond a limit, or of another condition."""

    id: str
    patient_id: str | None = Field(description="Null when the alert is about the platform itself.")
    patient_name: str
    code: str | None = Field(description="LOINC; null when the alert is about no one measurement.")
    display: str
    kind: str = Field(
        description="out_of_range, change, combination, stale, missed, device_silent, score or technical."
    )
    priority: str = Field(description="high, medium or low.")
    status: str = Field(description="active, acknowledged, snoozed or resolved.")
    condition_active: bool = Field(description="Whether the newest reading is still beyond the limit.")
    late: bool = Field(description="Whether it was over when it arrived: a later episode had been resolved already.")
    title: str
    detail: str | None = Field(description="One sentence more, where the title does not say all.")
    value: float | None
    unit: str | None
    breached: str | None
    limit: float | None
    first_at: Timestamp
    last_at: Timestamp
    raised_at: Timestamp
    count: int
    observation_id: str | None
    assigned_to: Person | None
    actionable: bool | None = Field(description="What the person who acknowledged said: was there something to do?")
    snoozed_by: Person | None
    snoozed_until: Timestamp | None
    acknowledged_by: Person | None
    acknowledged_at: Timestamp | None
    resolved_by: Person | None
    resolved_at: Timestamp | None
    note: str | None
    escalation_level: int = Field(description="How many steps of its ladder it has climbed; 0: nobody was told.")
    revision: int = Field(description="Rises with each change.")
    storm_id: str | None = Field(description="Of which storm of alerts it is; null for a high priority, always.")
    history: list[HistoryEntry]


class StormPart(ApiModel):
    """How many alerts of a storm have one title."""

    title: str
    count: int


class StormOut(ApiModel):
    """The open alerts of a storm, summed up. None of them is of high priority."""

    id: str
    priority: str = Field(description="The highest among them: medium or low.")
    first_at: Timestamp
    last_at: Timestamp
    count: int
    patients: int
    devices: int
    waiting: list[Id] = Field(description="The ids of those that nobody has acknowledged: what one request can answer.")
    parts: list[StormPart]


class AlertList(ApiModel):
    """A page of alerts."""

    items: list[AlertOut]
    storms: list[StormOut] = Field(description="With ``grouped``: the storms whose alerts are left out of the items.")
    next: str | None


class AlertQuery(Page):
    """Which alerts to list. ``open`` is all but the resolved."""

    status: str | None = Field(None, pattern="^(active|acknowledged|snoozed|resolved|open|all)$")
    patient_id: Id | None = None
    priority: str | None = Field(None, pattern="^(high|medium|low)$")
    storm_id: Id | None = None
    grouped: bool = Field(False, description="Give storms as sums; alerts of high priority are in the items always.")


class AlertPath(ApiModel):
    """The alert's id."""

    alert_id: Id


class NoteIn(ApiModel):
    """A note to go with the action."""

    note: Note | None = None


class AcknowledgeIn(NoteIn):
    """A note, and whether there was something to do."""

    actionable: bool | None = None


class AcknowledgeManyIn(NoteIn):
    """Which alerts, and a note for all of them."""

    ids: list[Id] = Field(min_length=1, max_length=5000)


class AcknowledgeManyOut(ApiModel):
    """What became of each."""

    acknowledged: list[Id]
    left: list[Id] = Field(description="Urgent ones, those that somebody else had taken on, and what is not there.")


class SnoozeIn(NoteIn):
    """For how long an alert calls nobody. Less for an urgent one: see ``longest_snooze``."""

    minutes: int = Field(ge=1, le=24 * 60)


class AssignIn(NoteIn):
    """Whose it is from now on; null for nobody's."""

    user_id: Id | None


def storms_json(rows: Sequence[Document]) -> list[dict[str, Any]]:
    """The alerts of storms as StormOut each, the newest storm first. ``rows``: by the time of raising."""
    by_storm: dict[str, list[Document]] = {}
    for row in rows:
        by_storm.setdefault(row["storm_id"], []).append(row)
    found = []
    for storm_id, alerts in by_storm.items():
        moments = [row["raised_at"] for row in alerts]
        parts = Counter(row["title"] for row in alerts).most_common()
        found.append(
            {
                "id": storm_id,
                "priority": "medium" if any(row["priority"] == "medium" for row in alerts) else "low",
                "first_at": format_time(min(moments)),
                "last_at": format_time(max(moments)),
                "count": len(alerts),
                "patients": len({row["patient_id"] for row in alerts}),
                "devices": len({row.get("device_id") for row in alerts} - {None}),
                "waiting": [row["_id"] for row in alerts if row["status"] == ACTIVE],
                "parts": [{"title": title, "count": count} for title, count in parts],
            }
        )
    return sorted(found, key=lambda storm: str(storm["last_at"]), reverse=True)


def alerts_json(platform: Platform, alerts: Sequence[Document]) -> list[dict[str, Any]]:
    """Alerts as AlertOut each, with one look-up of their patients."""
    patients = platform.patients.several(row["patient_id"] for row in alerts if row["patient_id"] is not None)
    names = {patient_id: patient.name for patient_id, patient in patients.items()}
    return [_alert_json(alert, names.get(alert["patient_id"] or "", "")) for alert in alerts]


def alert_json(platform: Platform, alert: Document) -> dict[str, Any]:
    """An alert as AlertOut."""
    return alerts_json(platform, [alert])[0]


def _alert_json(alert: Document, patient_name: str) -> dict[str, Any]:
    patient_id = alert["patient_id"]
    code = alert["code"]

    def moment(name: str) -> str | None:
        value = alert.get(name)
        return format_time(value) if value is not None else None

    return {
        "id": alert["_id"],
        "patient_id": patient_id,
        "patient_name": patient_name,
        "code": code,
        "display": display_of(code) if code else alert["title"],
        "kind": alert["kind"],
        "priority": alert["priority"],
        "status": alert["status"],
        "condition_active": alert["condition_active"],
        "late": alert.get("late", False),
        "title": alert["title"],
        "detail": alert.get("detail"),
        "value": alert["value"],
        "unit": alert["unit"],
        "breached": alert["breached"],
        "limit": alert["limit"],
        "first_at": moment("first_at"),
        "last_at": moment("last_at"),
        "raised_at": moment("raised_at"),
        "count": alert["count"],
        "observation_id": alert["observation_id"],
        "assigned_to": alert.get("assigned_to"),
        "actionable": alert.get("actionable"),
        "snoozed_by": alert.get("snoozed_by"),
        "snoozed_until": moment("snoozed_until"),
        "acknowledged_by": alert.get("acknowledged_by"),
        "acknowledged_at": moment("acknowledged_at"),
        "resolved_by": alert.get("resolved_by"),
        "resolved_at": moment("resolved_at"),
        "note": alert.get("note"),
        "escalation_level": alert.get("escalation_level", 0),
        "revision": alert["revision"],
        "storm_id": alert.get("storm_id"),
        "history": [{"people": [], **entry, "at": format_time(entry["at"])} for entry in alert["history"]],
    }
