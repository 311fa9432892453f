"""The audit log: append-only, hash-chained, written by one thread a process, in groups.

All processes share one chain: an entry's number is its id, so of two that take the same number the
database refuses one, which then reads the new end and tries again.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from pymongo import ASCENDING, IndexModel
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from core.audit.chain import GENESIS, Finding, hash_of, seal, verify
from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from core.problems import Unavailable

log = structlog.get_logger(__name__)

COLLECTION = "audit_entries"
HEAD = "audit_head"
MAX_WAITING = 20_000
MAX_GROUP = 500
_WAIT_S = 10.0
_FRAMES_EVERY_S = 1.0
_READ_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One access. ``object`` and ``detail`` hold ids, never patients' values."""

    actor_type: str
    actor_id: str
    actor_name: str
    roles: tuple[str, ...]
    relation: str | None
    action: str
    object: str
    patient_id: str | None
    outcome: str
    rule: str | None
    address: str | None
    detail: dict[str, Any] = field(default_factory=dict)


class Ticket:
    """Tells when an entry is durable."""

    __slots__ = ("_done",)

    def __init__(self) -> None:
        self._done = threading.Event()

    def wait(self) -> None:
        """Return once the entry is durable. Raises Unavailable if it cannot be written."""
        if not self._done.wait(_WAIT_S):
            raise Unavailable("The audit log cannot be written now, so nothing is shown. Try again.", retry_after_s=2)

    def done(self) -> None:
        """The entry is durable."""
        self._done.set()


@dataclass(frozen=True, slots=True)
class Report:
    """What verification found."""

    entries: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether the log is as it was written."""
        return not self.findings


class AuditLog:
    """Writes and reads the log."""

    def __init__(self, database: Database, clock: Callable[[], datetime], key: bytes) -> None:
        self._entries = database.db[COLLECTION]
        self._head = database.db[HEAD]
        self._clock = clock
        self._key = key
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Document, Ticket]] = deque()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._end: tuple[int, str] | None = None
        self._frames: dict[tuple[str, str | None], Document] = {}
        self._next_frames = 0.0

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """By patient, newest last."""
        return [
            CollectionIndexes(
                COLLECTION,
                [IndexModel([("patient_id", ASCENDING), ("_id", ASCENDING)], name="by_patient", sparse=False)],
            )
        ]

    # -- writing -------------------------------------------------------------------------------
    def record(self, entry: Entry) -> Ticket:
        """Take an entry; its ticket tells when it is durable."""
        document: Document = {
            "at": self._clock(),
            "actor": {"type": entry.actor_type, "id": entry.actor_id, "name": entry.actor_name},
            "roles": list(entry.roles),
            "relation": entry.relation,
            "action": entry.action,
            "object": entry.object,
            "patient_id": entry.patient_id,
            "outcome": entry.outcome,
            "rule": entry.rule,
            "from": entry.address,
            "detail": entry.detail,
        }
        return self._take(document)

    def _take(self, document: Document) -> Ticket:
        ticket = Ticket()
        with self._lock:
            if len(self._waiting) >= MAX_WAITING:
                raise Unavailable("The audit log is behind; try again.", retry_after_s=5)
            self._waiting.append((document, ticket))
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="pmp-audit", daemon=True)
                self._thread.start()
        self._wake.set()
        return ticket

    def count_frames(
        self, device_id: str, device_name: str, patient_id: str | None, count: int, address: str | None
    ) -> None:
        """Record that a device wrote ``count`` frames; what comes within a second shares an entry."""
        with self._lock:
            key = (device_id, patient_id)
            document = self._frames.get(key)
            if document is None:
                self._frames[key] = {
                    "at": self._clock(), "actor": {"type": "device", "id": device_id, "name": device_name},
                    "roles": ["device"], "relation": "own", "action": "frames:create",
                    "object": f"device/{device_id}", "patient_id": patient_id, "outcome": "allowed",
                    "rule": None, "from": address, "detail": {"frames": count},
                }  # fmt: skip
            else:
                document["detail"]["frames"] += count
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="pmp-audit", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Return once everything taken so far is durable."""
        self._queue_frames(force=True)
        with self._lock:
            last = self._waiting[-1][1] if self._waiting else None
        if last is not None:
            self._wake.set()
            last.wait()

    def close(self) -> None:
        """Write what waits, and stop."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_WAIT_S)

    def _queue_frames(self, force: bool = False) -> None:
        if not force and time.monotonic() < self._next_frames:
            return
        self._next_frames = time.monotonic() + _FRAMES_EVERY_S
        with self._lock:
            frames, self._frames = self._frames, {}
            self._waiting.extend((document, Ticket()) for document in frames.values())

    def _run(self) -> None:
        while True:
            self._wake.wait(_FRAMES_EVERY_S)
            self._wake.clear()
            self._queue_frames(force=self._stop.is_set())
            while self._waiting:
                with self._lock:
                    group = [self._waiting[index] for index in range(min(MAX_GROUP, len(self._waiting)))]
                if not self._write(group):
                    break
                with self._lock:
                    for _written in group:
                        self._waiting.popleft()
                for _document, ticket in group:
                    ticket.done()
            if self._stop.is_set():
                return

    def _write(self, group: list[tuple[Document, Ticket]]) -> bool:
        """Append a group to the chain; False to try again later."""
        rest = [document for document, _ticket in group]
        for _attempt in range(20):
            try:
                number, previous = self._end or self._find_end()
                documents = []
                for document in rest:
                    number += 1
                    entry = {"_id": number, **document}
                    previous_hash, previous = previous, hash_of(self._key, entry, previous)
                    documents.append({**entry, "previous": previous_hash, "hash": previous})
                if documents:
                    self._entries.insert_many(documents, ordered=True)
                self._end = (number, previous)
                self._seal(number, previous)
            except BulkWriteError as error:
                # Another process took a number first: read the new end and write what is not yet written.
                self._end = None
                rest = rest[error.details["nInserted"] :]
                continue
            except PyMongoError as error:
                self._end = None
                log.warning("audit_waits", error=type(error).__name__, waiting=len(self._waiting))
                self._stop.wait(0.2)
                return False
            return True
        return False

    def _seal(self, number: int, value: str) -> None:
        changes = {"number": number, "hash": value, "seal": seal(self._key, number, value)}
        try:
            self._head.update_one({"_id": "head", "number": {"$lt": number}}, {"$set": changes}, upsert=True)
        except DuplicateKeyError:
            # Another process has sealed further on.
            return

    def _find_end(self) -> tuple[int, str]:
        head = self._head.find_one({"_id": "head"})
        number, value = (head["number"], head["hash"]) if head else (0, GENESIS)
        # A crash may have come between writing and sealing: walk on from the sealed end.
        for entry in self._entries.find({"_id": {"$gt": number}}).sort("_id", ASCENDING):
            number, value = entry["_id"], entry["hash"]
        return number, value

    # -- reading -------------------------------------------------------------------------------
    def newest(self, patient_id: str | None, before: int | None, limit: int) -> list[Document]:
        """Entries numbered below ``before``, newest first; of one patient if given."""
        head = self._head.find_one({"_id": "head"})
        top = min(before, (head["number"] if head else 0) + MAX_WAITING) if before else None
        upper = top if top is not None else (head["number"] if head else 0) + MAX_WAITING
        rows: list[Document] = []
        width = max(limit * 4, 200)
        while upper > 0 and len(rows) < limit:
            lower = max(0, upper - width)
            query: Document = {"_id": {"$gte": lower, "$lt": upper}}
            if patient_id is not None:
                query["patient_id"] = patient_id
            rows += sorted(self._entries.find(query), key=lambda row: int(row["_id"]), reverse=True)
            upper, width = lower, width * 4
        return rows[:limit]

    def verify(self) -> Report:
        """Check the whole chain and its signed end."""
        head = self._head.find_one({"_id": "head"})
        number, value, findings = verify(self._key, self._all(), head["number"] if head else 0)
        if head is None:
            if number:
                findings.append(Finding(number, "the signed end of the log is missing"))
        elif head.get("seal") != seal(self._key, head["number"], head["hash"]):
            findings.append(Finding(head["number"], "the signature of the log's end is not ours"))
        elif number < head["number"]:
            findings.append(Finding(number + 1, f"entries {number + 1} to {head['number']} are missing at the end"))
        elif value != head["hash"]:
            # Also with entries after it: those that a crash left unsigned must follow the signed one.
            findings.append(Finding(head["number"], "the end of the log is not the one that was signed"))
        return Report(number, tuple(findings))

    def _all(self) -> Iterator[Document]:
        lower = 0
        empty = 0
        head = self._head.find_one({"_id": "head"})
        top = (head["number"] if head else 0) + 1
        while lower <= top or empty == 0:
            query = {"_id": {"$gte": lower, "$lt": lower + _READ_BATCH}}
            batch = sorted(self._entries.find(query), key=lambda row: int(row["_id"]))
            empty = 1 if not batch else 0
            yield from batch
            lower += _READ_BATCH
