"""What tests share: the cast's people, a signed-in caller, a device that sends, waiting for a condition."""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
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
    environment: dict[str, str] = dataclasses.field(default_factory=dict)

    def pmp(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a command of ``pmp`` on this installation; its output."""
        environment = {**os.environ, "PMP_DATA_DIR": str(self.data_dir), **self.environment}
        done = subprocess.run(
            [sys.executable, "-m", "core.cli", *arguments],
            input=stdin, capture_output=True, text=True, env=environment, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def add_user(self, username: str, *roles: str, name: str | None = None) -> None:
        """Add a user with the cast's password."""
        options = [part for role in roles for part in ("--role", role)]
        self.pmp("user", "add", username, *options, "--name", name or username.title(), "--password-stdin",
                 stdin=f"{PASSWORD}\n")  # fmt: skip

    def add_patient(self, username: str) -> str:
        """Add the patient record of a user; its id."""
        return self.pmp("patient", "add", "--user", username, "--birth-date", "1946-02-01").strip()

    def add_device(self, driver: str, patient: str) -> tuple[str, str]:
        """Register a device; its id and key."""
        made = json.loads(self.pmp("device", "add", "--driver", driver, "--patient", patient))
        return made["id"], made["key"]

    def token(self, username: str) -> str:
        """A personal access token."""
        return self.pmp("token", "create", "--user", username).strip()

    def call(self, method: str, path: str, token: str, body: Any = None) -> tuple[int, Any]:
        """Call the API with a token; the status and the JSON."""
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def stop(self) -> None:
        """End it, and wait."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_site(data_dir: Path, *options: str, **environment: str) -> Site:
    """Start ``pmp up`` on a free port and wait until it is ready, with its worker."""
    port = free_port()
    log = data_dir / "up.log"
    data_dir.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "core.cli", "up", "--port", str(port), *options],
            stdout=out,
            stderr=out,
            env={**os.environ, "PMP_DATA_DIR": str(data_dir), **environment},
        )
    site = Site(f"http://127.0.0.1:{port}", data_dir, process)

    def ready() -> bool:
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            with urllib.request.urlopen(f"{site.url}/readyz", timeout=2) as answer:
                checks = json.loads(answer.read())["checks"]
        except (OSError, ValueError):
            return False
        return bool(checks["database"] and checks["feed"] and checks.get("worker"))

    try:
        wait_until(ready, 90, "the site to be ready")
    except BaseException:
        site.stop()
        raise
    return site
