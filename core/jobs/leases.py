"""Leases: one process at a time does a piece of repeated work."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from core.database.connection import Database

COLLECTION = "leases"


class Leases:
    """Takes leases for this process."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._leases = database.db[COLLECTION]
        self._clock = clock
        self._owner = secrets.token_hex(8)

    def take(self, name: str, duration: timedelta) -> bool:
        """Whether this process holds ``name`` for ``duration`` from now."""
        now = self._clock()
        changes = {"$set": {"owner": self._owner, "until": now + duration}}
        if self._leases.update_one({"_id": name, "owner": self._owner}, changes).matched_count:
            return True
        if self._leases.update_one({"_id": name, "until": {"$lt": now}}, changes).matched_count:
            return True
        try:
            self._leases.insert_one({"_id": name, "owner": self._owner, "until": now + duration})
        except DuplicateKeyError:
            return False
        return True
