"""Web push (RFC 8030): encrypted to the browser (RFC 8291), signed with the installation's key (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from core.people.store import User
from core.plugin_system.hookspecs import DeliveryError, Message, Receipt
from core.problems import ConfigurationError
from plugins.notifications import wire
from plugins.notifications.store import ContactStore

KEY_FILE = "vapid_key.pem"
_URGENCY = {"high": "high", "medium": "normal", "low": "low"}
_TTL_S = 24 * 3600
_TOKEN_LIFE = timedelta(hours=12)
_POINT_BYTES, _AUTH_BYTES = 65, 16
#: Push services take 4096 bytes at least, of which encryption needs about 100.
_MAX_PAYLOAD = 3_500


def unpadded(data: bytes) -> str:
    """Base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


class VapidKey:
    """The installation's key pair; made on first use and kept in the data folder with mode 0600."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / KEY_FILE
        self._key: ec.EllipticCurvePrivateKey | None = None

    @property
    def public(self) -> str:
        """The public key as browsers want it, ``applicationServerKey``."""
        numbers = self._private().public_key()
        point = numbers.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return unpadded(point)

    def authorization(self, endpoint: str, subject: str, now: datetime) -> str:
        """The Authorization header for a push to ``endpoint``; ``subject`` is whom its operator may turn to."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now + _TOKEN_LIFE).timestamp()),
            "sub": subject,
        }
        # Not strict about the subject: an installation without a public address has a name of its own network.
        return str(Vapid02(private_key=self._private(), conf={"no-strict": True}).sign(claims)["Authorization"])

    def _private(self) -> ec.EllipticCurvePrivateKey:
        if self._key is None:
            if not self._file.exists():
                self._make()
            if self._file.stat().st_mode & 0o077:
                raise ConfigurationError(f"{self._file} can be read by others: run chmod 600 {self._file}")
            key = serialization.load_pem_private_key(self._file.read_bytes(), password=None)
            if not isinstance(key, ec.EllipticCurvePrivateKey):
                raise ConfigurationError(f"{self._file} holds no key for web push")
            self._key = key
        return self._key

    def _make(self) -> None:
        """Write a new key, whole or not at all; of several processes at once the first one's stays."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        draft = self._file.with_name(f"{KEY_FILE}.{secrets.token_hex(6)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft, self._file)
        finally:
            draft.unlink()


def mistake_in(endpoint: str, p256dh: str, auth: str, private_hosts: bool) -> str | None:
    """What is wrong with a subscription that a browser gave; None if nothing is."""
    try:
        parts = urlsplit(endpoint)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "the endpoint is no URL"
    if not host or ":" in host or parts.username or parts.password or parts.fragment:
        return "the endpoint is no URL of a push service"
    if parts.scheme != "https" and not (private_hosts and parts.scheme == "http"):
        return "the endpoint is not https"
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh))
        if len(_decoded(p256dh)) != _POINT_BYTES or len(_decoded(auth)) != _AUTH_BYTES:
            return "the keys have a wrong length"
    except ValueError:
        return "the keys are not a browser's"
    return None


def encrypt(payload: bytes, p256dh: str, auth: str) -> bytes:
    """``payload`` so that only the browser that holds the keys can read it (aes128gcm)."""
    ours = ec.generate_private_key(ec.SECP256R1())
    encrypted: bytes = http_ece.encrypt(
        payload, salt=os.urandom(16), private_key=ours, dh=_decoded(p256dh), auth_secret=_decoded(auth),
        version="aes128gcm",
    )  # fmt: skip
    return encrypted


def payload_of(message: Message) -> bytes:
    """What the portal's service worker shows, as JSON; a long text is shortened to what push services take."""
    content = {
        "id": message.id, "kind": message.kind, "priority": message.priority, "title": message.title,
        "text": message.text, "link": message.link, "at": message.at.isoformat(),
    }  # fmt: skip
    payload = json.dumps(content, ensure_ascii=False).encode()
    if len(payload) > _MAX_PAYLOAD:
        payload = json.dumps(content | {"text": message.text[:300]}, ensure_ascii=False).encode()
    return payload


class WebPush:
    """The channel. An address is a subscription's id."""

    id = "web_push"
    display = "Browser"

    def __init__(
        self,
        contacts: ContactStore,
        key: VapidKey,
        clock: Callable[[], datetime],
        *,
        subject: str,
        private_hosts: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._contacts = contacts
        self._key = key
        self._clock = clock
        self._subject = subject
        self._private_hosts = private_hosts
        self._tls = tls

    def reach(self, user: User) -> list[str]:
        """The person's browsers."""
        return [row["_id"] for row in self._contacts.subscriptions_of(user.id)]

    def send(self, message: Message, address: str) -> Receipt:
        """Push. A subscription that its push service no longer knows is removed."""
        subscription = self._contacts.subscription(address)
        if subscription is None:
            raise DeliveryError(False, "the browser is not subscribed any more")
        endpoint = subscription["endpoint"]
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(_TTL_S),
            "Urgency": _URGENCY.get(message.priority, "normal"),
            # A message that is still on its way is replaced by its repetition.
            "Topic": message.id,
            "Authorization": self._key.authorization(endpoint, self._subject, self._clock()),
        }
        body = encrypt(payload_of(message), subscription["p256dh"], subscription["auth"])
        answer = wire.post(endpoint, body, headers, private_hosts=self._private_hosts, tls=self._tls)
        if answer.ok:
            return Receipt(answer.headers.get("location", "")[:500] or None)
        if answer.status in (404, 410):
            self._contacts.unsubscribe(address)
            raise DeliveryError(False, f"the browser is not subscribed any more (status {answer.status})")
        detail = f"the push service answered with status {answer.status}"
        raise DeliveryError(answer.worth_a_retry, detail, answer.retry_after_s(self._clock()))
