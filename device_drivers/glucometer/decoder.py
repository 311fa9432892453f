"""Blood glucose meter: Glucose Measurement (2A18), with its context (2A34).

flags (b0 offset, b1 concentration, b2 mol/L, b3 status, b4 context follows), sequence16, time7,
[offset s16 minutes], [concentration SFLOAT, type (low nibble) and location (high nibble)], [status16].
Source: Glucose Service 1.0.1, section 3.1; GATT Specification Supplement (2A18, 2A34).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from core.observations.vital_signs import GLUCOSE
from device_drivers import CapturedFrame, DecodeError, DriverManifest, Frame, Reading
from device_drivers.gatt import DeviceTime, Reader, bit_names, split
from device_drivers.glucometer.context import read_context
from device_drivers.ieee11073 import NEGATIVE_INFINITY, NRES, POSITIVE_INFINITY, Special

MEASUREMENT = "2A18"
CONTEXT = "2A34"

_TYPES = {
    1: "capillary whole blood", 2: "capillary plasma", 3: "venous whole blood", 4: "venous plasma",
    5: "arterial whole blood", 6: "arterial plasma", 7: "whole blood", 8: "plasma",
    9: "interstitial fluid", 10: "control solution",
}  # fmt: skip
_LOCATIONS = {1: "finger", 2: "alternate site", 3: "earlobe", 4: "control solution"}
_CONTROL_TYPE, _CONTROL_LOCATION = 10, 4

_TOO_HIGH, _TOO_LOW, _CLOCK_FAULT = 0x0020, 0x0040, 0x0800
#: Sensor Status Annunciation.
_STATUS = {
    0x0001: "battery_low", 0x0002: "sensor_malfunction", 0x0004: "sample_too_small",
    0x0008: "strip_insertion_error", 0x0010: "wrong_strip", _TOO_HIGH: "result_too_high",
    _TOO_LOW: "result_too_low", 0x0080: "sensor_too_hot", 0x0100: "sensor_too_cold",
    0x0200: "read_interrupted", 0x0400: "device_fault", _CLOCK_FAULT: "clock_fault",
}  # fmt: skip
#: The meter could not measure properly. Heat and cold are not among them: a low found in a cold room must alert.
_QUESTIONABLE = 0x0002 | 0x0004 | 0x0008 | 0x0010 | 0x0200 | 0x0400
#: Time offsets that say that the difference is beyond what the field holds.
_OFFSET_UNKNOWN = (0x7FFF, -0x8000)


class Glucometer:
    """Any meter of the Bluetooth Glucose profile."""

    manifest = DriverManifest(
        id="glucometer",
        kind="glucometer",
        vendor="Bluetooth SIG",
        models=["Glucose Profile 1.0"],
        transports=["http", "ble"],
        services=["1808"],
        characteristics=[MEASUREMENT, CONTEXT],
        codes=[GLUCOSE],
        description="Blood glucose from any meter of the Bluetooth profile; HI and LO are kept as such.",
    )

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Decode a 2A18 frame together with its 2A34 context, if that came along.

        A context alone has no measurement: it is checked, and yields nothing.
        """
        if frame.characteristic == CONTEXT:
            read_context(frame.payload)
            return iter(())
        if frame.characteristic not in (None, MEASUREMENT):
            raise DecodeError(f"glucose: {frame.characteristic} is not a characteristic of this driver")
        return iter((_measurement(frame.payload, frame.context.get(CONTEXT)),))

    def captured_frames(self) -> Sequence[CapturedFrame]:
        """Known frames and what they mean."""
        from device_drivers.glucometer.frames import FRAMES

        return FRAMES


def _measurement(payload: bytes, context: bytes | None) -> Reading:
    reader = Reader(payload, "glucose")
    flags = reader.u8("the flags")
    sequence = reader.u16("the sequence number")
    time = reader.time7("the base time")
    offset = reader.s16("the time offset") if flags & 0x01 else 0
    concentration: float | Special | None = None
    sample = 0
    if flags & 0x02:
        concentration = reader.sfloat("the concentration")
        sample = reader.u8("the type and location")
    status = reader.u16("the status") if flags & 0x08 else 0
    reader.end()
    value, reason = split(_known(concentration, status))
    kind, location = sample & 0x0F, sample >> 4
    said = bit_names(status, _STATUS)
    if status & _QUESTIONABLE:
        said += ("questionable",)
    if kind == _CONTROL_TYPE or location == _CONTROL_LOCATION:
        said += ("testing",)
    time = _shifted(time, offset)
    meta, refused = _context(context, sequence)
    return Reading(
        GLUCOSE,
        value,
        "mol/L" if flags & 0x04 else "kg/L",
        data_absent_reason=reason,
        device_time=time.text,
        device_clock=None if status & _CLOCK_FAULT else time.clock,
        flags=said + refused,
        body_site=_LOCATIONS.get(location),
        method=_TYPES.get(kind),
        sequence=sequence,
        meta=meta,
    )


def _known(concentration: float | Special | None, status: int) -> float | Special:
    """The concentration; HI or LO where the meter says so only in its status."""
    if isinstance(concentration, float):
        return concentration
    if concentration not in (POSITIVE_INFINITY, NEGATIVE_INFINITY):
        if status & _TOO_HIGH:
            return POSITIVE_INFINITY
        if status & _TOO_LOW:
            return NEGATIVE_INFINITY
    return concentration if concentration is not None else NRES


def _context(payload: bytes | None, sequence: int) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """What the context says. A context that is broken, or another record's, must not cost the measurement."""
    if payload is None:
        return {}, ()
    try:
        told_sequence, meta = read_context(payload)
    except DecodeError:
        return {}, ("context_unreadable",)
    return (meta, ()) if told_sequence == sequence else ({}, ("context_of_other_record",))


def _shifted(time: DeviceTime, minutes: int) -> DeviceTime:
    """The time as the meter showed it: the base time is what the clock would say had nobody moved it."""
    if time.clock is None or not minutes or minutes in _OFFSET_UNKNOWN:
        return time
    try:
        moment = time.clock + timedelta(minutes=minutes)
    except OverflowError:
        raise DecodeError("glucose: the time offset leads out of the calendar") from None
    return DeviceTime(moment.isoformat(), moment)
