"""Storms: so many new alerts within a minute that people read them as one. Urgent ones are never part of one."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from core.database.connection import Document
from plugins.alerting.episodes import HIGH
from plugins.alerting.store import AlertStore

if TYPE_CHECKING:
    from core.platform import Platform

#: How long a storm lasts after the last alert that was raised in it.
WITHIN = timedelta(seconds=60)
#: For how long a process takes it that a storm lasts before it looks again.
_REFRESH_S = 1.0


class Storms:
    """Tells whether alerts that are about to be raised are part of a storm, and of which."""

    def __init__(self, platform: Platform, store: AlertStore) -> None:
        self._platform = platform
        self._store = store
        self._storm_id = ""
        self._known_until = 0.0

    def assign(self, drafts: list[Document]) -> list[Document]:
        """Give the drafts that are not urgent their storm, if there is one.

        Returns the stored alerts of the last minute that a storm which begins now takes in.
        """
        if time.monotonic() < self._known_until:
            _join(drafts, self._storm_id)
            return []
        least = self._platform.settings.alert_storm_size
        recent = self._store.raised_since(self._platform.clock() - WITHIN, least + 1)
        if len(recent) + len(drafts) <= least:
            return []
        known = next((row["storm_id"] for row in recent if row.get("storm_id") is not None), None)
        self._storm_id = known or f"st_{secrets.token_hex(8)}"
        self._known_until = time.monotonic() + _REFRESH_S
        _join(drafts, self._storm_id)
        if known is not None or not recent:
            return []
        return self._store.count_to_storm([row["_id"] for row in recent], self._storm_id)


def _join(drafts: list[Document], storm_id: str) -> None:
    for draft in drafts:
        if draft["priority"] != HIGH:
            draft["storm_id"] = storm_id
