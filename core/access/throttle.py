"""Throttling of sign-in: guessing is slowed, and nobody else's guessing locks a person out.

Failures count by client address, and by (name, address); a browser from which the person signed in
before carries a signed mark and has a count of its own. There is no count by name alone: an attacker
could fill it for the victim.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from core.database.connection import Database
from core.problems import TooMany

COLLECTION = "sign_in_attempts"
WINDOW = timedelta(minutes=5)
PER_NAME_AND_ADDRESS = 8
PER_ADDRESS = 40
PER_KNOWN_BROWSER = 10


class Throttle:
    """Counts failed sign-ins in windows of five minutes, for all web processes together."""

    def __init__(self, database: Database, clock: Callable[[], datetime], key: bytes) -> None:
        self._attempts = database.db[COLLECTION]
        self._clock = clock
        self._key = key

    def check(self, username: str, address: str, browser: str | None) -> None:
        """Raise TooMany if this client must wait."""
        for name, limit in self._counts(username, address, browser):
            row = self._attempts.find_one({"_id": name})
            if row is not None and row["count"] >= limit:
                raise TooMany("Too many attempts. Wait a few minutes and try again.", retry_after_s=self._left())

    def failed(self, username: str, address: str, browser: str | None) -> None:
        """Count a failure."""
        for name, _limit in self._counts(username, address, browser):
            self._attempts.update_one({"_id": name}, {"$inc": {"count": 1}, "$set": {"at": self._clock()}}, upsert=True)

    def clear(self, batch: int = 200) -> int:
        """Forget counts whose window is over."""
        ids = [row["_id"] for row in self._attempts.find({}, {"at": 1}) if row["at"] < self._clock() - WINDOW]
        for name in ids[:batch]:
            self._attempts.delete_one({"_id": name})
        return len(ids[:batch])

    def browser_mark(self, user_id: str) -> str:
        """What a browser keeps to be known as the person's."""
        return f"{user_id}.{hmac.new(self._key, b'browser:' + user_id.encode(), hashlib.sha256).hexdigest()}"

    def known_browser(self, mark: str | None, user_id: str | None) -> str | None:
        """The mark, if it is genuine and the person's."""
        if mark is None or user_id is None:
            return None
        return mark if hmac.compare_digest(mark.encode(), self.browser_mark(user_id).encode()) else None

    def _window(self) -> int:
        return int(self._clock().timestamp() // WINDOW.total_seconds())

    def _left(self) -> int:
        length = int(WINDOW.total_seconds())
        return length - int(self._clock().timestamp()) % length

    def _counts(self, username: str, address: str, browser: str | None) -> list[tuple[str, int]]:
        def name(*parts: str) -> str:
            text = "\0".join((*parts, str(self._window())))
            return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

        if browser is not None:
            return [(name("browser", browser), PER_KNOWN_BROWSER)]
        return [
            (name("name", username.lower(), address), PER_NAME_AND_ADDRESS),
            (name("address", address), PER_ADDRESS),
        ]
