"""Which plugins an admin has switched off: kept in the database, followed by every process."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from core.database.connection import Database

COLLECTION = "plugin_states"


class PluginStates:
    """Reads and writes the switches."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._states = database.db[COLLECTION]
        self._clock = clock
        self._known: frozenset[str] = frozenset()
        self._fresh_until = 0.0

    def disabled(self) -> frozenset[str]:
        """The ids of the plugins that are switched off."""
        return frozenset(row["_id"] for row in self._states.find({"enabled": False}))

    def disabled_now(self) -> frozenset[str]:
        """As ``disabled``, from memory that is at most a second old: for every request."""
        if time.monotonic() >= self._fresh_until:
            self._known = self.disabled()
            self._fresh_until = time.monotonic() + 1.0
        return self._known

    def set_enabled(self, plugin_id: str, enabled: bool, by: str) -> None:
        """Switch a plugin on or off."""
        self._states.update_one(
            {"_id": plugin_id},
            {"$set": {"enabled": enabled, "by": by, "at": self._clock()}},
            upsert=True,
        )
        self._fresh_until = 0.0
