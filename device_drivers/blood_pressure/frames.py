"""Captured frames of blood pressure monitors and what they must decode to."""

from core.observations.vital_signs import (
    BLOOD_PRESSURE,
    DIASTOLIC,
    HEART_RATE,
    MEAN_ARTERIAL,
    SYSTOLIC,
)
from device_drivers import CapturedFrame, Component, Reading


def _panel(systolic: float, diastolic: float, mean: float | None, unit: str, **more: object) -> Reading:
    reason = None if mean is not None else "not-a-number"
    parts = (
        Component(SYSTOLIC, systolic, unit),
        Component(DIASTOLIC, diastolic, unit),
        Component(MEAN_ARTERIAL, mean, unit, reason),
    )
    return Reading(BLOOD_PRESSURE, None, None, components=parts, **more)  # type: ignore[arg-type]


FRAMES = (
    CapturedFrame(
        "138/88, pulse 60, user 1, the year unknown",
        bytes.fromhex("1E8A00580078000000041114293B3C00012700"),
        "2A35",
        (
            _panel(
                138.0, 88.0, 120.0, "mm[Hg]", device_time="--04-17T20:41:59", user_index=1,
                flags=("body_movement", "cuff_too_loose", "irregular_pulse", "improper_position"),
            ),
            Reading(
                HEART_RATE, 60.0, "/min", device_time="--04-17T20:41:59", user_index=1,
                flags=("body_movement", "cuff_too_loose", "irregular_pulse", "improper_position"),
            ),
        ),
    ),
    CapturedFrame(
        "18.9/11.0, in the unit that its flags say",
        bytes.fromhex("00BDF00B009FF0"),
        "2A35",
        (_panel(18.9, 11.0, 15.9, "mm[Hg]"),),
    ),
    CapturedFrame(
        "18.9/11.0 kPa",
        bytes.fromhex("01BDF00B009FF0"),
        "2A35",
        (_panel(18.9, 11.0, 15.9, "kPa"),),
    ),
    CapturedFrame("cut off within the time", bytes.fromhex("1E8A0058007800000004"), "2A35"),
)  # fmt: skip
