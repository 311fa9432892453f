"""From readings to alerts: one alert per episode, whoever evaluates and however often.

An episode is a stretch of readings beyond the limit. Evaluating a reading again changes nothing: only
a reading newer than the episode's last one moves it.
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
from core.observations.model import is_charted
from core.observations.vital_signs import get
from core.plugin_system.hookspecs import EventHandler
from plugins.alerting.models import alert_json
from plugins.alerting.rules import Breach, Limits, breaches, codes_judged, higher, title_of
from plugins.alerting.store import ACKNOWLEDGED, ACTIVE, RESOLVED, AlertStore

if TYPE_CHECKING:
    from core.platform import Platform

#: How old a process's knowledge of limits and open alerts may be.
_REFRESH_S = 1.0
#: A lasting episode is announced again at most this often.
_ANNOUNCE_EVERY_S = 5.0
#: How far back to look for alerts that nobody was told of.
_UNTOLD_FOR = timedelta(minutes=10)


@dataclass(slots=True)
class _Run:
    """Readings of one measurement in a row that all break the limit, or all keep it."""

    patient_id: str
    code: str
    breach: Breach | None
    first: Document
    last: Document
    count: int


class AlertEvaluator:
    """Judges observations and keeps the alerts. One per process; thread-safe."""

    def __init__(self, platform: Platform, store: AlertStore) -> None:
        self._platform = platform
        self._store = store
        self._lock = threading.Lock()
        self._limits_of: dict[str, dict[str, Limits]] = {}
        self._versions: dict[str, datetime] = {}
        self._open: dict[str, Document] = {}
        self._fresh_until = 0.0

    def observe(self, observations: Sequence[Document]) -> None:
        """Judge newly stored observations."""
        with self._lock:
            self._refresh()
            for run in self._runs(observations):
                if run.breach is not None:
                    self._breached(run, run.breach)
                elif f"{run.patient_id}|{run.code}" in self._open:
                    self._in_range(run)

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

    def _runs(self, observations: Sequence[Document]) -> list[_Run]:
        charted = [document for document in observations if is_charted(document)]
        charted.sort(key=lambda document: document["effective_at"])
        runs: list[_Run] = []
        newest: dict[tuple[str, str], _Run] = {}
        for document in charted:
            patient_id = document["patient_id"]
            broken = {breach.code: breach for breach in breaches(document, self._limits_for(patient_id))}
            for code in codes_judged(document):
                breach = broken.get(code)
                run = newest.get((patient_id, code))
                if run is None or (run.breach is None) != (breach is None):
                    run = _Run(patient_id, code, breach, document, document, 1)
                    newest[patient_id, code] = run
                    runs.append(run)
                    continue
                run.last, run.count = document, run.count + 1
                if breach is not None and run.breach is not None:
                    urgent = higher(breach.priority, run.breach.priority)
                    run.breach = Breach(breach.code, breach.value, breach.breached, breach.limit, urgent)
        return runs

    # -- episodes ------------------------------------------------------------------------------
    def _breached(self, run: _Run, breach: Breach) -> None:
        key = f"{run.patient_id}|{run.code}"
        for _attempt in range(10):
            existing = self._store.open_alert(key)
            if existing is None:
                if self._raise(key, run, breach):
                    return
                continue
            if existing["status"] == ACKNOWLEDGED and not existing["condition_active"]:
                if run.last["effective_at"] <= existing["last_at"]:
                    return
                # Dealt with, over, and now it begins anew: that is another episode.
                self._resolve_over(existing)
                continue
            if self._continue(existing, run, breach):
                return

    def _raise(self, key: str, run: _Run, breach: Breach) -> bool:
        """Raise an alert; False if another process did in between."""
        if self._store.covered_by_past(key, run.last["effective_at"]) is not None:
            return True
        now = self._platform.clock()
        sign = get(breach.code)
        alert = self._store.raise_alert(
            {
                "open_key": key,
                "episode_of": key,
                "patient_id": run.patient_id,
                "code": breach.code,
                "kind": "out_of_range",
                "priority": breach.priority,
                "status": ACTIVE,
                "condition_active": self._still_holds(run),
                "title": title_of(breach),
                "value": breach.value,
                "unit": sign.unit if sign else None,
                "breached": breach.breached,
                "limit": breach.limit,
                "first_at": run.first["effective_at"],
                "last_at": run.last["effective_at"],
                "raised_at": now,
                "announced_at": now,
                "count": run.count,
                "observation_id": run.last["_id"],
                "history": [{"at": now, "action": "raised", "by": None, "note": None, "value": breach.value}],
            }
        )
        if alert is None:
            return False
        self._remember(alert)
        self._announce("alert_raised", alert)
        return True

    def _still_holds(self, run: _Run) -> bool:
        """Whether nothing newer says otherwise: a late reading may tell of what is over."""
        for latest in self._platform.observations.latest_of(run.patient_id):
            if latest["code"] == run.last["code"] and latest["effective_at"] > run.last["effective_at"]:
                limits = self._limits_for(run.patient_id)
                return any(breach.code == run.code for breach in breaches(latest, limits))
        return True

    def _continue(self, existing: Document, run: _Run, breach: Breach) -> bool:
        """Move an open episode on; False if it changed meanwhile."""
        newer = run.last["effective_at"] > existing["last_at"]
        if not newer:
            if run.first["effective_at"] < existing["first_at"]:
                self._store.change(existing["_id"], {}, {"first_at": run.first["effective_at"]})
            if existing["observation_id"] == run.last["_id"]:
                # A crash may have come between storing and telling; telling twice is prevented by key.
                self._announce("alert_raised", existing)
            return True
        now = self._platform.clock()
        priority = higher(breach.priority, existing["priority"])
        worse = priority != existing["priority"]
        resumed = not existing["condition_active"]
        changes: Document = {
            "last_at": run.last["effective_at"],
            "observation_id": run.last["_id"],
            "value": breach.value,
            "breached": breach.breached,
            "limit": breach.limit,
            "condition_active": True,
            "priority": priority,
        }
        history = None
        if worse:
            changes["title"] = title_of(breach)
            # What was acknowledged was less urgent than this.
            changes["status"] = ACTIVE
            history = {"at": now, "action": "worsened", "by": None, "note": None, "value": breach.value}
        elif resumed:
            history = {"at": now, "action": "resumed", "by": None, "note": None, "value": breach.value}
        quiet = (now - existing["announced_at"]).total_seconds() < _ANNOUNCE_EVERY_S
        tell = worse or resumed or not quiet
        if tell:
            changes["announced_at"] = now
        condition = {"last_at": existing["last_at"], "status": existing["status"]}
        alert = self._store.change(existing["_id"], condition, changes, history=history, count=run.count)
        if alert is None:
            return False
        self._remember(alert)
        if tell:
            self._announce("alert_updated", alert)
        return True

    def _in_range(self, run: _Run) -> None:
        key = f"{run.patient_id}|{run.code}"
        existing = self._store.open_alert(key)
        if existing is None:
            self._open.pop(key, None)
            return
        if run.last["effective_at"] <= existing["last_at"]:
            return
        if existing["status"] == ACKNOWLEDGED:
            self._resolve_over(existing)
            return
        if not existing["condition_active"]:
            return
        entry = {"at": self._platform.clock(), "action": "condition_ended", "by": None, "note": None}
        alert = self._store.change(
            existing["_id"],
            {"last_at": existing["last_at"], "status": existing["status"]},
            {"condition_active": False, "ended_at": run.first["effective_at"]},
            history={**entry, "value": None},
        )
        if alert is not None:
            self._remember(alert)
            self._announce("alert_updated", alert)

    def _resolve_over(self, existing: Document) -> None:
        """Resolve an acknowledged alert whose condition has ended, leaving a trace."""
        now = self._platform.clock()
        alert = self._store.change(
            existing["_id"],
            {"status": ACKNOWLEDGED},
            {"status": RESOLVED, "condition_active": False, "resolved_at": now},
            history={"at": now, "action": "resolved", "by": None, "note": "back in range", "value": None},
            unset=("open_key",),
        )
        if alert is not None:
            self._open.pop(alert["episode_of"], None)
            self._announce("alert_resolved", alert)

    def _remember(self, alert: Document) -> None:
        self._open[alert["episode_of"]] = alert

    def _announce(self, type: str, alert: Document) -> None:
        announce(self._platform, type, alert)


def announce(platform: Platform, type: str, alert: Document) -> None:
    """Publish what happened to an alert; that it was raised is published once."""
    key = f"alert_raised|{alert['_id']}" if type == "alert_raised" else None
    data = {"alert": alert_json(platform, alert)}
    platform.events.publish(["alerts", f"patients/{alert['patient_id']}"], type, data, key=key)


def announce_untold(platform: Platform, store: AlertStore) -> None:
    """Publish the raising of recent alerts again; the event's key makes it one.

    A process may be killed between storing an alert and telling of it.
    """
    for alert in store.raised_since(platform.clock() - _UNTOLD_FOR):
        if not platform.events.exists(f"alert_raised|{alert['_id']}"):
            announce(platform, "alert_raised", alert)


def catch_up_handler(platform: Platform, store: AlertStore) -> EventHandler:
    """The worker's evaluation of the same readings, for what a killed process left undone."""
    evaluator = AlertEvaluator(platform, store)

    def evaluate(events: Sequence[Event]) -> None:
        evaluator.observe([event.data["observation"] for event in events])

    return EventHandler("alerting.catch_up", frozenset({"observation_recorded"}), evaluate, window_s=1.0)
