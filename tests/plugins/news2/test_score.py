"""The score of a full set, and what is said when there is none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.database.connection import Document
from core.patients.store import Patient
from plugins.news2.inputs import readings_of, score_of, why_not
from plugins.news2.rules import INPUTS, MAX_AGE, Reading, Result, in_words, score

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
RATE, SATURATION, FLOW, SYSTOLIC, PULSE, TEMPERATURE, CONSCIOUSNESS = (
    "9279-1", "2708-6", "3151-8", "8480-6", "8867-4", "8310-5", "67775-7",
)  # fmt: skip
WELL: dict[str, float | str] = {
    RATE: 16.0, SATURATION: 97.0, FLOW: 0.0, SYSTOLIC: 120.0, PULSE: 70.0, CONSCIOUSNESS: "A", TEMPERATURE: 37.0,
}  # fmt: skip
WORST: dict[str, float | str] = {
    RATE: 30.0, SATURATION: 80.0, FLOW: 10.0, SYSTOLIC: 80.0, PULSE: 140.0, CONSCIOUSNESS: "U", TEMPERATURE: 34.0,
}  # fmt: skip


def result_of(values: dict[str, float | str], *, scale: int = 1, ages: dict[str, timedelta] | None = None) -> Result:
    readings = [
        Reading(code, value, None, NOW - (ages or {}).get(code, timedelta(0))) for code, value in values.items()
    ]
    return score(readings, NOW, scale=scale)


def patient(**fields: Any) -> Patient:
    known: dict[str, Any] = {
        "id": "p1", "name": "Alice", "birth_date": date(1946, 2, 1), "sex": "female", "user_id": None,
        "identifier": None, "ward": None, "room": None, "time_zone": "UTC", "spo2_scale": 1, "risks": (),
        "care_team": frozenset(), "created_at": NOW,
    }  # fmt: skip
    return Patient(**known | fields)


def document(code: str, value: float | None = None, **more: Any) -> Document:
    return {
        "_id": f"o_{code}", "patient_id": "p1", "code": code, "value": value, "unit": None, "components": [],
        "status": "final", "flags": [], "effective_at": NOW,
    } | more  # fmt: skip


def documents() -> list[Document]:
    pressure = [
        {"code": SYSTOLIC, "value": 120.0, "unit": "mm[Hg]"},
        {"code": "8462-4", "value": 80.0, "unit": "mm[Hg]"},
    ]
    return [
        document(RATE, 16.0), document(SATURATION, 97.0), document(FLOW, 0.0), document(PULSE, 70.0),
        document(TEMPERATURE, 37.0), document(CONSCIOUSNESS, value_code="A"), document("85354-9", components=pressure),
    ]  # fmt: skip


def test_the_lowest_score_is_0_and_the_highest_20() -> None:
    assert result_of(WELL).score == 0
    for scale in (1, 2):
        assert result_of(WORST, scale=scale).score == 20
    assert result_of(WORST).points == {
        RATE: 3, SATURATION: 3, FLOW: 2, SYSTOLIC: 3, PULSE: 3, CONSCIOUSNESS: 3, TEMPERATURE: 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "total", "level", "priority", "hours"),
    [
        ({}, 0, "routine", None, 12),
        ({PULSE: 100.0}, 1, "low", None, 4),
        ({PULSE: 120.0, RATE: 22.0}, 4, "low", None, 4),
        ({CONSCIOUSNESS: "C"}, 3, "single", "medium", 1),
        ({CONSCIOUSNESS: "V", PULSE: 100.0}, 4, "single", "medium", 1),
        ({PULSE: 120.0, RATE: 22.0, TEMPERATURE: 38.5}, 5, "medium", "medium", 1),
        ({CONSCIOUSNESS: "V", PULSE: 120.0}, 5, "medium", "medium", 1),
        ({PULSE: 120.0, RATE: 22.0, FLOW: 2.0}, 6, "medium", "medium", 1),
        ({PULSE: 120.0, RATE: 22.0, FLOW: 2.0, TEMPERATURE: 38.5}, 7, "high", "high", 0),
        (WORST, 20, "high", "high", 0),
    ],
)
def test_the_response_follows_the_score(
    changes: dict[str, float | str], total: int, level: str, priority: str | None, hours: int
) -> None:
    result = result_of(WELL | changes)
    assert result.response is not None
    assert (result.score, result.response.level, result.response.priority) == (total, level, priority)
    assert result.next_observation_at == NOW + timedelta(hours=hours)


def test_the_next_set_is_due_an_interval_after_the_oldest_input() -> None:
    result = result_of(WELL, ages={TEMPERATURE: timedelta(hours=5), PULSE: timedelta(minutes=1)})
    assert result.next_observation_at == NOW + timedelta(hours=7)
    assert [item.age_s for item in result.inputs if item.reading.code == TEMPERATURE] == [5 * 3600]


@pytest.mark.parametrize("code", INPUTS)
def test_a_missing_input_gives_no_score_and_is_named(code: str) -> None:
    for values in (WELL, WORST):
        result = result_of({name: value for name, value in values.items() if name != code})
        assert (result.score, result.missing, result.stale) == (None, (code,), ())
        assert (result.response, result.next_observation_at) == (None, None)
        assert code not in result.points


@pytest.mark.parametrize("code", INPUTS)
def test_a_stale_input_gives_no_score_and_is_named(code: str) -> None:
    assert result_of(WORST, ages={code: MAX_AGE[code]}).score == 20
    result = result_of(WORST, ages={code: MAX_AGE[code] + timedelta(milliseconds=1)})
    assert (result.score, result.missing, result.stale) == (None, (), (code,))
    assert code not in result.points
    assert len(result.inputs) == 7


def test_nothing_gives_no_score() -> None:
    result = score([], NOW)
    assert (result.score, result.missing, result.inputs) == (None, INPUTS, ())


@pytest.mark.parametrize("ages", [{}, {FLOW: timedelta(hours=13)}])
def test_scale_2_does_not_take_unknown_oxygen_for_air(ages: dict[str, timedelta]) -> None:
    values = WELL if ages else {code: value for code, value in WELL.items() if code != FLOW}
    result = result_of(values, scale=2, ages=ages)
    assert result.score is None
    assert SATURATION not in result.points
    assert FLOW in result.missing + result.stale


def test_the_systolic_pressure_is_read_from_its_panel_and_the_letter_from_its_code() -> None:
    result = score_of(patient(), documents(), NOW)
    assert (result.score, result.missing) == (0, ())
    assert {item.reading.code: item.reading.value for item in result.inputs} == WELL


@pytest.mark.parametrize(
    "change",
    [
        {"status": "quarantined"}, {"status": "entered-in-error"}, {"flags": ["questionable"]}, {"flags": ["demo"]},
        {"value": None, "data_absent_reason": "error"},
    ],
)  # fmt: skip
def test_what_is_not_charted_or_has_no_value_is_missing(change: dict[str, Any]) -> None:
    rows = [row | (change if row["code"] == RATE else {}) for row in documents()]
    assert score_of(patient(), rows, NOW).missing == (RATE,)


def test_a_panel_without_its_systolic_value_is_missing() -> None:
    rows = documents()
    rows[-1]["components"][0]["value"] = None
    assert score_of(patient(), rows, NOW).missing == (SYSTOLIC,)


def test_the_newest_of_two_readings_counts() -> None:
    older = document(RATE, 30.0, effective_at=NOW - timedelta(minutes=1))
    for rows in ([older, document(RATE, 16.0)], [document(RATE, 16.0), older]):
        assert [reading.value for reading in readings_of(rows)] == [16.0]


@pytest.mark.parametrize(
    ("birth_date", "zone", "reason"),
    [
        (date(2010, 2, 1), "UTC", "under 16"),
        (date(2010, 1, 31), "UTC", None),
        # It is 2026-01-31 12:00 in UTC, and the first of February in Kiribati.
        (date(2010, 2, 1), "Pacific/Kiritimati", None),
        # In Samoa's American part it is still the thirty-first, at one in the morning.
        (date(2010, 1, 31), "Pacific/Pago_Pago", None),
        (date(2010, 2, 1), "Pacific/Pago_Pago", "under 16"),
        (date(2025, 1, 1), "UTC", "under 16"),
    ],
)
def test_it_is_not_for_those_under_16_where_they_live(birth_date: date, zone: str, reason: str | None) -> None:
    someone = patient(birth_date=birth_date, time_zone=zone)
    assert why_not(someone, NOW) == reason
    assert score_of(someone, documents(), NOW).score == (None if reason else 0)


@pytest.mark.parametrize(
    ("risk", "reason"),
    [
        ("pregnancy", "pregnancy"), ("Pregnant", "pregnancy"), ("pregnant, week 30", "pregnancy"),
        ("twin pregnancy", "pregnancy"), ("not pregnant", None), ("previous ectopic pregnancy", None), ("falls", None),
    ],
)  # fmt: skip
def test_it_is_not_for_pregnancy(risk: str, reason: str | None) -> None:
    someone = patient(risks=("falls", risk))
    result = score_of(someone, documents(), NOW)
    assert result.not_applicable == reason
    assert result.score == (None if reason else 0)
    assert result.inputs == () if reason else result.inputs


def test_the_words_say_what_has_points_or_why_there_is_no_score() -> None:
    high = in_words(result_of(WORST))
    assert "Respiratory rate 30 (3)" in high
    assert "Body temperature 34.0 (3)" in high
    assert "Level of consciousness U (3)" in high
    assert in_words(result_of(WELL)) == "No input has points."
    none = in_words(result_of({PULSE: 70.0}, ages={PULSE: timedelta(hours=13)}))
    assert "Heart rate is stale" in none
    assert "Respiratory rate is missing" in none
    assert "under 16" in in_words(Result(None, 1, not_applicable="under 16"))
