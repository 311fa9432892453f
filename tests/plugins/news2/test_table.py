"""The table of NEWS2, written down here once more and compared at every boundary."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from plugins.news2.rules import points_for

Row = tuple[float | None, float | None, int]

RATE, SATURATION, FLOW, SYSTOLIC, PULSE, TEMPERATURE, CONSCIOUSNESS = (
    "9279-1", "2708-6", "3151-8", "8480-6", "8867-4", "8310-5", "67775-7",
)  # fmt: skip
#: From, to (both included), points; as printed on the chart, from the top down.
CHART: dict[str, list[Row]] = {
    RATE: [(25, None, 3), (21, 24, 2), (12, 20, 0), (9, 11, 1), (None, 8, 3)],
    SYSTOLIC: [(220, None, 3), (111, 219, 0), (101, 110, 1), (91, 100, 2), (None, 90, 3)],
    PULSE: [(131, None, 3), (111, 130, 2), (91, 110, 1), (51, 90, 0), (41, 50, 1), (None, 40, 3)],
    TEMPERATURE: [(39.1, None, 2), (38.1, 39.0, 1), (36.1, 38.0, 0), (35.1, 36.0, 1), (None, 35.0, 3)],
}
SCALE_1: list[Row] = [(96, None, 0), (94, 95, 1), (92, 93, 2), (None, 91, 3)]
SCALE_2_AIR: list[Row] = [(93, None, 0), (88, 92, 0), (86, 87, 1), (84, 85, 2), (None, 83, 3)]
SCALE_2_OXYGEN: list[Row] = [
    (97, None, 3), (95, 96, 2), (93, 94, 1), (88, 92, 0), (86, 87, 1), (84, 85, 2), (None, 83, 3),
]  # fmt: skip
SATURATIONS: dict[tuple[int, bool], list[Row]] = {
    (1, False): SCALE_1, (1, True): SCALE_1, (2, False): SCALE_2_AIR, (2, True): SCALE_2_OXYGEN,
}  # fmt: skip


def printed(rows: list[Row], value: float) -> int:
    """The points on the chart; exactly one row has the value."""
    (points,) = [
        points
        for low, high, points in rows
        if (low is None or round(value * 10) >= round(low * 10))
        and (high is None or round(value * 10) <= round(high * 10))
    ]
    return points


def around(rows: list[Row], step: float) -> Iterator[float]:
    """Each boundary, and the values just below and above it."""
    edges = {edge for low, high, _points in rows for edge in (low, high) if edge is not None}
    yield from sorted({round(edge + shift, 1) for edge in edges for shift in (-step, 0, step)})


NUMBERS = [
    (code, value, printed(rows, value), scale, oxygen)
    for code, rows in CHART.items()
    for value in around(rows, 0.1 if code == TEMPERATURE else 1)
    for scale in (1, 2)
    for oxygen in (False, True)
]
SATURATION_VALUES = [
    (value, printed(rows, value), scale, oxygen)
    for (scale, oxygen), rows in SATURATIONS.items()
    for value in sorted({*around(SCALE_1, 1), *around(SCALE_2_AIR, 1), *around(SCALE_2_OXYGEN, 1), 100})
]


@pytest.mark.parametrize(("code", "value", "points", "scale", "oxygen"), NUMBERS)
def test_a_sign_has_the_points_of_the_chart(code: str, value: float, points: int, scale: int, oxygen: bool) -> None:
    assert points_for(code, value, scale, oxygen) == points


@pytest.mark.parametrize(("value", "points", "scale", "oxygen"), SATURATION_VALUES)
def test_a_saturation_has_the_points_of_its_scale(value: float, points: int, scale: int, oxygen: bool) -> None:
    assert points_for(SATURATION, value, scale, oxygen) == points


def test_every_whole_value_of_the_chart_is_in_one_band() -> None:
    for code in (RATE, SYSTOLIC, PULSE):
        for value in range(1, 301):
            assert points_for(code, float(value), 1, False) == printed(CHART[code], value), (code, value)
    for tenths in range(200, 450):
        assert points_for(TEMPERATURE, tenths / 10, 1, False) == printed(CHART[TEMPERATURE], tenths / 10), tenths
    for (scale, oxygen), rows in SATURATIONS.items():
        for value in range(1, 101):
            assert points_for(SATURATION, float(value), scale, oxygen) == printed(rows, value), (scale, oxygen, value)


@pytest.mark.parametrize(
    ("value", "points"),
    [
        (35.04, 3), (35.05, 1), (36.04, 1), (36.05, 0), (38.04, 0), (38.05, 1), (38.049999, 0), (39.04, 1), (39.05, 2),
        (35.149999999999, 1),
    ],
)  # fmt: skip
def test_a_temperature_is_rounded_half_up_to_a_tenth_first(value: float, points: int) -> None:
    assert points_for(TEMPERATURE, value, 1, False) == points


@pytest.mark.parametrize(
    ("code", "value", "points"),
    [
        (SYSTOLIC, 90.4, 3), (SYSTOLIC, 90.5, 2), (SYSTOLIC, 219.4, 0), (SYSTOLIC, 219.5, 3), (SATURATION, 91.4, 3),
        (SATURATION, 91.5, 2), (RATE, 20.5, 2), (PULSE, 90.49, 0),
    ],
)  # fmt: skip
def test_what_lies_between_two_bands_counts_as_it_is_charted(code: str, value: float, points: int) -> None:
    assert points_for(code, value, 1, False) == points


@pytest.mark.parametrize(("flow", "points"), [(0.0, 0), (0.1, 2), (0.01, 2), (1.0, 2), (15.0, 2)])
def test_any_oxygen_is_two_points(flow: float, points: int) -> None:
    assert points_for(FLOW, flow, 1, None) == points


@pytest.mark.parametrize(("letter", "points"), [("A", 0), ("C", 3), ("V", 3), ("P", 3), ("U", 3)])
def test_whoever_is_not_alert_has_three(letter: str, points: int) -> None:
    assert points_for(CONSCIOUSNESS, letter, 1, None) == points


@pytest.mark.parametrize(("value", "points"), [(83, 3), (87, 1), (92, 0), (93, None), (97, None)])
def test_on_scale_2_a_high_saturation_needs_to_know_of_oxygen(value: float, points: int | None) -> None:
    assert points_for(SATURATION, float(value), 2, None) == points
    assert points_for(SATURATION, float(value), 1, None) is not None


def test_what_is_no_value_has_no_points() -> None:
    assert points_for(RATE, float("nan"), 1, False) is None
    assert points_for(RATE, "A", 1, False) is None
    assert points_for(CONSCIOUSNESS, "X", 1, False) is None
    assert points_for("29463-7", 80.0, 1, False) is None
