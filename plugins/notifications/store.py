"""Deliveries and the addresses of people in the database. The only pymongo user of the plugin.

A delivery is claimed by a conditional update that counts its attempts: of several workers one gets it. A claim
is a lease, kept in ``next_attempt_at``; when it runs out, because its worker died, the delivery is due again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes

DELIVERIES = "notifications_deliveries"
REQUESTS = "notifications_requests"
DEALT_WITH = "notifications_dealt_with"
CHANNELS = "notifications_channels"
PEOPLE = "notifications_people"
SUBSCRIPTIONS = "notifications_subscriptions"
CODES = "notifications_codes"

WAITING, SENDING, DELIVERED, FAILED, CANCELLED = "waiting", "sending", "delivered", "failed", "cancelled"
#: Longer than any attempt takes.
LEASE = timedelta(minutes=2)
#: How long what is over stays to be looked at, and a request is remembered.
KEPT = timedelta(days=30)
MAX_CODE_TRIES = 6

DatabaseAway = PyMongoError


class DeliveryStore:
    """Reads and writes requests, deliveries and how channels fare."""

    def __init__(self, database: Database) -> None:
        self._deliveries = database.db[DELIVERIES]
        self._requests = database.db[REQUESTS]
        self._dealt_with = database.db[DEALT_WITH]
        self._channels = database.db[CHANNELS]

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """What is due, by channel; what concerns an alert; what is new; what is old."""
        return [
            CollectionIndexes(
                DELIVERIES,
                [
                    IndexModel(
                        [("channel", ASCENDING), ("state", ASCENDING), ("next_attempt_at", ASCENDING)], name="due"
                    ),
                    IndexModel([("about", ASCENDING)], name="by_alert", sparse=True),
                    IndexModel([("state", ASCENDING), ("ended_at", ASCENDING)], name="by_end"),
                    IndexModel([("untold", ASCENDING)], name="untold", sparse=True),
                    IndexModel([("urgent_failing_since", ASCENDING)], name="urgent_failing", sparse=True),
                    IndexModel([("request_key", ASCENDING), ("user_id", ASCENDING)], name="by_person"),
                ],
            ),
            CollectionIndexes(
                REQUESTS,
                [
                    IndexModel([("about", ASCENDING)], name="by_alert", sparse=True),
                    IndexModel([("at", ASCENDING)], name="by_time"),
                ],
            ),
            CollectionIndexes(DEALT_WITH, [IndexModel([("at", ASCENDING)], name="by_time")]),
        ]

    # -- requests ------------------------------------------------------------------------------
    def is_done(self, request_key: str) -> bool:
        """Whether all deliveries of a request have been made."""
        return self._requests.find_one({"_id": request_key}, {"_id": 1}) is not None

    def add(self, delivery: Document) -> None:
        """Add a delivery, unless it was added before."""
        try:
            self._deliveries.insert_one({**delivery, "state": WAITING, "attempts": 0})
        except DuplicateKeyError:
            pass

    def done(self, request_key: str, fields: Document) -> None:
        """Note that all deliveries of a request have been made."""
        try:
            self._requests.insert_one({**fields, "_id": request_key})
        except DuplicateKeyError:
            pass

    def deal_with(self, alert_id: str, at: datetime, now: datetime) -> None:
        """An alert was dealt with: of what was asked for until then, nothing more is sent, nor what comes in late."""
        if not self._dealt_with.update_one({"_id": alert_id}, {"$max": {"at": at}}).matched_count:
            try:
                self._dealt_with.insert_one({"_id": alert_id, "at": at})
            except DuplicateKeyError:
                self._dealt_with.update_one({"_id": alert_id}, {"$max": {"at": at}})
        self.cancel_about(alert_id, at, now)

    def dealt_with_at(self, alert_id: str) -> datetime | None:
        """When an alert was last dealt with."""
        row = self._dealt_with.find_one({"_id": alert_id})
        return row["at"] if row else None

    def cancel_about(self, alert_id: str, until: datetime, now: datetime) -> None:
        """Cancel what is not yet sent of the requests about an alert that were made no later than ``until``."""
        asked = {"about": alert_id, "requested_at": {"$lte": until}}
        # Marked first, whatever its state: what is just being sent is then not tried again.
        self._deliveries.update_many({**asked, "state": {"$in": [WAITING, SENDING]}}, {"$set": {"cancel": True}})
        self._deliveries.update_many({**asked, "state": WAITING}, {"$set": _ended(CANCELLED, now)})

    # -- sending -------------------------------------------------------------------------------
    def due(self, channel: str, now: datetime, limit: int) -> list[Document]:
        """The deliveries of a channel that have waited longest; of these the urgent ones first."""
        rows: list[Document] = []
        for state in (WAITING, SENDING):
            query = {"channel": channel, "state": state, "next_attempt_at": {"$lte": now}}
            rows += self._deliveries.find(query).sort("next_attempt_at", 1).limit(limit)
        longest = sorted(rows, key=lambda row: row["next_attempt_at"])[:limit]
        return sorted(longest, key=lambda row: row["priority"] != "high")

    def claim(self, row: Document, now: datetime) -> Document | None:
        """Take a due delivery for sending; None if another worker has it, or it is cancelled."""
        as_read = {"_id": row["_id"], "state": row["state"], "attempts": row["attempts"]}
        if row.get("cancel"):
            self._deliveries.update_one(as_read, {"$set": _ended(CANCELLED, now)})
            return None
        return self._deliveries.find_one_and_update(
            {**as_read, "cancel": {"$ne": True}},
            {"$set": {"state": SENDING, "next_attempt_at": now + LEASE}, "$inc": {"attempts": 1}},
            return_document=ReturnDocument.AFTER,
        )

    def delivered(self, claimed: Document, reference: str | None, now: datetime) -> None:
        """A claimed delivery was taken over by its channel."""
        self._settle(claimed, _ended(DELIVERED, now) | {"receipt": reference, "error": None})

    def cancelled(self, claimed: Document, reason: str, now: datetime) -> None:
        """A claimed delivery cannot be sent any more; whether this leaves its person unreached was not looked at."""
        self._settle(claimed, _ended(CANCELLED, now) | {"error": reason, "untold": True})

    def failed(self, claimed: Document, error: str, now: datetime) -> None:
        """A claimed delivery is given up: a dead letter, of which nobody was told yet."""
        self._settle(claimed, _ended(FAILED, now) | {"error": error, "untold": True})

    def retry(self, claimed: Document, error: str, next_attempt_at: datetime, now: datetime) -> None:
        """A claimed delivery failed and is tried again, unless it was cancelled meanwhile."""
        changes = {"state": WAITING, "error": error, "next_attempt_at": next_attempt_at}
        if "failing_since" not in claimed:
            changes["failing_since"] = now
            if claimed["priority"] == "high":
                changes["urgent_failing_since"] = now
        if not self._settle(claimed, changes, {"cancel": {"$ne": True}}):
            self._settle(claimed, _ended(CANCELLED, now))

    def _settle(self, claimed: Document, changes: Document, condition: Document | None = None) -> bool:
        as_claimed = {"_id": claimed["_id"], "state": SENDING, "attempts": claimed["attempts"]}
        return self._deliveries.update_one({**as_claimed, **(condition or {})}, {"$set": changes}).matched_count > 0

    def give_up_late(self, channels: Sequence[str], now: datetime) -> None:
        """Give up what is overdue of channels that are not set up any more, so that it is seen."""
        late = {
            "channel": {"$nin": list(channels)}, "state": {"$in": [WAITING, SENDING]},
            "give_up_at": {"$lte": now - LEASE},
        }  # fmt: skip
        self._deliveries.update_many(
            late, {"$set": _ended(FAILED, now) | {"error": "the channel is not set up", "untold": True}}
        )

    def untold(self) -> list[Document]:
        """What ended without success, and it is not known that this was published."""
        return list(self._deliveries.find({"untold": True}).limit(500))

    def told(self, delivery_id: str) -> None:
        """Note that it was published that a delivery was given up."""
        self._deliveries.update_one({"_id": delivery_id}, {"$unset": {"untold": ""}})

    def failing_long(self, since: datetime) -> list[Document]:
        """Urgent deliveries that first failed no later than ``since``, and were not looked at since they did."""
        return list(self._deliveries.find({"urgent_failing_since": {"$lte": since}}).limit(500))

    def failing_looked_at(self, delivery_id: str) -> None:
        """Note that it was looked at whether a failing delivery leaves its person unreached."""
        self._deliveries.update_one({"_id": delivery_id}, {"$unset": {"urgent_failing_since": ""}})

    def of_person(self, request_key: str, user_id: str) -> list[Document]:
        """A request's deliveries to one person."""
        return list(self._deliveries.find({"request_key": request_key, "user_id": user_id}))

    def forget(self, now: datetime, batch: int = 500) -> None:
        """Delete what has been over for long."""
        for state in (DELIVERED, FAILED, CANCELLED):
            old = self._deliveries.find({"state": state, "ended_at": {"$lt": now - KEPT}}, {"_id": 1}).limit(batch)
            for row in list(old):
                self._deliveries.delete_one({"_id": row["_id"]})
        for row in list(self._requests.find({"at": {"$lt": now - KEPT}}, {"_id": 1}).limit(batch)):
            self._requests.delete_one({"_id": row["_id"]})
        for row in list(self._dealt_with.find({"at": {"$lt": now - KEPT}}, {"_id": 1}).limit(batch)):
            self._dealt_with.delete_one({"_id": row["_id"], "at": {"$lt": now - KEPT}})

    # -- how channels fare ---------------------------------------------------------------------
    def failing_since(self, channel: str) -> tuple[datetime | None, bool]:
        """Since when a channel has failed at everything it tried, None if it has not; whether this was told."""
        row = self._channels.find_one({"_id": channel})
        return (row.get("failing_since"), row.get("told", False)) if row else (None, False)

    def failing_before(self, moment: datetime) -> list[str]:
        """The channels that have failed at everything since before ``moment``."""
        return sorted(row["_id"] for row in self._channels.find({"failing_since": {"$lt": moment}}))

    def starts_failing(self, channel: str, now: datetime) -> None:
        """Note the first failure after a success."""
        changes = {"failing_since": now, "told": False}
        if self._channels.update_one({"_id": channel, "failing_since": None}, {"$set": changes}).matched_count:
            return
        try:
            self._channels.insert_one({"_id": channel, **changes})
        except DuplicateKeyError:
            pass

    def failing_told(self, channel: str, since: datetime) -> None:
        """Note that people were told that a channel fails."""
        self._channels.update_one({"_id": channel, "failing_since": since}, {"$set": {"told": True}})

    def works(self, channel: str, since: datetime) -> None:
        """Note that a channel that failed since ``since`` works again."""
        self._channels.update_one(
            {"_id": channel, "failing_since": since}, {"$set": {"failing_since": None, "told": False}}
        )

    # -- reading -------------------------------------------------------------------------------
    def about(self, alert_id: str, limit: int = 500) -> list[Document]:
        """The deliveries about an alert, oldest first."""
        rows = self._deliveries.find({"about": alert_id}).limit(limit)
        return sorted(rows, key=lambda row: (row["requested_at"], row["_id"]))

    def requests_about(self, alert_id: str, limit: int = 500) -> list[Document]:
        """The requests about an alert, oldest first."""
        return sorted(self._requests.find({"about": alert_id}).limit(limit), key=lambda row: row["at"])

    def dead_letters(self, before: tuple[datetime, str] | None, limit: int) -> list[Document]:
        """Deliveries that were given up, newest first, after the one that ended ``before``."""
        query: Document = {"state": FAILED}
        if before is not None:
            at, delivery_id = before
            query["$or"] = [{"ended_at": {"$lt": at}}, {"ended_at": at, "_id": {"$lt": delivery_id}}]
        return list(self._deliveries.find(query).sort([("ended_at", -1), ("_id", -1)]).limit(limit))


def _ended(state: str, now: datetime) -> Document:
    return {"state": state, "ended_at": now}


class ContactStore:
    """Reads and writes what people want, and where they can be reached."""

    def __init__(self, database: Database) -> None:
        self._people = database.db[PEOPLE]
        self._subscriptions = database.db[SUBSCRIPTIONS]
        self._codes = database.db[CODES]

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """Subscriptions by person and by browser."""
        return [
            CollectionIndexes(
                SUBSCRIPTIONS,
                [
                    IndexModel([("user_id", ASCENDING)], name="by_user"),
                    IndexModel([("browser", ASCENDING)], name="by_browser"),
                ],
            )
        ]

    # -- wishes and addresses ------------------------------------------------------------------
    def person(self, user_id: str) -> Document:
        """``channels``, ``quiet_hours``, ``email``, ``phone`` of a person, as far as there are any."""
        return self._people.find_one({"_id": user_id}) or {"_id": user_id}

    def set_wishes(
        self, user_id: str, channels: Document, quiet_hours: Document | None, sound: Document | None = None
    ) -> None:
        """Replace what a person wants; without ``sound`` that stays."""
        wishes: Document = {"channels": channels, "quiet_hours": quiet_hours}
        self._set(user_id, wishes | ({"sound": sound} if sound is not None else {}))

    def may_test(self, user_id: str, now: datetime, every: timedelta) -> bool:
        """Note that a person sends themselves a test now, unless the last one was less than ``every`` ago."""
        rested: Document = {"$or": [{"tested_at": None}, {"tested_at": {"$lte": now - every}}]}
        if self._people.update_one({"_id": user_id, **rested}, {"$set": {"tested_at": now}}).matched_count:
            return True
        try:
            self._people.insert_one({"_id": user_id, "tested_at": now})
        except DuplicateKeyError:
            return False
        return True

    def set_address(self, user_id: str, kind: str, address: str) -> None:
        """Keep a confirmed address; ``kind`` is email or phone."""
        self._set(user_id, {kind: address})

    def remove_address(self, user_id: str, kind: str) -> bool:
        """Forget an address, and make a code that is under way useless. Whether there was an address."""
        self._codes.update_one({"_id": f"{kind}|{user_id}"}, {"$set": {"tries": MAX_CODE_TRIES}})
        return bool(
            self._people.update_one({"_id": user_id, kind: {"$exists": True}}, {"$unset": {kind: ""}}).matched_count
        )

    def _set(self, user_id: str, fields: Document) -> None:
        if self._people.update_one({"_id": user_id}, {"$set": fields}).matched_count:
            return
        try:
            self._people.insert_one({"_id": user_id, **fields})
        except DuplicateKeyError:
            self._people.update_one({"_id": user_id}, {"$set": fields})

    # -- push subscriptions --------------------------------------------------------------------
    def subscribe(
        self, user_id: str, endpoint: str, p256dh: str, auth: str, now: datetime, name: str | None = None
    ) -> Document:
        """Keep a browser's subscription. A browser has one person: whoever subscribed there before is taken off."""
        browser = hashlib.sha256(endpoint.encode()).hexdigest()[:32]
        subscription_id = hashlib.sha256(f"{user_id}\0{endpoint}".encode()).hexdigest()[:32]
        fields = {"user_id": user_id, "browser": browser, "endpoint": endpoint, "p256dh": p256dh, "auth": auth}
        if name is not None:
            fields["name"] = name
        self._subscriptions.delete_many({"browser": browser, "_id": {"$ne": subscription_id}})
        if not self._subscriptions.update_one({"_id": subscription_id}, {"$set": fields}).matched_count:
            try:
                self._subscriptions.insert_one({"_id": subscription_id, **fields, "created_at": now})
            except DuplicateKeyError:
                pass
        return self._subscriptions.find_one({"_id": subscription_id}) or {}

    def subscription(self, subscription_id: str) -> Document | None:
        """One subscription."""
        return self._subscriptions.find_one({"_id": subscription_id})

    def subscriptions_of(self, user_id: str) -> list[Document]:
        """The subscriptions of a person, oldest first."""
        return sorted(self._subscriptions.find({"user_id": user_id}), key=lambda row: row["created_at"])

    def unsubscribe(self, subscription_id: str, user_id: str | None = None) -> bool:
        """Forget a subscription, if it is ``user_id``'s where one is given. Whether there was one."""
        query: Document = {"_id": subscription_id}
        if user_id is not None:
            query["user_id"] = user_id
        return self._subscriptions.delete_one(query).deleted_count > 0

    # -- codes ---------------------------------------------------------------------------------
    def codes_since(self, user_id: str, kind: str, since: datetime) -> int:
        """How many codes a person was sent since then."""
        row = self._codes.find_one({"_id": f"{kind}|{user_id}"})
        return sum(at >= since for at in row["sent"]) if row else 0

    def keep_code(self, user_id: str, kind: str, address: str, digest: str, now: datetime, expires: datetime) -> None:
        """Keep the digest of the code that is sent now; it replaces the one before."""
        code_id = f"{kind}|{user_id}"
        fields: Document = {"address": address, "digest": digest, "expires_at": expires, "tries": 0}
        change = {"$set": fields, "$push": {"sent": {"$each": [now], "$slice": -20}}}
        if self._codes.update_one({"_id": code_id}, change).matched_count:
            return
        try:
            self._codes.insert_one({"_id": code_id, **fields, "sent": [now]})
        except DuplicateKeyError:
            self._codes.update_one({"_id": code_id}, change)

    def try_code(self, user_id: str, kind: str, now: datetime) -> Document | None:
        """Count a try, and return the code's ``address`` and ``digest``; None if there is none to be tried."""
        query: dict[str, Any] = {
            "_id": f"{kind}|{user_id}", "tries": {"$lt": MAX_CODE_TRIES}, "expires_at": {"$gt": now},
        }  # fmt: skip
        return self._codes.find_one_and_update(query, {"$inc": {"tries": 1}}, return_document=ReturnDocument.AFTER)

    def use_code(self, user_id: str, kind: str, digest: str, now: datetime) -> bool:
        """Make a code useless once it was used. False if another request was quicker."""
        query = {"_id": f"{kind}|{user_id}", "digest": digest, "expires_at": {"$gt": now}}
        return self._codes.update_one(query, {"$set": {"expires_at": now}}).matched_count > 0
