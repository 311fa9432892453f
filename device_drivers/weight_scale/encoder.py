"""Makes the frames that a scale sends; for the simulator and for tests."""

from __future__ import annotations

from datetime import datetime

from device_drivers.gatt import time7_bytes


def weight_frame(kilograms: float, at: datetime | None = None, user: int | None = None) -> bytes:
    """A 2A9D frame; ``at`` is the device's naive local time. Raises OverflowError above 327.67 kg."""
    flags = (0x02 if at else 0) | (0x04 if user is not None else 0)
    body = round(kilograms * 200).to_bytes(2, "little")
    if at:
        body += time7_bytes(at)
    if user is not None:
        body += bytes([user])
    return bytes([flags]) + body
