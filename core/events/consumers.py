"""Delivering events to consumers: each has its own place, its own retries, its own dead letters.

One process at a time holds a consumer's lease. Its place is stored after the events before it were
handled, so a crash repeats events and never skips one.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from prometheus_client import Counter
from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError, PyMongoError

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from core.events.feed import Change, ChangeFeed
from core.events.log import COLLECTION as EVENTS
from core.events.log import Event
from core.observations.model import COLLECTION as OBSERVATIONS
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


class EventConsumer:
    """Runs one handler for as long as this process holds its lease."""

    def __init__(
        self,
        database: Database,
        handler: EventHandler,
        observations: ObservationStore,
        clock: Callable[[], datetime],
    ) -> None:
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
        self._batch_token: str | None = None
        self._stored_token: str | None = None
        self._next_store = 0.0

    def start(self) -> None:
        """Start in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Handle what was collected, store the place, give the lease back."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(10)

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
        if self._stored_token is not None:
            changes |= {"token": self._stored_token, "at": now}
        result = self._cursors.update_one({"_id": self._handler.name, "owner": self._owner}, {"$set": changes})
        if result.matched_count == 0:
            self._lost.set()

    def _give_back(self) -> None:
        changes: Document = {"until": self._clock() - LEASE, "waiting_since": None}
        if self._stored_token is not None:
            changes["token"] = self._stored_token
        self._cursors.update_one({"_id": self._handler.name, "owner": self._owner}, {"$set": changes})

    # -- consuming -----------------------------------------------------------------------------
    def _consume(self, row: Document) -> None:
        self._lost.clear()
        self._batch, self._batch_token, self._stored_token = [], None, row["token"]
        wanted = [EVENTS]
        if "observation_recorded" in self._handler.types:
            wanted.append(OBSERVATIONS)
        feed = ChangeFeed(
            self._database,
            wanted,
            self._on_change,
            on_gap=lambda: self._catch_up(row["at"] - OVERLAP),
            on_idle=self._on_idle,
            resume_after=row["token"],
            starts_with_gap=row["token"] is None,
            name=f"{self._handler.name}-feed",
        )
        log.info("consumer_started", consumer=self._handler.name)
        feed.start(wait_s=0)
        try:
            while not self._stop.is_set() and not self._lost.is_set():
                # The lease is kept from here, so that a long batch does not lose it.
                self._stop.wait(1.0)
                self._store_place()
        finally:
            feed.stop()
        if self._stop.is_set() and not self._lost.is_set():
            self._handle_batch()
            self._give_back()

    def _on_change(self, change: Change) -> None:
        event = event_of(change)
        if event is None or event.type not in self._handler.types:
            self._batch_token = change.token
            if not self._batch:
                self._stored_token = change.token
            return
        if not self._batch:
            self._batch_since = time.monotonic()
        self._batch.append(event)
        self._batch_token = change.token
        if len(self._batch) >= MAX_BATCH:
            self._handle_batch()

    def _on_idle(self, _token: str | None) -> None:
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
        if not self._lost.is_set() and self._batch_token is not None:
            self._stored_token = self._batch_token

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
            self._collect(Event(row["_id"], tuple(row["topics"]), row["type"], row["data"], row["at"]))
        self._handle_batch()

    def _collect(self, event: Event) -> None:
        if event.type in self._handler.types:
            self._batch.append(event)
            if len(self._batch) >= MAX_BATCH:
                self._handle_batch()


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
