"""What each channel puts on the wire, and what it makes of the answer."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from py_vapid import Vapid02

from core.plugin_system.hookspecs import DeliveryError, Message
from core.problems import ConfigurationError
from core.settings import load_settings
from plugins.notifications import wire
from plugins.notifications.email import Email, MailServer
from plugins.notifications.sms import Sms
from plugins.notifications.store import ContactStore
from plugins.notifications.web_push import VapidKey, WebPush, mistake_in
from tests.plugins.notifications.conftest import (
    SMS_SECRET,
    START,
    Browser,
    MailReceiver,
    WebReceiver,
    World,
    authorization_parts,
)
from tests.support import free_port

MESSAGE = Message("ab" * 16, "alert", "high", "Alert: A. E.", "Sign in.", "/patients/p_1", START)


@pytest.fixture
def web() -> Iterator[WebReceiver]:
    receiver = WebReceiver()
    yield receiver
    receiver.close()


# -- web push ----------------------------------------------------------------------------------
def test_a_push_is_encrypted_to_the_browser_and_signed_by_the_installation(world: World) -> None:
    world.reachable(mail=False, phone=False)
    world.handle(world.request())
    (posted,) = world.receivers.push.posted
    (row,) = world.rows()
    assert b"Alert" not in posted.body
    assert world.browser.read(posted)["id"] == row["_id"] == posted.headers["topic"]
    assert posted.headers["content-encoding"] == "aes128gcm"
    assert (posted.headers["urgency"], posted.headers["ttl"]) == ("high", "86400")
    assert Vapid02.verify(posted.headers["authorization"])
    parts = authorization_parts(posted.headers["authorization"])
    assert parts["key"] == VapidKey(world.platform.settings.data_dir).public
    assert parts["claims"]["aud"] == world.receivers.push.url
    assert parts["claims"]["sub"] == "mailto:pmp@hospital.example"
    assert timedelta(0) < datetime.fromtimestamp(parts["claims"]["exp"], UTC) - START <= timedelta(hours=24)


def test_only_the_browser_can_read_a_push(world: World) -> None:
    world.reachable(mail=False, phone=False)
    world.handle(world.request())
    with pytest.raises(Exception, match=r"."):
        Browser("x").read(world.receivers.push.posted[0])


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_removed(world: World, status: int) -> None:
    bob = world.reachable(mail=False, phone=False)
    world.receivers.push.status = status
    world.handle(world.request(), world.request("r2"))
    assert world.contacts.subscriptions_of(bob.id) == []
    assert {row["state"] for row in world.rows()} <= {"failed", "cancelled"}
    assert "failed" in {row["state"] for row in world.rows()}
    assert world.events("condition_raised") == []


@pytest.mark.parametrize(
    ("status", "state"), [(429, "waiting"), (500, "waiting"), (403, "waiting"), (400, "failed"), (413, "failed"),
                          (302, "failed")],
)  # fmt: skip
def test_what_a_push_service_answers_decides(world: World, status: int, state: str) -> None:
    world.reachable(mail=False, phone=False)
    world.receivers.push.status = status
    world.handle(world.request())
    assert world.states() == {"web_push": state}
    # Nobody follows a redirect.
    assert len(world.receivers.push.posted) == 1


def test_a_long_text_is_shortened_to_what_push_services_take(world: World) -> None:
    world.platform.settings = world.platform.settings.model_copy(update={"notify_details": True})
    world.reachable(mail=False, phone=False)
    world.handle(world.request(text="ä€" * 1000))
    (posted,) = world.receivers.push.posted
    assert len(posted.body) <= 4096
    assert world.browser.read(posted)["text"].startswith("ä€")


def test_all_processes_share_one_key(tmp_path: Path) -> None:
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(VapidKey(tmp_path).public)) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8 and len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["vapid_key.pem"]


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    assert VapidKey(tmp_path).public
    (tmp_path / "vapid_key.pem").chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        _ = VapidKey(tmp_path).public


@pytest.mark.parametrize(
    "endpoint",
    ["http://push.example/1", "https://user:word@push.example/1", "https://", "https://[::1]/x", "ftp://push.example/"],
)
def test_endpoints_that_are_no_push_service(endpoint: str) -> None:
    keys = Browser("x").keys
    assert mistake_in(endpoint, keys["p256dh"], keys["auth"], False)
    assert mistake_in("https://push.example/1", keys["p256dh"], keys["auth"], False) is None


def test_keys_that_are_no_browsers() -> None:
    keys = Browser("x").keys
    for p256dh, auth in (("A" * 87, keys["auth"]), (keys["p256dh"], "A" * 23), ("*" * 30, keys["auth"])):
        assert mistake_in("https://push.example/1", p256dh, auth, False)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0", "::1", "fe80::1%eth0", "fc00::1",  # noqa: S104
     "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1", "100.64.0.1"],
)  # fmt: skip
def test_addresses_that_are_not_of_the_internet(address: str) -> None:
    assert not wire.is_outside(address)


def test_addresses_of_the_internet() -> None:
    assert all(wire.is_outside(address) for address in ("1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"))


def test_a_push_endpoint_cannot_lead_into_the_own_network(web: WebReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(web.url.rpartition(":")[2])
    for host in ("localhost", "127.0.0.1", "[::ffff:127.0.0.1]"):
        with pytest.raises(DeliveryError, match="not allowed") as caught:
            wire.post(f"https://{host}:{port}/", b"x", {}, private_hosts=False)
        assert not caught.value.retry
    # A name whose address changes between the check and the connection: there is no between.
    asked = []

    def resolve(*arguments: Any, **_options: Any) -> Any:
        asked.append(arguments)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(DeliveryError, match="not allowed"):
        wire.post(f"https://push.example:{port}/", b"x", {}, private_hosts=False)
    assert len(asked) == 1 and web.posted == []


def test_a_receiver_that_never_ends_its_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "WHOLE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(DeliveryError, match="no answer") as caught:
            wire.post(f"http://127.0.0.1:{port}/", b"x", {}, private_hosts=True)
    assert caught.value.retry


# -- text messages -----------------------------------------------------------------------------
def test_a_text_message_is_signed_json(world: World) -> None:
    world.reachable(push=False, mail=False)
    world.receivers.sms.answer = b'{"id": "op-1"}'
    world.handle(world.request())
    (posted,) = world.receivers.sms.posted
    (row,) = world.rows()
    assert posted.path == "/sms?account=7"
    assert json.loads(posted.body) == {
        "id": row["_id"],
        "to": "+41791234567",
        "text": "Alert, high priority: A. E.\nSign in to see what it is about.",
        "priority": "high",
    }
    assert posted.headers["idempotency-key"] == row["_id"]
    timestamp = int(START.timestamp())
    expected = hmac.new(SMS_SECRET.encode(), f"{timestamp}.".encode() + posted.body, hashlib.sha256).hexdigest()
    assert posted.headers["pmp-signature"] == f"t={timestamp},v1={expected}"
    assert row["receipt"] == "op-1"


@pytest.mark.parametrize(
    ("status", "state"), [(400, "failed"), (422, "failed"), (401, "waiting"), (404, "waiting"), (503, "waiting")]
)
def test_what_the_webhook_answers_decides(world: World, status: int, state: str) -> None:
    world.reachable(push=False, mail=False)
    world.receivers.sms.status = status
    world.handle(world.request())
    assert world.states() == {"sms": state}


@pytest.mark.parametrize("answer", [b"", b"queued", b"[1]", b'{"id": {"a": 1}}', b"\xff"])
def test_any_body_of_an_accepting_answer_will_do(world: World, answer: bytes) -> None:
    world.receivers.sms.answer = answer
    sms = Sms(world.contacts, world.receivers.sms.url, SMS_SECRET, lambda: START)
    assert sms.send(MESSAGE, "+41791234567").reference is None


# -- e-mail ------------------------------------------------------------------------------------
def test_a_mail_says_who_sends_it_and_that_no_person_wrote_it(world: World) -> None:
    world.reachable(push=False, phone=False)
    world.handle(world.request())
    (mail,) = world.receivers.mail.mails
    (row,) = world.rows()
    assert (mail["From"], mail["To"]) == ("pmp@hospital.example", "bob@example.org")
    assert mail["Message-ID"] == f"<{row['_id']}@hospital.example>" == row["receipt"]
    assert (mail["Auto-Submitted"], mail["Importance"]) == ("auto-generated", "high")


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 587, None, None, False)),
        ("smtps://a%40b.example:p%3Aw@mail.example", MailServer("mail.example", 465, "a@b.example", "p:w", True)),
        ("smtp://mail.example:25", MailServer("mail.example", 25, None, None, False)),
    ],
)
def test_mail_servers_as_they_are_set(url: str, server: MailServer) -> None:
    assert MailServer.of(url) == server
    assert "p:w" not in repr(server)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


class SecureMail:
    """An SMTP server that wants STARTTLS and a password before it takes a mail."""

    def __init__(self, certificate: Path) -> None:
        self.kept = MailReceiver()
        self.kept.down()
        self.passwords: list[tuple[bytes, bytes]] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.port = free_port()
        self._controller = Controller(
            self.kept, hostname="127.0.0.1", port=self.port, tls_context=context, require_starttls=True,
            auth_required=True, authenticator=self._check,
        )  # fmt: skip
        self._controller.start()

    def _check(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.passwords.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)

    def close(self) -> None:
        self._controller.stop()


@pytest.fixture
def secure_mail(certificate: Path) -> Iterator[SecureMail]:
    server = SecureMail(certificate)
    yield server
    server.close()


def trusting(certificate: Path) -> Any:
    return lambda: ssl.create_default_context(cafile=str(certificate))


def test_mail_goes_by_tls_where_the_server_offers_it(world: World, secure_mail: SecureMail, certificate: Path) -> None:
    server = MailServer.of(f"smtp://bot:right@localhost:{secure_mail.port}")
    Email(world.contacts, server, sender="pmp@h.example", tls=trusting(certificate)).send(MESSAGE, "bob@example.org")
    assert secure_mail.passwords == [(b"bot", b"right")]
    assert [mail["To"] for mail in secure_mail.kept.mails] == ["bob@example.org"]


def test_a_wrong_password_is_the_set_ups_fault_and_no_addresses(
    world: World, secure_mail: SecureMail, certificate: Path
) -> None:
    server = MailServer.of(f"smtp://bot:wrong@localhost:{secure_mail.port}")
    with pytest.raises(DeliveryError, match="status 535") as caught:
        Email(world.contacts, server, tls=trusting(certificate)).send(MESSAGE, "bob@example.org")
    assert caught.value.retry and "wrong" not in caught.value.detail


def test_a_server_with_a_certificate_that_nobody_vouches_for_gets_no_password(
    world: World, secure_mail: SecureMail
) -> None:
    server = MailServer.of(f"smtp://bot:right@localhost:{secure_mail.port}")
    with pytest.raises(DeliveryError, match="SSLCertVerificationError") as caught:
        Email(world.contacts, server).send(MESSAGE, "bob@example.org")
    assert caught.value.retry and secure_mail.passwords == []


def test_a_password_does_not_go_over_a_network_in_the_clear(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = world.receivers.mail
    monkeypatch.setattr("plugins.notifications.email._LOOPBACK", frozenset())
    server = MailServer.of(f"smtp://bot:right@127.0.0.1:{mail.port}")
    with pytest.raises(DeliveryError, match="SMTPNotSupportedError"):
        Email(world.contacts, server).send(MESSAGE, "bob@example.org")
    assert mail.mails == []


def test_a_push_goes_by_https_to_a_server_that_is_who_it_says(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = WebReceiver(certificate)
    try:
        # The only addresses at hand are this machine's.
        monkeypatch.setattr(wire, "is_outside", lambda _address: True)
        trusted = ssl.create_default_context(cafile=str(certificate))
        assert wire.post(receiver.url, b"x", {}, private_hosts=False, tls=trusted).ok
        with pytest.raises(DeliveryError, match="SSLCertVerificationError"):
            wire.post(receiver.url, b"x", {}, private_hosts=False)
    finally:
        receiver.close()
    assert [posted.body for posted in receiver.posted] == [b"x"]


# -- set-up ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("setting", "value"),
    [("smtp_url", "mail.example"), ("smtp_url", "smtp://"), ("sms_webhook_url", "ftp://x"), ("smtp_from", "nobody"),
     ("smtp_url", "smtp://h:99999")],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused_by_name_and_not_repeated(setting: str, value: str) -> None:
    given: dict[str, Any] = {setting: value, "sms_webhook_secret": "0123456789abcdef"}
    with pytest.raises(ConfigurationError, match=f"PMP_{setting.upper()}"):
        load_settings(environ={}, **given)


@pytest.mark.parametrize("secret", [None, "short"])
def test_a_webhook_needs_a_secret(secret: str | None) -> None:
    with pytest.raises(ConfigurationError, match="PMP_SMS_WEBHOOK_SECRET"):
        load_settings(environ={}, sms_webhook_url="https://sms.example", sms_webhook_secret=secret)


def test_without_settings_there_is_web_push_alone(database: Any, tmp_path: Path) -> None:
    push = WebPush(ContactStore(database), VapidKey(tmp_path), lambda: START, subject="https://pmp.example")
    with pytest.raises(DeliveryError) as caught:
        push.send(MESSAGE, "nobody")
    assert not caught.value.retry
