"""What the API says of alerts and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints

from core.database.connection import Document
from core.http import ApiModel, Id, Page, Timestamp, format_time
from core.observations.api import Code, Number
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


class AlertOut(ApiModel):
    """One alert: one episode of readings beyond a limit."""

    id: str
    patient_id: str
    patient_name: str
    code: str
    display: str
    kind: str
    priority: str = Field(description="high, medium or low.")
    status: str = Field(description="active, acknowledged or resolved.")
    condition_active: bool = Field(description="Whether the newest reading is still beyond the limit.")
    title: str
    value: float | None
    unit: str | None
    breached: str | None
    limit: float | None
    first_at: Timestamp
    last_at: Timestamp
    raised_at: Timestamp
    count: int
    observation_id: str
    acknowledged_by: Person | None
    acknowledged_at: Timestamp | None
    resolved_by: Person | None
    resolved_at: Timestamp | None
    note: str | None
    history: list[HistoryEntry]


class AlertList(ApiModel):
    """A page of alerts."""

    items: list[AlertOut]
    next: str | None


class AlertQuery(Page):
    """Which alerts to list. ``open`` is active and acknowledged."""

    status: str | None = Field(None, pattern="^(active|acknowledged|resolved|open|all)$")
    patient_id: Id | None = None


class AlertPath(ApiModel):
    """The alert's id."""

    alert_id: Id


class NoteIn(ApiModel):
    """A note to go with the action."""

    note: Note | None = None


class RuleOut(ApiModel):
    """The limits of one measurement."""

    code: str
    display: str
    unit: str | None
    low: float | None
    high: float | None
    critical_low: float | None
    critical_high: float | None
    source: str = Field(description="default or patient.")


class RuleList(ApiModel):
    """The limits that hold for a patient."""

    rules: list[RuleOut]


class RuleIn(ApiModel):
    """A patient's own limits of one measurement; null means no limit on that side."""

    code: Code
    low: Number | None
    high: Number | None
    critical_low: Number | None = None
    critical_high: Number | None = None


class RulesIn(ApiModel):
    """All of a patient's own limits; measurements left out follow the defaults."""

    rules: list[RuleIn] = Field(max_length=40)


def alert_json(platform: Platform, alert: Document) -> dict[str, Any]:
    """An alert as AlertOut."""
    patient = platform.patients.get(alert["patient_id"])

    def moment(name: str) -> str | None:
        value = alert.get(name)
        return format_time(value) if value is not None else None

    return {
        "id": alert["_id"],
        "patient_id": alert["patient_id"],
        "patient_name": patient.name if patient else "",
        "code": alert["code"],
        "display": display_of(alert["code"]),
        "kind": alert["kind"],
        "priority": alert["priority"],
        "status": alert["status"],
        "condition_active": alert["condition_active"],
        "title": alert["title"],
        "value": alert["value"],
        "unit": alert["unit"],
        "breached": alert["breached"],
        "limit": alert["limit"],
        "first_at": moment("first_at"),
        "last_at": moment("last_at"),
        "raised_at": moment("raised_at"),
        "count": alert["count"],
        "observation_id": alert["observation_id"],
        "acknowledged_by": alert.get("acknowledged_by"),
        "acknowledged_at": moment("acknowledged_at"),
        "resolved_by": alert.get("resolved_by"),
        "resolved_at": moment("resolved_at"),
        "note": alert.get("note"),
        "history": [{**entry, "at": format_time(entry["at"])} for entry in alert["history"]],
    }
