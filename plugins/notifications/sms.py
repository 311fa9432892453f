"""Text messages: posted as signed JSON to a webhook, which hands them to an operator. See docs/channels.md."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
from collections.abc import Callable
from datetime import datetime

from core.people.store import User
from core.plugin_system.hookspecs import DeliveryError, Message, Receipt
from plugins.notifications import wire
from plugins.notifications.store import ContactStore

SIGNATURE_HEADER = "PMP-Signature"
_MAX_TEXT = 300


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The signature header: HMAC-SHA256 over the time, a full stop and the body."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class Sms:
    """The channel. An address is a telephone number in international form, +41791234567."""

    id = "sms"
    display = "Text message"

    def __init__(
        self,
        contacts: ContactStore,
        url: str,
        secret: str,
        clock: Callable[[], datetime],
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._contacts = contacts
        self._url = url
        self._secret = secret
        self._clock = clock
        self._tls = tls

    def reach(self, user: User) -> list[str]:
        """The person's confirmed number."""
        number = self._contacts.person(user.id).get("phone")
        return [number] if number else []

    def send(self, message: Message, address: str) -> Receipt:
        """Post to the webhook."""
        text = f"{message.title}\n{message.text}"[:_MAX_TEXT]
        body = json.dumps({"id": message.id, "to": address, "text": text, "priority": message.priority}).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.id,
            SIGNATURE_HEADER: signature(self._secret, int(self._clock().timestamp()), body),
        }
        # The administrator set this address; gateways often stand in the own network.
        answer = wire.post(self._url, body, headers, private_hosts=True, tls=self._tls)
        if answer.ok:
            return Receipt(_reference(answer.body))
        # Not there is a mistake in the set-up, not in the number.
        retry = answer.worth_a_retry or answer.status == 404 or answer.status < 400
        detail = f"the SMS webhook answered with status {answer.status}"
        raise DeliveryError(retry, detail, answer.retry_after_s(self._clock()))


def _reference(body: bytes) -> str | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    reference = found.get("id") if isinstance(found, dict) else None
    return str(reference)[:200] if isinstance(reference, str | int) else None
