"""Plans, what is due, history and templates in the database. The only pymongo user of the plugin.

``measurement_plans_due`` holds one document per plan item that is followed. Its ``next_action_at`` is indexed:
who looks for what is to be done reads the documents that are due and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DeleteOne, IndexModel, ReplaceOne, ReturnDocument, UpdateOne
from pymongo.client_session import ClientSession
from pymongo.cursor import Cursor
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from plugins.measurement_plans.occurrence import FULFILLED, MISSED, REMOVED, Move, history_rows, settled

PLANS = "measurement_plans_plans"
DUE = "measurement_plans_due"
HISTORY = "measurement_plans_history"
TEMPLATES = "measurement_plans_templates"
_DUPLICATE_KEY = 11000


class _Changed(Exception):
    """Somebody else has changed a document meanwhile."""


class PlanStore:
    """Reads and writes everything of measurement plans."""

    def __init__(self, database: Database) -> None:
        self._plans = database.db[PLANS]
        self._due = database.db[DUE]
        self._history = database.db[HISTORY]
        self._templates = database.db[TEMPLATES]

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """Due documents by time and by patient; history by patient, by item and by the reading that counted."""
        return [
            CollectionIndexes(PLANS, [IndexModel([("unsynced", ASCENDING)], name="unsynced", sparse=True)]),
            CollectionIndexes(
                DUE,
                [
                    IndexModel([("next_action_at", ASCENDING)], name="by_action_time", sparse=True),
                    IndexModel([("patient_id", ASCENDING)], name="by_patient"),
                ],
            ),
            CollectionIndexes(
                HISTORY,
                [
                    IndexModel([("patient_id", ASCENDING), ("due_at", ASCENDING)], name="by_patient_time"),
                    IndexModel([("of", ASCENDING), ("due_at", ASCENDING)], name="by_item_time"),
                    IndexModel([("observation_id", ASCENDING)], name="by_observation", sparse=True),
                ],
            ),
        ]

    # -- plans ---------------------------------------------------------------------------------
    def plan(self, patient_id: str) -> Document | None:
        """A patient's plan."""
        return self._plans.find_one({"_id": patient_id})

    def set_plan(self, patient_id: str, items: list[Document], by: Document, now: datetime,
                 revision: int | None) -> Document | None:  # fmt: skip
        """Replace a plan, to be followed by ``synced``. None if ``revision`` (0: no plan yet) is not the stored one."""
        fields = {"items": items, "changed_by": by, "changed_at": now, "unsynced": True}
        query: Document = {"_id": patient_id} | ({"revision": revision} if revision else {})
        update = {"$set": fields, "$inc": {"revision": 1}}
        while True:
            found = None
            if revision != 0:
                found = self._plans.find_one_and_update(query, update, return_document=ReturnDocument.AFTER)
            if found is not None or revision:
                return found
            try:
                document: Document = {"_id": patient_id, "revision": 1, **fields}
                self._plans.insert_one(document)
                return document
            except DuplicateKeyError:
                if revision == 0:
                    return None

    def synced(self, patient_id: str, revision: int) -> bool:
        """Note that the due documents follow this revision. False if there is a newer one."""
        query = {"_id": patient_id, "revision": revision}
        return self._plans.update_one(query, {"$unset": {"unsynced": ""}}).matched_count == 1

    def unsynced(self, limit: int) -> list[str]:
        """Patients whose plan was changed and whose due documents may not follow it."""
        return [row["_id"] for row in self._plans.find({"unsynced": True}, {"_id": 1}).limit(limit)]

    # -- due -----------------------------------------------------------------------------------
    def due(self, now: datetime, limit: int) -> list[Document]:
        """Documents about which something is to be done, the longest waiting first."""
        return list(self._find_due(now, limit))

    def explain_due(self, now: datetime) -> str:
        """The name of the index by which the database finds what is due; "none" if it reads everything."""
        stage = self._find_due(now, 1).explain()["queryPlanner"]["winningPlan"]
        while "indexName" not in stage and "inputStage" in stage:
            stage = stage["inputStage"]
        return str(stage.get("indexName", "none"))

    def _find_due(self, now: datetime, limit: int) -> Cursor[Document]:
        return self._due.find({"next_action_at": {"$lte": now}}).sort("next_action_at", ASCENDING).limit(limit)

    def document(self, due_id: str) -> Document | None:
        """One plan item as it is followed."""
        return self._due.find_one({"_id": due_id})

    def of_patient(self, patient_id: str) -> list[Document]:
        """A patient's plan items as they are followed."""
        return list(self._due.find({"patient_id": patient_id}))

    def of_patients(self, patient_ids: Iterable[str]) -> dict[str, list[Document]]:
        """The followed plan items of several patients."""
        found: dict[str, list[Document]] = {}
        for document in self._due.find({"patient_id": {"$in": sorted(set(patient_ids))}}):
            found.setdefault(document["patient_id"], []).append(document)
        return found

    def begin(self, document: Document) -> bool:
        """Follow a new item. False if it is followed already."""
        try:
            self._due.insert_one(document)
        except DuplicateKeyError:
            return False
        return True

    def move(self, moved: Sequence[Document]) -> int:
        """Store documents that a move made, each unless it was changed since. Returns how many were stored."""
        return self._write([ReplaceOne({"_id": row["_id"], "rev": row["rev"] - 1}, row) for row in moved])

    def settle(self, moves: Sequence[Move], tell: Callable[[ClientSession], None]) -> bool:
        """Store moves with their history, and ``tell`` the rest, in one transaction.

        Items that wait for the same moment and change alike are one update. False, and nothing stored, if a
        document was changed since, or something was told or recorded before.
        """
        if not moves or any(move.told is None for move in moves):
            return False
        rows = [_without_nulls(row) for row in history_rows([move.document for move in moves])]
        try:
            with self._due.database.client.start_session() as session, session.start_transaction():
                for query, change, count in self._alike(moves, session):
                    if self._due.update_many(query, change, session=session).modified_count != count:
                        raise _Changed
                if rows:
                    self._history.insert_many(rows, session=session)
                tell(session)
        except (_Changed, OperationFailure):
            return False
        return True

    def _alike(self, moves: Sequence[Move], session: ClientSession) -> list[tuple[Document, Document, int]]:
        """Which documents to update how, and how many they are."""
        groups: dict[str, list[Move]] = {}
        for move in moves:
            change = _difference(move.before, move.told or {})
            groups.setdefault(repr((move.before["next_action_at"], move.before["rev"], change)), []).append(move)
        waiting = self._waiting(max(move.before["next_action_at"] for move in moves), len(moves), session)
        updates = []
        for group in groups.values():
            first = group[0].before
            query: Document = {"next_action_at": first["next_action_at"], "rev": first["rev"]}
            ids = {move.before["_id"] for move in group}
            if waiting.get((first["next_action_at"], first["rev"])) != ids:
                query["_id"] = {"$in": sorted(ids)}
            updates.append((query, _difference(first, group[0].told or {}), len(ids)))
        return updates

    def _waiting(self, until: datetime, count: int, session: ClientSession) -> dict[tuple[datetime, int], set[str]]:
        """Whose moment has come, by that and by revision, as the transaction sees them.

        Who knows all of a group can name it by moment and revision, which the server finds faster than ids.
        Groups that may go on beyond ``count`` documents are left out.
        """
        query = {"next_action_at": {"$lte": until}}
        found = list(
            self._due.find(query, {"next_action_at": 1, "rev": 1}, session=session)
            .sort("next_action_at", ASCENDING)
            .limit(count + 1)
        )
        if len(found) > count:
            last = found[-1]["next_action_at"]
            found = [row for row in found if row["next_action_at"] != last]
        waiting: dict[tuple[datetime, int], set[str]] = {}
        for row in found:
            waiting.setdefault((row["next_action_at"], row["rev"]), set()).add(row["_id"])
        return waiting

    def close_outboxes(self, documents: Sequence[Document]) -> None:
        """Note that all was told. Documents that were changed since keep their outbox; removed ones go."""
        writes: list[Any] = []
        for document in documents:
            same = {"_id": document["_id"], "rev": document["rev"]}
            if document["state"] == REMOVED:
                writes.append(DeleteOne(same))
            else:
                writes.append(ReplaceOne(same, {**settled(document), "rev": document["rev"] + 1}))
        self._write(writes)

    def postpone(self, document: Document, until: datetime) -> None:
        """Come back to a document later."""
        same = {"_id": document["_id"], "rev": document["rev"]}
        self._due.update_one(same, {"$set": {"next_action_at": until}})

    def _write(self, writes: list[Any]) -> int:
        return self._due.bulk_write(writes, ordered=False).modified_count if writes else 0

    # -- history -------------------------------------------------------------------------------
    def record(self, documents: Sequence[Document]) -> None:
        """Write the rows of history in the outboxes. What was fulfilled stays so."""
        writes = []
        for row in history_rows(documents):
            # Another outcome of a fulfilled occurrence matches nothing, and its insert collides.
            same = {"_id": row["_id"]} | ({} if row["outcome"] == FULFILLED else {"outcome": {"$ne": FULFILLED}})
            fields = _without_nulls(row)
            del fields["_id"]
            writes.append(UpdateOne(same, {"$set": fields}, upsert=True))
        try:
            if writes:
                self._history.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            if any(fault["code"] != _DUPLICATE_KEY for fault in error.details["writeErrors"]):
                raise

    def counted_for(self, due_id: str, observation_id: str) -> datetime | None:
        """The occurrence of this item that a reading has fulfilled."""
        row = self._history.find_one({"observation_id": observation_id, "of": due_id}, {"due_at": 1})
        return row["due_at"] if row else None

    def missed_between(self, due_id: str, start: datetime, end: datetime) -> list[Document]:
        """Missed occurrences of an item with start ≤ due time ≤ end, oldest first."""
        query = {"of": due_id, "due_at": {"$gte": start, "$lte": end}}
        rows = [row for row in self._history.find(query) if row["outcome"] == MISSED]
        return sorted(rows, key=lambda row: row["due_at"])

    def history(self, patient_id: str, start: datetime, end: datetime) -> list[Document]:
        """A patient's occurrences with start ≤ due time < end, oldest first."""
        query = {"patient_id": patient_id, "due_at": {"$gte": start, "$lt": end}}
        return list(self._history.find(query).sort("due_at", ASCENDING))

    # -- templates -----------------------------------------------------------------------------
    def templates(self) -> dict[str, Document]:
        """The installation's own templates by id; one that is deleted has ``deleted``."""
        return {row["_id"]: row for row in self._templates.find({})}

    def set_template(self, template_id: str, fields: Document) -> None:
        """Write a template of the installation's own."""
        self._templates.replace_one({"_id": template_id}, {"_id": template_id, **fields}, upsert=True)

    def remove_template(self, template_id: str, *, is_shipped: bool) -> None:
        """Delete a template; of one that is shipped, remember that it is gone."""
        if is_shipped:
            self.set_template(template_id, {"deleted": True})
        else:
            self._templates.delete_one({"_id": template_id})


def _without_nulls(row: Document) -> Document:
    return {name: value for name, value in row.items() if value is not None}


def _difference(before: Document, after: Document) -> Document:
    """The update that makes ``after`` of ``before``."""
    change: Document = {"$set": {name: value for name, value in after.items() if before.get(name, ...) != value}}
    gone = {name: "" for name in before if name not in after}
    return change | ({"$unset": gone} if gone else {})
