"""The observation: the stored document, its JSON face, and what counts as charted.

Documents are plain dictionaries as MongoDB keeps them; this module is the one place that knows
their fields.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from core.database.connection import Document
from core.http import ApiModel, Timestamp, format_time
from core.observations.vital_signs import get

COLLECTION = "observations"
LATEST = "latest_observations"

FINAL = "final"
IN_ERROR = "entered-in-error"
QUARANTINED = "quarantined"

#: What a device says of a reading that must not be charted as truth, scored or alerted on.
UNTRUSTED_FLAGS = frozenset({"invalid", "questionable", "demo", "testing"})


class Person(ApiModel):
    """A person by id and name."""

    id: str
    name: str


class DeviceRef(ApiModel):
    """The device that measured."""

    id: str
    name: str
    driver: str


class ComponentOut(ApiModel):
    """A part of a panel."""

    code: str
    display: str
    value: float | None
    unit: str | None
    data_absent_reason: str | None


class Correction(ApiModel):
    """Who withdrew the observation, when and why."""

    at: Timestamp
    by: Person
    reason: str
    previous_status: str


class ObservationOut(ApiModel):
    """One measurement of one patient (after FHIR R4 Observation)."""

    id: str
    patient_id: str | None
    code: str = Field(description="LOINC code.")
    display: str
    category: str
    value: float | None
    unit: str | None = Field(description="UCUM unit.")
    value_code: str | None = Field(description="Coded value: A, C, V, P or U for consciousness.")
    components: list[ComponentOut]
    data_absent_reason: str | None
    status: str
    quarantine_reason: str | None
    flags: list[str]
    effective_at: Timestamp = Field(description="When it was measured.")
    received_at: Timestamp = Field(description="When the platform received it.")
    device_time: str | None
    clock_offset_s: float | None = Field(description="Device clock minus receive time, in seconds.")
    source: str
    device: DeviceRef | None
    performer: Person | None
    note: str | None
    method: str | None
    body_site: str | None
    correction: Correction | None


def display_of(code: str) -> str:
    """The name of a LOINC code; the code itself if unknown."""
    sign = get(code)
    return sign.display if sign else code


def _time(value: datetime | None) -> str | None:
    return format_time(value) if value is not None else None


def to_json(document: Document) -> dict[str, Any]:
    """The JSON form of a stored observation, as ObservationOut. The raw frame stays inside."""
    sign = get(document["code"])
    correction = document.get("correction")
    return {
        "id": document["_id"],
        "patient_id": document["patient_id"],
        "code": document["code"],
        "display": sign.display if sign else document["code"],
        "category": sign.category if sign else "vital-signs",
        "value": document.get("value"),
        "unit": document.get("unit"),
        "value_code": document.get("value_code"),
        "components": [
            {
                "code": part["code"],
                "display": display_of(part["code"]),
                "value": part.get("value"),
                "unit": part.get("unit"),
                "data_absent_reason": part.get("data_absent_reason"),
            }
            for part in document.get("components", ())
        ],
        "data_absent_reason": document.get("data_absent_reason"),
        "status": document["status"],
        "quarantine_reason": document.get("quarantine_reason"),
        "flags": list(document.get("flags", ())),
        "effective_at": _time(document["effective_at"]),
        "received_at": _time(document["received_at"]),
        "device_time": document.get("device_time"),
        "clock_offset_s": document.get("clock_offset_s"),
        "source": document["source"],
        "device": document.get("device"),
        "performer": document.get("performer"),
        "note": document.get("note"),
        "method": document.get("method"),
        "body_site": document.get("body_site"),
        "correction": {**correction, "at": _time(correction["at"])} if correction else None,
    }


def is_charted(document: Document) -> bool:
    """Whether it counts as a true reading: charted, latest, alerted on."""
    return (
        document["status"] == FINAL
        and document["patient_id"] is not None
        and not UNTRUSTED_FLAGS.intersection(document.get("flags", ()))
    )


def numbers(document: Document) -> list[tuple[str, float]]:
    """The numbers of an observation by code: its own value, or its components'."""
    found: list[tuple[str, float]] = []
    if document.get("value") is not None:
        found.append((document["code"], document["value"]))
    found += [(part["code"], part["value"]) for part in document.get("components", ()) if part.get("value") is not None]
    return found
