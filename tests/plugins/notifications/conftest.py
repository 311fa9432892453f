"""Real receivers on loopback, a clock that the test moves, and everything between event and receiver."""

from __future__ import annotations

import base64
import email
import email.message
import email.policy
import json
import os
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.database.connection import Document
from core.events.log import Event
from core.people.store import User
from core.platform import Platform
from core.plugin_system.hookspecs import NotificationChannel
from core.settings import Settings, load_settings
from plugins.notifications.channels import all_channels
from plugins.notifications.dispatcher import Dispatcher
from plugins.notifications.handlers import Planner, delivery_handler
from plugins.notifications.store import ContactStore, DeliveryStore
from plugins.notifications.web_push import unpadded
from tests.support import Cast, free_port

START = datetime.fromisoformat("2026-01-31T12:00:00+00:00")
SMS_SECRET = "the operator's shared secret"
#: What no payload may hold.
NAME, HEADLINE = "Alice Example", "Body temperature above range"


@dataclass
class Posted:
    """One request that a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes


class WebReceiver:
    """An HTTP server that keeps what is posted and answers ``status``; ``gate`` holds answers back."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.posted: list[Posted] = []
        self.status = 201
        self.answer = b""
        self.retry_after: str | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.arrived = threading.Semaphore(0)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.posted.append(Posted(self.path, headers, body))
                receiver.arrived.release()
                receiver.gate.wait(20)
                self.send_response(receiver.status)
                self.send_header("Content-Length", str(len(receiver.answer)))
                self.send_header("Location", "http://127.0.0.1/elsewhere")
                if receiver.retry_after is not None:
                    self.send_header("Retry-After", receiver.retry_after)
                self.end_headers()
                self.wfile.write(receiver.answer)

            def log_message(self, *_arguments: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self._server.server_port}"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class MailReceiver:
    """An SMTP server on a port of its own, that can be down. ``refusal``: what it says to a recipient."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[email.message.EmailMessage] = []
        self.refusal: str | None = None
        self._controller: Controller | None = None
        self.up()

    def up(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def down(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, email.message.EmailMessage)
        self.mails.append(mail)
        return "250 OK"


class Browser:
    """A browser's end of web push: its keys, and what it can read."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    @property
    def keys(self) -> dict[str, str]:
        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return {"p256dh": unpadded(point), "auth": unpadded(self._auth)}

    def read(self, posted: Posted) -> dict[str, Any]:
        text = http_ece.decrypt(posted.body, private_key=self._key, auth_secret=self._auth, version="aes128gcm")
        found: dict[str, Any] = json.loads(text)
        return found


@dataclass
class Receivers:
    """Everything outside."""

    push: WebReceiver = field(default_factory=WebReceiver)
    sms: WebReceiver = field(default_factory=WebReceiver)
    mail: MailReceiver = field(default_factory=MailReceiver)

    def close(self) -> None:
        self.push.close()
        self.sms.close()
        self.mail.down()


class World:
    """From a request to its receivers. ``again()`` makes new plugin objects, as another or a new process has."""

    def __init__(self, platform: Platform, cast: Cast, receivers: Receivers) -> None:
        self.platform = platform
        self.cast = cast
        self.receivers = receivers
        self.now = START
        platform.clock = lambda: self.now
        platform.events._clock = lambda: self.now
        self.contacts = ContactStore(platform.database)
        self.store = DeliveryStore(platform.database)
        self.deliveries = platform.database.db["notifications_deliveries"]
        self.browser = Browser(f"{receivers.push.url}/push/1")
        self.again()

    def again(self, channels: list[NotificationChannel] | None = None) -> None:
        self.channels = all_channels(self.platform) if channels is None else channels
        self.planner = Planner(self.platform, self.store, self.contacts, self.channels)
        self.dispatcher = Dispatcher(self.platform, self.store, self.channels)

    def reachable(self, username: str = "bob", push: bool = True, mail: bool = True, phone: bool = True) -> User:
        """Give a person confirmed addresses."""
        user = self.cast.users[username]
        if push:
            self.contacts.subscribe(user.id, self.browser.endpoint, **self.browser.keys, now=self.now)
        if mail:
            self.contacts.set_address(user.id, "email", f"{username}@example.org")
        if phone:
            self.contacts.set_address(user.id, "phone", "+41791234567")
        return user

    def request(self, key: str = "r1", *, to: list[str] | None = None, **changes: Any) -> Event:
        """The event that somebody is to be reached."""
        data = {
            "key": key,
            "user_ids": [self.cast.users[name].id for name in to or ["bob"]],
            "kind": "alert",
            "priority": "high",
            "title": HEADLINE,
            "text": f"{NAME} has 41.0 degrees.",
            "link": f"/patients/{self.cast.alice.id}",
            "patient_id": self.cast.alice.id,
            "about": "al_1",
        } | changes
        return Event(f"e|{key}", (), "notification_requested", data, self.now)

    def dealt_with(self, type: str = "alert_acknowledged", alert_id: str = "al_1") -> Event:
        """The event that somebody has taken on an alert, or it is over."""
        return Event(f"e|{type}|{alert_id}", (), type, {"alert": {"id": alert_id}}, self.now)

    def handle(self, *events: Event) -> None:
        """Hand events to the consumer, which wakes the sending."""
        delivery_handler(self.planner, self.dispatcher.wake).handle(events)
        assert self.dispatcher.wait_idle()

    def store_only(self, *events: Event) -> None:
        """As ``handle``, killed before anything is sent."""
        for event in events:
            self.planner.take(event)

    def run(self, **later: float) -> None:
        """Move the clock, and do a round of due work to its end."""
        self.now += timedelta(**later)
        self.dispatcher.run()
        assert self.dispatcher.wait_idle()

    def rows(self, **query: Any) -> list[Document]:
        return sorted(self.deliveries.find(query), key=lambda row: (row["channel"], row["_id"]))

    def states(self) -> dict[str, str]:
        """The state of the only delivery of each channel."""
        return {row["channel"]: row["state"] for row in self.rows()}

    def events(self, type: str) -> list[Document]:
        return list(self.platform.database.db.events.find({"type": type}))


def authorization_parts(header: str) -> dict[str, Any]:
    """The claims of a VAPID header, and its key."""
    fields = dict(part.split("=", 1) for part in header.removeprefix("vapid ").split(","))
    claims = fields["t"].split(".")[1]
    return {"key": fields["k"], "claims": json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))}


@pytest.fixture
def receivers() -> Iterator[Receivers]:
    found = Receivers()
    yield found
    found.close()


@pytest.fixture
def settings(settings: Settings, receivers: Receivers) -> Settings:
    """The test's settings, with all channels set up."""
    given = settings.model_dump()
    assert settings.mongodb_uri is not None
    return load_settings(
        environ={},
        **given
        | {
            "smtp_url": f"smtp://127.0.0.1:{receivers.mail.port}",
            "smtp_from": "pmp@hospital.example",
            "sms_webhook_url": f"{receivers.sms.url}/sms?account=7",
            "sms_webhook_secret": SMS_SECRET,
            "push_private_hosts": True,
        },
    )


@pytest.fixture
def world(platform: Platform, cast: Cast, receivers: Receivers) -> Iterator[World]:
    platform.database.db.patients.update_one({"_id": cast.alice.id}, {"$set": {"name": NAME}})
    found = World(platform, cast, receivers)
    yield found
    receivers.push.gate.set()
    receivers.sms.gate.set()
    assert found.dispatcher.wait_idle()
