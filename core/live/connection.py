"""One open page's socket: ready-made frames go out without waiting for a slow reader.

The same event goes to many pages; its WebSocket frame is built once and written to each socket
without blocking. What a slow reader does not take at once waits in its backlog, up to a limit.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections import deque
from typing import Any

MAX_BACKLOG_BYTES = 1_000_000
PING_FRAME = b"\x89\x00"


def text_frame(text: str) -> bytes:
    """A server's unmasked WebSocket text frame (RFC 6455, 5.2)."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", 0x81, size) + payload
    if size < 65_536:
        return struct.pack("!BBH", 0x81, 126, size) + payload
    return struct.pack("!BBQ", 0x81, 127, size) + payload


class Connection:
    """Writes frames to one socket. Thread-safe; ``broken`` once the peer is gone or too slow."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._lock = threading.Lock()
        self._backlog: deque[bytes] = deque()
        self._backlog_bytes = 0
        self.broken = False

    def send(self, frame: bytes) -> None:
        """Write ``frame`` now, or as much as the peer takes; the rest waits for ``flush``."""
        with self._lock:
            if self.broken:
                return
            if self._backlog:
                self._keep(frame)
                return
            sent = self._write(frame)
            if sent < len(frame):
                self._keep(frame[sent:])

    def flush(self) -> None:
        """Write what waits, as far as the peer takes it now."""
        with self._lock:
            while self._backlog and not self.broken:
                frame = self._backlog[0]
                sent = self._write(frame)
                self._backlog_bytes -= sent
                if sent < len(frame):
                    self._backlog[0] = frame[sent:]
                    return
                self._backlog.popleft()

    @property
    def waiting(self) -> bool:
        """Whether frames wait for the peer."""
        return bool(self._backlog)

    def _keep(self, frame: bytes) -> None:
        self._backlog.append(frame)
        self._backlog_bytes += len(frame)
        if self._backlog_bytes > MAX_BACKLOG_BYTES:
            self._break()

    def _write(self, frame: bytes) -> int:
        try:
            return self._sock.send(frame, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:
            self._break()
            return len(frame)

    def _break(self) -> None:
        self.broken = True
        self._backlog.clear()
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)


def raw_socket(ws: Any) -> socket.socket:
    """The TCP socket under a simple-websocket server connection."""
    return ws.sock  # type: ignore[no-any-return]
