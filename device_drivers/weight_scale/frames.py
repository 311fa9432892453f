"""Frames of weight scales and what they must decode to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.observations.vital_signs import BODY_HEIGHT, BODY_MASS_INDEX, BODY_WEIGHT
from device_drivers import CapturedFrame, Reading

_SHARED: dict[str, Any] = {
    "device_time": "2024-02-29T06:07:08",
    "device_clock": datetime(2024, 2, 29, 6, 7, 8),
    "user_index": 2,
}

FRAMES = (
    CapturedFrame("71.3 kg", bytes.fromhex("00B437"), "2A9D", (Reading(BODY_WEIGHT, 71.3, "kg"),)),
    CapturedFrame(
        "71.3 kg, user 2, BMI 23.3, 1.75 m",
        bytes.fromhex("0EB437E807021D06070802E900D606"),
        "2A9D",
        (
            Reading(BODY_WEIGHT, 71.3, "kg", **_SHARED),
            Reading(BODY_MASS_INDEX, 23.3, "kg/m2", **_SHARED),
            Reading(BODY_HEIGHT, 1.75, "m", **_SHARED),
        ),
    ),
    CapturedFrame(
        "157.25 lb, unknown user, height not set",
        bytes.fromhex("0D6D3DFF00000000"),
        "2A9D",
        (Reading(BODY_WEIGHT, 157.25, "[lb_av]"),),
    ),
    CapturedFrame(
        "157.25 lb, BMI 23.3, 68.9 in",
        bytes.fromhex("096D3DE900B102"),
        "2A9D",
        (
            Reading(BODY_WEIGHT, 157.25, "[lb_av]"),
            Reading(BODY_MASS_INDEX, 23.3, "kg/m2"),
            Reading(BODY_HEIGHT, 68.9, "[in_i]"),
        ),
    ),
    CapturedFrame(
        "measurement unsuccessful",
        bytes.fromhex("00FFFF"),
        "2A9D",
        (Reading(BODY_WEIGHT, None, "kg", data_absent_reason="error"),),
    ),
    CapturedFrame("cut off within the weight", bytes.fromhex("00B4"), "2A9D"),
    CapturedFrame("cut off within the height", bytes.fromhex("08B437E900D6"), "2A9D"),
    CapturedFrame("a byte too many", bytes.fromhex("00B43700"), "2A9D"),
)
