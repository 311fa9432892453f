"""Fixtures: a real embedded server per run, a fresh database per test, the cast of people.

The cast: Alice is the patient, Bob her nurse, Dana her doctor, Frank her family, Charlie the stranger
(a patient too), Ada the admin.
"""

from __future__ import annotations

import dataclasses
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pymongo import MongoClient
from werkzeug.test import TestResponse

from core.app import create_app
from core.assembly import assemble, prepare
from core.database.connection import Database, connect
from core.database.embedded import server_program
from core.patients.store import Patient
from core.people.store import User
from core.platform import Platform
from core.plugin_system.loader import Plugins, load_plugins
from core.settings import Settings, load_settings

PASSWORD = "correct horse battery"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A wire-level MongoDB: the one in PMP_TEST_MONGODB_URI, else the embedded server."""
    given = os.environ.get("PMP_TEST_MONGODB_URI")
    if given:
        yield given
        return
    program = server_program()
    assert program is not None, "the embedded database is not installed: make setup"
    folder = tmp_path_factory.mktemp("database")
    port = free_port()
    command = [program, "--host", "127.0.0.1", "--port", str(port), "--storage-path", str(folder)]
    with (folder.parent / "database.log").open("wb") as log:
        process = subprocess.Popen([*command, "--log-level", "WARNING"], stdout=log, stderr=log)
    uri = f"mongodb://127.0.0.1:{port}/?retryWrites=false&directConnection=true"
    try:
        with MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=30_000) as client:
            client.admin.command("ping")
        yield uri
    finally:
        process.terminate()
        process.wait(15)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def settings(server_uri: str, tmp_path: Path) -> Settings:
    """Settings for a database of this test's own."""
    return load_settings(
        environ={},
        mongodb_uri=server_uri,
        database=f"t_{secrets.token_hex(6)}",
        data_dir=tmp_path / "data",
        secret_key="test secret, not used anywhere else",
        web_threads=32,
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The test's database, dropped afterwards."""
    database = connect(settings)
    yield database
    database.client.drop_database(settings.database)
    database.close()


@pytest.fixture(scope="session")
def loaded_plugins() -> Callable[[], Plugins]:
    """Loads the installed plugins anew."""
    return load_plugins


@pytest.fixture
def platform(settings: Settings, database: Database) -> Iterator[Platform]:
    """An assembled platform; the threads start with ``app``."""
    platform = assemble(settings, database=dataclasses.replace(database))
    prepare(platform)
    platform.access.hash_cheaply_for_tests()
    yield platform
    platform.close()


@pytest.fixture
def app(platform: Platform, settings: Settings) -> Flask:
    """The running application."""
    return create_app(settings, platform)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody's client."""
    return app.test_client()


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


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], Caller]:
    """Signs a person in, each with a browser of their own."""

    def sign_in(username: str, password: str = PASSWORD) -> Caller:
        client = app.test_client()
        answer = client.post("/api/v1/auth/login", json={"username": username, "password": password})
        assert answer.status_code == 200, answer.text
        return Caller(client, answer.json["csrf_token"])

    return sign_in


@dataclasses.dataclass
class Cast:
    """The people, and the records of those who are patients."""

    users: dict[str, User]
    alice: Patient
    charlie: Patient


@pytest.fixture
def cast(platform: Platform) -> Cast:
    """Everybody, with Bob and Dana in Alice's care team."""
    roles = {
        "alice": ["patient"], "bob": ["nurse"], "dana": ["doctor"],
        "frank": ["family"], "charlie": ["patient"], "ada": ["admin"],
    }  # fmt: skip
    users = {
        name: platform.people.add(username=name, name=name.title(), roles=held, password=PASSWORD)
        for name, held in roles.items()
    }
    records = {}
    for name in ("alice", "charlie"):
        records[name] = platform.patients.add(
            {
                "name": name.title(),
                "birth_date": "1946-02-01",
                "user_id": users[name].id,
                "sex": "unknown",
                "time_zone": "UTC",
            }
        )
        platform.people.link_patient(users[name].id, records[name].id)
    platform.patients.set_care_team(records["alice"].id, [users["bob"].id, users["dana"].id])
    return Cast(users, records["alice"], records["charlie"])


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


@pytest.fixture
def device_of(app: Flask, platform: Platform) -> Callable[..., Sender]:
    """Registers a device of a driver for a patient."""

    def register(driver: str, patient_id: str | None) -> Sender:
        kind = platform.ingest.drivers.records[driver].manifest.kind
        device, key = platform.devices.add(driver=driver, kind=kind, name=driver, patient_id=patient_id)
        return Sender(app, device.id, key)

    return register


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
