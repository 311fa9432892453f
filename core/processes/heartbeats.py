"""Heartbeats: each process says that it lives, and for how long that may be believed."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

from pymongo.errors import PyMongoError

from core.database.connection import Database, Document

COLLECTION = "processes"
EVERY_S = 5.0
STALE_AFTER = timedelta(seconds=20)


def platform_version() -> str:
    """The installed version."""
    try:
        return version("patient-monitoring-platform")
    except PackageNotFoundError:
        return "0"


class Heartbeats:
    """Writes this process's heartbeat and reads everybody's."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._processes = database.db[COLLECTION]
        self._clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, kind: str, does: Sequence[str] = (), present: Callable[[], Iterable[str]] | None = None) -> None:
        """Say every few seconds that this process of ``kind`` lives, and which leased work it ``does``.

        present: the ids of the people who have a page of this process open.
        """
        identity = f"{kind}:{socket.gethostname()}:{os.getpid()}"
        started = self._clock()

        def beat() -> None:
            while True:
                document: Document = {
                    "kind": kind,
                    "host": socket.gethostname(),
                    "started_at": started,
                    "heartbeat_at": self._clock(),
                    "version": platform_version(),
                    "does": list(does),
                    "present": sorted(present()) if present is not None else [],
                }
                try:
                    self._processes.replace_one({"_id": identity}, document, upsert=True)
                except PyMongoError:
                    # The database is away: the heartbeat is missing, which is the truth.
                    pass
                if self._stop.wait(EVERY_S):
                    return

        self._thread = threading.Thread(target=beat, name="pmp-heartbeat", daemon=True)
        self._thread.start()

    def stop(self, kind: str) -> None:
        """End, and take the heartbeat back."""
        self._stop.set()
        identity = f"{kind}:{socket.gethostname()}:{os.getpid()}"
        if self._thread is not None:
            self._thread.join(2)
        try:
            self._processes.delete_one({"_id": identity})
        except PyMongoError:
            pass

    def all(self) -> list[Document]:
        """Every process that was heard of lately; those long silent are forgotten."""
        now = self._clock()
        rows = list(self._processes.find({}))
        for row in rows:
            if row["heartbeat_at"] < now - timedelta(hours=1):
                self._processes.delete_one({"_id": row["_id"]})
        return [row for row in rows if row["heartbeat_at"] >= now - timedelta(hours=1)]

    def alive(self, kind: str) -> list[Document]:
        """The processes of ``kind`` that spoke lately."""
        limit = self._clock() - STALE_AFTER
        return [row for row in self.all() if row["kind"] == kind and row["heartbeat_at"] >= limit]

    def present(self) -> frozenset[str]:
        """The ids of the people who have a live page open, of any process that spoke lately."""
        return frozenset(user_id for row in self.alive("web") for user_id in row.get("present", ()))
