"""Invented patients: the same at each asking, believable, and ill in the way that the scenario says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.observations.plausibility import judge
from core.observations.vital_signs import all_vital_signs, get
from device_drivers.physiology import SCENARIOS, sample

START = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = st.sampled_from(sorted(SCENARIOS))
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(NAMES, st.integers(), st.integers(0, 10_000), TIMES)
def test_the_same_question_has_the_same_answer(scenario: str, seed: int, index: int, at: datetime) -> None:
    first = sample(scenario, seed, index, at)
    sample(scenario, seed, index + 1, at - timedelta(days=3))
    assert sample(scenario, seed, index, at) == first


@given(NAMES, st.integers(0, 10_000), TIMES)
def test_every_value_is_plausible_and_of_the_table(scenario: str, index: int, at: datetime) -> None:
    values = sample(scenario, 1, index, at)
    numbers = {code: value for code, value in values.items() if isinstance(value, float)}
    for code, value in numbers.items():
        sign = get(code)
        assert sign is not None and round(value, sign.decimals) == value
        assert judge(code, value, {}) is None
    parts = {code: numbers[code] for code in ("8480-6", "8462-4", "8478-0") if code in numbers}
    assert judge("85354-9", None, parts) is None
    if values:
        assert values["67775-7"] in ("A", "C", "V", "P", "U")


def _hourly(
    scenario: str, days: int = 14, index: int = 0, onset: datetime | None = None
) -> list[dict[str, float | str]]:
    return [sample(scenario, 1, index, START + timedelta(hours=hour), onset) for hour in range(days * 24)]


def _numbers(samples: list[dict[str, float | str]], code: str) -> list[float]:
    return [value for values in samples if isinstance(value := values.get(code), float)]


def test_a_stable_patient_never_leaves_the_default_limits() -> None:
    for index in range(10):
        for values in _hourly("stable", index=index):
            for sign in all_vital_signs():
                value = values.get(sign.code)
                if isinstance(value, float):
                    assert sign.default_low is None or value >= sign.default_low, sign.display
                    assert sign.default_high is None or value <= sign.default_high, sign.display


def test_the_heart_beats_slower_at_night() -> None:
    samples = _hourly("stable", 20)
    pulse = _numbers(samples, "8867-4")
    night = [value for hour, value in enumerate(pulse) if hour % 24 in (2, 3, 4, 5)]
    day = [value for hour, value in enumerate(pulse) if hour % 24 in (14, 15, 16, 17)]
    assert sum(night) / len(night) + 4 < sum(day) / len(day)


def test_the_time_of_day_is_that_of_the_zone_asked_in() -> None:
    auckland = timezone(timedelta(hours=13))
    assert sample("diabetic", 1, 0, START) != sample("diabetic", 1, 0, START.astimezone(auckland))


def test_sepsis_builds_up_from_its_onset_and_is_treated() -> None:
    samples = _hourly("sepsis_like", 4, onset=START)
    first, worst, last = samples[0], samples[40], samples[80]
    for code in ("8867-4", "9279-1", "8310-5"):
        assert first[code] < worst[code] > last[code]  # type: ignore[operator]
    for code in ("8480-6", "2708-6"):
        assert first[code] > worst[code] < last[code]  # type: ignore[operator]
    assert worst["67775-7"] != "A" and worst["3151-8"] != 0.0
    assert last["67775-7"] == "A" and last["3151-8"] == 0.0


def test_after_an_operation_the_oxygen_is_taken_away_and_the_pulse_calms() -> None:
    samples = _hourly("postoperative", 8, onset=START)
    assert samples[0]["3151-8"] == 3.0 and samples[-1]["3151-8"] == 0.0
    pulse = _numbers(samples, "8867-4")
    assert sum(pulse[:24]) / 24 > sum(pulse[-24:]) / 24 + 10
    assert max(_numbers(samples, "8310-5")[:72]) > 37.8


def test_high_blood_pressure_is_high_and_reaches_a_crisis_now_and_then() -> None:
    pressures = [value for index in range(5) for value in _numbers(_hourly("hypertensive", 30, index), "8480-6")]
    assert sum(value > 140 for value in pressures) > len(pressures) / 2
    assert 0 < sum(value >= 180 for value in pressures) < len(pressures) / 20


def test_a_diabetic_has_peaks_and_lows_in_some_nights() -> None:
    glucose = _numbers(_hourly("diabetic", 28), "2339-0")
    lows = [min(glucose[day * 24 : day * 24 + 6]) < 70 for day in range(28)]
    assert 2 <= sum(lows) <= 14
    assert max(glucose) > 180


def test_copd_runs_at_a_saturation_of_its_own() -> None:
    saturation = _numbers(_hourly("copd"), "2708-6")
    assert min(saturation) >= 87 and max(saturation) <= 93


def test_a_silent_device_falls_silent_and_a_forgetful_patient_forgets() -> None:
    silent = _hourly("silent_device", 6, onset=START)
    assert all(silent[:108]) and not any(silent[108:])
    given = [bool(values) for values in _hourly("forgetful", 30)]
    assert 0.35 < sum(given) / len(given) < 0.75


def test_an_unknown_scenario_and_a_time_without_a_zone_are_refused() -> None:
    with pytest.raises(KeyError):
        sample("unheard_of", 1, 0, START)
    with pytest.raises(ValueError, match="zone"):
        sample("stable", 1, 0, datetime(2026, 3, 1))


def test_every_scenario_has_devices_that_there_are() -> None:
    known = {
        "thermometer",
        "heart_rate",
        "blood_pressure",
        "pulse_oximeter",
        "glucometer",
        "weight_scale",
        "generic_json",
    }
    for scenario in SCENARIOS.values():
        assert scenario.drivers and set(scenario.drivers) <= known and scenario.description
