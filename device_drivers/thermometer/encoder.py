"""Makes the frames that a thermometer sends; for the simulator and for tests."""

from __future__ import annotations

from datetime import datetime

from device_drivers.gatt import float32_bytes, time7_bytes


def temperature_frame(celsius: float, at: datetime | None = None) -> bytes:
    """A 2A1C frame; ``at`` is the device's naive local time."""
    value = float32_bytes(round(celsius, 1))
    return bytes([0x02]) + value + time7_bytes(at) if at else bytes([0x00]) + value
