"""Posting over HTTP: no redirects, a time limit for the whole exchange, and no way into the own network by default."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from core.plugin_system.hookspecs import DeliveryError
from plugins.notifications.rules import asked_delay_s

#: For one operation of a socket, and for all of an attempt.
OPERATION_S = 10.0
WHOLE_S = 20.0
_MAX_ANSWER = 64 * 1024
#: Statuses of 4xx that say: not now, or the set-up is wrong. Neither is the address's fault.
_NOT_THE_ADDRESS = frozenset({401, 402, 403, 405, 407, 408, 421, 425, 429})


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether it was accepted."""
        return 200 <= self.status < 300

    @property
    def worth_a_retry(self) -> bool:
        """Whether the same may be accepted later."""
        return self.status >= 500 or self.status in _NOT_THE_ADDRESS

    def retry_after_s(self, now: datetime) -> float | None:
        """For how many seconds the peer asks to be left alone, if it does."""
        return asked_delay_s(self.headers.get("retry-after"), now)


@contextlib.contextmanager
def time_limit(connection_of: Callable[[], socket.socket | None], seconds: float) -> Iterator[None]:
    """Cut the connection of the moment off after ``seconds``: a peer may send a byte now and then for ever."""

    def cut() -> None:
        with contextlib.suppress(OSError):
            if (connection := connection_of()) is not None:
                connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def post(
    url: str,
    body: bytes,
    headers: dict[str, str],
    *,
    private_hosts: bool,
    tls: ssl.SSLContext | None = None,
) -> Answer:
    """POST. Without ``private_hosts`` only over https, and only to addresses of the internet.

    Raises DeliveryError if there is no answer, or the address is not allowed.
    """
    parts = urlsplit(url)
    if parts.hostname is None or not (parts.scheme == "https" or (private_hosts and parts.scheme == "http")):
        raise DeliveryError(False, "the address is not allowed")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = tls or ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=OPERATION_S, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=OPERATION_S)
    if not private_hosts:
        # Where the connection is made is where it is checked: a name may mean another address a moment later.
        connection._create_connection = _connect_outside  # type: ignore[attr-defined]
    try:
        connection.connect()
        with time_limit(lambda: connection.sock, WHOLE_S):
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            content = response.read(_MAX_ANSWER)
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)
    except (OSError, http.client.HTTPException) as error:
        raise DeliveryError(True, f"no answer: {type(error).__name__}") from error
    finally:
        connection.close()


def _connect_outside(address: tuple[str, int], timeout: float, source_address: None = None) -> socket.socket:
    """As socket.create_connection, to addresses of the internet only."""
    host, port = address
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    outside = [item[4] for item in found if is_outside(str(item[4][0]))]
    if not outside:
        raise DeliveryError(False, "the address is not allowed")
    last: OSError | None = None
    for target in outside[:3]:
        try:
            return socket.create_connection((str(target[0]), port), timeout, source_address)
        except OSError as error:
            last = error
    assert last is not None
    raise last


def is_outside(address: str) -> bool:
    """Whether an IP address is one of the internet: not this machine's, not of a private network."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if inner is not None:
            parsed = inner
        elif parsed in _NAT64:
            parsed = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
    return parsed.is_global and not parsed.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
