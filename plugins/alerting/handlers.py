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
from typing import TYPE_CHECKING, Any

import structlog

from core.database.connection import Document
from core.events.log import Event
from core.observations.model import is_charted, numbers
from core.observations.store import stored_code
from core.plugin_system.hookspecs import EventHandler
from plugins.alerting import stale
from plugins.alerting.combinations import Combination, may_hold, tracks_of, values_of, verdicts
from plugins.alerting.episodes import (
    ACTIVE,
    CHANGE,
    COMBINATION,
    HIGH,
    OUT_OF_RANGE,
    RESOLVED,
    TICK,
    Episode,
    Gap,
    Judged,
    begin,
    key_of,
    owner_of,
    step,
)
from plugins.alerting.models import alerts_json
from plugins.alerting.rule_sets import RuleSet, rule_set
from plugins.alerting.rule_store import Versions
from plugins.alerting.rules import LOOK_BACK, Breach, Limits, Rate, breaches, change_beyond, codes_judged, lasts_in
from plugins.alerting.store import AlertStore
from plugins.alerting.storms import Storms

if TYPE_CHECKING:
    from core.platform import Platform

log = structlog.get_logger(__name__)

#: How old a process's knowledge of limits and open alerts may be.
_REFRESH_S = 1.0
#: A lasting episode is announced again at most this often.
_ANNOUNCE_EVERY_S = 5.0
#: What is not urgent waits for a moment without readings of this length, and no longer than that.
_CALM_S, _PUT_OFF_S = 0.04, 3.0
#: So many subjects of a batch that are not urgent are done at once.
_AT_ONCE = 20
#: Of how many subjects that are not urgent it is done at once: an urgent one waits for no more.
_CHUNK = 50
#: Of how many alerts it is noted at once that people were told: each note is a write.
_NOTED_AT_ONCE = 100
_UNTOLD_AT_ONCE = 5_000
RAISED = "alert_raised"
#: Into how many points a span is condensed to see how a value changed in it.
_CHANGE_POINTS = 500


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
    """Judges observations and keeps the alerts. One per process; thread-safe.

    ``later``: much that is not urgent is done by a thread of its own, in a moment without readings or soon after.
    """

    def __init__(self, platform: Platform, store: AlertStore, *, later: bool = False) -> None:
        self._platform = platform
        self._store = store
        self._lock = threading.Lock()
        self._rules_of: dict[str, RuleSet] = {}
        self._versions: Versions = ({}, ())
        self._open: set[str] = set()
        self._storms = Storms(platform, store)
        self._later = later
        self._put_off_lock = threading.Lock()
        self._waiting: dict[_Subject, list[Judged]] = {}
        self._came = 0.0
        self._thread: threading.Thread | None = None
        #: The latest readings of the patients whose alerts are being raised.
        self._newest_of: dict[str, list[Document]] = {}
        self._fresh_until = 0.0

    def observe(self, observations: Sequence[Document]) -> None:
        """Judge newly stored observations."""
        with self._lock:
            self._refresh()
            urgent: dict[_Subject, list[Judged]] = {}
            others: dict[_Subject, list[Judged]] = {}
            judged = self._judged(observations)
            judged |= self._silences_ended(observations)
            judged |= self._combined(observations)
            for subject, readings in judged.items():
                found = [reading.breach for reading in readings if reading.breach is not None]
                if subject.key in self._open or found:
                    is_urgent = any(breach.priority == HIGH for breach in found)
                    (urgent if is_urgent else others)[subject] = readings
            if urgent:
                self._raise_many(urgent)
            is_busy = self._later and (self._thread is not None or len(others) > _AT_ONCE)
            if others and not is_busy:
                self._raise_many(others)
        if others and is_busy:
            self._put_off(others)

    # -- what is not urgent --------------------------------------------------------------------
    def _put_off(self, others: dict[_Subject, list[Judged]]) -> None:
        """Let what is not urgent wait while readings keep coming, so that nothing urgent waits for it."""
        with self._put_off_lock:
            for subject, readings in others.items():
                self._waiting.setdefault(subject, []).extend(readings)
            self._came = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._catch_up, name="pmp-alerting", daemon=True)
                self._thread.start()

    def settle(self) -> None:
        """Wait until what was put off is done."""
        while (thread := self._thread) is not None:
            thread.join()

    def _catch_up(self) -> None:
        """Do what was put off, and end. What a crash cuts off is the worker's to do, as all else."""
        began = time.monotonic()
        while True:
            now = time.monotonic()
            if now - self._came < _CALM_S and now - began < _PUT_OFF_S:
                time.sleep(_CALM_S / 4)
                continue
            with self._put_off_lock:
                chunk = {key: self._waiting.pop(key) for key in list(self._waiting)[:_CHUNK]}
                if not chunk:
                    self._thread = None
                    return
            for readings in chunk.values():
                readings.sort(key=lambda reading: reading.at)
            try:
                with self._lock:
                    self._raise_many(chunk)
            except Exception as error:
                # The worker evaluates the same readings.
                log.warning("alerts_put_off_failed", error=type(error).__name__, subjects=len(chunk))

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
            known = self._store.rules.rule_set_of(patient_id) if patient_id in self._versions[0] else rule_set(None, [])
            self._rules_of[patient_id] = known
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
            for document in self._platform.observations.between(patient_id, code, start - rule.span, end + TICK):
                documents.setdefault(document["_id"], document)
        found: list[Judged] = []
        for verdict in verdicts(rule, tracks_of(documents.values(), rule.codes), start):
            if verdict.holds is None or verdict.at > end:
                continue
            # Inputs of one moment may come apart: what seemed to hold at it, and does not, is over right after it.
            at = verdict.at if verdict.holds else verdict.at + TICK
            document = {"_id": None, "patient_id": patient_id, "effective_at": at}
            found.append(Judged(document, verdict.breach, revises=True))
        return found

    def _change(self, document: Document, code: str, value: float, rate: Rate) -> Breach | None:
        at = document["effective_at"]
        start = at - timedelta(hours=rate.hours)
        _level, slots, _sources = self._platform.rollups.chart(document["patient_id"], code, start, at, _CHANGE_POINTS)
        return change_beyond(code, value, [bound for _at, slot in slots for bound in slot[1:3]], rate)

    # -- episodes ------------------------------------------------------------------------------
    def _move(self, subject: _Subject, readings: list[Judged], existing: Document | None = None) -> list[Judged]:
        """Move the open alert of ``subject`` on, or raise one. Returns the readings that are still to be taken.

        That is all of them if another process changed the alert meanwhile. ``existing``: as it was read just now.
        """
        key = subject.key
        if existing is None:
            existing = self._store.open_alert(key)
        begins = existing["first_at"] if existing is not None else None
        before = None
        if begins is None or any(reading.breach and reading.at < begins for reading in readings):
            before = self._store.last_before(key, begins)
        late = [reading for reading in readings if before is not None and reading.at <= before.last_at]
        rest = self._look_back(subject, [reading for reading in late if reading.breach is not None])
        live = readings[len(late) :]
        if existing is not None:
            return rest + self._take(existing, live)
        self._open.discard(key)
        return rest + self._raise(subject, Gap(key, before, None), live)

    def _look_back(self, subject: _Subject, late: list[Judged]) -> list[Judged]:
        """Take breaches that were measured before the end of another episode, and arrive only now."""
        if not late or subject.named is not None:
            # Of a condition that another plugin tells of, only the newest word counts.
            return []
        at = late[0].at
        after = self._store.first_after(subject.key, at)
        owner = owner_of(at, after)
        if after is None or owner is None:
            gap = Gap(subject.key, self._store.last_before(subject.key, at), after)
            mine = [reading for reading in late if after is None or reading.at < after.first_at]
            existing = self._store.open_alert(gap.open_key)
            rest = self._take(existing, mine) if existing is not None else self._raise(subject, gap, mine)
            return rest + late[len(mine) :]
        mine = [reading for reading in late if reading.at <= owner.last_at]
        rest = []
        if owner.open_key is not None:
            existing = self._store.open_alert(owner.open_key)
            rest = self._take(existing, mine) if existing is not None else mine
        return rest + late[len(mine) :]

    def _take(self, existing: Document, readings: list[Judged]) -> list[Judged]:
        """Let an open alert take readings; returns those that are still to be taken."""
        self._open.add(existing["open_key"])
        now = self._platform.clock()
        episode = Episode(existing, now)
        rest = _take(episode, readings)
        if not episode.changes:
            return rest
        loud = episode.notable or (now - existing["announced_at"]).total_seconds() >= _ANNOUNCE_EVERY_S
        changes = episode.changes | ({"announced_at": now} if loud else {})
        tells = "alert_resolved" if episode.over else "alert_updated" if loud else None
        alert = self._store.change(
            existing["_id"],
            {"revision": existing["revision"]},
            changes,
            steps=episode.steps,
            unset=("open_key",) if episode.over else (),
            tells=tells,
        )
        if alert is None:
            return readings
        if episode.over:
            self._open.discard(existing["open_key"])
        if tells is not None:
            announce(self._platform, tells, alert)
        return rest

    def _raise(self, subject: _Subject, gap: Gap, readings: list[Judged]) -> list[Judged]:
        """Raise an alert of the first breach that has lasted long enough."""
        draft, rest = self._draft(subject, gap, readings)
        if draft is None:
            return rest
        if not self._store_and_tell([draft]):
            return readings
        return rest

    def _raise_many(self, moved: dict[_Subject, list[Judged]]) -> None:
        """Raise the alerts of many subjects in one write, and move on what is left one by one."""
        keys = [subject.key for subject in moved]
        existing = self._store.open_among(keys)
        before = self._store.last_of_each(key for key in keys if key not in existing)
        drafts: list[Document] = []
        left: dict[_Subject, list[Judged]] = {}
        new = {subject for subject in moved if subject.key not in existing}
        self._newest_of = self._platform.observations.latest_of_several(
            subject.patient_id for subject in new if subject.patient_id is not None
        )
        for subject, readings in moved.items():
            last = before.get(subject.key)
            if subject not in new or (last is not None and readings[0].at <= last.last_at):
                left[subject] = readings
                continue
            self._open.discard(subject.key)
            draft, rest = self._draft(subject, Gap(subject.key, last, None), readings)
            if draft is not None:
                drafts.append(draft)
                left[subject] = rest
        self._newest_of = {}
        raised = {alert["episode_of"] for alert in self._store_and_tell(drafts)}
        for draft in drafts:
            if draft["episode_of"] not in raised:
                # Another process was quicker: its alert takes these readings.
                subject = next(subject for subject in left if subject.key == draft["episode_of"])
                left[subject] = moved[subject]
        for subject, over in left.items():
            rest = over
            while rest:
                rest = self._move(subject, rest, existing.pop(subject.key, None))

    def _draft(self, subject: _Subject, gap: Gap, readings: list[Judged]) -> tuple[Document | None, list[Judged]]:
        """The alert of the first breach that has lasted long enough, not yet stored; and what it leaves over."""
        limits = None
        if subject.patient_id is not None and subject.code is not None:
            limits = self._limits_for(subject.patient_id).get(subject.code)
        until = gap.before.last_at if gap.before is not None else None
        begun = next(
            (
                (index, since)
                for index, reading in enumerate(readings)
                if reading.breach is not None and (since := self._since(subject, reading, limits, until)) is not None
            ),
            None,
        )
        if begun is None:
            return None, []
        index, since = begun
        now = self._platform.clock()
        latching = subject.latching
        if latching is None:
            latching = limits is None or limits.latching
        episode = Episode(begin(gap, subject.kind, readings[index], since, latching, now), now)
        rest = _take(episode, readings[index + 1 :])
        if gap.after is None:
            self._end_if_over(subject, episode)
        draft = {**episode.alert, **episode.changes, "history": episode.alert["history"] + episode.steps}
        if episode.over:
            del draft["open_key"]
        return draft, rest

    def _store_and_tell(self, drafts: list[Document]) -> list[Document]:
        """Store new alerts and tell of them; returns those that no other process had raised."""
        if not drafts:
            return []
        joined = self._storms.assign(drafts)
        raised = self._store.raise_alerts(drafts)
        self._open.update(alert["open_key"] for alert in raised if "open_key" in alert)
        announce_all(self._platform, RAISED, raised)
        announce_all(self._platform, "alert_updated", joined)
        return raised

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
        latest = self._newest_of.get(subject.patient_id)
        if latest is None:
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
    """Publish what happened to an alert."""
    announce_all(platform, type, [alert])


def announce_all(platform: Platform, type: str, alerts: Sequence[Document]) -> None:
    """Publish what happened to alerts, in one write; each thing once, however often this is called."""
    events: list[tuple[str, str, dict[str, Any]]] = []
    topics: dict[str, list[str]] = {}
    for shown in alerts_json(platform, alerts):
        key = _event_key(type, shown["id"], shown["revision"])
        patient_id = shown["patient_id"]
        topics[key] = ["technical"] if patient_id is None else ["alerts", f"patients/{patient_id}"]
        events.append((key, type, {"alert": shown}))
    if events:
        platform.events.publish_all(events, topics)


def _event_key(type: str, alert_id: str, revision: int) -> str:
    return f"{type}|{alert_id}" if type == RAISED else f"{type}|{alert_id}|{revision}"


def announce_untold(platform: Platform, store: AlertStore) -> None:
    """Publish what happened to alerts and nobody was told of.

    A process may be killed between storing an alert, or its change, and telling of it. That others were told is noted
    here, too: in a storm the note would keep the next alert waiting.
    """
    rows = store.untold(_UNTOLD_AT_ONCE)
    keys = {row["_id"]: _event_key(row["untold"], row["_id"], row["revision"]) for row in rows}
    raised = {row["_id"]: _event_key(RAISED, row["_id"], 0) for row in rows}
    known = platform.events.known([*keys.values(), *raised.values()])
    missing = [row["_id"] for row in rows if not {keys[row["_id"]], raised[row["_id"]]} <= known]
    for alert in store.several(missing):
        if raised[alert["_id"]] not in known:
            announce(platform, RAISED, alert)
        if alert.get("untold", RAISED) != RAISED:
            announce(platform, alert["untold"], alert)
    store.told(rows[:_NOTED_AT_ONCE])


def wake_snoozed(platform: Platform, store: AlertStore) -> None:
    """Let alerts call again whose snooze is over."""
    now = platform.clock()
    for alert in store.snoozed_until(now):
        woken = store.change(
            alert["_id"],
            {"revision": alert["revision"]},
            {"status": ACTIVE, "snoozed_until": None},
            steps=[step("snooze_ended", now)],
            tells="alert_updated",
        )
        if woken is not None:
            announce(platform, "alert_updated", woken)


def close_late(platform: Platform, store: AlertStore) -> None:
    """Resolve alerts of what was over when it arrived, once a person has seen them: no reading will end them."""
    now = platform.clock()
    for alert in store.late_and_seen():
        closed = store.change(
            alert["_id"],
            {"revision": alert["revision"]},
            {"status": RESOLVED, "resolved_at": now},
            steps=[step("resolved", now, note="it was over when it arrived")],
            unset=("open_key",),
            tells="alert_resolved",
        )
        if closed is not None:
            announce(platform, "alert_resolved", closed)


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
