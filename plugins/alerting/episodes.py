"""An alert's episode: how readings move it. Pure: no clock, no database.

An episode is a stretch of readings beyond the limit. Taking a reading again changes nothing, and the
order in which readings are taken changes neither which of them an episode covers nor how it ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.database.connection import Document
from core.observations.vital_signs import get
from plugins.alerting.rules import Breach, higher, title_of

ACTIVE, ACKNOWLEDGED, RESOLVED = "active", "acknowledged", "resolved"


@dataclass(frozen=True, slots=True)
class Judged:
    """A reading, and how it breaks the limit; None if it keeps it."""

    document: Document
    breach: Breach | None

    @property
    def at(self) -> datetime:
        """When it was measured."""
        moment: datetime = self.document["effective_at"]
        return moment


def key_of(patient_id: str, code: str) -> str:
    """What at most one open alert may have."""
    return f"{patient_id}|{code}"


def begin(patient_id: str, reading: Judged, now: datetime) -> Document:
    """A new alert of a reading beyond its limit, not yet stored."""
    breach = reading.breach
    assert breach is not None
    sign = get(breach.code)
    key = key_of(patient_id, breach.code)
    return {
        "open_key": key,
        "episode_of": key,
        "patient_id": patient_id,
        "code": breach.code,
        "kind": "out_of_range",
        "priority": breach.priority,
        "status": ACTIVE,
        "condition_active": True,
        "title": title_of(breach),
        "value": breach.value,
        "unit": sign.unit if sign else None,
        "breached": breach.breached,
        "limit": breach.limit,
        "first_at": reading.at,
        "last_at": reading.at,
        "raised_at": now,
        "announced_at": now,
        "count": 1,
        "observation_id": reading.document["_id"],
        "history": [step("raised", now, value=breach.value)],
        "revision": 0,
        "untold": True,
    }


def step(action: str, at: datetime, *, by: Any = None, note: str | None = None, value: float | None = None) -> Document:
    """An entry of an alert's history."""
    return {"at": at, "action": action, "by": by, "note": note, "value": value}


@dataclass(slots=True)
class Episode:
    """An open alert and what readings change of it.

    ``changes`` are the fields that differ now, ``steps`` the new entries of its history. ``notable``: people
    should hear of it at once. ``over``: it is resolved, and further breaches are another episode's.
    """

    alert: Document
    now: datetime
    changes: Document = field(default_factory=dict)
    steps: list[Document] = field(default_factory=list)
    notable: bool = False
    over: bool = False

    def take(self, reading: Judged) -> bool:
        """Take a reading in. False if it is not this episode's but the next one's."""
        if self.over:
            return False
        return self._in_range(reading) if reading.breach is None else self._breached(reading, reading.breach)

    def end_at(self, moment: datetime) -> None:
        """The condition ended: a reading of ``moment``, later than the newest breach, keeps the limit."""
        if self._now("condition_active"):
            self._set(condition_active=False, ended_at=moment)
            self._note("condition_ended")

    def _in_range(self, reading: Judged) -> bool:
        if reading.at <= self._now("last_at"):
            return True
        if self._now("status") == ACKNOWLEDGED:
            self._resolve()
        else:
            self.end_at(reading.at)
        return True

    def _breached(self, reading: Judged, breach: Breach) -> bool:
        if reading.at <= self._now("last_at"):
            if reading.at < self._now("first_at"):
                self._set(first_at=reading.at)
            return True
        ended = not self._now("condition_active")
        if ended and self._now("status") == ACKNOWLEDGED:
            # Dealt with, over, and now it begins anew: that is another episode.
            self._resolve()
            return False
        ended_at = self._now("ended_at")
        # A reading that comes late tells of the time before the end: it resumes nothing.
        resumed = ended and (ended_at is None or reading.at > ended_at)
        priority = higher(breach.priority, self._now("priority"))
        worse = priority != self._now("priority")
        self._set(
            last_at=reading.at,
            observation_id=reading.document["_id"],
            value=breach.value,
            breached=breach.breached,
            limit=breach.limit,
            condition_active=resumed or not ended,
            priority=priority,
            count=self._now("count") + 1,
        )
        if worse:
            # What was acknowledged was less urgent than this.
            self._set(title=title_of(breach), status=ACTIVE)
            self._note("worsened", breach.value)
        elif resumed:
            self._note("resumed", breach.value)
        return True

    def _resolve(self) -> None:
        self._set(status=RESOLVED, condition_active=False, resolved_at=self.now)
        self.steps.append(step("resolved", self.now, note="back in range"))
        self.over = True

    def _note(self, action: str, value: float | None = None) -> None:
        self.steps.append(step(action, self.now, value=value))
        self.notable = True

    def _now(self, name: str) -> Any:
        return self.changes.get(name, self.alert.get(name))

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            if self._now(name) != value:
                self.changes[name] = value
