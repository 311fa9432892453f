"""Health thermometer: Temperature Measurement (2A1C).

flags (b0 °F, b1 time, b2 type), FLOAT temperature, [time7], [type8].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.observations.vital_signs import BODY_TEMPERATURE
from device_drivers import CapturedFrame, DecodeError, DriverManifest, Frame, Reading
from device_drivers.gatt import Reader, split

#: Temperature Type (2A1D).
SITES = {
    1: "armpit", 2: "body", 3: "ear", 4: "finger", 5: "gastrointestinal tract", 6: "mouth", 7: "rectum",
    8: "toe", 9: "tympanum",
}  # fmt: skip


class Thermometer:
    """Any thermometer of the Bluetooth Health Thermometer profile."""

    manifest = DriverManifest(
        id="thermometer",
        kind="thermometer",
        vendor="Bluetooth SIG",
        models=["Health Thermometer Profile 1.0"],
        transports=["http", "ble"],
        services=["1809"],
        characteristics=["2A1C"],
        codes=[BODY_TEMPERATURE],
        description="Body temperature from any thermometer of the Bluetooth profile.",
    )

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Decode a 2A1C frame."""
        if frame.characteristic not in (None, "2A1C"):
            raise DecodeError(f"temperature: {frame.characteristic} is not a characteristic of this driver")
        reader = Reader(frame.payload, "temperature")
        flags = reader.u8("the flags")
        value, reason = split(reader.float32("the temperature"))
        time = reader.time7() if flags & 0x02 else None
        site = SITES.get(reader.u8("the type")) if flags & 0x04 else None
        reader.end()
        yield Reading(
            BODY_TEMPERATURE,
            value,
            "[degF]" if flags & 0x01 else "Cel",
            data_absent_reason=reason,
            device_time=time.text if time else None,
            device_clock=time.clock if time else None,
            body_site=site,
        )

    def captured_frames(self) -> Sequence[CapturedFrame]:
        """Known frames and what they mean."""
        from device_drivers.thermometer.frames import FRAMES

        return FRAMES
