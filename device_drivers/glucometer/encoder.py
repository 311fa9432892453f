"""Makes the frames that a glucose meter sends; for the simulator and for tests."""

from __future__ import annotations

from datetime import datetime

from device_drivers.gatt import sfloat_bytes, time7_bytes
from device_drivers.ieee11073 import Special

_CAPILLARY_BLOOD_FROM_FINGER = 0x11
_AFTER_MEAL = 2


def glucose_frame(mg_per_dl: float | Special, sequence: int, at: datetime, status: int | None = None) -> bytes:
    """A 2A18 frame in kg/L; ``at`` is the device's naive local time, a Special is the meter's HI or LO."""
    value = mg_per_dl if isinstance(mg_per_dl, Special) else round(mg_per_dl) / 100_000
    flags = 0x02 | (0x08 if status is not None else 0)
    body = sequence.to_bytes(2, "little") + time7_bytes(at) + sfloat_bytes(value)
    body += bytes([_CAPILLARY_BLOOD_FROM_FINGER])
    if status is not None:
        body += status.to_bytes(2, "little")
    return bytes([flags]) + body


def molar_glucose_frame(mmol_per_l: float, sequence: int, at: datetime) -> bytes:
    """A 2A18 frame in mol/L; ``at`` is the device's naive local time."""
    body = sequence.to_bytes(2, "little") + time7_bytes(at) + sfloat_bytes(round(mmol_per_l * 10) / 10_000)
    return bytes([0x06]) + body + bytes([_CAPILLARY_BLOOD_FROM_FINGER])


def after_meal_context(sequence: int) -> bytes:
    """A 2A34 frame that says that record ``sequence`` was measured after a meal."""
    return bytes([0x02]) + sequence.to_bytes(2, "little") + bytes([_AFTER_MEAL])
