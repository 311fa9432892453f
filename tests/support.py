"""What tests share: the cast's people, a signed-in caller, a device that sends, waiting for a condition."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.patients.store import Patient
from core.people.store import User

PASSWORD = "correct horse battery"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Caller:
    """A signed-in person's HTTP client: sends the CSRF token with what changes things."""

    def __init__(self, client: FlaskClient, csrf_token: str) -> None:
        self._client = client
        self.csrf_token = csrf_token

    def request(self, method: str, path: str, **options: Any) -> TestResponse:
        """Call ``/api/v1`` + ``path``."""
        headers = {"X-CSRF-Token": self.csrf_token, **options.pop("headers", {})}
        return self._client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.request("POST", path, json={} if json is None else json, **options)

    def put(self, path: str, json: Any, **options: Any) -> TestResponse:
        return self.request("PUT", path, json=json, **options)

    def patch(self, path: str, json: Any, **options: Any) -> TestResponse:
        return self.request("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.request("DELETE", path, **options)


@dataclasses.dataclass
class Cast:
    """The people, and the records of those who are patients."""

    users: dict[str, User]
    alice: Patient
    charlie: Patient


@dataclasses.dataclass
class Sender:
    """A registered device and how to send its frames."""

    app: Flask
    id: str
    key: str

    def post(self, *frames: dict[str, Any]) -> TestResponse:
        """Send frames."""
        headers = {"Authorization": f"Bearer {self.key}"}
        path = f"/api/v1/devices/{self.id}/frames"
        return self.app.test_client().post(path, json={"frames": list(frames)}, headers=headers)


def wait_until(condition: Callable[[], Any], timeout_s: float = 15.0, what: str = "condition") -> Any:
    """Wait for ``condition`` to be true; its value."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"timed out waiting for {what}")


@dataclasses.dataclass
class Site:
    """A running installation, as ``pmp up`` makes it."""

    url: str
    data_dir: Path
    process: subprocess.Popen[bytes]

    def pmp(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a command of ``pmp`` on this installation; its output."""
        environment = {**os.environ, "PMP_DATA_DIR": str(self.data_dir)}
        done = subprocess.run(
            [sys.executable, "-m", "core.cli", *arguments],
            input=stdin, capture_output=True, text=True, env=environment, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout
