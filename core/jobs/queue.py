"""The job queue: Huey carries the signal, a document in the database is the truth.

A job is leased while it runs, retried with back-off, and after too many attempts put aside as dead,
visibly. Whatever Huey loses to a ``kill -9`` is found again by the sweep.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from huey import Huey, RedisHuey, SqliteHuey
from prometheus_client import Counter
from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from core.settings import Settings

log = structlog.get_logger(__name__)

COLLECTION = "jobs"
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
RETENTION = timedelta(days=7)

JOBS = Counter("pmp_jobs_total", "Jobs finished.", ["kind", "outcome"])
JobHandler = Callable[[dict[str, Any]], None]


def make_huey(settings: Settings) -> Huey:
    """Redis where it is set, else a SQLite file in the data folder."""
    if settings.redis_url is not None:
        return RedisHuey("pmp", url=settings.redis_url.get_secret_value(), immediate=False)
    Path(settings.data_dir).mkdir(parents=True, exist_ok=True)
    return SqliteHuey("pmp", filename=str(settings.data_dir / "jobs.sqlite"), immediate=False)


class JobQueue:
    """Enqueues jobs and, in a worker, runs them with the registered handlers."""

    def __init__(self, database: Database, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._jobs = database.db[COLLECTION]
        self._clock = clock
        self._handlers: dict[str, JobHandler] = {}
        self.huey = make_huey(settings)
        self._task = self.huey.task(name="pmp_job")(self.run)

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """By state and due time, for the sweep."""
        return [
            CollectionIndexes(
                COLLECTION, [IndexModel([("state", ASCENDING), ("due_at", ASCENDING)], name="by_state_due")]
            )
        ]

    def register(self, kind: str, handler: JobHandler) -> None:
        """Let ``handler`` do the jobs of ``kind``. It must be idempotent."""
        self._handlers[kind] = handler

    def enqueue(self, kind: str, payload: dict[str, Any], key: str | None = None) -> str:
        """Store a job and signal the workers. With ``key``, the same job is stored once."""
        job_id = key or f"j_{secrets.token_hex(10)}"
        now = self._clock()
        document: Document = {
            "_id": job_id, "kind": kind, "payload": payload, "state": "queued",
            "attempts": 0, "created_at": now, "due_at": now,
        }  # fmt: skip
        try:
            self._jobs.insert_one(document)
        except DuplicateKeyError:
            return job_id
        self._task(job_id)
        return job_id

    def run(self, job_id: str) -> None:
        """Run one job if it is due and nobody else runs it."""
        now = self._clock()
        job = self._jobs.find_one_and_update(
            {"_id": job_id, "state": {"$in": ["queued", "running"]}, "due_at": {"$lte": now}},
            {"$set": {"state": "running", "due_at": now + LEASE}, "$inc": {"attempts": 1}},
            return_document=ReturnDocument.AFTER,
        )
        if job is None:
            return
        handler = self._handlers.get(job["kind"])
        try:
            if handler is None:
                raise LookupError(f"no handler for jobs of kind {job['kind']}")
            handler(job["payload"])
        except Exception as error:
            self._failed(job, error)
        else:
            self._jobs.update_one({"_id": job_id}, {"$set": {"state": "done", "due_at": self._clock() + RETENTION}})
            JOBS.labels(job["kind"], "done").inc()

    def _failed(self, job: Document, error: Exception) -> None:
        dead = job["attempts"] >= MAX_ATTEMPTS
        delay = timedelta(seconds=min(2 ** job["attempts"], 300))
        log.warning("job_failed", job=job["_id"], kind=job["kind"], error=type(error).__name__, attempt=job["attempts"])
        changes = {
            "state": "dead" if dead else "queued",
            "due_at": self._clock() + delay,
            "error": type(error).__name__,
        }
        self._jobs.update_one({"_id": job["_id"]}, {"$set": changes})
        JOBS.labels(job["kind"], "dead" if dead else "failed").inc()

    def sweep(self) -> int:
        """Signal the jobs whose time has come and that no worker runs; drop long-done ones."""
        now = self._clock()
        found = 0
        for state in ("queued", "running"):
            for row in self._jobs.find({"state": state, "due_at": {"$lte": now}}, {"_id": 1}).limit(200):
                self._task(row["_id"])
                found += 1
        for row in self._jobs.find({"state": "done", "due_at": {"$lte": now}}, {"_id": 1}).limit(200):
            self._jobs.delete_one({"_id": row["_id"]})
        return found

    def counts(self) -> dict[str, int]:
        """How many jobs are in each state that matters."""
        states = {"queued": "queued", "running": "running", "failed": "dead"}
        return {name: self._jobs.count_documents({"state": state}) for name, state in states.items()}
