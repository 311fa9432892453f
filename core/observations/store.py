"""Queries over observations and the latest value of each kind. The only pymongo user of the room."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from core.observations.model import COLLECTION, IN_ERROR, LATEST, QUARANTINED, is_charted
from core.observations.vital_signs import get
from core.paging import decode_cursor, encode_cursor
from core.problems import Conflict

_DUPLICATE_KEY = 11000
#: Far enough for any record; bounds every query in time.
_WINDOWS = (timedelta(days=1), timedelta(days=7), timedelta(days=31), timedelta(days=366))


def stored_code(code: str) -> str:
    """The code under which ``code`` is stored: a component's panel, else itself."""
    sign = get(code)
    return sign.panel if sign and sign.panel else code


class ObservationStore:
    """Reads and writes observations. Every query is bounded on (patient, code, time)."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._observations = database.db[COLLECTION]
        self._latest = database.db[LATEST]
        self._clock = clock
        self._pending_latest: dict[str, Document] = {}
        self._pending_lock = threading.Lock()

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """(patient, code, time) for reading; receive time for consumers that lost their place."""
        return [
            CollectionIndexes(
                COLLECTION,
                [
                    IndexModel(
                        [("patient_id", ASCENDING), ("code", ASCENDING), ("effective_at", ASCENDING)],
                        name="by_patient_code_time",
                    ),
                    IndexModel([("received_at", ASCENDING)], name="by_receive_time"),
                    IndexModel([("held", ASCENDING), ("received_at", ASCENDING)], name="held_back", sparse=True),
                ],
            ),
            CollectionIndexes(LATEST, [IndexModel([("patient_id", ASCENDING)], name="by_patient")]),
        ]

    # -- writing -------------------------------------------------------------------------------
    def insert(self, documents: list[Document]) -> set[str]:
        """Store observations durably in one write. Returns the ids that were there before."""
        try:
            self._observations.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            faults = error.details["writeErrors"]
            if any(fault["code"] != _DUPLICATE_KEY for fault in faults):
                raise
            return {documents[fault["index"]]["_id"] for fault in faults}
        return set()

    def mark_in_error(self, observation_id: str, correction: Document) -> Document:
        """Withdraw an observation, keeping it and its history. Raises Conflict if it already is."""
        before = self._observations.find_one({"_id": observation_id})
        if before is None or before["status"] == IN_ERROR:
            raise Conflict("The observation is already marked as entered in error.")
        correction = {**correction, "previous_status": before["status"]}
        result = self._observations.update_one(
            {"_id": observation_id, "status": before["status"]},
            {
                "$set": {"status": IN_ERROR, "correction": correction},
                "$unset": {"held": ""},
                "$push": {"history": correction},
            },
        )
        if result.modified_count == 0:
            raise Conflict("The observation was changed by someone else at the same time.")
        document = {**before, "status": IN_ERROR, "correction": correction}
        self.rebuild_latest(document["patient_id"], document["code"])
        return document

    # -- latest --------------------------------------------------------------------------------
    def note_latest(self, documents: Iterable[Document]) -> None:
        """Remember new readings; ``flush_latest`` writes them. Readers of this process see them at once."""
        with self._pending_lock:
            for document in documents:
                if not is_charted(document):
                    continue
                key = f"{document['patient_id']}|{document['code']}"
                known = self._pending_latest.get(key)
                if known is None or known["effective_at"] <= document["effective_at"]:
                    self._pending_latest[key] = document

    def flush_latest(self) -> int:
        """Write the remembered readings to ``latest_observations``. Returns how many."""
        with self._pending_lock:
            pending = dict(self._pending_latest)
        if not pending:
            return 0
        self.raise_latest(pending)
        with self._pending_lock:
            for key, document in pending.items():
                if self._pending_latest.get(key) is document:
                    del self._pending_latest[key]
        return len(pending)

    def raise_latest(self, newest: dict[str, Document]) -> None:
        """Set the latest reading per "patient|code" where the given one is not older."""
        updates = []
        for key, document in newest.items():
            slim = {name: value for name, value in document.items() if name not in ("frame", "history")}
            fields = {"patient_id": document["patient_id"], "code": document["code"]}
            fields |= {"effective_at": document["effective_at"], "observation": slim}
            updates.append(
                UpdateOne(
                    {"_id": key, "effective_at": {"$lte": document["effective_at"]}},
                    {"$set": fields},
                    upsert=True,
                )
            )
        try:
            self._latest.bulk_write(updates, ordered=False)
        except BulkWriteError as error:
            # The upsert of a reading older than the stored one collides with it: nothing to do.
            if any(fault["code"] != _DUPLICATE_KEY for fault in error.details["writeErrors"]):
                raise

    def raise_missing_latest(self, newest: dict[str, Document]) -> None:
        """As ``raise_latest``, for those that the storing process did not get to."""
        missing: dict[str, Document] = {}
        for key, document in newest.items():
            row = self._latest.find_one({"_id": key}, {"effective_at": 1})
            if row is None or row["effective_at"] < document["effective_at"]:
                missing[key] = document
        if missing:
            self.raise_latest(missing)

    def rebuild_latest(self, patient_id: str, code: str) -> None:
        """Set the latest reading from the source, after one was withdrawn."""
        key = f"{patient_id}|{code}"
        with self._pending_lock:
            self._pending_latest.pop(key, None)
        newest = self._newest_charted(patient_id, code)
        if newest is None:
            self._latest.delete_one({"_id": key})
            return
        slim = {name: value for name, value in newest.items() if name not in ("frame", "history")}
        self._latest.update_one({"_id": key}, {"$set": {"effective_at": newest["effective_at"], "observation": slim}})

    def _newest_charted(self, patient_id: str, code: str) -> Document | None:
        end = self._clock() + timedelta(days=1)
        for window in _WINDOWS:
            found = self._observations.find(
                {"patient_id": patient_id, "code": code, "effective_at": {"$gte": end - window, "$lt": end}}
            )
            charted = [document for document in found if is_charted(document)]
            if charted:
                return max(charted, key=lambda document: document["effective_at"])
        return None

    def set_spark(self, patient_id: str, code: str, sparks: dict[str, Any]) -> None:
        """Store the last day's hourly means beside the latest reading, for the board."""
        self._latest.update_one({"_id": f"{patient_id}|{code}"}, {"$set": {"sparks": sparks}})

    def latest_of(self, patient_id: str) -> list[Document]:
        """The latest reading of each kind, with its sparks under "sparks"."""
        rows = {row["_id"]: row for row in self._latest.find({"patient_id": patient_id})}
        return self._overlay(rows, patient_id)

    def latest_of_several(self, patient_ids: Iterable[str]) -> dict[str, list[Document]]:
        """The latest readings of these patients, by patient."""
        wanted = sorted(set(patient_ids))
        rows = {row["_id"]: row for row in self._latest.find({"patient_id": {"$in": wanted}})}
        by_patient: dict[str, list[Document]] = {patient_id: [] for patient_id in wanted}
        for document in self._overlay(rows, None):
            if document["patient_id"] in by_patient:
                by_patient[document["patient_id"]].append(document)
        return by_patient

    def latest_of_keys(self, keys: Iterable[tuple[str, str]]) -> dict[str, Document]:
        """The latest readings of several (patient, code), by "patient|code"."""
        ids = sorted(f"{patient_id}|{code}" for patient_id, code in keys)
        rows = self._latest.find({"_id": {"$in": ids}})
        return {row["_id"]: row["observation"] for row in rows if "observation" in row}

    def latest_of_all(self) -> dict[str, list[Document]]:
        """The latest readings of every patient."""
        by_patient: dict[str, list[Document]] = {}
        rows = {row["_id"]: row for row in self._latest.find({})}
        for document in self._overlay(rows, None):
            by_patient.setdefault(document["patient_id"], []).append(document)
        return by_patient

    def _overlay(self, rows: dict[str, Document], patient_id: str | None) -> list[Document]:
        with self._pending_lock:
            pending = dict(self._pending_latest)
        for key, document in pending.items():
            if patient_id is not None and document["patient_id"] != patient_id:
                continue
            row = rows.setdefault(key, {"observation": document, "effective_at": document["effective_at"]})
            if "observation" not in row or row["effective_at"] <= document["effective_at"]:
                row["observation"] = document
        return [
            {**row["observation"], "sparks": row.get("sparks", {})} for row in rows.values() if "observation" in row
        ]

    # -- reading -------------------------------------------------------------------------------
    def get(self, observation_id: str) -> Document | None:
        """One observation."""
        return self._observations.find_one({"_id": observation_id})

    def between(
        self, patient_id: str, code: str, start: datetime, end: datetime, fields: Document | None = None
    ) -> list[Document]:
        """Observations of one kind with start ≤ effective time < end, oldest first."""
        query = {"patient_id": patient_id, "code": code, "effective_at": {"$gte": start, "$lt": end}}
        return list(self._observations.find(query, fields).sort("effective_at", ASCENDING))

    def between_for(
        self, patient_ids: Iterable[str], code: str, start: datetime, end: datetime, fields: Document
    ) -> dict[str, list[Document]]:
        """As ``between``, for several patients in one query, by patient. ``fields`` must hold the patient's id."""
        wanted = {"patient_id": {"$in": sorted(set(patient_ids))}, "code": code}
        found: dict[str, list[Document]] = {}
        for document in self._observations.find({**wanted, "effective_at": {"$gte": start, "$lt": end}}, fields):
            found.setdefault(document["patient_id"], []).append(document)
        for documents in found.values():
            documents.sort(key=lambda document: document["effective_at"])
        return found

    def page(
        self,
        patient_id: str,
        codes: Iterable[str],
        start: datetime,
        end: datetime,
        limit: int,
        cursor: str | None,
        status: str | None,
    ) -> tuple[list[Document], str | None]:
        """A page of observations, newest first, and the cursor of the next page."""
        before, before_id = decode_cursor(cursor) if cursor else (None, "")
        upper = min(end, before + timedelta(milliseconds=1)) if before else end
        found: list[Document] = []
        for code in codes:
            query: Document = {
                "patient_id": patient_id,
                "code": code,
                "effective_at": {"$gte": start, "$lt": upper},
            }
            if status:
                query["status"] = status
            # The newest few of a long range, without making the server build all of it.
            found += self._newest(query, start, upper, limit + 1, before, before_id)
        found.sort(key=lambda document: (document["effective_at"], document["_id"]), reverse=True)
        rows = found[:limit]
        more = len(found) > limit
        return rows, encode_cursor(rows[-1]["effective_at"], rows[-1]["_id"]) if more and rows else None

    def _newest(
        self,
        query: Document,
        start: datetime,
        end: datetime,
        count: int,
        before: datetime | None,
        before_id: str,
    ) -> list[Document]:
        rows: list[Document] = []
        width = timedelta(hours=6)
        upper = end
        while upper > start and len(rows) < count:
            lower = max(start, upper - width)
            bounded = {**query, "effective_at": {"$gte": lower, "$lt": upper}}
            found = [
                document
                for document in self._observations.find(bounded)
                if before is None or (document["effective_at"], document["_id"]) < (before, before_id)
            ]
            found.sort(key=lambda document: (document["effective_at"], document["_id"]), reverse=True)
            rows += found
            upper, width = lower, width * 4
        return rows[:count]

    def held_back(self, limit: int, before: datetime | None) -> list[Document]:
        """Quarantined observations, newest first."""
        query: Document = {"held": QUARANTINED}
        if before is not None:
            query["received_at"] = {"$lt": before}
        return list(self._observations.find(query).sort("received_at", DESCENDING).limit(limit))

    def received_between(self, start: datetime, end: datetime) -> Iterable[Document]:
        """Observations by receive time, for consumers that lost their place."""
        step = timedelta(minutes=5)
        lower = start
        while lower < end:
            upper = min(lower + step, end)
            yield from self._observations.find({"received_at": {"$gte": lower, "$lt": upper}})
            lower = upper
