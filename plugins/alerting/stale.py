"""Silences: "no reading for N hours" as an alert, whatever any measurement plan says.

A silence is looked at when it would be too long if nothing had come since the last look, and no reading moves that
moment: the cost is that of what is due, and a reading costs nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.database.connection import Document
from core.events.log import Event
from core.observations.store import stored_code
from plugins.alerting.rules import silence_title

if TYPE_CHECKING:
    from core.platform import Platform
    from plugins.alerting.handlers import AlertEvaluator
    from plugins.alerting.rule_store import RuleStore

KIND = "stale"
#: How often to look at a silence of which an alert was told.
_WHILE_RAISED = timedelta(minutes=1)
_AT_ONCE = 500


def condition_key(patient_id: str, code: str) -> str:
    """The key of the condition that a silence is."""
    return f"{patient_id}|{code}"


class StaleWatch:
    """Tells of silences that are too long, and of their ends."""

    def __init__(self, platform: Platform, rules: RuleStore, evaluator: AlertEvaluator) -> None:
        self._platform = platform
        self._rules = rules
        self._evaluator = evaluator

    def tick(self) -> None:
        """One round: follow what was changed, then look at what is due."""
        now = self._platform.clock()
        for patient_id, version in self._rules.unsynced(_AT_ONCE):
            self._follow(patient_id, now)
            self._rules.synced(patient_id, version)
        due = self._rules.due(now, _AT_ONCE)
        while due:
            self._look(due, now)
            due = self._rules.due(now, _AT_ONCE) if len(due) == _AT_ONCE else []

    def _follow(self, patient_id: str, now: datetime) -> None:
        watched = self._rules.rule_set_of(patient_id).stale_on
        gone = [row for code, row in self._rules.silences_of(patient_id).items() if code not in watched]
        # Told before the document goes: whatever dies between the two, the end is told.
        self._evaluator.hold([_event("condition_ended", row, now) for row in gone if row.get("raised")])
        self._rules.watch(patient_id, watched.values(), now)

    def _look(self, due: list[Document], now: datetime) -> None:
        told: list[Event] = []
        moments: dict[str, datetime] = {}
        raised: list[str] = []
        newest = {row["patient_id"]: self._newest(row["patient_id"]) for row in due}
        for row in due:
            since: datetime = row["since"]
            last = min(now, newest[row["patient_id"]].get(stored_code(row["code"]), since))
            too_long_at = max(last, since) + timedelta(hours=row["hours"])
            if too_long_at > now:
                moments[row["_id"]] = too_long_at
                if row.get("raised"):
                    told.append(_event("condition_ended", row, now))
                continue
            moments[row["_id"]] = now + _WHILE_RAISED
            raised.append(row["_id"])
            # Always as of the same moment: told twice it is one alert, and one that a person closed stays closed.
            told.append(_event("condition_raised", row, too_long_at))
        self._evaluator.hold(told)
        self._rules.look_again(moments, raised)

    def _newest(self, patient_id: str) -> dict[str, datetime]:
        return {row["code"]: row["effective_at"] for row in self._platform.observations.latest_of(patient_id)}


def _event(type: str, row: Document, at: datetime) -> Event:
    data: dict[str, Any] = {
        "key": condition_key(row["patient_id"], row["code"]), "patient_id": row["patient_id"], "kind": KIND,
        "code": row["code"], "priority": row["priority"], "title": silence_title(row["code"], row["hours"]),
        "detail": None, "value": None, "unit": None, "at": at.isoformat(),
    }  # fmt: skip
    return Event(f"{type}|{row['_id']}", (), type, data, at)
