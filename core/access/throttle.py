"""Throttling of sign-in: guessing is slowed, and nobody else's guessing locks a person out.

Failures count by client address, and by (name, address); a browser from which the person signed in
before carries a signed mark and has a count of its own. There is no count by name alone: an attacker
could fill it for the victim. An attempt counts from its start and is given back unless it fails, so
that many at once are no way around the limit.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from core.database.connection import Database
from core.problems import TooMany

COLLECTION = "sign_in_attempts"
WINDOW = timedelta(minutes=5)
PER_NAME_AND_ADDRESS = 8
PER_ADDRESS = 40
PER_KNOWN_BROWSER = 10
#: The part of an IPv6 address that one client has to itself (RFC 6177).
_IPV6_CLIENT_BITS = 64


class Attempt:
    """An attempt under way."""

    def __init__(self) -> None:
        self.has_failed = False

    def failed(self) -> None:
        """It was a wrong guess: it stays counted."""
        self.has_failed = True


class Throttle:
    """Counts failed sign-ins in windows of five minutes, for all web processes together."""

    def __init__(self, database: Database, clock: Callable[[], datetime], key: bytes) -> None:
        self._attempts = database.db[COLLECTION]
        self._clock = clock
        self._key = key

    @contextlib.contextmanager
    def attempt(self, username: str, address: str, browser: str | None) -> Iterator[Attempt]:
        """Guard one attempt to sign in. Raises TooMany if this client must wait.

        What raises inside without ``failed()`` (the database is away, too many at once) is not held against anybody.
        """
        client = _client_of(address)
        by_address = None if browser is not None else self._name("address", client)
        if by_address is not None and self._count(by_address) >= PER_ADDRESS:
            raise self._too_many()
        if browser is not None:
            own, limit = self._name("browser", browser), PER_KNOWN_BROWSER
        else:
            own, limit = self._name("name", username.lower(), client), PER_NAME_AND_ADDRESS
        if self._count(own) >= limit:
            raise self._too_many()
        if self._add(own, 1) > limit:
            self._add(own, -1)
            raise self._too_many()
        attempt = Attempt()
        try:
            yield attempt
        finally:
            if not attempt.has_failed:
                self._add(own, -1)
            elif by_address is not None:
                self._add(by_address, 1)

    def _count(self, name: str) -> int:
        row = self._attempts.find_one({"_id": name})
        return int(row["count"]) if row is not None else 0

    def _add(self, name: str, amount: int) -> int:
        change = {"$inc": {"count": amount}, "$set": {"at": self._clock()}}
        while True:
            row = self._attempts.find_one_and_update({"_id": name}, change, return_document=ReturnDocument.AFTER)
            if row is not None:
                return int(row["count"])
            # Not an upsert: of several at once the embedded database applies all, and answers some with nothing.
            with contextlib.suppress(DuplicateKeyError):
                self._attempts.insert_one({"_id": name, "count": 0, "at": self._clock()})

    def _too_many(self) -> TooMany:
        return TooMany("Too many attempts. Wait a few minutes and try again.", retry_after_s=self._left())

    def clear(self, batch: int = 2_000) -> int:
        """Forget counts whose window is over."""
        ids = [row["_id"] for row in self._attempts.find({}, {"at": 1}) if row["at"] < self._clock() - WINDOW]
        for name in ids[:batch]:
            self._attempts.delete_one({"_id": name})
        return len(ids[:batch])

    def browser_mark(self, user_id: str) -> str:
        """What a browser keeps to be known as the person's; each browser its own, so each has its own count."""
        content = f"{user_id}.{secrets.token_hex(8)}"
        return f"{content}.{self._signature(content)}"

    def known_browser(self, mark: str | None, user_id: str | None) -> str | None:
        """The mark, if it is genuine and the person's."""
        if mark is None or user_id is None:
            return None
        content, _, signature = mark.rpartition(".")
        if content.rpartition(".")[0] != user_id:
            return None
        return mark if hmac.compare_digest(signature.encode(), self._signature(content).encode()) else None

    def _signature(self, content: str) -> str:
        return hmac.new(self._key, b"browser:" + content.encode(), hashlib.sha256).hexdigest()

    def _window(self) -> int:
        return int(self._clock().timestamp() // WINDOW.total_seconds())

    def _left(self) -> int:
        length = int(WINDOW.total_seconds())
        return length - int(self._clock().timestamp()) % length

    def _name(self, *parts: str) -> str:
        text = "\0".join((*parts, str(self._window())))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def _client_of(address: str) -> str:
    """The address, or the network of an IPv6 address: within it a client changes addresses as it likes."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _IPV6_CLIENT_BITS), strict=False))
