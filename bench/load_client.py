"""The load: a process of its own that keeps C connections busy, over raw sockets so that it is cheap.

``python -m bench.load_client`` reads a plan as JSON on stdin and prints what it measured as JSON. The
frames' ids carry the moment of sending (nanoseconds of the machine's monotonic clock), so that whoever
sees a reading anywhere on this machine knows how long it took.
"""

from __future__ import annotations

import json
import re
import select
import socket
import subprocess
import sys
import time
from typing import Any

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Connection:
    """One keep-alive connection with one request under way."""

    def __init__(self, host: str, port: int, path: str, key: str, frames: list[dict[str, Any]]) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._before, self._after = request_around(path, key, frames)
        self._buffer = b""
        self.sent = 0.0

    def send(self) -> None:
        """Send the next request; every frame's id is new."""
        now = time.monotonic_ns()
        self.sent = now / 1e9
        self.socket.sendall(self._before + self._after.replace(b"@" * 20, b"%020d" % now))

    def receive(self) -> bytes | None:
        """The answer, once it is whole."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        if len(body) < int(_LENGTH.search(head).group(1)):  # type: ignore[union-attr]
            return None
        answer, self._buffer = self._buffer, b""
        return answer


def request_around(path: str, key: str, frames: list[dict[str, Any]]) -> tuple[bytes, bytes]:
    """Head and body of the request; in the body, ids hold 20 signs to be replaced by the time."""
    marked = [{**frame, "id": f"{index:04d}{'@' * 20}"} for index, frame in enumerate(frames)]
    body = json.dumps({"frames": marked}, separators=(",", ":")).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode(), body


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Keep every connection busy for ``seconds``; or, with ``rate``, start that many requests a second."""
    targets = plan["targets"]
    connections = [
        Connection("127.0.0.1", plan["port"], target["path"], target["key"], plan["frames"])
        for target in (targets[index % len(targets)] for index in range(plan["connections"]))
    ]
    by_fd = {connection.socket.fileno(): connection for connection in connections}
    poll = select.epoll()
    for fd in by_fd:
        poll.register(fd, select.EPOLLIN)
    latencies: list[float] = []
    failed = 0
    rate = plan.get("rate")
    idle = list(connections) if rate else []
    began = time.monotonic()
    end = began + plan["seconds"]
    due = began
    busy = 0
    if not rate:
        for connection in connections:
            connection.send()
        busy = len(connections)
    while busy or time.monotonic() < end:
        now = time.monotonic()
        while rate and idle and due <= now < end:
            idle.pop().send()
            busy += 1
            due += 1 / rate
        wait = max(0.0, min(due - now, 0.05)) if rate else 1.0
        for fd, _event in poll.poll(wait):
            connection = by_fd[fd]
            answer = connection.receive()
            if answer is None:
                continue
            now = time.monotonic()
            latencies.append((now - connection.sent) * 1000)
            if not answer.startswith(b"HTTP/1.1 200") or plan.get("must_hold", "").encode() not in answer:
                failed += 1
                last = answer
            if rate:
                idle.append(connection)
                busy -= 1
            elif now < end:
                connection.send()
            else:
                busy -= 1
    took = time.monotonic() - began
    for connection in connections:
        connection.socket.close()
    result: dict[str, Any] = {"requests": len(latencies), "failed": failed, "seconds": took, "latencies_ms": latencies}
    if failed:
        result["answer"] = last[:400].decode(errors="replace")
    return result


class Load:
    """Load running in processes of its own."""

    def __init__(self, plan: dict[str, Any], processes: int = 1) -> None:
        self._children = []
        for index in range(processes):
            share = {**plan, "connections": plan["connections"] // processes}
            if plan.get("rate"):
                share["rate"] = plan["rate"] / processes
            share["targets"] = plan["targets"][index::processes] or plan["targets"]
            child = subprocess.Popen(
                [sys.executable, "-m", "bench.load_client"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            assert child.stdin is not None
            child.stdin.write(json.dumps(share).encode())
            child.stdin.close()
            self._children.append(child)

    def result(self) -> dict[str, Any]:
        """Wait for the end; the processes' figures together. Raises RuntimeError if requests failed."""
        total: dict[str, Any] = {"requests": 0, "failed": 0, "seconds": 0.0, "latencies_ms": []}
        for child in self._children:
            assert child.stdout is not None
            with child.stdout:
                text = child.stdout.read()
            if child.wait() != 0 or not text:
                raise RuntimeError("a load process failed")
            part = json.loads(text)
            if part["failed"]:
                raise RuntimeError(f"{part['failed']} of {part['requests']} requests failed: {part['answer']}")
            total["requests"] += part["requests"]
            total["seconds"] = max(total["seconds"], part["seconds"])
            total["latencies_ms"] += part["latencies_ms"]
        return total


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
