"""Fixtures: a real embedded server per run, a fresh database per test, the cast of people.

The cast: Alice is the patient, Bob her nurse, Dana her doctor, Frank her family, Charlie the stranger
(a patient too), Ada the admin.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pymongo import MongoClient
from werkzeug.serving import BaseWSGIServer, make_server

from core.app import create_app
from core.assembly import assemble, prepare
from core.database.connection import Database, connect
from core.database.embedded import server_program
from core.platform import Platform
from core.plugin_system.loader import Plugins, load_plugins
from core.settings import Settings, load_settings
from tests.support import PASSWORD, Caller, Cast, Sender, free_port


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
    """An assembled platform on the test's database; the threads start with ``app``."""
    platform = assemble(settings)
    prepare(platform)
    platform.access.hash_cheaply_for_tests()
    yield platform
    platform.close()


@pytest.fixture
def app(platform: Platform, settings: Settings) -> Flask:
    """The running application."""
    return create_app(settings, platform)


@pytest.fixture
def server(app: Flask) -> Iterator[BaseWSGIServer]:
    """The application on a real port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody's client."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], Caller]:
    """Signs a person in, each with a browser of their own."""

    def sign_in(username: str, password: str = PASSWORD) -> Caller:
        client = app.test_client()
        answer = client.post("/api/v1/auth/login", json={"username": username, "password": password})
        assert answer.status_code == 200, answer.text
        return Caller(client, answer.json["csrf_token"])

    return sign_in


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


@pytest.fixture
def device_of(app: Flask, platform: Platform) -> Callable[..., Sender]:
    """Registers a device of a driver for a patient."""

    def register(driver: str, patient_id: str | None) -> Sender:
        kind = platform.ingest.drivers.records[driver].manifest.kind
        device, key = platform.devices.add(driver=driver, kind=kind, name=driver, patient_id=patient_id)
        return Sender(app, device.id, key)

    return register
