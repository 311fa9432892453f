"""E-mail over SMTP, by TLS where the server offers it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from core.people.store import User
from core.plugin_system.hookspecs import DeliveryError, Message, Receipt
from plugins.notifications import wire
from plugins.notifications.store import ContactStore

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is given up. ``tls_at_once``: smtps, else STARTTLS is used if the server offers it."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    tls_at_once: bool

    @staticmethod
    def of(url: str) -> MailServer:
        """The server of ``smtp://user:password@host:port`` or ``smtps://...``."""
        parts = urlsplit(url)
        return MailServer(
            parts.hostname or "",
            parts.port or _PORTS[parts.scheme],
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
            parts.scheme == "smtps",
        )

    @property
    def sender(self) -> str:
        """The sender's address where none is set: the account's."""
        return self.user if self.user and "@" in self.user else f"pmp@{self.host}"


class Email:
    """The channel. An address is an e-mail address."""

    id = "email"
    display = "E-mail"

    def __init__(
        self,
        contacts: ContactStore,
        server: MailServer,
        *,
        sender: str | None = None,
        portal: str | None = None,
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._contacts = contacts
        self._server = server
        self._sender = sender or server.sender
        self._portal = portal
        self._tls = tls

    def reach(self, user: User) -> list[str]:
        """The person's confirmed address."""
        address = self._contacts.person(user.id).get("email")
        return [address] if address else []

    def send(self, message: Message, address: str) -> Receipt:
        """Hand the mail to the server."""
        mail = self._mail(message, address)
        try:
            self._hand_over(mail, address)
        except smtplib.SMTPRecipientsRefused as error:
            status = next(iter(error.recipients.values()), (450, b""))[0]
            raise DeliveryError(status < 500, f"the mail server refused the address with status {status}") from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPAuthenticationError) as error:
            # Our set-up is at fault, not the address: once it is put right, the mail goes out.
            raise DeliveryError(True, f"the mail server refused us with status {error.smtp_code}") from error
        except smtplib.SMTPResponseException as error:
            permanent = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
            raise DeliveryError(not permanent, f"the mail server answered with status {error.smtp_code}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(True, f"no mail server: {type(error).__name__}") from error
        return Receipt(mail["Message-ID"])

    def _mail(self, message: Message, address: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = address
        mail["Subject"] = message.title
        mail["Date"] = format_datetime(message.at)
        domain = parseaddr(self._sender)[1].rpartition("@")[2] or self._server.host
        # The same at every attempt: mail systems drop what has come before.
        mail["Message-ID"] = f"<{message.id}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        if message.priority == "high":
            mail["Importance"] = "high"
        # The link is left out: mail is read by others, and links may name records.
        lines = [message.text] + (["", self._portal] if self._portal and message.kind != "code" else [])
        mail.set_content("\n".join(lines) + "\n")
        return mail

    def _hand_over(self, mail: EmailMessage, address: str) -> None:
        server = self._server
        connection: smtplib.SMTP
        if server.tls_at_once:
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=wire.OPERATION_S, context=self._tls())
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=wire.OPERATION_S)
        handed_over = False
        try:
            with wire.time_limit(lambda: connection.sock, wire.WHOLE_S):
                self._greet(connection)
                connection.send_message(mail, from_addr=parseaddr(self._sender)[1], to_addrs=[address])
                handed_over = True
                connection.quit()
        except (OSError, smtplib.SMTPException):
            # A server that accepted the mail and says goodbye badly has the mail.
            if not handed_over:
                raise
        finally:
            connection.close()

    def _greet(self, connection: smtplib.SMTP) -> None:
        server = self._server
        connection.ehlo_or_helo_if_needed()
        secure = server.tls_at_once
        if not secure and connection.has_extn("starttls"):
            connection.starttls(context=self._tls())
            connection.ehlo()
            secure = True
        if server.user and server.password is not None:
            if not secure and server.host not in _LOOPBACK:
                raise smtplib.SMTPNotSupportedError("the server offers no TLS, and would see the password go by")
            connection.login(server.user, server.password)
