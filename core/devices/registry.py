"""The device registry: keys, assignments and states, held in memory and followed through the feed.

The hot path reads memory only. A write in this process is seen at once; another process's write is
seen when the feed brings it. While the feed is down, every look-up asks the database.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel, UpdateOne

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from core.devices.model import Device, device_of
from core.events.feed import Change
from core.problems import Conflict, NotFound

COLLECTION = "devices"
#: When a device was last heard: apart from the registry, so that talking does not look like a change.
ACTIVITY = "device_activity"
KEY_PREFIX = "pmp_dev_"


def hash_key(key: str) -> str:
    """What is stored of a device key: it has 256 random bits, so a plain SHA-256 is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


class DeviceRegistry:
    """All devices by id and by key."""

    def __init__(self, database: Database, clock: Callable[[], datetime], feed_is_healthy: Callable[[], bool]) -> None:
        self._devices = database.db[COLLECTION]
        self._activity = database.db[ACTIVITY]
        self._clock = clock
        self._feed_is_healthy = feed_is_healthy
        self._lock = threading.Lock()
        self._by_id: dict[str, Device] = {}
        self._by_key_hash: dict[str, str] = {}
        self._seen: dict[str, tuple[datetime, int | None]] = {}
        self.reload()

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """Keys are unique; found by who holds or held them."""
        return [
            CollectionIndexes(
                COLLECTION,
                [
                    IndexModel([("key_hash", ASCENDING)], name="by_key", unique=True),
                    IndexModel([("assignments.patient_id", ASCENDING)], name="by_holder"),
                ],
            )
        ]

    # -- memory --------------------------------------------------------------------------------
    def reload(self) -> None:
        """Read all devices anew."""
        devices = [device_of(document) for document in self._devices.find({})]
        with self._lock:
            self._by_id = {device.id: device for device in devices}
            self._by_key_hash = {device.key_hash: device.id for device in devices}

    def on_change(self, change: Change) -> None:
        """Follow another process's writes."""
        if change.collection != COLLECTION:
            return
        # The document of an update is "as of now"; reading again keeps late news from undoing newer.
        document = self._devices.find_one({"_id": change.key})
        if document is not None:
            self._remember(device_of(document))

    def _remember(self, device: Device) -> Device:
        with self._lock:
            before = self._by_id.get(device.id)
            if before is not None and before.key_hash != device.key_hash:
                self._by_key_hash.pop(before.key_hash, None)
            self._by_id[device.id] = device
            self._by_key_hash[device.key_hash] = device.id
        return device

    # -- look-ups ------------------------------------------------------------------------------
    def by_key(self, key: str) -> Device | None:
        """The device that holds ``key``; None if no device does (or does any more)."""
        key_hash = hash_key(key)
        device_id = self._by_key_hash.get(key_hash)
        if device_id is not None and self._feed_is_healthy():
            return self._by_id.get(device_id)
        document = self._devices.find_one({"key_hash": key_hash})
        return self._remember(device_of(document)) if document else None

    def get(self, device_id: str) -> Device | None:
        """A device by id."""
        device = self._by_id.get(device_id)
        if device is None or not self._feed_is_healthy():
            document = self._devices.find_one({"_id": device_id})
            if document is None:
                return None
            device = self._remember(device_of(document))
        return device

    def all(self) -> list[Device]:
        """Every device, oldest first."""
        with self._lock:
            devices = list(self._by_id.values())
        return sorted(devices, key=lambda device: (device.created_at, device.id))

    def of_patient(self, patient_id: str) -> list[Device]:
        """The devices that the patient holds now."""
        return [device for device in self.all() if device.patient_id == patient_id]

    def held_now(self, patient_ids: Iterable[str]) -> dict[str, list[Device]]:
        """The devices that patients hold, with their activity, from the database: right in any process."""
        wanted = set(patient_ids)
        rows = self._devices.find({"assignments.patient_id": {"$in": sorted(wanted)}})
        devices = [device for device in map(device_of, rows) if device.patient_id in wanted]
        ids = [device.id for device in devices]
        activity = {row["_id"]: row for row in self._activity.find({"_id": {"$in": ids}})} if ids else {}
        found: dict[str, list[Device]] = {}
        for device in devices:
            found.setdefault(str(device.patient_id), []).append(self._merge(device, activity.get(device.id)))
        return found

    def with_activity(self, device: Device) -> Device:
        """The device with when it was last heard and its battery."""
        return self._merge(device, self._activity.find_one({"_id": device.id}))

    def all_with_activity(self) -> list[Device]:
        """Every device, with when it was last heard."""
        activity = {row["_id"]: row for row in self._activity.find({})}
        return [self._merge(device, activity.get(device.id)) for device in self.all()]

    def _merge(self, device: Device, row: Document | None) -> Device:
        stored = row or {}
        at, battery = self._seen.get(device.id, (stored.get("last_seen_at"), None))
        if battery is None:
            battery = stored.get("battery_percent")
        return replace(device, last_seen_at=at, battery_percent=battery)

    # -- changes -------------------------------------------------------------------------------
    def add(self, *, driver: str, kind: str, name: str, patient_id: str | None) -> tuple[Device, str]:
        """Register a device. Returns it and its key, which is never shown again."""
        now = self._clock()
        key = KEY_PREFIX + secrets.token_urlsafe(32)
        assignments: list[Document] = []
        if patient_id is not None:
            assignments.append({"patient_id": patient_id, "start": now, "end": None})
        document: Document = {
            "_id": f"d_{secrets.token_hex(8)}",
            "name": name,
            "driver": driver,
            "kind": kind,
            "enabled": True,
            "key_hash": hash_key(key),
            "created_at": now,
            "assignments": assignments,
        }
        self._devices.insert_one(document)
        return self._remember(device_of(document)), key

    def rotate_key(self, device_id: str) -> tuple[Device, str]:
        """Give the device a new key; the old one is dead when this returns."""
        key = KEY_PREFIX + secrets.token_urlsafe(32)
        return self._update(device_id, {"key_hash": hash_key(key)}), key

    def change(self, device_id: str, changes: dict[str, Any]) -> Device:
        """Set name or enabled."""
        return self._update(device_id, changes)

    def assign(self, device_id: str, patient_id: str | None) -> Device:
        """Hand the device to a patient (None: to nobody), from now on."""
        for _attempt in range(5):
            document = self._devices.find_one({"_id": device_id})
            if document is None:
                raise NotFound("There is no such device.")
            assignments = list(document["assignments"])
            holder = assignments[-1] if assignments and assignments[-1]["end"] is None else None
            if (holder["patient_id"] if holder else None) == patient_id:
                return self._remember(device_of(document))
            now = self._clock()
            if holder is not None:
                assignments[-1] = {**holder, "end": now}
            if patient_id is not None:
                assignments.append({"patient_id": patient_id, "start": now, "end": None})
            result = self._devices.update_one(
                {"_id": device_id, "assignments": document["assignments"]},
                {"$set": {"assignments": assignments}},
            )
            if result.modified_count:
                return self._update(device_id, {})
        raise Conflict("The device is being reassigned by someone else; try again.")

    def _update(self, device_id: str, changes: dict[str, Any]) -> Device:
        if changes:
            self._devices.update_one({"_id": device_id}, {"$set": changes})
        document = self._devices.find_one({"_id": device_id})
        if document is None:
            raise NotFound("There is no such device.")
        return self._remember(device_of(document))

    # -- last seen -----------------------------------------------------------------------------
    def note_seen(self, device_id: str, at: datetime, battery_percent: int | None) -> None:
        """Remember that the device spoke; ``flush_seen`` writes it."""
        known = self._seen.get(device_id)
        if battery_percent is None and known is not None:
            battery_percent = known[1]
        self._seen[device_id] = (at, battery_percent)

    def flush_seen(self) -> None:
        """Write what was heard since the last time."""
        seen, self._seen = self._seen, {}
        updates = []
        for device_id, (at, battery) in seen.items():
            fields: Document = {"last_seen_at": at}
            if battery is not None:
                fields["battery_percent"] = battery
            updates.append(UpdateOne({"_id": device_id}, {"$set": fields}, upsert=True))
        if updates:
            self._activity.bulk_write(updates, ordered=False)
