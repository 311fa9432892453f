"""Alerts in the database. This, ``rule_store`` and ``ledger`` are the only pymongo users of the plugin.

While an alert is open it holds the key "patient|code", unique among alerts: the database itself
refuses a second alert for the same episode.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from plugins.alerting.episodes import ACKNOWLEDGED, ACTIVE, HIGH, OPEN, SEEN, SNOOZED, Past
from plugins.alerting.rule_store import RuleStore

ALERTS = "alerting_alerts"
_STEPS_KEPT = 200
_PAST = {"first_at": 1, "last_at": 1, "open_key": 1}
_STORM = dict.fromkeys(("storm_id", "status", "priority", "code", "title", "patient_id", "device_id", "raised_at"), 1)
_FIRST = {name: {"$first": f"${name}"} for name in _PAST}
_DUPLICATE_KEY = 11000


class AlertStore:
    """Reads and writes alerts; ``rules`` reads and writes what raises them."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._alerts = database.db[ALERTS]
        self.rules = RuleStore(database, clock)

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """One open alert per episode; lists by patient and by state, newest first."""
        return [
            CollectionIndexes(
                ALERTS,
                [
                    IndexModel([("open_key", ASCENDING)], name="one_open", unique=True, sparse=True),
                    IndexModel([("patient_id", ASCENDING), ("raised_at", ASCENDING)], name="by_patient_time"),
                    IndexModel([("status", ASCENDING), ("raised_at", ASCENDING)], name="by_status_time"),
                    IndexModel(
                        [("status", ASCENDING), ("priority", ASCENDING), ("raised_at", ASCENDING)],
                        name="by_status_priority_time",
                    ),
                    IndexModel([("episode_of", ASCENDING), ("last_at", ASCENDING)], name="by_episode_time"),
                    IndexModel([("place", ASCENDING)], name="one_in_its_place", unique=True, sparse=True),
                    IndexModel([("storm_id", ASCENDING)], name="by_storm", sparse=True),
                    IndexModel([("untold", ASCENDING)], name="untold", sparse=True),
                ],
            ),
            *RuleStore.indexes(),
        ]

    def set_limits(self, patient_id: str, rules: list[dict[str, Any]]) -> None:
        """Replace a patient's own limits."""
        self.rules.set_own(patient_id, {"rules": rules})

    # -- episodes ------------------------------------------------------------------------------
    def open_alert(self, key: str) -> Document | None:
        """The open alert of an episode key."""
        return self._alerts.find_one({"open_key": key})

    def open_keys(self) -> set[str]:
        """The episode keys of all open alerts."""
        found: set[str] = set()
        for status in OPEN:
            found.update(row["open_key"] for row in self._alerts.find({"status": status}, {"open_key": 1}))
        return found

    def last_before(self, key: str, at: datetime | None) -> Past | None:
        """The last episode of a key that ends before ``at``; of all, if that is None."""
        query: Document = {"episode_of": key} | ({"last_at": {"$lt": at}} if at is not None else {})
        return _past(self._alerts.find_one(query, _PAST, sort=[("last_at", DESCENDING)]))

    def first_after(self, key: str, at: datetime) -> Past | None:
        """The first episode of a key that does not end before ``at``."""
        query = {"episode_of": key, "last_at": {"$gte": at}}
        return _past(self._alerts.find_one(query, _PAST, sort=[("last_at", ASCENDING)]))

    def open_among(self, keys: Iterable[str]) -> dict[str, Document]:
        """The open alerts of these keys, by key."""
        return {row["open_key"]: row for row in self._alerts.find({"open_key": {"$in": sorted(keys)}})}

    def last_of_each(self, keys: Iterable[str]) -> dict[str, Past]:
        """The last episode of each of these keys that has any."""
        rows = self._alerts.aggregate(
            [
                {"$match": {"episode_of": {"$in": sorted(keys)}}},
                {"$sort": {"last_at": -1}},
                {"$group": {"_id": "$episode_of", "alert": {"$first": "$_id"}} | _FIRST},
            ]
        )
        return {row["_id"]: Past(row["alert"], row["first_at"], row["last_at"], row.get("open_key")) for row in rows}

    def raise_alerts(self, documents: Sequence[Document]) -> list[Document]:
        """Store new alerts in one write; those that another process was quicker to raise are left out."""
        documents = [{**document, "_id": f"al_{secrets.token_hex(10)}"} for document in documents]
        if not documents:
            return []
        try:
            self._alerts.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            faults = error.details["writeErrors"]
            if any(fault["code"] != _DUPLICATE_KEY for fault in faults):
                raise
            lost = {fault["index"] for fault in faults}
            return [document for index, document in enumerate(documents) if index not in lost]
        return documents

    def change(
        self, alert_id: str, condition: Document, changes: Document, *, steps: Sequence[Document] = (),
        unset: tuple[str, ...] = (), tells: str | None = None,
    ) -> Document | None:  # fmt: skip
        """Change an alert if ``condition`` still holds for it. Returns it as it is then, or None.

        tells: the event that is to be published of it. Until that is noted, the alert is among the ``untold``.
        """
        told = {} if tells is None else {"untold": tells}
        update: Document = {"$set": changes | told, "$inc": {"revision": 1}}
        if steps:
            update["$push"] = {"history": {"$each": list(steps), "$slice": -_STEPS_KEPT}}
        if unset:
            update["$unset"] = dict.fromkeys(unset, "")
        return self._alerts.find_one_and_update(
            {"_id": alert_id, **condition}, update, return_document=ReturnDocument.AFTER
        )

    def told(self, alerts: Sequence[Document]) -> None:
        """Note that what happened to these alerts was published, of each unless more has happened since."""
        writes = [
            UpdateOne({"_id": alert["_id"], "revision": alert["revision"]}, {"$unset": {"untold": ""}})
            for alert in alerts
        ]
        if writes:
            self._alerts.bulk_write(writes, ordered=False)

    def untold(self, limit: int) -> list[Document]:
        """Alerts of which it is not noted that what happened was published: id, revision and the event's type."""
        fields = {"untold": 1, "revision": 1}
        return list(self._alerts.find({"untold": {"$exists": True}}, fields).limit(limit))

    # -- storms --------------------------------------------------------------------------------
    def raised_since(self, moment: datetime, limit: int) -> list[Document]:
        """Of the alerts that call and were raised since ``moment``, the newest: priority and storm."""
        query = {"status": ACTIVE, "raised_at": {"$gte": moment}}
        return list(self._alerts.find(query, {"storm_id": 1, "priority": 1}).sort("raised_at", -1).limit(limit))

    def count_to_storm(self, alert_ids: Sequence[str], storm_id: str) -> list[Document]:
        """Count alerts that are not urgent to a storm; returns those that became part of it."""
        self._alerts.update_many(
            {"_id": {"$in": list(alert_ids)}, "priority": {"$ne": HIGH}, "storm_id": None},
            {"$set": {"storm_id": storm_id, "untold": "alert_updated"}, "$inc": {"revision": 1}},
        )
        return list(self._alerts.find({"_id": {"$in": list(alert_ids)}, "storm_id": storm_id}))

    def of_storms(self) -> list[Document]:
        """What lists say of the open alerts of storms."""
        rows: list[Document] = []
        for status in OPEN:
            query = {"status": status, "storm_id": {"$gt": ""}}
            rows += self._alerts.find(query, _STORM).sort("raised_at", ASCENDING)
        return rows

    def acknowledge_all(self, alert_ids: Sequence[str], by: Document, now: datetime, entry: Document) -> list[Document]:
        """Acknowledge those of the alerts that call and are not urgent, in one write. Returns them."""
        token = secrets.token_hex(8)
        ids = list(alert_ids)
        self._alerts.update_many(
            {"_id": {"$in": ids}, "status": {"$in": [ACTIVE, SNOOZED]}, "priority": {"$ne": HIGH}},
            {
                "$set": {
                    "status": ACKNOWLEDGED, "acknowledged_by": by, "acknowledged_at": now, "assigned_to": by,
                    "acknowledged_in": token, "untold": "alert_acknowledged",
                } | ({"note": entry["note"]} if entry["note"] else {}),
                "$push": {"history": {"$each": [entry], "$slice": -_STEPS_KEPT}},
                "$inc": {"revision": 1},
            },
        )  # fmt: skip
        return list(self._alerts.find({"_id": {"$in": ids}, "acknowledged_in": token}))

    def several(self, alert_ids: Sequence[str]) -> list[Document]:
        """These alerts, as far as there are such."""
        return list(self._alerts.find({"_id": {"$in": list(alert_ids)}}))

    # -- reading -------------------------------------------------------------------------------
    def get(self, alert_id: str) -> Document | None:
        """One alert."""
        return self._alerts.find_one({"_id": alert_id})

    def snoozed_until(self, moment: datetime) -> list[Document]:
        """Snoozed alerts whose snooze ends by ``moment``."""
        return list(self._alerts.find({"status": SNOOZED, "snoozed_until": {"$lte": moment}}))

    def late_and_seen(self) -> list[Document]:
        """Alerts of what was over when it arrived, and that a person has seen."""
        return [row for status in SEEN for row in self._alerts.find({"status": status, "late": True})]

    def open_of_kind(self, kind: str) -> list[Document]:
        """The open alerts of one kind."""
        found: list[Document] = []
        for status in OPEN:
            found += self._alerts.find({"status": status, "kind": kind})
        return found

    def newest(self, statuses: list[str], narrow: Document, before: datetime | None, limit: int) -> list[Document]:
        """Alerts of the given states, newest first, raised before ``before``. ``narrow``: what their fields must be."""
        rows: list[Document] = []
        for status in statuses:
            query: Document = {"status": status, **narrow}
            if before is not None:
                query["raised_at"] = {"$lt": before}
            rows += self._alerts.find(query).sort("raised_at", -1).limit(limit)
        rows.sort(key=lambda row: (row["raised_at"], row["_id"]), reverse=True)
        return rows[:limit]


def _past(row: Document | None) -> Past | None:
    return Past(row["_id"], row["first_at"], row["last_at"], row.get("open_key")) if row else None
