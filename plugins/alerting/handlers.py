"""From readings to alerts: one alert per episode, whoever evaluates and however often.

The web process judges readings as they are committed, the worker judges them again. Both change an alert only
as they last read it, so that whichever is later sees what the other did.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from core.database.connection import Document
from core.events.log import Event
from core.observations.model import is_charted
from core.plugin_system.hookspecs import EventHandler
from plugins.alerting.episodes import Episode, Judged, begin, key_of
from plugins.alerting.models import alert_json
from plugins.alerting.rules import Limits, breaches, codes_judged
from plugins.alerting.store import AlertStore

if TYPE_CHECKING:
    from core.platform import Platform

#: How old a process's knowledge of limits and open alerts may be.
_REFRESH_S = 1.0
#: A lasting episode is announced again at most this often.
_ANNOUNCE_EVERY_S = 5.0


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
            for (patient_id, code), readings in self._judged(observations).items():
                key = key_of(patient_id, code)
                if key in self._open or any(reading.breach for reading in readings):
                    rest = readings
                    while rest:
                        rest = self._move(key, rest)

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

    def _judged(self, observations: Sequence[Document]) -> dict[tuple[str, str], list[Judged]]:
        """The charted readings by patient and code, in the order in which they were measured."""
        charted = [document for document in observations if is_charted(document)]
        charted.sort(key=lambda document: document["effective_at"])
        found: dict[tuple[str, str], list[Judged]] = {}
        for document in charted:
            patient_id = document["patient_id"]
            broken = {breach.code: breach for breach in breaches(document, self._limits_for(patient_id))}
            for code in codes_judged(document):
                found.setdefault((patient_id, code), []).append(Judged(document, broken.get(code)))
        return found

    # -- episodes ------------------------------------------------------------------------------
    def _move(self, key: str, readings: list[Judged]) -> list[Judged]:
        """Move the open alert of ``key`` on, or raise one. Returns the readings that are still to be taken.

        That is all of them if another process changed the alert meanwhile.
        """
        existing = self._store.open_alert(key)
        if existing is None:
            self._open.discard(key)
            return self._raise(key, readings)
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

    def _raise(self, key: str, readings: list[Judged]) -> list[Judged]:
        """Raise an alert of the first breach that no past episode covers."""
        until = self._store.covered_until(key)
        fresh = [reading for reading in readings if until is None or reading.at > until]
        first = next((index for index, reading in enumerate(fresh) if reading.breach is not None), None)
        if first is None:
            return []
        now = self._platform.clock()
        patient_id = fresh[first].document["patient_id"]
        episode = Episode(begin(patient_id, fresh[first], now), now)
        rest = _take(episode, fresh[first + 1 :])
        self._end_if_over(patient_id, key, episode)
        draft = {**episode.alert, **episode.changes}
        alert = self._store.raise_alert({**draft, "history": draft["history"] + episode.steps})
        if alert is None:
            return readings
        self._open.add(key)
        tell(self._platform, self._store, alert)
        return rest

    def _end_if_over(self, patient_id: str, key: str, episode: Episode) -> None:
        """A late reading may tell of what is over: the newest one known decides whether it still holds."""
        last_at = episode.changes.get("last_at", episode.alert["last_at"])
        newest = [row for row in self._platform.observations.latest_of(patient_id) if row["effective_at"] > last_at]
        for (_patient, code), (reading, *_others) in self._judged(newest).items():
            if key_of(patient_id, code) == key and reading.breach is None:
                episode.end_at(reading.at)


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
    platform.events.publish(["alerts", f"patients/{alert['patient_id']}"], type, data, key=key)


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


def catch_up_handler(platform: Platform, store: AlertStore) -> EventHandler:
    """The worker's evaluation of the same readings, for what a killed process left undone."""
    evaluator = AlertEvaluator(platform, store)

    def evaluate(events: Sequence[Event]) -> None:
        evaluator.observe([event.data["observation"] for event in events])

    return EventHandler("alerting.catch_up", frozenset({"observation_recorded"}), evaluate, window_s=1.0)
