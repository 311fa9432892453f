"""Frames of pulse oximeters and what they must decode to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.observations.vital_signs import HEART_RATE, OXYGEN_SATURATION
from device_drivers import CapturedFrame, Reading

_TIME: dict[str, Any] = {
    "device_time": "2024-02-29T06:07:08",
    "device_clock": datetime(2024, 2, 29, 6, 7, 8),
}


def _pair(saturation: float | None, pulse: float | None, **more: Any) -> tuple[Reading, Reading]:
    shared: dict[str, Any] = {"method": "pulse oximetry", **more}
    absent = "not-a-number"
    return (
        Reading(OXYGEN_SATURATION, saturation, "%", data_absent_reason=None if saturation else absent, **shared),
        Reading(HEART_RATE, pulse, "/min", data_absent_reason=None if pulse else absent, **shared),
    )


FRAMES = (
    CapturedFrame(
        "spot check, 97 % and 72 per minute",
        bytes.fromhex("0061004800"),
        "2A5E",
        _pair(97.0, 72.0),
    ),
    CapturedFrame(
        "spot check with time, fully qualified",
        bytes.fromhex("0361004800E807021D0607080001"),
        "2A5E",
        _pair(97.0, 72.0, **_TIME),
    ),
    CapturedFrame(
        "spot check with time and amplitude, characteristic not said",
        bytes.fromhex("0961004800E807021D060708 21F0".replace(" ", "")),
        None,
        _pair(97.0, 72.0, **_TIME, meta={"pulse_amplitude_percent": 3.3}),
    ),
    CapturedFrame(
        "spot check, clock not set",
        bytes.fromhex("1161004800E807021D060708"),
        "2A5E",
        _pair(97.0, 72.0, device_time="2024-02-29T06:07:08", flags=("clock_unset",)),
    ),
    CapturedFrame(
        "spot check, questionable demonstration",
        bytes.fromhex("02610048000044"),
        "2A5E",
        _pair(97.0, 72.0, flags=("demo", "questionable")),
    ),
    CapturedFrame(
        "spot check, sensor not on the patient",
        bytes.fromhex("0461004800000800"),
        "2A5E",
        _pair(97.0, 72.0, flags=("not_on_patient", "questionable")),
    ),
    CapturedFrame(
        "spot check without a number",
        bytes.fromhex("00FF07FF07"),
        "2A5E",
        _pair(None, None),
    ),
    CapturedFrame(
        "continuous, 84 % and 131 per minute, invalid",
        bytes.fromhex("04540083000080"),
        "2A5F",
        _pair(84.0, 131.0, flags=("invalid",)),
    ),
    CapturedFrame(
        "continuous with everything, test data, low perfusion",
        bytes.fromhex("1F5F0058005E0059005F00570000082000000FF0"),
        "2A5F",
        _pair(
            95.0, 88.0, flags=("testing", "low_perfusion"),
            meta={"fast": [94.0, 89.0], "slow": [95.0, 87.0], "pulse_amplitude_percent": 1.5},
        ),
    ),
    CapturedFrame(
        "continuous with fast and slow values, characteristic not said",
        bytes.fromhex("035F0058005E0059005F005700"),
        None,
        _pair(95.0, 88.0, meta={"fast": [94.0, 89.0], "slow": [95.0, 87.0]}),
    ),
    CapturedFrame("fits both layouts, characteristic not said", bytes.fromhex("0C610048000000000000"), None),
    CapturedFrame("cut off within the pulse", bytes.fromhex("00610048"), "2A5E"),
    CapturedFrame("cut off within the status", bytes.fromhex("045400830000"), "2A5F"),
    CapturedFrame("a byte too many", bytes.fromhex("006100480000"), "2A5E"),
)  # fmt: skip
