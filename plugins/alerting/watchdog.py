"""Alerts about the platform itself, raised by the web process: a worker that is dead cannot say so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.events.log import Event
from core.processes.health import SILENT, Finding, silent_parts
from plugins.alerting.handlers import AlertEvaluator
from plugins.alerting.store import AlertStore

if TYPE_CHECKING:
    from core.platform import Platform

KIND = "technical"
#: For how long what often passes by itself has to be seen.
PATIENCE = timedelta(seconds=15)
_PREFIX = "platform|"
_OWN = f"{KIND}|{_PREFIX}"


class Watchdog:
    """Raises a technical alert for what stands still, and ends it when it moves again."""

    def __init__(self, platform: Platform, store: AlertStore) -> None:
        self._platform = platform
        self._store = store
        self._evaluator = AlertEvaluator(platform, store)
        self._started = platform.clock()
        self._fleeting: dict[str, datetime] = {}

    def look(self) -> None:
        """One round."""
        now = self._platform.clock()
        found = {finding.key: finding for finding in silent_parts(self._platform, self._started)}
        # Other plugins raise technical alerts too, and end theirs themselves.
        open_keys = {
            alert["open_key"].removeprefix(_OWN)
            for alert in self._store.open_of_kind(KIND)
            if alert["open_key"].startswith(_OWN)
        }
        since = self._fleeting
        self._fleeting = {key: since.get(key, now) for key, finding in found.items() if finding.fleeting}
        told = [
            _event("condition_raised", finding, now)
            for key, finding in found.items()
            if key not in open_keys and now - self._fleeting.get(key, now - PATIENCE) >= PATIENCE
        ]
        if now - self._started > SILENT:
            told += [_event("condition_ended", Finding(key, "", ""), now) for key in open_keys - found.keys()]
        self._evaluator.hold(told)


def _event(type: str, finding: Finding, now: datetime) -> Event:
    data: dict[str, Any] = {
        "key": f"{_PREFIX}{finding.key}", "patient_id": None, "kind": KIND, "code": None, "priority": "high",
        "title": finding.title, "detail": finding.detail, "value": None, "unit": None, "at": now.isoformat(),
    }  # fmt: skip
    return Event(f"{type}|{finding.key}", (), type, data, now)
