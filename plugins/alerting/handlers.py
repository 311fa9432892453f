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
from plugins.alerting.episodes import (
    ACTIVE,
    CHANGE,
    OUT_OF_RANGE,
    RESOLVED,
    Episode,
    Gap,
    Judged,
    begin,
    key_of,
    owner_of,
    step,
)
from plugins.alerting.models import alert_json
from plugins.alerting.rules import Breach, Limits, Rate, breaches, change_beyond, codes_judged, lasts_in
from plugins.alerting.store import AlertStore

if TYPE_CHECKING:
    from core.platform import Platform

#: How old a process's knowledge of limits and open alerts may be.
_REFRESH_S = 1.0
#: A lasting episode is announced again at most this often.
_ANNOUNCE_EVERY_S = 5.0
#: Into how many points a span is condensed to see how a value changed in it.
_CHANGE_POINTS = 500
#: How far before its duration a breach's beginning is looked for: devices do not measure to the second.
_LOOK_BACK = timedelta(hours=1)


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
        self._limits_of: dict[str, dict[str, Limits]] = {}
        self._versions: dict[str, datetime] = {}
        self._open: set[str] = set()
        self._fresh_until = 0.0

    def observe(self, observations: Sequence[Document]) -> None:
        """Judge newly stored observations."""
        with self._lock:
            self._refresh()
            for subject, readings in self._judged(observations).items():
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
        versions = self._store.limits_version()
        for patient_id in list(self._limits_of):
            if versions.get(patient_id) != self._versions.get(patient_id):
                del self._limits_of[patient_id]
        self._versions = versions
        self._open = self._store.open_keys()
        self._fresh_until = time.monotonic() + _REFRESH_S

    def _limits_for(self, patient_id: str) -> dict[str, Limits]:
        known = self._limits_of.get(patient_id)
        if known is None:
            known = self._limits_of[patient_id] = self._store.limits_of(patient_id)
        return known

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
            self._open.discard(existing["open_key"])
            announce(self._platform, "alert_resolved", alert)
        elif loud:
            announce(self._platform, "alert_updated", alert)
        return rest

    def _raise(self, subject: _Subject, gap: Gap, readings: list[Judged]) -> list[Judged]:
        """Raise an alert of the first breach that has lasted long enough."""
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
            return []
        index, since = begun
        now = self._platform.clock()
        latching = subject.latching
        if latching is None:
            latching = limits is None or limits.latching
        episode = Episode(begin(gap, subject.kind, readings[index], since, latching, now), now)
        rest = _take(episode, readings[index + 1 :])
        if gap.after is None:
            self._end_if_over(subject, episode)
        draft = {**episode.alert, **episode.changes}
        if episode.over:
            del draft["open_key"]
        alert = self._store.raise_alert({**draft, "history": draft["history"] + episode.steps})
        if alert is None:
            return readings
        if not episode.over:
            self._open.add(gap.open_key)
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
        start = reading.at - 2 * timedelta(seconds=wait_s) - _LOOK_BACK
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
        )
        if closed is not None:
            announce(platform, "alert_resolved", closed)


def condition_handler(platform: Platform, store: AlertStore) -> EventHandler:
    """Alerts of what other plugins watch: measurements that did not come, scores, silent devices."""
    evaluator = AlertEvaluator(platform, store)
    return EventHandler("alerting.conditions", frozenset({"condition_raised", "condition_ended"}), evaluator.hold)


def catch_up_handler(platform: Platform, store: AlertStore) -> EventHandler:
    """The worker's evaluation of the same readings, for what a killed process left undone."""
    evaluator = AlertEvaluator(platform, store)

    def evaluate(events: Sequence[Event]) -> None:
        evaluator.observe([event.data["observation"] for event in events])

    return EventHandler("alerting.catch_up", frozenset({"observation_recorded"}), evaluate, window_s=1.0)
