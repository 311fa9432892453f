"""What the API says of alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints

from core.database.connection import Document
from core.http import ApiModel, Id, Page, Timestamp, format_time
from core.observations.model import Person, display_of

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
    history: list[HistoryEntry]


class AlertList(ApiModel):
    """A page of alerts."""

    items: list[AlertOut]
    next: str | None


class AlertQuery(Page):
    """Which alerts to list. ``open`` is all but the resolved."""

    status: str | None = Field(None, pattern="^(active|acknowledged|snoozed|resolved|open|all)$")
    patient_id: Id | None = None


class AlertPath(ApiModel):
    """The alert's id."""

    alert_id: Id


class NoteIn(ApiModel):
    """A note to go with the action."""

    note: Note | None = None


class AcknowledgeIn(NoteIn):
    """A note, and whether there was something to do."""

    actionable: bool | None = None


class SnoozeIn(NoteIn):
    """For how long an alert calls nobody. Less for an urgent one: see ``longest_snooze``."""

    minutes: int = Field(ge=1, le=24 * 60)


class AssignIn(NoteIn):
    """Whose it is from now on; null for nobody's."""

    user_id: Id | None


def alert_json(platform: Platform, alert: Document) -> dict[str, Any]:
    """An alert as AlertOut."""
    patient_id = alert["patient_id"]
    patient = platform.patients.get(patient_id) if patient_id is not None else None
    code = alert["code"]

    def moment(name: str) -> str | None:
        value = alert.get(name)
        return format_time(value) if value is not None else None

    return {
        "id": alert["_id"],
        "patient_id": patient_id,
        "patient_name": patient.name if patient else "",
        "code": code,
        "display": display_of(code) if code else alert["title"],
        "kind": alert["kind"],
        "priority": alert["priority"],
        "status": alert["status"],
        "condition_active": alert["condition_active"],
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
        "history": [{"people": [], **entry, "at": format_time(entry["at"])} for entry in alert["history"]],
    }
