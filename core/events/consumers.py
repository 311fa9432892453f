"""Delivering events to consumers: each has its own place, its own retries, its own dead letters.

One process at a time holds a consumer's lease. Its place is stored after the events before it were
handled, so a crash repeats events and never skips one.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from prometheus_client import Counter
from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError, PyMongoError

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from core.events.feed import Change, ChangeFeed
from core.events.log import COLLECTION as EVENTS
from core.events.log import Event
from core.events.sharing import FOLLOWED, SharedFeed, Step, Subscription, event_of, observation_event
from core.observations.store import ObservationStore
from core.plugin_system.hookspecs import EventHandler

log = structlog.get_logger(__name__)

CURSORS = "event_cursors"
DEAD_LETTERS = "dead_letters"
LEASE = timedelta(seconds=5)
MAX_BATCH = 5_000
MAX_ATTEMPTS = 6
#: How far back a consumer looks when it has no place, or its place is forgotten.
LOOK_BACK = timedelta(hours=1)
OVERLAP = timedelta(minutes=2)

HANDLED = Counter("pmp_events_handled_total", "Events handled.", ["consumer"])
DEAD = Counter("pmp_events_dead_total", "Events given up after retries.", ["consumer"])


def consumer_indexes() -> list[CollectionIndexes]:
    """What was given up, by time."""
    return [CollectionIndexes(DEAD_LETTERS, [IndexModel([("at", ASCENDING)], name="by_time")])]


class Place(NamedTuple):
    """A place in the stream: the change before it, and when that was written."""

    token: str | None
    at: datetime


class EventConsumer:
    """Runs one handler for as long as this process holds its lease.

    ``shared`` is the stream that it shares with the other consumers of the process.
    """

    def __init__(
        self,
        database: Database,
        handler: EventHandler,
        observations: ObservationStore,
        clock: Callable[[], datetime],
        shared: SharedFeed | None = None,
    ) -> None:
        self._shared = shared or SharedFeed(database)
        self._shares = shared is not None
        self._database = database
        self._cursors = database.db[CURSORS]
        self._dead = database.db[DEAD_LETTERS]
        self._handler = handler
        self._observations = observations
        self._clock = clock
        self._owner = secrets.token_hex(8)
        self._stop = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"pmp-{handler.name}", daemon=True)
        self._batch: list[Event] = []
        self._batch_since = 0.0
        self._waiting_since: datetime | None = None
        # Up to where everything was handled, and up to where everything was taken.
        self._place = self._taken = Place(None, clock())

    def start(self) -> None:
        """Start in a thread."""
        self._thread.start()

    def stop(self, wait_s: float = 10.0) -> None:
        """Handle what was collected, store the place, give the lease back; wait for it at most ``wait_s``."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(wait_s)
        if not self._shares:
            self._shared.stop()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                row = self._take_lease()
                if row is not None:
                    self._consume(row)
            except PyMongoError as error:
                log.warning("consumer_waits", consumer=self._handler.name, error=type(error).__name__)
            self._stop.wait(0.5)

    # -- lease ---------------------------------------------------------------------------------
    def _take_lease(self) -> Document | None:
        now = self._clock()
        name = self._handler.name
        taken = self._cursors.find_one_and_update(
            {"_id": name, "until": {"$lt": now}},
            {"$set": {"owner": self._owner, "until": now + LEASE}},
        )
        if taken is not None:
            return taken
        try:
            row: Document = {"_id": name, "owner": self._owner, "until": now + LEASE, "token": None}
            row["at"] = now - LOOK_BACK
            self._cursors.insert_one(row)
        except DuplicateKeyError:
            return None
        return row

    def _store_place(self) -> None:
        """Keep the lease, and remember the place of the last handled event."""
        now = self._clock()
        # Events that were taken and are not handled yet: a handler that hangs keeps its lease, and is seen by this.
        changes: Document = {"until": now + LEASE, "waiting_since": self._waiting_since}
        changes |= self._place_changes()
        result = self._cursors.update_one({"_id": self._handler.name, "owner": self._owner}, {"$set": changes})
        if result.matched_count == 0:
            self._lost.set()

    def _place_changes(self) -> Document:
        place = self._place
        return {} if place.token is None else {"token": place.token, "at": place.at}

    def _give_back(self) -> None:
        changes: Document = {"until": self._clock() - LEASE, "waiting_since": None} | self._place_changes()
        self._cursors.update_one({"_id": self._handler.name, "owner": self._owner}, {"$set": changes})

    # -- consuming -----------------------------------------------------------------------------
    def _consume(self, row: Document) -> None:
        self._lost.clear()
        self._place = Place(row["token"], row["at"])
        work = threading.Thread(target=self._work, name=f"pmp-{self._handler.name}-work", daemon=True)
        log.info("consumer_started", consumer=self._handler.name)
        work.start()
        try:
            while not self._ended():
                # The lease is kept from here, so that a long batch does not lose it.
                self._stop.wait(1.0)
                self._store_place()
        except PyMongoError:
            self._lost.set()
            raise
        finally:
            # Two batches of one consumer at a time would break the order.
            work.join()
        if not self._lost.is_set():
            self._give_back()

    def _ended(self) -> bool:
        return self._stop.is_set() or self._lost.is_set()

    def _work(self) -> None:
        while not self._ended():
            self._batch, self._taken = [], self._place
            subscription = self._shared.subscribe(self._handler.types)
            try:
                self._follow_alone(subscription)
                self._follow_shared(subscription)
            except Exception:
                # The place is that of the last handled event, so starting over misses nothing.
                log.exception("consumer_starts_over", consumer=self._handler.name)
                self._stop.wait(1.0)
            finally:
                self._shared.unsubscribe(subscription)
        if not self._lost.is_set():
            self._handle_batch()

    def _follow_alone(self, subscription: Subscription) -> None:
        """Follow a stream of its own until what comes next is in ``subscription``."""
        joined = threading.Event()

        def has_joined() -> bool:
            if subscription.join(self._taken.token):
                joined.set()
            return joined.is_set()

        def on_change(change: Change) -> None:
            if has_joined():
                return
            event = event_of(change)
            wanted = event if event is not None and event.type in self._handler.types else None
            self._take([Step(change.token, event.at if event else None, wanted)])
            # A busy stream is never idle.
            if self._batch and time.monotonic() - self._batch_since >= max(self._handler.window_s, 1.0):
                self._handle_batch()

        def on_idle(_token: str | None) -> None:
            if not has_joined():
                self._handle_when_due()

        if has_joined():
            return
        feed = ChangeFeed(
            self._database,
            FOLLOWED,
            on_change,
            on_gap=lambda: self._catch_up(self._place.at - OVERLAP),
            on_idle=on_idle,
            resume_after=self._taken.token,
            starts_with_gap=self._taken.token is None,
            name=f"{self._handler.name}-feed",
        )
        feed.start(wait_s=0)
        try:
            while not self._ended() and not joined.wait(0.2):
                pass
        finally:
            feed.stop(wait_s=None)

    def _follow_shared(self, subscription: Subscription) -> None:
        """Follow the stream of all consumers until this one falls too far behind."""
        while not self._ended():
            if self._batch:
                self._stop.wait(max(0.0, self._batch_since + self._handler.window_s - time.monotonic()))
            steps = subscription.take(MAX_BATCH, 0.0 if self._batch else 0.5)
            if steps is None:
                return
            self._take(steps)
            self._handle_when_due()

    def _take(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self._taken = Place(step.token, step.at or self._taken.at)
            if step.event is not None:
                self._collect(step.event)
        if not self._batch:
            self._place = self._taken

    def _handle_when_due(self) -> None:
        if self._batch and time.monotonic() - self._batch_since >= self._handler.window_s:
            self._handle_batch()

    def _handle_batch(self) -> None:
        if not self._batch:
            return
        batch, self._batch = self._batch, []
        self._waiting_since = self._clock()
        try:
            self._deliver(batch)
        finally:
            self._waiting_since = None
        if not self._lost.is_set():
            self._place = self._taken

    def _deliver(self, batch: list[Event]) -> None:
        delay_s = 0.1
        attempts = 0
        while not self._lost.is_set():
            try:
                self._handler.handle(batch)
            except PyMongoError as error:
                # The database is away: that is nobody's fault, and passes.
                log.warning("consumer_waits", consumer=self._handler.name, error=type(error).__name__)
            except Exception as error:
                attempts += 1
                log.exception("consumer_failed", consumer=self._handler.name, attempt=attempts)
                if attempts >= MAX_ATTEMPTS:
                    self._give_up(batch, error)
                    return
            else:
                HANDLED.labels(self._handler.name).inc(len(batch))
                return
            if self._stop.wait(delay_s):
                self._lost.set()
            delay_s = min(delay_s * 2, 5.0)

    def _give_up(self, batch: list[Event], error: Exception) -> None:
        """Try each event alone; put what still fails aside, visibly."""
        for event in batch:
            try:
                self._handler.handle([event])
                continue
            except Exception as last:
                error = last
            DEAD.labels(self._handler.name).inc()
            letter = {
                "consumer": self._handler.name,
                "event": event.id,
                "type": event.type,
                "error": type(error).__name__,
                "at": self._clock(),
            }
            self._dead.update_one({"_id": f"{self._handler.name}|{event.id}"[:900]}, {"$set": letter}, upsert=True)

    def _catch_up(self, since: datetime) -> None:
        """Handle again what was written since ``since``, from the source."""
        now = self._clock()
        log.info("consumer_catches_up", consumer=self._handler.name)
        if "observation_recorded" in self._handler.types:
            for document in self._observations.received_between(since, now + OVERLAP):
                self._collect(observation_event(document["_id"], document))
        rows = self._database.db[EVENTS].find({"at": {"$gte": since}}).sort("at", 1)
        for row in rows:
            if row["type"] in self._handler.types:
                self._collect(Event(row["_id"], tuple(row["topics"]), row["type"], row["data"], row["at"]))
        self._handle_batch()

    def _collect(self, event: Event) -> None:
        if not self._batch:
            self._batch_since = time.monotonic()
        self._batch.append(event)
        if len(self._batch) >= MAX_BATCH:
            self._handle_batch()
