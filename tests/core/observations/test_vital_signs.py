"""The table of vital signs agrees with the standards, row by row."""

from __future__ import annotations

import re

import pytest

from core.observations.vital_signs import all_vital_signs, canonical, get

OPEN, CLOSED = False, True


@pytest.mark.parametrize(
    ("code", "unit", "low", "high", "inclusive", "default"),
    [
        ("8867-4", "/min", 0, 300, (OPEN, OPEN), (50, 120)),
        ("9279-1", "/min", 0, 70, (OPEN, OPEN), (8, 30)),
        ("2708-6", "%", 0, 100, (OPEN, CLOSED), (90, None)),
        ("59408-5", "%", 0, 100, (OPEN, CLOSED), (90, None)),
        ("8310-5", "Cel", 10, 50, (OPEN, OPEN), (35.0, 39.0)),
        ("8480-6", "mm[Hg]", 0, 400, (OPEN, OPEN), (90, 160)),
        ("8462-4", "mm[Hg]", 0, 300, (OPEN, OPEN), (50, 90)),
        ("8478-0", "mm[Hg]", 0, 330, (OPEN, OPEN), (None, None)),
        ("29463-7", "kg", 0, 650, (OPEN, OPEN), (None, None)),
        ("8302-2", "cm", 0, 300, (OPEN, OPEN), (None, None)),
        ("3151-8", "L/min", 0, 100, (CLOSED, CLOSED), (None, None)),
        ("2339-0", "mg/dL", 0, None, (OPEN, OPEN), (70, 180)),
    ],
)
def test_a_row_has_the_limits_of_the_standards(
    code: str,
    unit: str,
    low: float,
    high: float | None,
    inclusive: tuple[bool, bool],
    default: tuple[float | None, float | None],
) -> None:
    sign = get(code)
    assert sign is not None
    assert (sign.unit, sign.reject_low, sign.reject_high) == (unit, low, high)
    assert (sign.low_inclusive, sign.high_inclusive) == inclusive
    assert (sign.default_low, sign.default_high) == default


@pytest.mark.parametrize(
    ("code", "critical_low", "critical_high", "inclusive"),
    [
        ("2708-6", 80, None, True),
        ("8480-6", None, 180, True),
        ("8462-4", None, 120, True),
        ("2339-0", 54, 250, False),
    ],
)
def test_a_row_has_the_critical_limits_of_the_standards(
    code: str, critical_low: float | None, critical_high: float | None, inclusive: bool
) -> None:
    sign = get(code)
    assert sign is not None
    assert (sign.critical_low, sign.critical_high, sign.critical_inclusive) == (critical_low, critical_high, inclusive)


def test_a_blood_pressure_is_a_panel_of_its_parts() -> None:
    panel = get("85354-9")
    assert panel is not None and panel.unit is None
    assert panel.components == ("8480-6", "8462-4", "8478-0")
    for code in panel.components:
        part = get(code)
        assert part is not None and part.panel == "85354-9"


def test_consciousness_is_coded() -> None:
    sign = get("67775-7")
    assert sign is not None and sign.unit is None and sign.coded == ("A", "C", "V", "P", "U")


@pytest.mark.parametrize(("code", "stored"), [("59408-5", "2708-6"), ("15074-8", "2339-0"), ("8867-4", "8867-4")])
def test_a_code_of_the_same_measurement_is_stored_under_one(code: str, stored: str) -> None:
    assert canonical(code) == stored


def test_an_unknown_code_is_none_and_itself() -> None:
    assert get("0000-0") is None
    assert canonical("0000-0") == "0000-0"


def test_glucose_is_a_laboratory_value_and_the_rest_are_vital_signs() -> None:
    assert {sign.code for sign in all_vital_signs() if sign.category == "laboratory"} == {"2339-0"}


def test_the_table_is_complete_and_each_row_is_whole() -> None:
    signs = all_vital_signs()
    codes = [sign.code for sign in signs]
    assert len(codes) == len(set(codes)) == 14
    numbers = [sign.mdc for sign in signs if sign.mdc is not None]
    assert len(numbers) == len(set(numbers))
    for sign in signs:
        assert re.fullmatch(r"\d{4,5}-\d", sign.code)
        assert sign.display and sign.short
        assert bool(sign.unit) + bool(sign.components) + bool(sign.coded) == 1
        if sign.unit:
            assert sign.display_units[0] == sign.unit
            assert sign.reject_low is not None


@pytest.mark.parametrize("code", [sign.code for sign in all_vital_signs()])
def test_a_loinc_code_ends_with_its_check_digit(code: str) -> None:
    digits, check = code.split("-")
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if position % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    assert (10 - total % 10) % 10 == int(check)


@pytest.mark.parametrize(
    ("code", "mdc"),
    [("8867-4", 147842), ("2708-6", 150456), ("8480-6", 150021), ("8462-4", 150022), ("8310-5", 150344)],
)
def test_mdc_numbers_are_those_of_the_transport_profile(code: str, mdc: int) -> None:
    sign = get(code)
    assert sign is not None and sign.mdc == mdc
