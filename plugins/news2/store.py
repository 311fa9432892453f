"""Scores and alert levels in the database. The only pymongo user of the plugin.

``news2_scores`` has a row for each moment at which a patient's score changed; ``news2_levels`` one per patient: the
level that was told last, and what is still to be told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from core.observations.series import to_ms

SCORES = "news2_scores"
LEVELS = "news2_levels"


class ScoreStore:
    """Reads and writes scores and levels."""

    def __init__(self, database: Database) -> None:
        self._scores = database.db[SCORES]
        self._levels = database.db[LEVELS]

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """Scores by patient and time; levels that are not told yet."""
        return [
            CollectionIndexes(
                SCORES,
                [IndexModel([("patient_id", ASCENDING), ("at", ASCENDING)], name="by_patient_time")],
            ),
            CollectionIndexes(LEVELS, [IndexModel([("untold", ASCENDING)], name="untold", sparse=True)]),
        ]

    # -- scores --------------------------------------------------------------------------------
    def keep(self, patient_id: str, at: datetime, fields: Document) -> None:
        """Keep the score of a moment; the same moment again is the same row."""
        identity = f"{patient_id}|{to_ms(at)}"
        self._scores.replace_one({"_id": identity}, {"patient_id": patient_id, "at": at, **fields}, upsert=True)

    def last(self, patient_id: str) -> Document | None:
        """The newest row of a patient."""
        return self._scores.find_one({"patient_id": patient_id}, sort=[("at", DESCENDING)])

    def between(self, patient_id: str, start: datetime, end: datetime, limit: int) -> list[Document]:
        """The newest ``limit`` rows with start ≤ at < end, oldest first."""
        query = {"patient_id": patient_id, "at": {"$gte": start, "$lt": end}}
        return list(self._scores.find(query).sort("at", DESCENDING).limit(limit))[::-1]

    # -- levels --------------------------------------------------------------------------------
    def level(self, patient_id: str) -> Document | None:
        """The level of a patient: {level, since, step}, and "untold" with the event to publish."""
        return self._levels.find_one({"_id": patient_id})

    def set_level(self, patient_id: str, step: int, fields: Document, untold: dict[str, Any]) -> bool:
        """Set the level and what is to be told of it, as step ``step``. False if another process did so before."""
        changes = {**fields, "step": step, "untold": untold}
        if step == 1:
            try:
                self._levels.insert_one({"_id": patient_id, **changes})
            except DuplicateKeyError:
                return False
            return True
        return self._levels.update_one({"_id": patient_id, "step": step - 1}, {"$set": changes}).modified_count == 1

    def told(self, patient_id: str, step: int) -> None:
        """Note that the event of a step was published."""
        self._levels.update_one({"_id": patient_id, "step": step}, {"$unset": {"untold": ""}})

    def untold(self) -> Iterable[Document]:
        """The levels of which it is not known that they were told."""
        return list(self._levels.find({"untold": {"$exists": True}}))
