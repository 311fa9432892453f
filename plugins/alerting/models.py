"""What the API says of alerts and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

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
    """One alert: one episode of readings beyond a limit, or of another condition."""

    id: str
    patient_id: str | None = Field(description="Null when the alert is about the platform itself.")
    patient_name: str
    code: str | None = Field(description="LOINC; null when the alert is about no one measurement.")
    display: str
    kind: str = Field(description="out_of_range, change, missed, device_silent, score or technical.")
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


class RateModel(ApiModel):
    """How much a value may change, in its own unit, within how many hours."""

    change: float = Field(gt=0, allow_inf_nan=False)
    hours: float = Field(gt=0, le=14 * 24)
    direction: Literal["up", "down", "both"] = "both"


class RuleOut(ApiModel):
    """The limits of one measurement."""

    code: str
    display: str
    unit: str | None
    low: float | None
    high: float | None
    critical_low: float | None
    critical_high: float | None
    duration_s: int
    hysteresis: float
    latching: bool
    rate: RateModel | None
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
    duration_s: int = Field(
        0, ge=0, le=86_400, description="How long readings must break a limit that is not critical."
    )
    hysteresis: float = Field(0.0, ge=0, le=1000, description="How far within the range the alert's condition ends.")
    latching: bool = Field(True, description="Whether the alert waits for a person though its condition has ended.")
    rate: RateModel | None = None


class RulesIn(ApiModel):
    """All of a patient's own limits; measurements left out follow the defaults."""

    rules: list[RuleIn] = Field(max_length=40)


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
        "history": [{**entry, "at": format_time(entry["at"])} for entry in alert["history"]],
    }
