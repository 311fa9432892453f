"""Open pages: a process that holds N live sockets and notes when each reading arrives at each of them.

``python -m bench.watchers`` reads a plan as JSON on stdin, says "ready" on stdout once all sockets are
subscribed, and after ``seconds`` (or a line on stdin) prints the delays as JSON.
"""

from __future__ import annotations

import base64
import json
import os
import re
import resource
import select
import socket
import sys
import time
from typing import Any

#: The moment of sending, in a frame's id.
_SENT = re.compile(rb'\.i\d{4}(\d{20})\.0"')


class Watcher:
    """One page's socket."""

    def __init__(self, port: int, token: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = self.socket.recv(4096)
            if not part:
                raise ConnectionError("the live socket was refused")
            answer += part
        head, _, self.buffer = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(head[:200].decode(errors="replace"))

    def say(self, message: Any) -> None:
        """Send a text frame, masked as clients must (RFC 6455, 5.3)."""
        payload = json.dumps(message).encode()
        mask = b"\0\0\0\0"
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
        self.socket.sendall(b"\x81" + size + mask + payload)

    def frames(self) -> list[bytes]:
        """The payloads of the text frames that have come; answers pings."""
        data = self.socket.recv(1 << 20)
        if not data:
            raise ConnectionError("the live socket was closed")
        self.buffer += data
        found: list[bytes] = []
        while len(self.buffer) >= 2:
            kind, size, start = self.buffer[0], self.buffer[1] & 0x7F, 2
            if size == 126:
                size, start = int.from_bytes(self.buffer[2:4], "big"), 4
            elif size == 127:
                size, start = int.from_bytes(self.buffer[2:10], "big"), 10
            if len(self.buffer) < start + size:
                break
            payload, self.buffer = self.buffer[start : start + size], self.buffer[start + size :]
            if kind == 0x89:
                self.socket.sendall(b"\x8a\x80\0\0\0\0")
            elif kind == 0x81:
                found.append(payload)
        return found


def watch(plan: dict[str, Any]) -> dict[str, Any]:
    """Hold the sockets and note delays in milliseconds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, plan["sockets"] + 200)), hard))
    watchers: dict[int, Watcher] = {}
    poll = select.epoll()
    waiting = 0
    for _ in range(plan["sockets"]):
        watcher = Watcher(plan["port"], plan["token"])
        watcher.say({"subscribe": plan["topics"]})
        watchers[watcher.socket.fileno()] = watcher
        poll.register(watcher.socket.fileno(), select.EPOLLIN)
        waiting += len(plan["topics"])
    while waiting:
        for fd, _event in poll.poll(30):
            for payload in watchers[fd].frames():
                if b'"refused"' in payload:
                    raise PermissionError(payload.decode())
                waiting -= b'"subscribed"' in payload
    print("ready", flush=True)
    sys_in = sys.stdin.fileno()
    poll.register(sys_in, select.EPOLLIN)
    delays: list[float] = []
    while True:
        for fd, _event in poll.poll(1):
            if fd == sys_in:
                return {"delays_ms": delays}
            payloads = watchers[fd].frames()
            now = time.monotonic_ns()
            for payload in payloads:
                sent = _SENT.search(payload)
                if sent is not None:
                    delays.append((now - int(sent.group(1))) / 1e6)


if __name__ == "__main__":
    result = watch(json.loads(sys.stdin.readline()))
    print(json.dumps(result), flush=True)
