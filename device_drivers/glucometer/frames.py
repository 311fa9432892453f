"""Frames of glucose meters and what they must decode to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.observations.vital_signs import GLUCOSE
from device_drivers import CapturedFrame, Reading

_FINGER: dict[str, Any] = {
    "device_time": "2024-02-29T06:07:08",
    "device_clock": datetime(2024, 2, 29, 6, 7, 8),
    "body_site": "finger",
    "method": "capillary whole blood",
    "sequence": 7,
}

FRAMES = (
    CapturedFrame(
        "record 1 with time offset, status, and a context to follow",
        bytes.fromhex("1B0100E307021B0B0A1EFBFF1E00120501"),
        "2A18",
        (
            Reading(
                GLUCOSE, 30.0, "kg/L",
                device_time="2019-02-27T11:05:30", device_clock=datetime(2019, 2, 27, 11, 5, 30),
                flags=("battery_low", "sample_too_small", "sensor_too_cold", "questionable"),
                body_site="finger", method="capillary plasma", sequence=1,
            ),
        ),
    ),
    CapturedFrame(
        "95 mg/dL",
        bytes.fromhex("020700E807021D0607085FB011"),
        "2A18",
        (Reading(GLUCOSE, 0.00095, "kg/L", **_FINGER),),
    ),
    CapturedFrame(
        "5.5 mmol/L after a meal, 20 g of lunch",
        bytes.fromhex("060700E807021D06070837C011"),
        "2A18",
        (
            Reading(
                GLUCOSE, 0.0055, "mol/L", **_FINGER,
                meta={"food": "lunch", "carbohydrate_kg": 0.02, "meal": "after meal"},
            ),
        ),
        {"2A34": bytes.fromhex("0307000214D002")},
    ),
    CapturedFrame(
        "HI: positive infinity",
        bytes.fromhex("020700E807021D060708FE0711"),
        "2A18",
        (Reading(GLUCOSE, None, "kg/L", data_absent_reason="positive-infinity", **_FINGER),),
    ),
    CapturedFrame(
        "LO: negative infinity",
        bytes.fromhex("020700E807021D060708020811"),
        "2A18",
        (Reading(GLUCOSE, None, "kg/L", data_absent_reason="negative-infinity", **_FINGER),),
    ),
    CapturedFrame(
        "LO: not a number, and too low in the status",
        bytes.fromhex("0A0700E807021D060708FF07114000"),
        "2A18",
        (
            Reading(
                GLUCOSE, None, "kg/L", data_absent_reason="negative-infinity", flags=("result_too_low",), **_FINGER
            ),
        ),
    ),
    CapturedFrame(
        "control solution, 110 mg/dL",
        bytes.fromhex("020700E807021D0607086EB04A"),
        "2A18",
        (
            Reading(
                GLUCOSE, 0.0011, "kg/L", flags=("testing",),
                **{**_FINGER, "body_site": "control solution", "method": "control solution"},
            ),
        ),
    ),
    CapturedFrame(
        "no concentration: the strip was put in wrongly",
        bytes.fromhex("080700E807021D0607080800"),
        "2A18",
        (
            Reading(
                GLUCOSE, None, "kg/L", data_absent_reason="error",
                flags=("strip_insertion_error", "questionable"),
                **{**_FINGER, "body_site": None, "method": None},
            ),
        ),
    ),
    CapturedFrame("a context alone", bytes.fromhex("02070002"), "2A34", ()),
    CapturedFrame(
        "the context of another record",
        bytes.fromhex("120700E807021D0607085FB011"),
        "2A18",
        (Reading(GLUCOSE, 0.00095, "kg/L", flags=("context_of_other_record",), **_FINGER),),
        {"2A34": bytes.fromhex("02080002")},
    ),
    CapturedFrame(
        "a context that is cut off",
        bytes.fromhex("120700E807021D0607085FB011"),
        "2A18",
        (Reading(GLUCOSE, 0.00095, "kg/L", flags=("context_unreadable",), **_FINGER),),
        {"2A34": bytes.fromhex("020700")},
    ),
    CapturedFrame("cut off within the concentration", bytes.fromhex("020700E807021D0607085F"), "2A18"),
    CapturedFrame("the 31st of February", bytes.fromhex("020700E807021F0607085FB011"), "2A18"),
    CapturedFrame("a byte too many", bytes.fromhex("020700E807021D0607085FB01100"), "2A18"),
)  # fmt: skip
