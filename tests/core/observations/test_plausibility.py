"""What no living person has is kept apart, with the reason; everything else is charted."""

from __future__ import annotations

import math

import pytest

from core.observations.plausibility import judge


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("8867-4", 0.1), ("8867-4", 299.9), ("2708-6", 100), ("2708-6", 0.5), ("59408-5", 100),
        ("8310-5", 10.1), ("8310-5", 49.9), ("3151-8", 0), ("3151-8", 100), ("2339-0", 0.1),
        ("2339-0", 3_000_000), ("29463-7", 649), ("67775-7", None), ("0000-0", -5),
    ],
)  # fmt: skip
def test_a_possible_value_is_charted(code: str, value: float | None) -> None:
    assert judge(code, value, {}) is None


@pytest.mark.parametrize(
    ("code", "value", "reason"),
    [
        ("8867-4", 0, "Heart rate is below what is possible"),
        ("8867-4", 300, "Heart rate is above what is possible"),
        ("9279-1", 70, "Respiratory rate is above what is possible"),
        ("2708-6", 0, "Oxygen saturation is below what is possible"),
        ("2708-6", 100.1, "Oxygen saturation is above what is possible"),
        ("8310-5", 10, "Body temperature is below what is possible"),
        ("8310-5", 50, "Body temperature is above what is possible"),
        ("29463-7", 650, "Body weight is above what is possible"),
        ("8302-2", 300, "Body height is above what is possible"),
        ("3151-8", -0.1, "Inhaled oxygen flow is below what is possible"),
        ("3151-8", 100.1, "Inhaled oxygen flow is above what is possible"),
        ("2339-0", 0, "Glucose is below what is possible"),
        ("8310-5", math.nan, "Body temperature is not a number"),
        ("8310-5", math.inf, "Body temperature is not a number"),
        ("2339-0", math.inf, "Glucose is not a number"),
    ],
)
def test_an_impossible_value_is_held_back_with_the_reason(code: str, value: float, reason: str) -> None:
    assert judge(code, value, {}) == reason


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"8480-6": 120, "8462-4": 80, "8478-0": 93}, None),
        ({"8480-6": 120, "8462-4": 80, "8478-0": None}, None),
        ({"8480-6": None, "8462-4": 80}, None),
        ({"8480-6": 400, "8462-4": 80}, "Systolic blood pressure is above what is possible"),
        ({"8480-6": 120, "8462-4": 0}, "Diastolic blood pressure is below what is possible"),
        ({"8480-6": 120, "8462-4": 80, "8478-0": 330}, "Mean arterial pressure is above what is possible"),
        ({"8480-6": 80, "8462-4": 80}, "the systolic pressure is not above the diastolic"),
        ({"8480-6": 80, "8462-4": 120}, "the systolic pressure is not above the diastolic"),
        ({"8480-6": math.nan, "8462-4": 120}, "Systolic blood pressure is not a number"),
    ],
)
def test_every_part_of_a_blood_pressure_is_judged(parts: dict[str, float | None], reason: str | None) -> None:
    assert judge("85354-9", None, parts) == reason
