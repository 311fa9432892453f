"""Weight scale: Weight Measurement (2A9D).

flags (b0 imperial, b1 time, b2 user, b3 BMI and height), weight16 × 0.005 kg or 0.01 lb, [time7],
[user8], [BMI16 × 0.1 kg/m2, height16 × 0.001 m or 0.1 in].
Source: Weight Scale Service 1.0, section 3.2 (docs/decisions/002-bluetooth-layouts.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from core.observations.vital_signs import BODY_HEIGHT, BODY_MASS_INDEX, BODY_WEIGHT
from device_drivers import CapturedFrame, DecodeError, DriverManifest, Frame, Reading
from device_drivers.gatt import Reader

_UNSUCCESSFUL = 0xFFFF
_UNKNOWN_USER = 0xFF


class WeightScale:
    """Any scale of the Bluetooth Weight Scale profile."""

    manifest = DriverManifest(
        id="weight_scale",
        kind="weight_scale",
        vendor="Bluetooth SIG",
        models=["Weight Scale Profile 1.0"],
        transports=["http", "ble"],
        services=["181D"],
        characteristics=["2A9D"],
        codes=[BODY_WEIGHT, BODY_MASS_INDEX, BODY_HEIGHT],
        description="Body weight, and BMI and height where the scale knows them.",
    )

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Decode a 2A9D frame: the weight, then BMI and height if they are there."""
        if frame.characteristic not in (None, "2A9D"):
            raise DecodeError(f"weight: {frame.characteristic} is not a characteristic of this driver")
        reader = Reader(frame.payload, "weight")
        flags = reader.u8("the flags")
        weight = reader.u16("the weight")
        time = reader.time7() if flags & 0x02 else None
        user = reader.u8("the user") if flags & 0x04 else _UNKNOWN_USER
        index, height = (reader.u16("the BMI"), reader.u16("the height")) if flags & 0x08 else (0, 0)
        reader.end()
        shared: dict[str, Any] = {
            "device_time": time.text if time else None,
            "device_clock": time.clock if time else None,
            "user_index": None if user == _UNKNOWN_USER else user,
        }
        imperial = bool(flags & 0x01)
        unit = "[lb_av]" if imperial else "kg"
        if weight == _UNSUCCESSFUL:
            yield Reading(BODY_WEIGHT, None, unit, data_absent_reason="error", **shared)
            return
        yield Reading(BODY_WEIGHT, weight / (100 if imperial else 200), unit, **shared)
        # A scale that does not know the user's height sends zeros.
        if index:
            yield Reading(BODY_MASS_INDEX, index / 10, "kg/m2", **shared)
        if height:
            yield Reading(BODY_HEIGHT, height / (10 if imperial else 1000), "[in_i]" if imperial else "m", **shared)

    def captured_frames(self) -> Sequence[CapturedFrame]:
        """Known frames and what they mean."""
        from device_drivers.weight_scale.frames import FRAMES

        return FRAMES
