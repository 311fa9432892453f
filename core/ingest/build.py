"""From a driver's reading to the stored observation: units, plausibility, clock, holder. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bson.binary import Binary

from core.database.connection import Document
from core.devices.clock import judge_clock
from core.devices.driver import Frame, Reading
from core.devices.model import Device
from core.ingest.incoming import IncomingFrame
from core.observations.model import FINAL, QUARANTINED
from core.observations.plausibility import judge
from core.observations.units import UnitError, to_canonical
from core.observations.vital_signs import get

#: A gateway's receive time may be this far ahead of ours before it is not believed.
MAX_AHEAD = timedelta(minutes=2)
UNASSIGNED = "the device was assigned to nobody when this was measured"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What surrounds a frame: the device, its zone, the frame's key and the times."""

    device: Device
    zone: ZoneInfo
    incoming: IncomingFrame
    key: str
    now: datetime

    @property
    def gateway_time(self) -> datetime:
        """The gateway's receive time where it is believable, else ours."""
        said = self.incoming.received_at
        if said is None or said > self.now + MAX_AHEAD or said.year < 2000:
            return self.now
        return said


def driver_frame(incoming: IncomingFrame, received_at: datetime) -> Frame:
    """The frame as drivers see it."""
    return Frame(
        payload=incoming.payload,
        received_at=received_at,
        characteristic=incoming.characteristic,
        encoding=incoming.encoding,
        context=incoming.context,
    )


def build_observation(arrival: Arrival, reading: Reading, index: int) -> Document:
    """The document of one reading. Raises UnitError if its unit cannot be converted.

    An implausible value, or one of a device that nobody held, is kept and marked quarantined.
    """
    device = arrival.device
    clock = judge_clock(
        device_clock=reading.device_clock,
        effective_at=reading.effective_at,
        received_at=arrival.gateway_time,
        zone=arrival.zone,
    )
    code, value, unit, original = _converted(reading.code, reading.value, reading.unit)
    components = [_component(part) for part in reading.components]
    patient_id = device.holder_at(clock.effective_at)
    reason = judge(code, value, {part["code"]: part["value"] for part in components})
    if patient_id is None:
        reason = UNASSIGNED
    document: Document = {
        "_id": f"{device.id}.{arrival.key}.{index}",
        "patient_id": patient_id,
        "code": code,
        "value": value,
        "unit": unit,
        "components": components,
        "status": QUARANTINED if reason else FINAL,
        "flags": [*reading.flags, *clock.flags],
        "effective_at": clock.effective_at,
        "received_at": arrival.now,
        "source": "device",
        "device": {"id": device.id, "name": device.name, "driver": device.driver},
        "frame": _raw(arrival.incoming),
    }
    optional: dict[str, Any] = {
        "quarantine_reason": reason,
        "held": QUARANTINED if reason else None,
        "value_code": reading.value_code,
        "data_absent_reason": reading.data_absent_reason,
        "device_time": reading.device_time,
        "clock_offset_s": clock.clock_offset_s,
        "method": reading.method,
        "body_site": reading.body_site,
        "sequence": reading.sequence,
        "user_index": reading.user_index,
        "note": reading.note,
        "meta": dict(reading.meta) or None,
        "original": original,
    }
    document.update({name: item for name, item in optional.items() if item is not None})
    return document


def _converted(
    code: str, value: float | None, unit: str | None
) -> tuple[str, float | None, str | None, Document | None]:
    sign = get(code)
    if sign is None:
        raise UnitError(f"unknown code {code[:40]!r}: not a vital sign of the table")
    if value is None:
        return sign.code, None, sign.unit if unit else None, None
    if unit is None:
        raise UnitError(f"{code} needs a unit")
    new_code, new_value, new_unit = to_canonical(code, value, unit)
    original = None if (new_unit, new_code) == (unit, code) else {"code": code, "value": value, "unit": unit}
    return new_code, new_value, new_unit, original


def _component(part: Any) -> Document:
    code, value, unit, original = _converted(part.code, part.value, part.unit)
    component: Document = {"code": code, "value": value, "unit": unit}
    if part.data_absent_reason:
        component["data_absent_reason"] = part.data_absent_reason
    if original:
        component["original"] = original
    return component


def _raw(incoming: IncomingFrame) -> Document:
    raw: Document = {"raw": Binary(incoming.payload), "encoding": incoming.encoding}
    if incoming.client_id is not None:
        raw["id"] = incoming.client_id
    if incoming.characteristic is not None:
        raw["characteristic"] = incoming.characteristic
    if incoming.received_at is not None:
        raw["gateway_received_at"] = incoming.received_at
    if incoming.context:
        raw["context"] = {key: Binary(value) for key, value in incoming.context.items()}
    return raw
