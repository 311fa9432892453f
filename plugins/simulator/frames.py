"""What a device sends: the frame of one measurement, in the device's own bytes. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.observations.vital_signs import (
    BODY_TEMPERATURE,
    BODY_WEIGHT,
    CONSCIOUSNESS,
    DIASTOLIC,
    GLUCOSE,
    HEART_RATE,
    OXYGEN_FLOW,
    OXYGEN_SATURATION,
    RESPIRATORY_RATE,
    SYSTOLIC,
)
from device_drivers.blood_pressure.encoder import blood_pressure_frame
from device_drivers.generic_json.encoder import json_coded_frame, json_frame
from device_drivers.glucometer.encoder import glucose_frame
from device_drivers.heart_rate.encoder import heart_rate_frame
from device_drivers.pulse_oximeter.encoder import spot_check_frame
from device_drivers.thermometer.encoder import temperature_frame
from device_drivers.weight_scale.encoder import weight_frame

Values = Mapping[str, float | str]


def frame_of(driver: str, values: Values, at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The frame that a device of ``driver`` sends at ``at``, as ``POST /devices/{id}/frames`` takes it.

    values: by LOINC code in stored units, as ``physiology.sample`` gives them. zone: the zone of the
    device's clock. Raises KeyError for a driver without an encoder.
    """
    frame = _ENCODERS[driver](values, at.astimezone(zone).replace(tzinfo=None, microsecond=0))
    return {"id": f"{driver[:2]}{int(at.timestamp() * 1000):x}", "received_at": at.isoformat(), **frame}


def readings_per_frame(driver: str) -> int:
    """How many observations one frame becomes."""
    return _READINGS[driver]


def drivers() -> tuple[str, ...]:
    """The drivers whose devices can be simulated."""
    return tuple(_ENCODERS)


def _number(values: Values, code: str) -> float:
    return float(values[code])


def _bytes(payload: bytes, characteristic: str) -> dict[str, Any]:
    return {"encoding": "hex", "payload": payload.hex(), "characteristic": characteristic}


def _blood_pressure(values: Values, local: datetime) -> dict[str, Any]:
    frame = blood_pressure_frame(
        _number(values, SYSTOLIC), _number(values, DIASTOLIC), _number(values, HEART_RATE), local
    )
    return _bytes(frame, "2A35")


def _pulse_oximeter(values: Values, local: datetime) -> dict[str, Any]:
    return _bytes(spot_check_frame(_number(values, OXYGEN_SATURATION), _number(values, HEART_RATE), local), "2A5E")


def _thermometer(values: Values, local: datetime) -> dict[str, Any]:
    return _bytes(temperature_frame(_number(values, BODY_TEMPERATURE), local), "2A1C")


def _heart_rate(values: Values, _local: datetime) -> dict[str, Any]:
    return _bytes(heart_rate_frame(_number(values, HEART_RATE)), "2A37")


def _glucometer(values: Values, local: datetime) -> dict[str, Any]:
    # The record number counts minutes: as good as any, and the same for the same measurement.
    sequence = int((local - datetime(2020, 1, 1)).total_seconds() // 60) & 0xFFFF
    return _bytes(glucose_frame(_number(values, GLUCOSE), sequence, local), "2A18")


def _weight_scale(values: Values, local: datetime) -> dict[str, Any]:
    return _bytes(weight_frame(_number(values, BODY_WEIGHT), local), "2A9D")


def _bedside_monitor(values: Values, _local: datetime) -> dict[str, Any]:
    """A gateway that tells breathing, consciousness and oxygen in one message."""
    parts = (
        json_frame(RESPIRATORY_RATE, _number(values, RESPIRATORY_RATE), "/min"),
        json_coded_frame(CONSCIOUSNESS, str(values[CONSCIOUSNESS])),
        json_frame(OXYGEN_FLOW, _number(values, OXYGEN_FLOW), "L/min"),
    )
    return {"encoding": "json", "payload": [json.loads(part) for part in parts]}


_ENCODERS: Mapping[str, Callable[[Values, datetime], dict[str, Any]]] = {
    "blood_pressure": _blood_pressure,
    "pulse_oximeter": _pulse_oximeter,
    "thermometer": _thermometer,
    "heart_rate": _heart_rate,
    "glucometer": _glucometer,
    "weight_scale": _weight_scale,
    "generic_json": _bedside_monitor,
}
_READINGS = {
    "blood_pressure": 2, "pulse_oximeter": 2, "thermometer": 1, "heart_rate": 1, "glucometer": 1,
    "weight_scale": 1, "generic_json": 3,
}  # fmt: skip
