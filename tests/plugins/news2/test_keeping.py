"""The worker's part: scores are kept once, and alerting is told once for each change of level."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.database.connection import Document
from core.events.consumers import observation_event
from core.events.log import Event
from core.observations.model import to_json
from core.platform import Platform
from plugins.news2.handlers import KEEP_EVERY, ScoreKeeper
from plugins.news2.store import ScoreStore
from tests.support import Cast

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
RATE, SATURATION, FLOW, PRESSURE, SYSTOLIC, PULSE, TEMPERATURE, CONSCIOUSNESS = (
    "9279-1", "2708-6", "3151-8", "85354-9", "8480-6", "8867-4", "8310-5", "67775-7",
)  # fmt: skip
WELL: dict[str, float | str | None] = {
    RATE: 16.0, SATURATION: 97.0, FLOW: 0.0, PRESSURE: 120.0, PULSE: 70.0, CONSCIOUSNESS: "A", TEMPERATURE: 37.0,
}  # fmt: skip


class Ward:
    """Alice, whose signs are measured and scored, with a clock that is set."""

    def __init__(self, platform: Platform, patient_id: str) -> None:
        self.platform = platform
        self.patient_id = patient_id
        self.now = START
        platform.clock = lambda: self.now
        platform.events._clock = platform.clock
        self.keeper = ScoreKeeper(platform, ScoreStore(platform.database))
        self.count = 0

    def reading(self, code: str, value: float | str | None, **more: Any) -> Document:
        self.count += 1
        document: Document = {
            "_id": f"o{self.count}", "patient_id": self.patient_id, "code": code, "value": None, "unit": None,
            "components": [], "status": "final", "flags": [], "effective_at": self.now, "received_at": self.now,
            "source": "device",
        }  # fmt: skip
        if code == PRESSURE:
            document["components"] = [{"code": SYSTOLIC, "value": value, "unit": "mm[Hg]"}]
        elif isinstance(value, str):
            document["value_code"] = value
        else:
            document["value"] = value
        return document | more

    def store(self, documents: list[Document], *, flushed: bool = True) -> list[Event]:
        """Store as the web process does; not ``flushed``: the latest values are not written yet."""
        self.platform.observations.insert(documents)
        if flushed:
            self.platform.observations.note_latest(documents)
            self.platform.observations.flush_latest()
        return [observation_event(document["_id"], document) for document in documents]

    def measure(self, minute: float = 0.0, **changes: Any) -> list[Document]:
        """A full set, some minutes after the start, scored."""
        self.now = START + timedelta(minutes=minute)
        documents = [self.reading(code, value) for code, value in (WELL | changes.pop("values", {})).items()]
        self.keeper.handle(self.store(documents, **changes))
        return documents

    def see(
        self, minute: float, code: str, value: float | str | None, *, flushed: bool = True, **more: Any
    ) -> Document:
        """One reading, scored."""
        self.now = START + timedelta(minutes=minute)
        document = self.reading(code, value, **more)
        self.keeper.handle(self.store([document], flushed=flushed))
        return document

    def withdraw(self, document: Document) -> None:
        by = {"id": "u", "name": "Bob"}
        gone = self.platform.observations.mark_in_error(document["_id"], {"at": self.now, "by": by, "reason": "no"})
        self.keeper.handle([Event("e", (), "observation_updated", {"observation": to_json(gone)}, self.now)])

    def scores(self) -> list[tuple[float, int | None]]:
        """Minutes after the start, and the score from then on."""
        rows = self.platform.database.db.news2_scores.find({"patient_id": self.patient_id}).sort("at", 1)
        return [((row["at"] - START).total_seconds() / 60, row["score"]) for row in rows]

    def told(self) -> list[tuple[str, str, str]]:
        return [(event["type"], event["data"]["priority"], event["data"]["title"]) for event in self.events()]

    def events(self) -> list[Document]:
        rows = self.platform.database.db.events.find({"data.kind": "score"})
        return sorted(rows, key=lambda row: int(row["_id"].rsplit("|", 1)[1]))


@pytest.fixture
def ward(platform: Platform, cast: Cast) -> Ward:
    return Ward(platform, cast.alice.id)


# -- scores ------------------------------------------------------------------------------------
def test_a_full_set_is_one_row_however_often_it_is_seen(ward: Ward) -> None:
    documents = ward.measure()
    assert ward.scores() == [(0, 0)]
    ward.keeper.handle([observation_event(document["_id"], document) for document in documents])
    ward.keeper.recheck()
    assert ward.scores() == [(0, 0)]
    assert [row["_id"] for row in ward.platform.database.db.news2_scores.find({})] == [
        f"{ward.patient_id}|{int(START.timestamp() * 1000)}"
    ]


def test_no_row_before_there_is_a_score(ward: Ward) -> None:
    for number, (code, value) in enumerate(list(WELL.items())[:-1]):
        ward.see(number, code, value)
    assert ward.scores() == []
    ward.see(10, TEMPERATURE, 37.0)
    assert ward.scores() == [(10, 0)]


def test_a_change_is_kept_at_the_time_of_its_reading(ward: Ward) -> None:
    ward.measure()
    ward.see(1, PULSE, 100.0)
    ward.see(2, PULSE, 70.0)
    # The same total from other points is another score.
    ward.see(3, TEMPERATURE, 38.5)
    ward.measure(4, values={PULSE: 100.0})
    assert ward.scores() == [(0, 0), (1, 1), (2, 0), (3, 1), (4, 1)]


def test_an_unchanged_score_is_kept_a_few_times_an_hour(ward: Ward) -> None:
    ward.measure()
    for minute in range(1, 61):
        ward.see(minute, PULSE, 70.0 + minute % 2)
    step = KEEP_EVERY.total_seconds() / 60
    assert ward.scores() == [(0, 0), (step, 0), (2 * step, 0), (3 * step, 0), (4 * step, 0)]


def test_a_reading_that_is_not_among_the_latest_yet_counts(ward: Ward) -> None:
    ward.measure()
    ward.see(1, PULSE, 120.0, flushed=False)
    assert ward.scores() == [(0, 0), (1, 2)]
    # Looking again before it is written takes nothing back.
    ward.keeper.recheck()
    assert ward.scores() == [(0, 0), (1, 2)]


def test_a_late_reading_of_the_past_changes_nothing(ward: Ward) -> None:
    ward.measure()
    ward.see(5, PULSE, 140.0, effective_at=START - timedelta(minutes=1))
    assert ward.scores() == [(0, 0)]


@pytest.mark.parametrize("change", [{"status": "quarantined"}, {"flags": ["questionable"]}])
def test_what_is_not_charted_does_not_count(ward: Ward, change: dict[str, Any]) -> None:
    ward.measure()
    ward.see(1, PULSE, 140.0, **change)
    ward.see(2, PULSE, 140.0, flushed=False, **change)
    assert ward.scores() == [(0, 0)]


def test_a_withdrawn_reading_counts_no_more(ward: Ward) -> None:
    ward.measure()
    wrong = ward.see(1, PULSE, 120.0)
    ward.now = START + timedelta(minutes=3)
    ward.withdraw(wrong)
    # What was shown stays; it is corrected from the withdrawal on.
    assert ward.scores() == [(0, 0), (1, 2), (3, 0)]
    ward.keeper.handle([observation_event(wrong["_id"], wrong)])
    ward.keeper.recheck()
    assert ward.scores() == [(0, 0), (1, 2), (3, 0)]


def test_a_withdrawn_reading_that_made_no_difference_keeps_the_score_open_to_time(ward: Ward) -> None:
    ward.measure()
    ward.withdraw(ward.see(20, PULSE, 71.0))
    assert ward.scores() == [(0, 0), (20, 0)]
    ward.now = START + timedelta(hours=13)
    ward.keeper.recheck()
    assert ward.scores() == [(0, 0), (20, 0), (12 * 60, None)]


def test_a_score_ends_when_an_input_goes_stale(ward: Ward) -> None:
    ward.measure()
    ward.see(60, PULSE, 71.0)
    ward.now = START + timedelta(hours=12)
    ward.keeper.recheck()
    assert ward.scores()[-1] == (60, 0)
    ward.now += timedelta(minutes=7)
    for _round in range(2):
        ward.keeper.recheck()
        assert ward.scores()[-2:] == [(60, 0), (12 * 60, None)]


def test_a_measurement_without_a_value_ends_the_score_and_the_next_one_resumes_it(ward: Ward) -> None:
    ward.measure()
    ward.see(1, SATURATION, None, data_absent_reason="error")
    assert ward.scores() == [(0, 0), (1, None)]
    ward.see(2, SATURATION, 97.0)
    assert ward.scores() == [(0, 0), (1, None), (2, 0)]


def test_another_scale_changes_the_score_from_then_on(ward: Ward) -> None:
    ward.measure(values={SATURATION: 90.0, FLOW: 2.0})
    assert ward.scores() == [(0, 5)]
    ward.platform.patients.change(ward.patient_id, {"spo2_scale": 2})
    ward.now = START + timedelta(minutes=9)
    ward.keeper.recheck()
    assert ward.scores() == [(0, 5), (9, 2)]


def test_a_pregnancy_ends_the_score(ward: Ward) -> None:
    ward.measure(values={PULSE: 140.0})
    ward.platform.patients.change(ward.patient_id, {"risks": ["pregnant"]})
    ward.now = START + timedelta(minutes=9)
    for _round in range(2):
        ward.keeper.recheck()
        assert ward.scores() == [(0, 3), (9, None)]
    assert ward.told()[-1][0] == "condition_ended"
    assert "pregnancy" in ward.events()[-1]["data"]["detail"]


def test_readings_of_nobody_and_of_other_kinds_are_passed_over(ward: Ward) -> None:
    ward.measure()
    ward.see(1, "29463-7", 80.0)
    for patient_id in (None, "nobody"):
        stray = ward.reading(PULSE, 140.0, patient_id=patient_id)
        ward.keeper.handle([observation_event(stray["_id"], stray)])
    assert ward.platform.database.db.news2_scores.count_documents({}) == 1


# -- levels --------------------------------------------------------------------------------------
def test_alerting_is_told_once_for_each_change_of_level(ward: Ward) -> None:
    medium = {PULSE: 120.0, RATE: 22.0, TEMPERATURE: 38.5}
    for minute, values in enumerate([{}, {PULSE: 100.0}, medium, medium, medium | {FLOW: 2.0}, medium, {}, {}]):
        ward.measure(minute, values=values)
        ward.keeper.recheck()
    assert ward.scores()[2:7] == [(2, 5), (4, 7), (5, 5), (6, 0)]
    assert ward.told() == [
        ("condition_raised", "medium", "NEWS2 5: urgent response"),
        ("condition_raised", "high", "NEWS2 7: emergency response"),
        ("condition_raised", "medium", "NEWS2 5: urgent response"),
        ("condition_ended", "medium", "NEWS2 0: routine monitoring"),
    ]


def test_what_is_told_says_who_what_and_since_when(ward: Ward) -> None:
    ward.measure(1, values={PULSE: 120.0, RATE: 22.0, TEMPERATURE: 38.5})
    ward.measure(2, values={PULSE: 120.0, RATE: 22.0, TEMPERATURE: 38.5, FLOW: 2.0})
    ward.measure(3)
    raised, risen, ended = ward.events()
    assert raised["topics"] == []
    assert raised["data"] == {
        "key": f"news2|{ward.patient_id}",
        "patient_id": ward.patient_id,
        "kind": "score",
        "code": None,
        "priority": "medium",
        "title": "NEWS2 5: urgent response",
        "detail": "Points: Respiratory rate 22 (2), Heart rate 120 (2), Body temperature 38.5 (1).",
        "value": 5,
        "unit": None,
        "at": "2026-01-31T12:01:00.000Z",
    }
    assert risen["data"]["at"] == "2026-01-31T12:01:00.000Z"
    assert "Inhaled oxygen flow 2.0 (2)" in risen["data"]["detail"]
    assert (ended["type"], ended["data"]["at"]) == ("condition_ended", "2026-01-31T12:03:00.000Z")
    assert len({event["_id"] for event in ward.events()}) == 3
    assert "Alice" not in str(ward.events())


def test_a_single_sign_with_three_points_is_medium(ward: Ward) -> None:
    ward.measure(values={CONSCIOUSNESS: "C"})
    assert ward.told() == [("condition_raised", "medium", "NEWS2 3: urgent ward review")]


def test_an_impossible_score_ends_the_condition_and_the_next_one_is_a_new_one(ward: Ward) -> None:
    ward.measure(values={CONSCIOUSNESS: "U"})
    ward.see(1, RATE, None)
    ward.see(2, RATE, 16.0)
    assert [kind for kind, _priority, _title in ward.told()] == [
        "condition_raised", "condition_ended", "condition_raised",
    ]  # fmt: skip
    _first, ended, again = ward.events()
    assert (ended["data"]["title"], ended["data"]["value"]) == ("NEWS2: no score", None)
    assert ended["data"]["detail"] == "No score: Respiratory rate is missing."
    assert again["data"]["at"] == "2026-01-31T12:02:00.000Z"


def test_a_condition_ends_when_its_inputs_go_stale(ward: Ward) -> None:
    ward.measure(values={CONSCIOUSNESS: "U"})
    ward.now = START + timedelta(hours=12, minutes=1)
    for _round in range(2):
        ward.keeper.recheck()
    assert [kind for kind, _priority, _title in ward.told()] == ["condition_raised", "condition_ended"]


def test_what_a_crash_left_untold_is_told_once(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_given: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ward.platform.events, "publish", crash)
        with pytest.raises(KeyboardInterrupt):
            ward.measure(values={CONSCIOUSNESS: "U"})
    assert ward.told() == []
    for _round in range(2):
        ward.keeper.tell_untold()
    assert ward.told() == [("condition_raised", "medium", "NEWS2 3: urgent ward review")]


def test_a_change_after_a_crash_is_told_after_what_it_follows(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(ward.platform.events, "publish", lambda *_given, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ward.measure(values={CONSCIOUSNESS: "U"})
    ward.measure(1)
    assert [kind for kind, _priority, _title in ward.told()] == ["condition_raised", "condition_ended"]


def test_two_workers_tell_a_change_once(ward: Ward) -> None:
    store = ScoreStore(ward.platform.database)
    ward.measure(values={CONSCIOUSNESS: "U"})
    state = store.level(ward.patient_id)
    assert state is not None
    fields = {"level": None, "since": START, "priority": "medium"}
    assert not store.set_level(ward.patient_id, 1, fields, {})
    assert store.set_level(ward.patient_id, 2, fields, {"type": "condition_ended"})
    assert not store.set_level(ward.patient_id, 2, fields, {})
