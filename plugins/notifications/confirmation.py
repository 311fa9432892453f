"""Confirming an address: a code goes there, and comes back from the person."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from core.plugin_system.hookspecs import DeliveryError, Message, NotificationChannel
from core.problems import Invalid, TooMany, Unavailable
from plugins.notifications.store import ContactStore

if TYPE_CHECKING:
    from core.platform import Platform

CODE_DIGITS = 6
LIFE = timedelta(minutes=15)
CODES_PER_HOUR = 5
_HOUR = timedelta(hours=1)


class Confirmation:
    """Codes for one kind of address, ``email`` or ``phone``."""

    def __init__(self, platform: Platform, contacts: ContactStore, kind: str) -> None:
        self._platform = platform
        self._contacts = contacts
        self._kind = kind
        self._key = platform.settings.signing_key()

    def begin(self, user_id: str, address: str, channel: NotificationChannel) -> None:
        """Send a code to ``address``. Raises TooMany, Invalid for an address that is refused, Unavailable."""
        now = self._platform.clock()
        if self._contacts.codes_since(user_id, self._kind, now - _HOUR) >= CODES_PER_HOUR:
            raise TooMany("You have asked for many codes. Wait an hour and try again.", retry_after_s=3600)
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        self._contacts.keep_code(user_id, self._kind, address, self._digest(user_id, address, code), now, now + LIFE)
        message = Message(
            id=secrets.token_hex(16),
            kind="code",
            priority="medium",
            title="Confirm your address",
            text=f"Your code is {code}. It is valid for 15 minutes. If you did not ask for it, ignore this message.",
            link="/",
            at=now,
        )
        try:
            channel.send(message, address)
        except DeliveryError as error:
            if error.retry:
                raise Unavailable(f"The code could not be sent: {error.detail}. Try again later.") from error
            raise Invalid(f"The code could not be sent: {error.detail}.") from error

    def confirm(self, user_id: str, code: str) -> str:
        """Keep the address if ``code`` is right; returns it. Raises Invalid."""
        now = self._platform.clock()
        row = self._contacts.try_code(user_id, self._kind, now)
        if row is not None:
            digest = self._digest(user_id, row["address"], code)
            right = hmac.compare_digest(digest, row["digest"])
            if right and self._contacts.use_code(user_id, self._kind, digest, now):
                self._contacts.set_address(user_id, self._kind, row["address"])
                return str(row["address"])
        raise Invalid("The code is wrong or no longer valid.", errors=[{"loc": ["code"], "msg": "wrong"}])

    def _digest(self, user_id: str, address: str, code: str) -> str:
        text = "\0".join((self._kind, user_id, address, code))
        return hmac.new(self._key, b"contact:" + text.encode(), hashlib.sha256).hexdigest()
