"""Makes the frames that a heart rate sensor sends; for the simulator and for tests."""

from __future__ import annotations


def heart_rate_frame(per_minute: float) -> bytes:
    """A 2A37 frame, with skin contact."""
    rate = round(per_minute)
    return bytes([0x06, rate]) if rate < 256 else bytes([0x07]) + rate.to_bytes(2, "little")
