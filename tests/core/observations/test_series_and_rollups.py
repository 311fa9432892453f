"""Charts: from the readings where they are few, from rollups where they are many, the same either way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.database.connection import Document
from core.observations import rollups
from core.observations.series import DAY_MS, LEVELS, Level, level_for, merge, slot_of, thin, to_ms
from core.observations.vital_signs import BLOOD_PRESSURE, DIASTOLIC, HEART_RATE, SYSTOLIC
from core.platform import Platform

START = datetime(2026, 1, 30, 22, 0, tzinfo=UTC)


def readings(count: int, every: timedelta) -> list[Document]:
    return [
        {
            "_id": f"r{number}",
            "patient_id": "p",
            "code": HEART_RATE,
            "value": float(60 + number % 40),
            "unit": "/min",
            "components": [],
            "status": "final",
            "flags": [],
            "effective_at": START + every * number,
            "received_at": START + every * number,
            "source": "device",
        }
        for number in range(count)
    ]


def store(platform: Platform, documents: list[Document]) -> None:
    platform.observations.insert(documents)
    touched = {to_ms(d["effective_at"]) // 300_000 * 300_000 for d in documents}
    platform.rollups.recompute("p", documents[0]["code"], touched)


def test_few_readings_are_charted_one_by_one_with_their_source(platform: Platform) -> None:
    store(platform, readings(50, timedelta(minutes=1)))
    resolution, slots, source = platform.rollups.chart("p", HEART_RATE, START, START + timedelta(days=1), 500)
    assert (resolution, len(slots), source) == ("raw", 50, ["d"] * 50)


@pytest.mark.parametrize("span", [timedelta(days=1), timedelta(days=30), timedelta(days=365), timedelta(days=3650)])
def test_rollups_tell_the_same_as_the_readings(
    platform: Platform, span: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "MAX_RAW", 100)
    documents = readings(400, timedelta(minutes=7))
    store(platform, documents)
    resolution, slots, source = platform.rollups.chart("p", HEART_RATE, START, START + span, 1000)
    inside = [d["value"] for d in documents if d["effective_at"] < START + span]
    assert resolution == level_for(span).name
    assert source is None
    assert sum(slot[0] for _at, slot in slots) == len(inside)
    assert min(slot[1] for _at, slot in slots) == min(inside)
    assert max(slot[2] for _at, slot in slots) == max(inside)
    assert sum(slot[3] for _at, slot in slots) == pytest.approx(sum(inside))


def test_recomputing_twice_changes_nothing(platform: Platform) -> None:
    documents = readings(30, timedelta(minutes=3))
    store(platform, documents)
    before = sorted(platform.database.db.rollups.find({}), key=lambda row: row["_id"])
    platform.rollups.recompute("p", HEART_RATE, [to_ms(d["effective_at"]) // 300_000 * 300_000 for d in documents])
    assert sorted(platform.database.db.rollups.find({}), key=lambda row: row["_id"]) == before


def test_a_withdrawn_reading_leaves_the_rollups_and_the_latest_value(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = readings(2, timedelta(minutes=1))
    store(platform, documents)
    platform.observations.note_latest(documents)
    platform.observations.flush_latest()
    correction = {"at": platform.clock(), "by": {"id": "u", "name": "Bob"}, "reason": "wrong patient"}
    platform.observations.mark_in_error("r1", correction)
    platform.rollups.recompute("p", HEART_RATE, [to_ms(documents[1]["effective_at"]) // 300_000 * 300_000])
    monkeypatch.setattr(rollups, "MAX_RAW", 0)
    _level, slots, _sources = platform.rollups.chart("p", HEART_RATE, START, START + timedelta(days=1), 600)
    assert [slot[0] for _at, slot in slots] == [1]
    kept = platform.observations.get("r1")
    assert kept is not None
    assert (kept["status"], kept["history"][0]["reason"]) == ("entered-in-error", "wrong patient")


def test_a_panels_components_are_charted_each(platform: Platform) -> None:
    parts = [
        {"code": SYSTOLIC, "value": 138.0, "unit": "mm[Hg]"},
        {"code": DIASTOLIC, "value": 88.0, "unit": "mm[Hg]"},
    ]
    (document,) = readings(1, timedelta(minutes=1))
    store(platform, [{**document, "code": BLOOD_PRESSURE, "value": None, "unit": None, "components": parts}])
    end = START + timedelta(days=1)
    assert platform.rollups.chart("p", SYSTOLIC, START, end, 10)[1][0][1][4] == 138.0
    assert platform.rollups.chart("p", DIASTOLIC, START, end, 10)[1][0][1][4] == 88.0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.integers(2, 20))
def test_thinning_keeps_extremes_and_counts(values: list[float], points: int) -> None:
    slots = [(number * 1000, slot) for number, value in enumerate(values) if (slot := slot_of([value]))]
    thinned = thin(slots, points)
    assert len(thinned) <= points or len(thinned) == len(slots)
    whole, kept = merge(slot for _a, slot in slots), merge(slot for _a, slot in thinned)
    assert whole is not None
    assert kept is not None
    assert kept[:3] == whole[:3]


def test_levels_grow() -> None:
    assert [level.width_ms for level in LEVELS] == sorted(level.width_ms for level in LEVELS)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
@given(
    start=st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    days=st.floats(0.0, 800.0),
)
def test_no_document_of_a_range_is_left_out(level: Level, start: datetime, days: float) -> None:
    start_ms, end_ms = to_ms(start), to_ms(start) + round(days * DAY_MS)
    stepped = {rollups._holder(level, at)[0] for at in range(start_ms, end_ms, DAY_MS)}
    stepped.add(rollups._holder(level, max(start_ms, end_ms - 1))[0])
    assert set(rollups._holders_between(level, start_ms, end_ms)) == stepped
