"""The event log: small durable facts that other rooms react to.

An observation is its own event (its insert is seen on the change feed); everything else is
published here. Not here: delivery (``feed``, ``consumers``, ``core.live``).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.client_session import ClientSession
from pymongo.errors import BulkWriteError, DuplicateKeyError

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes

COLLECTION = "events"
RETENTION = timedelta(days=7)
_DUPLICATE_KEY = 11000


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``id`` orders events of one feed; ``topics`` say which pages may hear it."""

    id: str
    topics: tuple[str, ...]
    type: str
    data: dict[str, Any]
    at: datetime


class EventLog:
    """Publishes events and expires old ones."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._events = database.db[COLLECTION]
        self._clock = clock

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """By time, for expiry and for consumers that lost their place."""
        return [CollectionIndexes(COLLECTION, [IndexModel([("at", ASCENDING)], name="by_time")])]

    def publish(self, topics: Sequence[str], type: str, data: dict[str, Any], key: str | None = None) -> str:
        """Store an event; with ``key``, at most once however often it is called. Returns its key."""
        event_key = key or f"e_{secrets.token_hex(12)}"
        try:
            self._events.insert_one(
                {"_id": event_key, "topics": list(topics), "type": type, "data": data, "at": self._clock()}
            )
        except DuplicateKeyError:
            pass
        return event_key

    def publish_all(
        self,
        events: Sequence[tuple[str, str, dict[str, Any]]],
        topics: Mapping[str, Sequence[str]] | None = None,
        session: ClientSession | None = None,
    ) -> None:
        """Store many events, given as (key, type, data), in order and in one write. ``topics``: by key.

        As with ``publish``, those whose key was published before are left as they are. In the transaction of a
        ``session``, they raise BulkWriteError instead: the transaction is over.
        """
        of_key = topics or {}
        now = self._clock()
        unique: dict[str, Document] = {}
        for key, type, data in events:
            unique.setdefault(
                key, {"_id": key, "topics": list(of_key.get(key, ())), "type": type, "data": data, "at": now}
            )
        rest = list(unique.values())
        while rest:
            try:
                self._events.insert_many(rest, ordered=True, session=session)
                return
            except BulkWriteError as error:
                fault = error.details["writeErrors"][0]
                if session is not None or fault["code"] != _DUPLICATE_KEY:
                    raise
                rest = rest[fault["index"] + 1 :]

    def exists(self, key: str) -> bool:
        """Whether an event with this key was published."""
        return self._events.find_one({"_id": key}, {"_id": 1}) is not None

    def known(self, keys: Sequence[str]) -> set[str]:
        """Which of these keys were published."""
        return {row["_id"] for row in self._events.find({"_id": {"$in": list(keys)}}, {"_id": 1})}

    def expire(self, batch: int = 500) -> int:
        """Delete up to ``batch`` events older than the retention. Returns how many."""
        old = self._events.find({"at": {"$lt": self._clock() - RETENTION}}, {"_id": 1}).limit(batch)
        ids = [document["_id"] for document in old]
        for event_id in ids:
            self._events.delete_one({"_id": event_id})
        return len(ids)
