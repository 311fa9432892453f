"""Blood pressure: Blood Pressure Measurement (2A35).

flags (b0 kPa, b1 time, b2 pulse, b3 user, b4 status), systolic, diastolic and mean SFLOATs, [time7],
[pulse SFLOAT], [user8], [status16].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.observations.vital_signs import (
    BLOOD_PRESSURE,
    DIASTOLIC,
    HEART_RATE,
    MEAN_ARTERIAL,
    SYSTOLIC,
)
from device_drivers import CapturedFrame, Component, DecodeError, DriverManifest, Frame, Reading
from device_drivers.gatt import Reader, bit_names, split

#: Measurement Status bits and what they say.
_STATUS = {
    0x0001: "body_movement", 0x0002: "cuff_too_loose", 0x0004: "irregular_pulse",
    0x0020: "improper_position",
}  # fmt: skip
#: Bits 3 and 4 together: the pulse is beyond what the monitor can measure.
_PULSE_RANGE = {1: ("pulse_too_high",), 2: ("pulse_too_low",)}
_UNKNOWN_USER = 0xFF


class BloodPressure:
    """Any monitor of the Bluetooth Blood Pressure profile."""

    manifest = DriverManifest(
        id="blood_pressure",
        kind="blood_pressure",
        vendor="Bluetooth SIG",
        models=["Blood Pressure Profile 1.1"],
        transports=["http", "ble"],
        services=["1810"],
        characteristics=["2A35"],
        codes=[BLOOD_PRESSURE, HEART_RATE],
        description="Blood pressure and pulse from any monitor of the Bluetooth profile.",
    )

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Decode a 2A35 frame: the pressure, and the pulse if it is there."""
        if frame.characteristic not in (None, "2A35"):
            raise DecodeError(f"blood pressure: {frame.characteristic} is not a characteristic of this driver")
        reader = Reader(frame.payload, "blood pressure")
        flags = reader.u8("the flags")
        unit = "kPa" if flags & 0x01 else "mm[Hg]"
        components = []
        for code, name in ((SYSTOLIC, "the systolic"), (DIASTOLIC, "the diastolic"), (MEAN_ARTERIAL, "the mean")):
            value, reason = split(reader.sfloat(name))
            components.append(Component(code, value, unit, reason))
        time = reader.time7() if flags & 0x02 else None
        pulse = reader.sfloat("the pulse") if flags & 0x04 else None
        user = reader.u8("the user") if flags & 0x08 else None
        status = reader.u16("the status") if flags & 0x10 else 0
        reader.end()
        said = bit_names(status, _STATUS) + _PULSE_RANGE.get(status >> 3 & 0b11, ())
        text, clock = (time.text, time.clock) if time else (None, None)
        index = None if user == _UNKNOWN_USER else user
        yield Reading(
            BLOOD_PRESSURE, None, None, components=tuple(components), device_time=text, device_clock=clock,
            flags=said, user_index=index,
        )  # fmt: skip
        if pulse is not None:
            value, reason = split(pulse)
            yield Reading(
                HEART_RATE, value, "/min", data_absent_reason=reason, device_time=text, device_clock=clock,
                flags=said, user_index=index,
            )  # fmt: skip

    def captured_frames(self) -> Sequence[CapturedFrame]:
        """Known frames and what they mean."""
        from device_drivers.blood_pressure.frames import FRAMES

        return FRAMES
