"""No reading for hours: told once, ended by the next reading, at the cost of what is due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pymongo.collection import Collection

from core.database.connection import Document
from core.observations.vital_signs import BLOOD_PRESSURE, HEART_RATE, SYSTOLIC
from plugins.alerting.handlers import stale_watch
from tests.plugins.alerting.conftest import START, Watch

RULE = {"code": HEART_RATE, "hours": 4.0, "priority": "medium"}


class Quiet:
    """A clock to turn, and the watch over silences."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.minute = 0
        watch.platform.clock = lambda: START + timedelta(minutes=self.minute)
        watch.store.rules._clock = watch.platform.clock

    def rule(self, *rules: Document, **more: Any) -> None:
        self.watch.store.rules.set_own(self.watch.patient_id, {"stale": list(rules), **more})

    def tick(self, minute: int) -> None:
        self.minute = minute
        # A process of its own each time: nothing is kept in memory.
        stale_watch(self.watch.platform, self.watch.store).tick()

    def see(self, minute: int, code: str = HEART_RATE, **more: Any) -> None:
        self.watch.evaluator._fresh_until = 0
        value = more.pop("value", 80.0)
        self.watch.see(minute, value, **{"code": code, "unit": "/min"} | more)

    def states(self) -> list[tuple[str, str]]:
        return [(alert["title"], alert["status"]) for alert in self.watch.alerts()]


@pytest.fixture
def quiet(watch: Watch) -> Quiet:
    found = Quiet(watch)
    found.rule(RULE)
    return found


TITLE = "No heart rate for 4 hours"


def test_a_silence_is_told_once_and_the_next_reading_ends_it(quiet: Quiet) -> None:
    quiet.tick(0)
    quiet.see(10)
    quiet.tick(240)
    assert quiet.states() == []
    for minute in (250, 251, 300, 900):
        quiet.tick(minute)
    assert quiet.states() == [(TITLE, "active")]
    (alert,) = quiet.watch.alerts()
    assert (alert["kind"], alert["code"], alert["first_at"]) == ("stale", HEART_RATE, START + timedelta(minutes=250))
    quiet.see(901)
    assert quiet.states() == [(TITLE, "resolved")]
    quiet.tick(902)
    quiet.tick(1140)
    assert quiet.states() == [(TITLE, "resolved")]
    quiet.tick(1141)
    assert quiet.states() == [(TITLE, "resolved"), (TITLE, "active")]


def test_a_patient_who_was_never_measured_is_silent_from_the_rule_on(quiet: Quiet) -> None:
    quiet.tick(0)
    quiet.tick(239)
    assert quiet.states() == []
    quiet.tick(240)
    assert quiet.states() == [(TITLE, "active")]


def test_an_alert_that_a_person_closed_stays_closed(quiet: Quiet) -> None:
    quiet.tick(0)
    quiet.tick(241)
    (alert,) = quiet.watch.alerts()
    quiet.watch.store.change(alert["_id"], {}, {"status": "resolved"}, unset=("open_key",))
    quiet.tick(400)
    assert quiet.states() == [(TITLE, "resolved")]


def test_a_reading_that_comes_late_tells_that_it_was_not_silent(quiet: Quiet) -> None:
    quiet.tick(0)
    quiet.tick(241)
    quiet.see(239)
    quiet.tick(301)
    assert quiet.states() == [(TITLE, "resolved")]


def test_a_reading_that_does_not_count_ends_no_silence(quiet: Quiet) -> None:
    quiet.tick(0)
    quiet.tick(241)
    quiet.see(242, flags=["questionable"])
    quiet.see(243, "8310-5", value=37.0)
    quiet.tick(302)
    assert quiet.states() == [(TITLE, "active")]


def test_a_part_of_a_panel_is_heard_in_its_panel(quiet: Quiet) -> None:
    quiet.rule(RULE | {"code": SYSTOLIC})
    quiet.tick(0)
    quiet.tick(241)
    assert len(quiet.states()) == 1
    parts = [{"code": SYSTOLIC, "value": 120.0, "unit": "mm[Hg]"}]
    quiet.see(242, BLOOD_PRESSURE, value=None, unit=None, components=parts)
    assert [status for _title, status in quiet.states()] == ["resolved"]


def test_a_rule_that_goes_takes_its_alert_along(quiet: Quiet) -> None:
    quiet.tick(0)
    quiet.tick(241)
    quiet.rule()
    quiet.tick(242)
    assert quiet.states() == [(TITLE, "resolved")]
    assert quiet.watch.store.rules.silences_of(quiet.watch.patient_id) == {}


def test_a_template_brings_a_silence_and_its_change_reaches_the_patient(quiet: Quiet) -> None:
    rules = quiet.watch.store.rules
    rules.set_template("icu", {"title": "ICU", "rules": [], "combinations": [], "stale": [RULE]})
    quiet.rule(templates=["icu"])
    quiet.tick(0)
    rules.set_template("icu", {"title": "ICU", "rules": [], "stale": [RULE | {"hours": 1.0}]})
    quiet.tick(30)
    quiet.tick(61)
    assert quiet.states() == [("No heart rate for an hour", "active")]


def test_a_round_reads_what_is_due_and_no_more(quiet: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"_id": f"p{n}|x", "patient_id": f"p{n}", "code": HEART_RATE, "hours": 4.0, "priority": "low",
         "since": START, "look_at": START + timedelta(hours=4)}
        for n in range(2000)
    ]  # fmt: skip
    quiet.tick(0)
    quiet.watch.platform.database.db.alerting_silences.insert_many(rows)
    looked: list[str] = []
    latest_of = quiet.watch.platform.observations.latest_of
    monkeypatch.setattr(
        quiet.watch.platform.observations, "latest_of", lambda patient: looked.append(patient) or latest_of(patient)
    )
    queries: list[Any] = []
    find = Collection.find
    monkeypatch.setattr(
        Collection,
        "find",
        lambda self, *given, **more: queries.append((self.name, *given)) or find(self, *given, **more),
    )
    quiet.tick(230)
    assert looked == []
    assert [query[1] for query in queries if query[0] == "alerting_silences"] == [
        {"look_at": {"$lte": START + timedelta(minutes=230)}}
    ]
