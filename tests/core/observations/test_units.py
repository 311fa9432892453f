"""Every accepted unit converts exactly; every other one is refused in plain words."""

from __future__ import annotations

import math
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.observations.units import UnitError, to_canonical
from core.observations.vital_signs import all_vital_signs


@pytest.mark.parametrize(
    ("code", "value", "unit", "expected"),
    [
        ("8310-5", 99.68, "[degF]", ("8310-5", 37.6, "Cel")),
        ("8310-5", 98.6, "[degF]", ("8310-5", 37.0, "Cel")),
        ("8310-5", 310.15, "K", ("8310-5", 37.0, "Cel")),
        ("8310-5", 37.6, "Cel", ("8310-5", 37.6, "Cel")),
        ("8480-6", 18.9, "kPa", ("8480-6", 141.761638, "mm[Hg]")),
        ("8480-6", 16000, "Pa", ("8480-6", 120.009852, "mm[Hg]")),
        ("8480-6", 120, "mmHg", ("8480-6", 120, "mm[Hg]")),
        ("29463-7", 71300, "g", ("29463-7", 71.3, "kg")),
        ("29463-7", 157, "[lb_av]", ("29463-7", 71.214002, "kg")),
        ("29463-7", 157, "lb", ("29463-7", 71.214002, "kg")),
        ("8302-2", 1.75, "m", ("8302-2", 175.0, "cm")),
        ("8302-2", 68.9, "[in_i]", ("8302-2", 175.006, "cm")),
        ("8867-4", 1.2, "Hz", ("8867-4", 72.0, "/min")),
        ("8867-4", 72, "{beats}/min", ("8867-4", 72, "/min")),
        ("8867-4", 72, "bpm", ("8867-4", 72, "/min")),
        ("9279-1", 16, "{breaths}/min", ("9279-1", 16, "/min")),
        ("2708-6", 0.97, "1", ("2708-6", 97.0, "%")),
        ("59408-5", 97, "%", ("2708-6", 97, "%")),
        ("2339-0", 5.5, "mmol/L", ("2339-0", 99.088, "mg/dL")),
        ("15074-8", 5.5, "mmol/L", ("2339-0", 99.088, "mg/dL")),
        ("2339-0", 0.00095, "kg/L", ("2339-0", 95.0, "mg/dL")),
        ("2339-0", 0.95, "g/L", ("2339-0", 95.0, "mg/dL")),
        ("2339-0", 0.0055, "mol/L", ("2339-0", 99.088, "mg/dL")),
        ("3151-8", 2500, "mL/min", ("3151-8", 2.5, "L/min")),
    ],
)
def test_a_value_converts_exactly(code: str, value: float, unit: str, expected: tuple[str, float, str]) -> None:
    assert to_canonical(code, value, unit) == expected


@pytest.mark.parametrize(
    ("code", "unit", "text"),
    [
        ("8310-5", "mm[Hg]", "'mm[Hg]' is not a unit of body temperature; use Cel"),
        ("8310-5", "", "'' is not a unit of body temperature; use Cel"),
        ("8480-6", "kpa", "'kpa' is not a unit of systolic blood pressure; use mm[Hg]"),
        ("0000-0", "kg", "0000-0 is not a number of the table of vital signs"),
        ("85354-9", "mm[Hg]", "85354-9 is not a number of the table of vital signs"),
        ("67775-7", "1", "67775-7 is not a number of the table of vital signs"),
    ],
)
def test_a_unit_that_does_not_convert_is_refused_in_plain_words(code: str, unit: str, text: str) -> None:
    with pytest.raises(UnitError) as caught:
        to_canonical(code, 1.0, unit)
    assert str(caught.value) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("unit", ["Cel", "[degF]"])
def test_what_is_not_finite_is_no_number(value: float, unit: str) -> None:
    with pytest.raises(UnitError, match="not a finite number"):
        to_canonical("8310-5", value, unit)


def test_a_conversion_beyond_all_bounds_is_refused() -> None:
    with pytest.raises(UnitError, match="too large"):
        to_canonical("2339-0", 1e308, "kg/L")


@given(st.sampled_from([sign for sign in all_vital_signs() if sign.unit]), st.floats(-1e9, 1e9), st.data())
def test_every_unit_that_people_may_choose_converts(sign: object, value: float, data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(sign.display_units))  # type: ignore[attr-defined]
    code, converted, stored = to_canonical(sign.code, value, unit)  # type: ignore[attr-defined]
    assert (code, stored) == (sign.code, sign.unit)  # type: ignore[attr-defined]
    assert math.isfinite(converted)


def test_the_stored_unit_costs_next_to_nothing() -> None:
    runs = 20_000
    fastest_s = min(timeit.repeat(lambda: to_canonical("8867-4", 72.0, "/min"), number=runs, repeat=5)) / runs
    assert fastest_s < 2e-6
