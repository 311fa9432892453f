"""An alert's episode: how readings move it. Pure: no clock, no database.

An episode is a stretch of readings beyond the limit. Taking a reading again changes nothing, and the
order in which readings are taken changes neither which of them an episode covers nor how it ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.database.connection import Document
from core.observations.vital_signs import get
from plugins.alerting.rules import Breach, higher, title_of

ACTIVE, ACKNOWLEDGED, SNOOZED, RESOLVED = "active", "acknowledged", "snoozed", "resolved"
OPEN = (ACTIVE, ACKNOWLEDGED, SNOOZED)
#: A person has seen it: it is resolved when its condition ends, and calls nobody meanwhile.
SEEN = (ACKNOWLEDGED, SNOOZED)


#: The priority that nothing groups, hides or answers in bulk.
HIGH = "high"

#: The least difference between two moments.
TICK = timedelta(milliseconds=1)

#: Kinds of alerts that readings raise: beyond a limit, changed too much, several at once.
OUT_OF_RANGE, CHANGE, COMBINATION = "out_of_range", "change", "combination"


@dataclass(frozen=True, slots=True)
class Judged:
    """A reading, and how it breaks the limit; None if it keeps it.

    ``held``: it keeps the limit too narrowly to end an episode. ``revises``: it judges its moment anew, as another
    input of that time has come since.
    """

    document: Document
    breach: Breach | None
    held: bool = False
    revises: bool = False

    @property
    def at(self) -> datetime:
        """When it was measured."""
        moment: datetime = self.document["effective_at"]
        return moment


def longest_snooze(priority: str) -> int:
    """For how many minutes an alert may be snoozed at the most."""
    return 60 if priority == "high" else 24 * 60


def key_of(patient_id: str, code: str, kind: str = OUT_OF_RANGE) -> str:
    """What at most one open alert may have."""
    return f"{patient_id}|{code}" if kind == OUT_OF_RANGE else f"{patient_id}|{code}|{kind}"


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a stored episode: its alert's id, its time, whether it is open still."""

    id: str
    first_at: datetime
    last_at: datetime
    open_key: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """The time between two neighbouring episodes of one key, or after the last: where a new one may lie."""

    key: str
    before: Past | None
    after: Past | None

    @property
    def open_key(self) -> str:
        """What the open alert of this gap holds: there is one at most."""
        return self.key if self.after is None else f"{self.key}|late|{self.after.id}"

    @property
    def place(self) -> str:
        """The gap's name. An alert keeps it for ever: of two processes that see the same gap, one fills it."""
        return f"{self.key}|{self.before.id if self.before else ''}|{self.after.id if self.after else ''}"


def owner_of(at: datetime, after: Past | None) -> Past | None:
    """The episode that a breach measured ``at`` belongs to, if there is one.

    ``after`` is the first episode of its key that does not end before ``at``. An open one begins earlier if need be; a
    resolved one is over, and what came before it, and arrives only now, is an episode of its own.
    """
    if after is None or (after.open_key is None and at < after.first_at):
        return None
    return after


def begin(gap: Gap, kind: str, reading: Judged, first_at: datetime, latching: bool, now: datetime) -> Document:
    """A new alert of a reading beyond its limit, not yet stored. ``first_at``: when it began to be.

    Of a time before an episode that is over, it tells what was: its condition does not hold any more.
    """
    breach = reading.breach
    assert breach is not None
    sign = get(breach.code) if breach.code is not None else None
    return {
        "open_key": gap.open_key,
        "episode_of": gap.key,
        "place": gap.place,
        "patient_id": reading.document["patient_id"],
        "code": breach.code,
        "kind": kind,
        "priority": breach.priority,
        "worst": breach.priority,
        "latching": latching,
        "status": ACTIVE,
        "condition_active": gap.after is None,
        "late": gap.after is not None,
        "title": title_of(breach),
        "detail": breach.detail,
        "value": breach.value,
        "unit": sign.unit if sign else None,
        "breached": breach.breached,
        "limit": breach.limit,
        "first_at": first_at,
        "last_at": reading.at,
        "raised_at": now,
        "announced_at": now,
        "count": 1,
        "observation_id": reading.document["_id"],
        "device_id": (reading.document.get("device") or {}).get("id"),
        "history": [step("raised" if gap.after is None else "raised_late", now, value=breach.value)],
        "revision": 0,
        "untold": "alert_raised",
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
        if reading.breach is not None:
            return self._breached(reading, reading.breach)
        if not reading.held:
            self._in_range(reading)
        return True

    def _in_range(self, reading: Judged) -> None:
        if reading.at <= self._now("last_at"):
            return
        if self._now("status") in SEEN or not self.alert.get("latching", True):
            self._resolve()
        elif self._now("condition_active"):
            self._set(condition_active=False, ended_at=reading.at)
            self._note("condition_ended")

    def _breached(self, reading: Judged, breach: Breach) -> bool:
        if reading.at <= self._now("last_at"):
            if reading.at < self._now("first_at"):
                self._set(first_at=reading.at)
            ended_at = self._now("ended_at")
            if reading.revises and reading.at == self._now("last_at") and ended_at == reading.at + TICK:
                # What seemed to be over right after its last moment is not.
                self._set(condition_active=True, ended_at=None)
                self._note("resumed", breach.value)
            return True
        ended = not self._now("condition_active")
        late = self.alert.get("late", False)
        if ended and not late and self._now("status") in SEEN:
            # Dealt with, over, and now it begins anew: that is another episode.
            self._resolve()
            return False
        ended_at = self._now("ended_at")
        # A reading that comes late tells of the time before the end: it resumes nothing.
        resumed = ended and not late and (ended_at is None or reading.at > ended_at)
        before = self._now("priority")
        worse = higher(breach.priority, self._now("worst")) != self._now("worst")
        self._set(
            last_at=reading.at,
            observation_id=reading.document["_id"],
            detail=breach.detail,
            value=breach.value,
            breached=breach.breached,
            limit=breach.limit,
            condition_active=resumed or not ended,
            priority=breach.priority,
            worst=higher(breach.priority, self._now("worst")),
            count=self._now("count") + 1,
        )
        if self._now("priority") == HIGH and self._now("storm_id") is not None:
            self._set(storm_id=None)
        if worse:
            # What was acknowledged was less urgent than this.
            self._set(title=title_of(breach), status=ACTIVE)
            self._note("worsened", breach.value)
        elif breach.priority != before:
            self._set(title=title_of(breach))
            self._note("worsened" if higher(breach.priority, before) != before else "eased", breach.value)
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
