"""Alerts and limits in the database. The only pymongo user of the plugin.

While an alert is open it holds the key "patient|code", unique among alerts: the database itself
refuses a second alert for the same episode.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from plugins.alerting.episodes import OPEN, SEEN, SNOOZED, Past
from plugins.alerting.rules import Limits, default_limits, limits_of

ALERTS = "alerting_alerts"
RULES = "alerting_rules"
_STEPS_KEPT = 200
_PAST = {"first_at": 1, "last_at": 1, "open_key": 1}


class AlertStore:
    """Reads and writes alerts and limits."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._alerts = database.db[ALERTS]
        self._rules = database.db[RULES]
        self._clock = clock

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
                    IndexModel([("episode_of", ASCENDING), ("last_at", ASCENDING)], name="by_episode_time"),
                    IndexModel([("place", ASCENDING)], name="one_in_its_place", unique=True, sparse=True),
                    IndexModel([("untold", ASCENDING)], name="untold", sparse=True),
                ],
            )
        ]

    # -- limits --------------------------------------------------------------------------------
    def limits_of(self, patient_id: str) -> dict[str, Limits]:
        """The limits that hold for a patient, by code: theirs over the defaults."""
        limits = default_limits()
        row = self._rules.find_one({"_id": patient_id})
        for rule in row["rules"] if row else ():
            limits[rule["code"]] = limits_of(rule, "patient")
        return limits

    def set_limits(self, patient_id: str, rules: list[dict[str, Any]]) -> None:
        """Replace a patient's own limits."""
        self._rules.update_one(
            {"_id": patient_id}, {"$set": {"rules": rules, "changed_at": self._clock()}}, upsert=True
        )

    def limits_version(self) -> dict[str, datetime]:
        """When each patient's own limits were last changed."""
        return {row["_id"]: row["changed_at"] for row in self._rules.find({}, {"changed_at": 1})}

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

    def raise_alert(self, document: Document) -> Document | None:
        """Store a new alert; None if another process was quicker to raise one of its episode."""
        document = {**document, "_id": f"al_{secrets.token_hex(10)}"}
        try:
            self._alerts.insert_one(document)
        except DuplicateKeyError:
            return None
        return document

    def change(
        self, alert_id: str, condition: Document, changes: Document, *, steps: Sequence[Document] = (),
        unset: tuple[str, ...] = (),
    ) -> Document | None:  # fmt: skip
        """Change an alert if ``condition`` still holds for it. Returns it as it is then, or None."""
        update: Document = {"$set": changes, "$inc": {"revision": 1}}
        if steps:
            update["$push"] = {"history": {"$each": list(steps), "$slice": -_STEPS_KEPT}}
        if unset:
            update["$unset"] = dict.fromkeys(unset, "")
        return self._alerts.find_one_and_update(
            {"_id": alert_id, **condition}, update, return_document=ReturnDocument.AFTER
        )

    def told(self, alert_id: str) -> None:
        """Note that it was published that the alert was raised."""
        self._alerts.update_one({"_id": alert_id}, {"$unset": {"untold": ""}})

    def untold(self) -> list[Document]:
        """Alerts of which it is not known that they were published."""
        return list(self._alerts.find({"untold": True}))

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

    def newest(
        self, statuses: list[str], patient_id: str | None, before: datetime | None, limit: int
    ) -> list[Document]:
        """Alerts of the given states, newest first, raised before ``before``."""
        rows: list[Document] = []
        for status in statuses:
            query: Document = {"status": status}
            if patient_id is not None:
                query["patient_id"] = patient_id
            if before is not None:
                query["raised_at"] = {"$lt": before}
            rows += self._alerts.find(query).sort("raised_at", -1).limit(limit)
        rows.sort(key=lambda row: (row["raised_at"], row["_id"]), reverse=True)
        return rows[:limit]


def _past(row: Document | None) -> Past | None:
    return Past(row["_id"], row["first_at"], row["last_at"], row.get("open_key")) if row else None
