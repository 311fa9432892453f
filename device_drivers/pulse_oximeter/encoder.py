"""Makes the frames that a pulse oximeter sends; for the simulator and for tests."""

from __future__ import annotations

from datetime import datetime

from device_drivers.gatt import sfloat_bytes, time7_bytes


def spot_check_frame(saturation: float, pulse: float, at: datetime | None = None, status: int | None = None) -> bytes:
    """A 2A5E frame; ``at`` is the device's naive local time, ``status`` the Measurement Status bits."""
    flags = (0x01 if at else 0) | (0x02 if status is not None else 0)
    body = _pair(saturation, pulse)
    if at:
        body += time7_bytes(at)
    if status is not None:
        body += status.to_bytes(2, "little")
    return bytes([flags]) + body


def continuous_frame(saturation: float, pulse: float, status: int | None = None) -> bytes:
    """A 2A5F frame; ``status`` the Measurement Status bits."""
    body = _pair(saturation, pulse)
    if status is not None:
        body += status.to_bytes(2, "little")
    return bytes([0x04 if status is not None else 0]) + body


def _pair(saturation: float, pulse: float) -> bytes:
    return sfloat_bytes(float(round(saturation))) + sfloat_bytes(float(round(pulse)))
