"""Captured frames of thermometers and what they must decode to."""

from datetime import datetime

from core.observations.vital_signs import BODY_TEMPERATURE
from device_drivers import CapturedFrame, Reading

FRAMES = (
    CapturedFrame(
        "37.6 Cel on the finger, with time",
        bytes.fromhex("06B00E00FEDC070C050B321B04"),
        "2A1C",
        (
            Reading(
                BODY_TEMPERATURE,
                37.6,
                "Cel",
                device_time="2012-12-05T11:50:27",
                device_clock=datetime(2012, 12, 5, 11, 50, 27),
                body_site="finger",
            ),
        ),
    ),
    CapturedFrame(
        "99.7 degF, nothing else",
        bytes.fromhex("01E50300FF"),
        "2A1C",
        (Reading(BODY_TEMPERATURE, 99.7, "[degF]"),),
    ),
    CapturedFrame(
        "not a number",
        bytes.fromhex("00FFFF7F00"),
        "2A1C",
        (Reading(BODY_TEMPERATURE, None, "Cel", data_absent_reason="not-a-number"),),
    ),
    CapturedFrame("cut off before the type", bytes.fromhex("06B00E00FEDC070C050B321B"), "2A1C"),
    CapturedFrame("a byte too many", bytes.fromhex("01E50300FF00"), "2A1C"),
)
