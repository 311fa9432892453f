"""Pulse oximeter: PLX Spot-Check Measurement (2A5E) and PLX Continuous Measurement (2A5F).

2A5E: flags (b0 time, b1 status, b2 sensor, b3 amplitude, b4 clock not set), SpO2 and pulse SFLOATs,
[time7], [status16], [sensor24], [amplitude SFLOAT].
2A5F: flags (b0 fast, b1 slow, b2 status, b3 sensor, b4 amplitude), SpO2 and pulse SFLOATs, [fast SpO2,
pulse], [slow SpO2, pulse], [status16], [sensor24], [amplitude SFLOAT].
Source: Pulse Oximeter Service 1.0.1, sections 3.1 and 3.2 (docs/decisions/002-bluetooth-layouts.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from core.observations.vital_signs import HEART_RATE, OXYGEN_SATURATION
from device_drivers import CapturedFrame, DecodeError, DriverManifest, Frame, Reading
from device_drivers.gatt import DeviceTime, Reader, bit_names, split
from device_drivers.ieee11073 import Special

SPOT_CHECK = "2A5E"
CONTINUOUS = "2A5F"
METHOD = "pulse oximetry"

#: Measurement Status: the four that take a reading out of scores and alerts come under their own names.
_STATUS = {
    0x0040: "early_estimate", 0x0200: "from_storage", 0x0400: "demo", 0x0800: "testing",
    0x1000: "calibrating", 0x2000: "unavailable", 0x4000: "questionable", 0x8000: "invalid",
}  # fmt: skip
#: Device and Sensor Status.
_SENSOR = {
    0x0002: "equipment_malfunction", 0x0004: "signal_processing_irregular", 0x0008: "inadequate_signal",
    0x0010: "poor_signal", 0x0020: "low_perfusion", 0x0040: "erratic_signal", 0x0080: "no_pulsation",
    0x0100: "questionable_pulse", 0x0400: "interference", 0x0800: "not_on_patient",
    0x1000: "unknown_sensor", 0x2000: "sensor_displaced", 0x4000: "sensor_malfunction",
    0x8000: "sensor_disconnected",
}  # fmt: skip
#: A number taken while calibrating, or by a sensor that is broken or not on the patient, is no true reading.
#: A weak signal is not among them: poor perfusion is what a patient in shock shows, and must alert.
_STATUS_QUESTIONABLE = 0x1000 | 0x2000
_SENSOR_QUESTIONABLE = 0x0002 | 0x0800 | 0x4000 | 0x8000


class PulseOximeter:
    """Any pulse oximeter of the Bluetooth Pulse Oximeter profile."""

    manifest = DriverManifest(
        id="pulse_oximeter",
        kind="pulse_oximeter",
        vendor="Bluetooth SIG",
        models=["Pulse Oximeter Profile 1.0"],
        transports=["http", "ble"],
        services=["1822"],
        characteristics=[SPOT_CHECK, CONTINUOUS],
        codes=[OXYGEN_SATURATION, HEART_RATE],
        description="Oxygen saturation and pulse from any oximeter of the Bluetooth profile.",
    )

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Decode a 2A5E or 2A5F frame: the saturation, and the pulse.

        Without a characteristic, the one whose layout has the frame's length is taken.
        """
        if frame.characteristic == SPOT_CHECK:
            return iter(_spot_check(frame.payload))
        if frame.characteristic == CONTINUOUS:
            return iter(_continuous(frame.payload))
        if frame.characteristic is not None:
            raise DecodeError(f"oximeter: {frame.characteristic} is not a characteristic of this driver")
        return iter(_unnamed(frame.payload))

    def captured_frames(self) -> Sequence[CapturedFrame]:
        """Known frames and what they mean."""
        from device_drivers.pulse_oximeter.frames import FRAMES

        return FRAMES


def _spot_check(payload: bytes) -> list[Reading]:
    reader = Reader(payload, "oximeter spot check")
    flags = reader.u8("the flags")
    saturation, pulse = reader.sfloat("the saturation"), reader.sfloat("the pulse")
    time = reader.time7() if flags & 0x01 else None
    status = reader.u16("the status") if flags & 0x02 else 0
    sensor = reader.u24("the sensor status") if flags & 0x04 else 0
    meta = {"pulse_amplitude_percent": split(reader.sfloat("the amplitude"))[0]} if flags & 0x08 else {}
    reader.end()
    said = _flags(status, sensor)
    if flags & 0x10 and time is not None:
        time, said = DeviceTime(time.text, None), (*said, "clock_unset")
    return _readings(saturation, pulse, said, time, meta)


def _continuous(payload: bytes) -> list[Reading]:
    reader = Reader(payload, "oximeter")
    flags = reader.u8("the flags")
    saturation, pulse = reader.sfloat("the saturation"), reader.sfloat("the pulse")
    meta: dict[str, Any] = {}
    for bit, name in ((0x01, "fast"), (0x02, "slow")):
        if flags & bit:
            values = (reader.sfloat(f"the {name} saturation"), reader.sfloat(f"the {name} pulse"))
            meta[name] = [split(value)[0] for value in values]
    status = reader.u16("the status") if flags & 0x04 else 0
    sensor = reader.u24("the sensor status") if flags & 0x08 else 0
    if flags & 0x10:
        meta["pulse_amplitude_percent"] = split(reader.sfloat("the amplitude"))[0]
    reader.end()
    return _readings(saturation, pulse, _flags(status, sensor), None, meta)


def _unnamed(payload: bytes) -> list[Reading]:
    flags = payload[0] if payload else 0
    fits_spot = len(payload) == 5 + _length(flags, (7, 2, 3, 2))
    fits_continuous = len(payload) == 5 + _length(flags, (4, 4, 2, 3, 2))
    if fits_spot and fits_continuous and flags & 0x1F:
        if not flags & 0x01:
            raise DecodeError(f"oximeter: the frame fits {SPOT_CHECK} and {CONTINUOUS}; say its characteristic")
        # A saturation read as a year lies before the calendar, so a time that is one decides.
        try:
            return _spot_check(payload)
        except DecodeError:
            return _continuous(payload)
    return _continuous(payload) if fits_continuous else _spot_check(payload)


def _length(flags: int, sizes: Sequence[int]) -> int:
    return sum(size for bit, size in enumerate(sizes) if flags >> bit & 1)


def _flags(status: int, sensor: int) -> tuple[str, ...]:
    said = bit_names(status, _STATUS) + bit_names(sensor, _SENSOR)
    if (status & _STATUS_QUESTIONABLE or sensor & _SENSOR_QUESTIONABLE) and not status & 0x4000:
        said += ("questionable",)
    return said


def _readings(
    saturation: float | Special,
    pulse: float | Special,
    flags: tuple[str, ...],
    time: DeviceTime | None,
    meta: dict[str, Any],
) -> list[Reading]:
    text, clock = (time.text, time.clock) if time else (None, None)
    readings = []
    for code, given, unit in ((OXYGEN_SATURATION, saturation, "%"), (HEART_RATE, pulse, "/min")):
        value, reason = split(given)
        readings.append(
            Reading(
                code, value, unit, data_absent_reason=reason, device_time=text, device_clock=clock,
                flags=flags, method=METHOD, meta=meta,
            )
        )  # fmt: skip
    return readings
