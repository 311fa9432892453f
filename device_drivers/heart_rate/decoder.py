"""Heart rate: Heart Rate Measurement (2A37).

flags (b0 16 bit, b1 contact detected, b2 contact supported, b3 energy, b4 RR intervals), rate,
[energy16], [RR-interval16 … in 1/1024 s].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.observations.vital_signs import HEART_RATE
from device_drivers import CapturedFrame, DecodeError, DriverManifest, Frame, Reading
from device_drivers.gatt import Reader


class HeartRate:
    """Any heart rate sensor of the Bluetooth Heart Rate profile."""

    manifest = DriverManifest(
        id="heart_rate",
        kind="heart_rate",
        vendor="Bluetooth SIG",
        models=["Heart Rate Profile 1.0"],
        transports=["http", "ble"],
        services=["180D"],
        characteristics=["2A37"],
        codes=[HEART_RATE],
        description="Heart rate from any sensor of the Bluetooth profile.",
    )

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Decode a 2A37 frame. Without skin contact the reading is flagged questionable."""
        if frame.characteristic not in (None, "2A37"):
            raise DecodeError(f"heart rate: {frame.characteristic} is not a characteristic of this driver")
        reader = Reader(frame.payload, "heart rate")
        flags = reader.u8("the flags")
        rate = reader.u16("the rate") if flags & 0x01 else reader.u8("the rate")
        if flags & 0x08:
            reader.u16("the energy")
        intervals: list[float] = []
        if flags & 0x10:
            if reader.left == 0:
                raise DecodeError("heart rate: the frame ends before the RR intervals")
            while reader.left:
                intervals.append(round(reader.u16("an RR interval") / 1024, 4))
        reader.end()
        lost_contact = bool(flags & 0x04) and not flags & 0x02
        yield Reading(
            HEART_RATE,
            float(rate),
            "/min",
            flags=("no_contact", "questionable") if lost_contact else (),
            meta={"rr_s": intervals} if intervals else {},
        )

    def captured_frames(self) -> Sequence[CapturedFrame]:
        """Known frames and what they mean."""
        from device_drivers.heart_rate.frames import FRAMES

        return FRAMES
