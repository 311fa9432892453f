"""From readings to alerts: one alert per episode, whoever evaluates and however often.

The web process judges readings as they are committed, the worker judges them again. Both change an alert only
as they last read it, so that whichever is later sees what the other did.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.database.connection import Document
from core.events.log import Event
from core.observations.model import is_charted, numbers
from core.observations.store import stored_code
from core.plugin_system.hookspecs import EventHandler
from plugins.alerting import stale
from plugins.alerting.combinations import Combination, may_hold, tracks_of, values_of, verdicts
from plugins.alerting.episodes import ACTIVE, CHANGE, COMBINATION, OUT_OF_RANGE, Episode, Judged, begin, key_of, step
from plugins.alerting.models import alert_json
from plugins.alerting.rule_sets import RuleSet
from plugins.alerting.rule_store import Versions
from plugins.alerting.rules import LOOK_BACK, Breach, Limits, Rate, breaches, change_beyond, codes_judged, lasts_in
from plugins.alerting.store import AlertStore

if TYPE_CHECKING:
    from core.platform import Platform

#: How old a process's knowledge of limits and open alerts may be.
_REFRESH_S = 1.0
#: A lasting episode is announced again at most this often.
_ANNOUNCE_EVERY_S = 5.0
#: Into how many points a span is condensed to see how a value changed in it.
_CHANGE_POINTS = 500
#: The least difference between two moments.
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What at most one open alert can be about. ``named``: the key that another plugin gave a condition."""

    patient_id: str | None
    code: str | None
    kind: str = OUT_OF_RANGE
    named: str | None = None
    latching: bool | None = None

    @property
    def key(self) -> str:
        return self.named or key_of(self.patient_id or "", self.code or "", self.kind)


class AlertEvaluator:
    """Judges observations and keeps the alerts. One per process; thread-safe."""

    def __init__(self, platform: Platform, store: AlertStore) -> None:
        self._platform = platform
        self._store = store
        self._lock = threading.Lock()
        self._rules_of: dict[str, RuleSet] = {}
        self._versions: Versions = ({}, ())
        self._open: set[str] = set()
        self._fresh_until = 0.0

    def observe(self, observations: Sequence[Document]) -> None:
        """Judge newly stored observations."""
        with self._lock:
            self._refresh()
            judged = self._judged(observations)
            judged |= self._silences_ended(observations)
            judged |= self._combined(observations)
            for subject, readings in judged.items():
                if subject.key in self._open or any(reading.breach for reading in readings):
                    rest = readings
                    while rest:
                        rest = self._move(subject, rest)

    def hold(self, events: Sequence[Event]) -> None:
        """Take in conditions that other plugins tell of, and their ends."""
        with self._lock:
            for event in events:
                subject, reading = _condition(event)
                rest = [reading]
                while rest:
                    rest = self._move(subject, rest)

    # -- knowledge -----------------------------------------------------------------------------
    def _refresh(self) -> None:
        if time.monotonic() < self._fresh_until:
            return
        versions = self._store.rules.versions()
        if versions[1] != self._versions[1]:
            self._rules_of.clear()
        for patient_id in list(self._rules_of):
            if versions[0].get(patient_id) != self._versions[0].get(patient_id):
                del self._rules_of[patient_id]
        self._versions = versions
        self._open = self._store.open_keys()
        self._fresh_until = time.monotonic() + _REFRESH_S

    def _rules_for(self, patient_id: str) -> RuleSet:
        known = self._rules_of.get(patient_id)
        if known is None:
            known = self._rules_of[patient_id] = self._store.rules.rule_set_of(patient_id)
        return known

    def _limits_for(self, patient_id: str) -> dict[str, Limits]:
        return self._rules_for(patient_id).limits

    def _judged(self, observations: Sequence[Document]) -> dict[_Subject, list[Judged]]:
        """The charted readings by what they say something of, in the order in which they were measured."""
        charted = [document for document in observations if is_charted(document)]
        charted.sort(key=lambda document: document["effective_at"])
        found: dict[_Subject, list[Judged]] = {}
        for document in charted:
            patient_id = document["patient_id"]
            limits = self._limits_for(patient_id)
            broken = {breach.code: breach for breach in breaches(document, limits)}
            for code in codes_judged(document):
                breach = broken.get(code)
                held = breach is None and lasts_in(code, document, limits)
                found.setdefault(_Subject(patient_id, code), []).append(Judged(document, breach, held))
            for code, value in numbers(document):
                rate = limits[code].rate if code in limits else None
                if rate is not None:
                    change = self._change(document, code, value, rate)
                    found.setdefault(_Subject(patient_id, code, CHANGE), []).append(Judged(document, change))
        return found

    def _silences_ended(self, observations: Sequence[Document]) -> dict[_Subject, list[Judged]]:
        """The readings that end an open alert about their absence."""
        found: dict[_Subject, list[Judged]] = {}
        for document in observations:
            for code in codes_judged(document) if is_charted(document) else ():
                patient_id = document["patient_id"]
                key = stale.condition_key(patient_id, code)
                subject = _Subject(patient_id, code, stale.KIND, f"{stale.KIND}|{key}", latching=False)
                if subject.key in self._open:
                    found.setdefault(subject, []).append(Judged(document, None))
        for readings in found.values():
            readings.sort(key=lambda reading: reading.at)
        return found

    # -- combinations --------------------------------------------------------------------------
    def _combined(self, observations: Sequence[Document]) -> dict[_Subject, list[Judged]]:
        """What the readings say of the combinations of which they are inputs."""
        by_patient: dict[str, list[Document]] = {}
        for document in observations:
            if is_charted(document):
                by_patient.setdefault(document["patient_id"], []).append(document)
        found: dict[_Subject, list[Judged]] = {}
        for patient_id, documents in by_patient.items():
            for rule in self._rules_for(patient_id).combinations_on:
                subject = _Subject(
                    patient_id, None, COMBINATION, f"{COMBINATION}|{patient_id}|{rule.id}", rule.latching
                )
                inputs = [document for document in documents if rule.codes.intersection(_codes(document))]
                if any(_may_fire(rule, document) for document in inputs) or (inputs and subject.key in self._open):
                    found[subject] = self._judge_combination(patient_id, rule, inputs)
        return found

    def _judge_combination(self, patient_id: str, rule: Combination, inputs: Sequence[Document]) -> list[Judged]:
        """The combination at every moment at which one of the ``inputs`` may matter, and as it is now."""
        start = min(document["effective_at"] for document in inputs)
        end = max(document["effective_at"] for document in inputs) + rule.span
        judged = self._combination_between(patient_id, rule, start, end, inputs)
        if any(reading.breach for reading in judged):
            latest = self._platform.observations.latest_of(patient_id)
            known = [row["effective_at"] for row in latest if rule.codes.intersection(_codes(row))]
            if known and max(known) > end:
                # What is told late may be over.
                judged += self._combination_between(patient_id, rule, max(known), max(known), ())
        return judged

    def _combination_between(
        self, patient_id: str, rule: Combination, start: datetime, end: datetime, fresh: Sequence[Document]
    ) -> list[Judged]:
        documents = {document["_id"]: document for document in fresh}
        for code in {stored_code(code) for code in rule.codes}:
            for document in self._platform.observations.between(patient_id, code, start - rule.span, end + _TICK):
                documents.setdefault(document["_id"], document)
        found: list[Judged] = []
        for verdict in verdicts(rule, tracks_of(documents.values(), rule.codes), start):
            if verdict.holds is None or verdict.at > end:
                continue
            # Inputs of one moment may come apart: what seemed to hold at it, and does not, is over right after it.
            at = verdict.at if verdict.holds else verdict.at + _TICK
            found.append(Judged({"_id": None, "patient_id": patient_id, "effective_at": at}, verdict.breach))
        return found

    def _change(self, document: Document, code: str, value: float, rate: Rate) -> Breach | None:
        at = document["effective_at"]
        start = at - timedelta(hours=rate.hours)
        _level, slots, _sources = self._platform.rollups.chart(document["patient_id"], code, start, at, _CHANGE_POINTS)
        return change_beyond(code, value, [bound for _at, slot in slots for bound in slot[1:3]], rate)

    # -- episodes ------------------------------------------------------------------------------
    def _move(self, subject: _Subject, readings: list[Judged]) -> list[Judged]:
        """Move the open alert of ``subject`` on, or raise one. Returns the readings that are still to be taken.

        That is all of them if another process changed the alert meanwhile.
        """
        key = subject.key
        existing = self._store.open_alert(key)
        if existing is None:
            self._open.discard(key)
            return self._raise(subject, readings)
        self._open.add(key)
        now = self._platform.clock()
        episode = Episode(existing, now)
        rest = _take(episode, readings)
        if not episode.changes:
            return rest
        loud = episode.notable or (now - existing["announced_at"]).total_seconds() >= _ANNOUNCE_EVERY_S
        changes = episode.changes | ({"announced_at": now} if loud else {})
        alert = self._store.change(
            existing["_id"],
            {"revision": existing["revision"]},
            changes,
            steps=episode.steps,
            unset=("open_key",) if episode.over else (),
        )
        if alert is None:
            return readings
        if episode.over:
            self._open.discard(key)
            announce(self._platform, "alert_resolved", alert)
        elif loud:
            announce(self._platform, "alert_updated", alert)
        return rest

    def _raise(self, subject: _Subject, readings: list[Judged]) -> list[Judged]:
        """Raise an alert of the first breach that has lasted long enough and that no past episode covers."""
        key = subject.key
        until = self._store.covered_until(key)
        fresh = [reading for reading in readings if until is None or reading.at > until]
        limits = None
        if subject.patient_id is not None and subject.code is not None:
            limits = self._limits_for(subject.patient_id).get(subject.code)
        begun = next(
            (
                (index, since)
                for index, reading in enumerate(fresh)
                if reading.breach is not None and (since := self._since(subject, reading, limits, until)) is not None
            ),
            None,
        )
        if begun is None:
            return []
        index, since = begun
        now = self._platform.clock()
        latching = subject.latching
        if latching is None:
            latching = limits is None or limits.latching
        episode = Episode(begin(key, subject.kind, fresh[index], since, latching, now), now)
        rest = _take(episode, fresh[index + 1 :])
        self._end_if_over(subject, episode)
        draft = {**episode.alert, **episode.changes}
        if episode.over:
            del draft["open_key"]
        alert = self._store.raise_alert({**draft, "history": draft["history"] + episode.steps})
        if alert is None:
            return readings
        if not episode.over:
            self._open.add(key)
        tell(self._platform, self._store, alert)
        return rest

    def _since(
        self, subject: _Subject, reading: Judged, limits: Limits | None, until: datetime | None
    ) -> datetime | None:
        """Since when the condition of a breach holds; None if that is not long enough for an alert."""
        if limits is None or subject.patient_id is None or subject.code is None or subject.kind != OUT_OF_RANGE:
            return reading.at
        wait_s = limits.duration_s
        if wait_s == 0 or (reading.breach is not None and reading.breach.priority == "high"):
            return reading.at
        start = reading.at - 2 * timedelta(seconds=wait_s) - LOOK_BACK
        since = reading.at
        earlier = self._platform.observations.between(
            subject.patient_id, stored_code(subject.code), max(start, until or start), reading.at
        )
        for document in reversed(earlier):
            if not is_charted(document) or (until is not None and document["effective_at"] <= until):
                continue
            if not any(breach.code == subject.code for breach in breaches(document, {subject.code: limits})):
                break
            since = document["effective_at"]
        return since if (reading.at - since).total_seconds() >= wait_s else None

    def _end_if_over(self, subject: _Subject, episode: Episode) -> None:
        """A late reading may tell of what is over: the newest one known decides whether it still holds."""
        if subject.patient_id is None or subject.named is not None:
            return
        last_at = episode.changes.get("last_at", episode.alert["last_at"])
        latest = self._platform.observations.latest_of(subject.patient_id)
        newest = [row for row in latest if row["effective_at"] > last_at]
        for reading in self._judged(newest).get(subject, ()):
            if reading.breach is None:
                episode.take(reading)


def _codes(document: Document) -> list[str]:
    return [code for code, _value in values_of(document)]


def _may_fire(rule: Combination, document: Document) -> bool:
    """Whether a reading can make a combination hold that did not before: only by a condition that it meets."""
    values = dict(values_of(document))
    return any(c.code in values and may_hold(c, values[c.code]) for c in rule.conditions)


def _condition(event: Event) -> tuple[_Subject, Judged]:
    """What a ``condition_raised`` or ``condition_ended`` says, as if it were a reading."""
    data = event.data
    document = {"_id": None, "patient_id": data["patient_id"], "effective_at": datetime.fromisoformat(data["at"])}
    subject = _Subject(
        data["patient_id"], data.get("code"), data["kind"], f"{data['kind']}|{data['key']}", bool(data.get("latching"))
    )
    if event.type == "condition_ended":
        return subject, Judged(document, None)
    breach = Breach(
        data.get("code"), data.get("value"), "condition", None, data["priority"],
        title=data["title"], detail=data.get("detail"),
    )  # fmt: skip
    return subject, Judged(document, breach)


def _take(episode: Episode, readings: list[Judged]) -> list[Judged]:
    """Let an episode take readings in turn; returns those that belong to a next one."""
    for index, reading in enumerate(readings):
        if not episode.take(reading):
            return readings[index:]
    return []


def announce(platform: Platform, type: str, alert: Document) -> None:
    """Publish what happened to an alert; that it was raised is published once."""
    key = f"alert_raised|{alert['_id']}" if type == "alert_raised" else None
    data = {"alert": alert_json(platform, alert)}
    patient_id = alert["patient_id"]
    topics = ["technical"] if patient_id is None else ["alerts", f"patients/{patient_id}"]
    platform.events.publish(topics, type, data, key=key)


def tell(platform: Platform, store: AlertStore, alert: Document) -> None:
    """Publish that an alert was raised, and note on it that this was done."""
    announce(platform, "alert_raised", alert)
    store.told(alert["_id"])


def announce_untold(platform: Platform, store: AlertStore) -> None:
    """Publish the raising of alerts that nobody was told of; the event's key makes it one.

    A process may be killed between storing an alert and telling of it.
    """
    for alert in store.untold():
        tell(platform, store, alert)


def wake_snoozed(platform: Platform, store: AlertStore) -> None:
    """Let alerts call again whose snooze is over."""
    now = platform.clock()
    for alert in store.snoozed_until(now):
        woken = store.change(
            alert["_id"],
            {"revision": alert["revision"]},
            {"status": ACTIVE, "snoozed_until": None},
            steps=[step("snooze_ended", now)],
        )
        if woken is not None:
            announce(platform, "alert_updated", woken)


def condition_handler(platform: Platform, store: AlertStore) -> EventHandler:
    """Alerts of what other plugins watch: measurements that did not come, scores, silent devices."""
    evaluator = AlertEvaluator(platform, store)
    return EventHandler("alerting.conditions", frozenset({"condition_raised", "condition_ended"}), evaluator.hold)


def stale_watch(platform: Platform, store: AlertStore) -> stale.StaleWatch:
    """Alerts of readings that stay away."""
    return stale.StaleWatch(platform, store.rules, AlertEvaluator(platform, store))


def catch_up_handler(platform: Platform, store: AlertStore) -> EventHandler:
    """The worker's evaluation of the same readings, for what a killed process left undone."""
    evaluator = AlertEvaluator(platform, store)

    def evaluate(events: Sequence[Event]) -> None:
        evaluator.observe([event.data["observation"] for event in events])

    return EventHandler("alerting.catch_up", frozenset({"observation_recorded"}), evaluate, window_s=1.0)
