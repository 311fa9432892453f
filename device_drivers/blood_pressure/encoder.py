"""Makes the frames that a blood pressure monitor sends; for the simulator and for tests."""

from __future__ import annotations

from datetime import datetime

from device_drivers.gatt import sfloat_bytes, time7_bytes


def blood_pressure_frame(
    systolic: float, diastolic: float, pulse: float | None = None, at: datetime | None = None
) -> bytes:
    """A 2A35 frame in mm[Hg]; ``at`` is the device's naive local time."""
    mean = round((systolic + 2 * diastolic) / 3)
    flags = (0x02 if at else 0) | (0x04 if pulse is not None else 0)
    body = b"".join(sfloat_bytes(float(round(value))) for value in (systolic, diastolic, mean))
    if at:
        body += time7_bytes(at)
    if pulse is not None:
        body += sfloat_bytes(float(round(pulse)))
    return bytes([flags]) + body
