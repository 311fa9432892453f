"""Alert episodes under everything that can happen to them, in any order: a machine on the database, and a pure one.

Readings come early, late, twice, and cut into any batches; the web's and the worker's evaluators each take them at
their own pace, and die between storing an alert and telling of it; two people act on alerts; limits change.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.database.connection import Document
from core.events.log import Event
from core.observations.vital_signs import BODY_TEMPERATURE, GLUCOSE
from core.platform import Platform
from plugins.alerting import handlers
from plugins.alerting.episodes import ACKNOWLEDGED, ACTIVE, RESOLVED, SEEN, Episode, Gap, Judged, begin
from plugins.alerting.handlers import AlertEvaluator, announce_untold, close_late, condition_handler, wake_snoozed
from plugins.alerting.rules import Breach, Priority, breaches, default_limits, limits_of
from plugins.alerting.store import AlertStore
from tests.plugins.alerting.conftest import START, reading
from tests.support import Caller, Cast

_VALUES: dict[str, list[float | None]] = {
    BODY_TEMPERATURE: [36.8, 37.2, 39.5, 41.0],
    GLUCOSE: [100.0, 60.0, 260.0, None],
}
_LIMITS: list[dict[str, Any]] = [
    {"high": 39.0},
    {"high": 38.0, "hysteresis": 0.5},
    {"high": 39.0, "duration_s": 600},
    {"high": 39.0, "latching": False},
    {"high": 40.5, "critical_high": 42.0},
]
_RULE = {"code": BODY_TEMPERATURE, "low": 35.0, "high": 39.0, "critical_low": None, "critical_high": 40.0}


class Killed(BaseException):
    """What stands for ``kill -9``: nothing may catch it."""


@dataclass
class Process:
    """One of the two that evaluate: what it has still to look at."""

    evaluator: AlertEvaluator
    queue: deque[Document] = field(default_factory=deque)


@dataclass
class Seen:
    """A reading that was acknowledged to its device."""

    document: Document
    #: Under every rule that held since it came, it is a breach that calls at once. And: it is in range.
    must_alert: bool
    may_end: bool
    judged: bool = False


class Episodes(RuleBasedStateMachine):
    """Everything that happens to the alerts of one patient."""

    def __init__(self, platform: Platform, patient_id: str, sign_in: Callable[[str], Caller]) -> None:
        super().__init__()
        self.platform = platform
        self.db = platform.database.db
        self.patient_id = patient_id
        self.now = START
        platform.clock = lambda: self.now
        self.sign_in = sign_in
        for name in ("alerting_alerts", "alerting_rules", "events", "observations", "latest_observations"):
            self.db[name].delete_many({})
        platform.observations._pending_latest.clear()
        self.store = AlertStore(platform.database, platform.clock)
        self.processes = {name: Process(self._evaluator()) for name in ("web", "worker")}
        self.conditions = condition_handler(platform, self.store)
        self.people = {name: sign_in(name) for name in ("bob", "dana")}
        self.seen: dict[str, Seen] = {}
        self.rule = dict(_RULE)
        self.condition: tuple[bool, datetime] | None = None
        self.numbers = itertools.count(1)

    def _evaluator(self) -> AlertEvaluator:
        return AlertEvaluator(self.platform, self.store)

    @initialize()
    def begin(self) -> None:
        self.store.set_limits(self.patient_id, [self.rule])

    def _judge(self, document: Document) -> tuple[bool, bool]:
        limits = default_limits() | {BODY_TEMPERATURE: limits_of({**self.rule}, "patient")}
        own = limits[document["code"]]
        found = breaches(document, limits)
        at_once = any(breach.priority == "high" or own.duration_s == 0 for breach in found)
        return at_once, not found and not breaches(document, {own.code: own.tightened()})

    # -- readings ------------------------------------------------------------------------------
    @rule(
        code=st.sampled_from(sorted(_VALUES)), choice=st.integers(0, 3), ago=st.one_of(st.just(0), st.integers(0, 30)),
        passes=st.integers(0, 3),
    )  # fmt: skip
    def a_reading_comes(self, code: str, choice: int, ago: int, passes: int) -> None:
        self.now += timedelta(minutes=passes)
        number = next(self.numbers)
        value = _VALUES[code][choice]
        document = reading(self.patient_id, number, value, code=code)
        if value is None:
            document["data_absent_reason"] = "positive-infinity"
        # No two of one moment: which of them were the newer?
        document["effective_at"] = self.now - timedelta(minutes=ago) + timedelta(milliseconds=number)
        self.platform.observations.insert([dict(document)])
        self.platform.observations.note_latest([document])
        self.seen[document["_id"]] = Seen(document, *self._judge(document))
        for process in self.processes.values():
            process.queue.append(document)

    @precondition(lambda self: self.seen)
    @rule(who=st.sampled_from(["web", "worker"]), data=st.data())
    def readings_come_again(self, who: str, data: st.DataObject) -> None:
        again = data.draw(st.lists(st.sampled_from(sorted(self.seen)), min_size=1, max_size=4))
        self.processes[who].queue.extend(self.seen[name].document for name in again)

    @rule(who=st.sampled_from(["web", "worker"]), many=st.integers(1, 6))
    def a_batch_is_evaluated(self, who: str, many: int) -> None:
        process = self.processes[who]
        batch = [process.queue.popleft() for _ in range(min(many, len(process.queue)))]
        process.evaluator.observe(batch)
        for document in batch:
            self.seen[document["_id"]].judged = True

    @rule(who=st.sampled_from(["web", "worker"]), many=st.integers(1, 6))
    def a_process_dies_between_storing_and_telling(self, who: str, many: int) -> None:
        process = self.processes[who]
        batch = list(process.queue)[:many]

        def die(*_given: Any) -> None:
            raise Killed

        telling = handlers.announce_all
        handlers.announce_all = die
        try:
            process.evaluator.observe(batch)
        except Killed:
            pass
        finally:
            handlers.announce_all = telling
        process.evaluator = self._evaluator()
        if who == "web":
            # The worker begins again where it had been; the web process has forgotten.
            process.queue.clear()

    @rule(who=st.sampled_from(["web", "worker"]))
    def a_process_starts_anew(self, who: str) -> None:
        self.processes[who].evaluator = self._evaluator()

    @rule(change=st.sampled_from(_LIMITS))
    def limits_change(self, change: dict[str, Any]) -> None:
        self.rule = _RULE | change
        self.store.set_limits(self.patient_id, [self.rule])
        for process in self.processes.values():
            process.evaluator._fresh_until = 0
        for seen in self.seen.values():
            must, may = self._judge(seen.document)
            # What was judged is judged; what is judged again may be judged otherwise.
            seen.must_alert = seen.must_alert and (seen.judged or must)
            seen.may_end = seen.may_end or may

    # -- conditions ----------------------------------------------------------------------------
    @rule(holds=st.booleans(), again=st.integers(1, 2))
    def a_condition_is_told(self, holds: bool, again: int) -> None:
        self.now += timedelta(seconds=1)
        data = {
            "key": "c", "patient_id": self.patient_id, "kind": "missed", "code": None, "priority": "medium",
            "title": "Not measured", "detail": None, "value": None, "unit": None, "at": self.now.isoformat(),
        }  # fmt: skip
        event = Event("e", (), "condition_raised" if holds else "condition_ended", data, self.now)
        for _time in range(again):
            self.conditions.handle([event])
        self.condition = (holds, self.now)

    # -- people --------------------------------------------------------------------------------
    def _some(self, data: st.DataObject) -> Document:
        alert: Document = data.draw(st.sampled_from(sorted(self.alerts(), key=lambda row: row["raised_at"])))
        return alert

    @precondition(lambda self: self.alerts())
    @rule(who=st.sampled_from(["bob", "dana"]), what=st.sampled_from(["snooze", "assign", "resolve"]), data=st.data())
    def a_person_acts(self, who: str, what: str, data: st.DataObject) -> None:
        alert = self._some(data)
        body: dict[str, Any] = {"snooze": {"minutes": 20}, "assign": {"user_id": None}}.get(what, {})
        answer = self.people[who].post(f"/alerts/{alert['_id']}/{what}", body)
        assert answer.status_code == (409 if alert["status"] == RESOLVED else 200), answer.text

    @precondition(lambda self: self.alerts())
    @rule(data=st.data())
    def a_snooze_is_ended(self, data: st.DataObject) -> None:
        alert = self._some(data)
        answer = self.people["dana"].delete(f"/alerts/{alert['_id']}/snooze")
        assert answer.status_code == (200 if alert["status"] == "snoozed" else 409)

    @precondition(lambda self: self.alerts())
    @rule(data=st.data())
    def two_acknowledge_at_once(self, data: st.DataObject) -> None:
        alert = self._some(data)
        answers: dict[str, Any] = {}

        def acknowledge(name: str) -> None:
            answers[name] = self.people[name].post(f"/alerts/{alert['_id']}/acknowledge", {})

        threads = [threading.Thread(target=acknowledge, args=(name,)) for name in self.people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [name for name, answer in answers.items() if answer.status_code == 200]
        assert len(won) == (1 if alert["status"] in (ACTIVE, "snoozed") else 0), answers
        after = self.store.get(alert["_id"])
        assert after is not None
        for name, answer in answers.items():
            if name not in won:
                assert answer.status_code == 409
                if after["status"] == ACKNOWLEDGED:
                    assert after["acknowledged_by"]["name"] in answer.json["detail"]
        if won:
            assert after["assigned_to"] == after["acknowledged_by"]
            assert after["acknowledged_by"]["name"] == won[0].title()

    # -- the worker's rounds -------------------------------------------------------------------
    @rule(minutes=st.integers(1, 15))
    def time_passes_and_the_worker_looks(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        announce_untold(self.platform, self.store)
        wake_snoozed(self.platform, self.store)
        close_late(self.platform, self.store)

    # -- what always holds ---------------------------------------------------------------------
    def alerts(self) -> list[Document]:
        return list(self.db.alerting_alerts.find({}).sort("first_at", 1))

    @invariant()
    def episodes_of_one_key_do_not_overlap(self) -> None:
        for _key, group in itertools.groupby(sorted(self.alerts(), key=_by_key), key=lambda row: row["episode_of"]):
            rows = list(group)
            for earlier, later in itertools.pairwise(rows):
                assert earlier["last_at"] < later["first_at"], (earlier, later)
            assert sum(row["status"] != RESOLVED and not row.get("late", False) for row in rows) <= 1

    @invariant()
    def what_was_judged_in_breach_lies_in_one_episode(self) -> None:
        alerts = self.alerts()
        for seen in self.seen.values():
            if seen.judged and seen.must_alert:
                assert len(_covering(alerts, seen.document)) == 1, seen

    @invariant()
    def nothing_true_is_resolved_without_a_person(self) -> None:
        for alert in self.alerts():
            assert (alert["status"] == RESOLVED) == ("open_key" not in alert)
            if alert["status"] != RESOLVED:
                continue
            (end,) = [entry for entry in alert["history"] if entry["action"] == "resolved"]
            if end["by"] is None and not alert["late"] and alert["kind"] != "missed":
                ends = [seen for seen in self.seen.values() if seen.may_end and seen.document["code"] == alert["code"]]
                assert any(seen.document["effective_at"] > alert["last_at"] for seen in ends), alert

    @invariant()
    def an_acknowledged_alert_has_one_owner(self) -> None:
        for alert in self.alerts():
            if alert["status"] == ACKNOWLEDGED:
                assert alert["acknowledged_by"] is not None

    @invariant()
    def an_alert_was_announced_or_will_be(self) -> None:
        for alert in self.alerts():
            assert alert.get("untold") or self.platform.events.exists(f"alert_raised|{alert['_id']}")

    @invariant()
    def a_condition_that_holds_has_an_open_alert_or_a_person_closed_it(self) -> None:
        rows = [row for row in self.alerts() if row["kind"] == "missed"]
        if self.condition is None:
            assert rows == []
            return
        holds, at = self.condition
        if holds:
            (row,) = [row for row in rows if row["last_at"] == at]
            assert row["condition_active"] or row.get("resolved_by"), row
        else:
            assert not any(_holds(row) for row in rows)

    def teardown(self) -> None:
        """When all has been evaluated and told, every reading is where it belongs."""
        for process in self.processes.values():
            process.evaluator.observe(list(process.queue))
        for seen in self.seen.values():
            seen.judged = True
        announce_untold(self.platform, self.store)
        self.episodes_of_one_key_do_not_overlap()
        self.what_was_judged_in_breach_lies_in_one_episode()
        alerts = self.alerts()
        for alert in alerts:
            assert self.platform.events.exists(f"alert_raised|{alert['_id']}")
        for code in _VALUES:
            of_code = [seen for seen in self.seen.values() if seen.document["code"] == code]
            if not of_code:
                continue
            newest = max(of_code, key=lambda seen: seen.document["effective_at"])
            if newest.must_alert:
                (alert,) = _covering(alerts, newest.document)
                assert alert["condition_active"] or alert.get("resolved_by"), alert
            elif code == GLUCOSE:
                assert not any(_holds(alert) for alert in alerts if alert["code"] == code)


def _holds(alert: Document) -> bool:
    """Whether it says that its condition holds. What a person closed says what held then."""
    return alert["status"] != RESOLVED and bool(alert["condition_active"])


def _by_key(alert: Document) -> tuple[str, datetime]:
    return alert["episode_of"], alert["first_at"]


def _covering(alerts: list[Document], document: Document) -> list[Document]:
    at = document["effective_at"]
    return [
        alert for alert in alerts
        if alert["code"] == document["code"] and alert["first_at"] <= at <= alert["last_at"]
    ]  # fmt: skip


def test_no_order_of_events_loses_or_doubles_an_episode(
    platform: Platform, cast: Cast, sign_in: Callable[[str], Caller]
) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Episodes(platform, cast.alice.id, sign_in),
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


# -- pure ----------------------------------------------------------------------------------------
_MOMENTS = st.integers(0, 60)


class OneEpisode(RuleBasedStateMachine):
    """One episode and what readings and a person do to it, against what it should be."""

    @initialize(at=_MOMENTS, priority=st.sampled_from(["medium", "high"]), latching=st.booleans())
    def begin(self, at: int, priority: Priority, latching: bool) -> None:
        draft = begin(Gap("k", None, None), "out_of_range", _breach(at, priority), _at(at), latching, START)
        self.alert: Document = {**draft, "_id": "a"}
        self.moments = {at}
        self.latching = latching
        self.worst = priority
        self.ended: int | None = None

    @rule(batch=st.lists(st.tuples(_MOMENTS, st.sampled_from(["medium", "high"])), min_size=1, max_size=4))
    def breaches_come(self, batch: list[tuple[int, Priority]]) -> None:
        for at, priority in batch:
            status, newest = self.alert["status"], max(self.moments)
            # Of one that a person has seen and that is over, a newer breach is the next episode's.
            anew = status in SEEN and not self.alert["condition_active"] and at > newest
            taken = self._take(_breach(at, priority))
            assert taken == (status != RESOLVED and not anew)
            if not taken:
                continue
            self.moments.add(at)
            if at > newest:
                if priority == "high" and self.worst != "high":
                    assert self.alert["status"] == ACTIVE
                    self.worst = "high"
                assert self.alert["priority"] == priority
            else:
                assert self.alert["status"] == status

    @rule(at=_MOMENTS)
    def a_value_in_range_comes(self, at: int) -> None:
        status, newest = self.alert["status"], max(self.moments)
        self._take(Judged({"_id": "o", "patient_id": "p", "effective_at": _at(at)}, None))
        if status != RESOLVED and at > newest:
            self.ended = at if self.ended is None or self.alert["condition_active"] else self.ended
            assert (self.alert["status"] == RESOLVED) == (status in SEEN or not self.latching)
            assert not self.alert["condition_active"]
        else:
            assert self.alert["status"] == status

    @rule(status=st.sampled_from(SEEN))
    def a_person_sees_it(self, status: str) -> None:
        if self.alert["status"] != RESOLVED:
            self.alert = {**self.alert, "status": status}

    def _take(self, reading: Judged) -> bool:
        if self.alert["status"] == RESOLVED:
            return False
        episode = Episode(self.alert, START)
        taken = episode.take(reading)
        self.alert = {**self.alert, **episode.changes, "history": self.alert["history"] + episode.steps}
        # Taking it again changes nothing.
        if not episode.over:
            again = Episode(self.alert, START)
            again.take(reading)
            assert (again.changes, again.steps) == ({}, [])
        return taken

    @invariant()
    def it_spans_its_breaches(self) -> None:
        assert (self.alert["first_at"], self.alert["last_at"]) == (_at(min(self.moments)), _at(max(self.moments)))
        assert self.alert["worst"] == self.worst
        if self.alert["status"] == RESOLVED:
            assert [entry["action"] for entry in self.alert["history"]].count("resolved") == 1
            assert not self.alert["condition_active"]


def _at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def _breach(at: int, priority: Priority) -> Judged:
    document = {"_id": f"o{at}", "patient_id": "p", "effective_at": _at(at)}
    return Judged(document, Breach(BODY_TEMPERATURE, 40.0, "high", 39.0, priority))


def test_an_episode_is_what_its_readings_make_of_it() -> None:
    run_state_machine_as_test(OneEpisode, settings=settings(max_examples=200, stateful_step_count=20, deadline=None))  # type: ignore[no-untyped-call]
