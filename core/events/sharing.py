"""One change stream for all consumers of a process.

Every stream costs the server a look at every write. So a consumer follows a stream of its own only until
it has caught up with the one that all consumers of its process share.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from core.database.connection import Database, Document
from core.events.feed import Change, ChangeFeed
from core.events.log import COLLECTION as EVENTS
from core.events.log import Event
from core.observations.model import COLLECTION as OBSERVATIONS

#: What consumers follow, in a stream of their own too: a place is then a place in every such stream.
FOLLOWED = (EVENTS, OBSERVATIONS)
#: Changes that wait for one consumer before it is sent back to a stream of its own.
MAX_WAITING = 50_000
#: Changes among which a consumer that has not joined looks for its place.
MAX_JOINTS = 2_000


class Step(NamedTuple):
    """One change: the place after it, when it was written where that is known, the event if it is a wanted one."""

    token: str
    at: datetime | None
    event: Event | None


class Subscription:
    """What the shared stream holds for one consumer of events of ``types``.

    Until the consumer has joined, the newest changes are kept so that a place can be found among them.
    """

    def __init__(self, types: Collection[str], last_token: str | None) -> None:
        self._types = types
        self._condition = threading.Condition()
        self._steps: deque[Step] = deque()
        if last_token is not None:
            self._steps.append(Step(last_token, None, None))
        self._wanted = 0
        self._joined = False
        self._broken = False

    def push(self, token: str, event: Event | None) -> None:
        """Keep one change until the consumer takes it."""
        with self._condition:
            if self._broken:
                return
            step = Step(token, event.at if event else None, event if event and event.type in self._types else None)
            self._steps.append(step)
            if self._joined and len(self._steps) > MAX_WAITING:
                self._break()
            elif not self._joined and len(self._steps) > MAX_JOINTS:
                self._steps.popleft()
            elif step.event is not None and self._joined:
                self._wanted += 1
                self._condition.notify()

    def join(self, token: str | None) -> bool:
        """Whether ``take`` gives everything after ``token``, up to where the consumer has handled all."""
        with self._condition:
            if self._joined:
                return True
            steps = self._steps
            if token is None or self._broken or not any(step.token == token for step in steps):
                return False
            while steps.popleft().token != token:
                pass
            self._joined = True
            self._wanted = sum(step.event is not None for step in steps)
            return True

    def take(self, limit: int, timeout_s: float) -> list[Step] | None:
        """What came after the last taken change; None where the consumer must go back to a stream of its own.

        Returns early when a wanted event is there, at most ``limit`` changes.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._wanted or self._broken, timeout_s)
            if self._broken:
                return None
            steps = [self._steps.popleft() for _ in range(min(limit, len(self._steps)))]
            self._wanted -= sum(step.event is not None for step in steps)
            return steps

    def interrupt(self) -> None:
        """Say that changes may have been missed."""
        with self._condition:
            self._break()

    def _break(self) -> None:
        self._broken = True
        self._steps.clear()
        self._condition.notify()


class SharedFeed:
    """The stream that all consumers of a process share. It starts with the first subscription."""

    def __init__(self, database: Database) -> None:
        self._lock = threading.Lock()
        self._subscriptions: list[Subscription] = []
        self._last_token: str | None = None
        self._started = False
        self._feed = ChangeFeed(database, FOLLOWED, self._on_change, on_gap=self._on_gap, name="consumers")

    def subscribe(self, types: Collection[str]) -> Subscription:
        """Hold events of ``types`` from here on."""
        with self._lock:
            subscription = Subscription(types, self._last_token)
            self._subscriptions.append(subscription)
            if not self._started:
                self._started = True
                self._feed.start(wait_s=0)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Hold nothing for ``subscription`` any more."""
        with self._lock:
            self._subscriptions.remove(subscription)

    def stop(self) -> None:
        """Stop following."""
        self._feed.stop()

    def _on_change(self, change: Change) -> None:
        event = event_of(change)
        with self._lock:
            self._last_token = change.token
            for subscription in self._subscriptions:
                subscription.push(change.token, event)

    def _on_gap(self) -> None:
        with self._lock:
            self._last_token = None
            for subscription in self._subscriptions:
                subscription.interrupt()


def observation_event(event_id: str, document: Document) -> Event:
    """The event that a stored observation is."""
    topics = (f"patients/{document['patient_id']}", "patients")
    return Event(event_id, topics, "observation_recorded", {"observation": document}, document["received_at"])


def event_of(change: Change) -> Event | None:
    """The event that a change is; None if it is none."""
    if change.operation != "insert" or change.document is None:
        return None
    if change.collection == OBSERVATIONS:
        return observation_event(str(change.document["_id"]), change.document)
    row = change.document
    return Event(str(row["_id"]), tuple(row["topics"]), row["type"], row["data"], row["at"])
