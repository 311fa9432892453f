"""What the command line does is done for all, said plainly, and recorded."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import Result
from typer.testing import CliRunner

from core.cli.main import app
from core.platform import Platform
from core.settings import Settings
from tests.support import PASSWORD

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the test's database."""
    assert settings.mongodb_uri is not None
    # The runner's standard error is closed afterwards; loggers would keep it.
    monkeypatch.setattr("core.cli.context.configure_logging", lambda _settings: None)
    monkeypatch.setenv("PMP_MONGODB_URI", settings.mongodb_uri.get_secret_value())
    monkeypatch.setenv("PMP_DATABASE", settings.database)
    monkeypatch.setenv("PMP_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("PMP_SECRET_KEY", settings.secret_key.get_secret_value() if settings.secret_key else "")
    return lambda *words, given=None: CliRunner().invoke(app, list(words), input=given)


def test_a_site_is_furnished_from_the_command_line_and_all_of_it_is_in_the_audit_log(
    run: Run, platform: Platform
) -> None:
    assert run("user", "add", "alice", "--role", "patient", "--password-stdin", given=f"{PASSWORD}\n").exit_code == 0
    assert run("user", "add", "bob", "--role", "nurse", "--password-stdin", given=f"{PASSWORD}\n").exit_code == 0
    patient = json.loads(run("patient", "add", "--user", "alice", "--birth-date", "1946-02-01", "--json").stdout)
    device = json.loads(run("device", "add", "--driver", "thermometer", "--patient", "alice").stdout)
    assert device["patient_id"] == patient["id"]
    assert platform.devices.by_key(device["key"]) is not None
    token = run("token", "create", "--user", "bob").stdout
    assert token.count("\n") == 1
    assert platform.access.sessions.find_token(token.strip()) is not None
    assert run("user", "roles", "bob", "--add", "patient", "--remove", "nurse").exit_code == 0
    assert run("user", "disable", "bob").exit_code == 0
    entries = list(platform.database.db.audit_entries.find({}).sort("_id", 1))
    assert {entry["actor"]["type"] for entry in entries} == {"operator"}
    assert [(entry["action"], entry["patient_id"]) for entry in entries] == [
        ("user:create", None),
        ("user:create", None),
        ("patient:create", patient["id"]),
        ("device:create", patient["id"]),
        ("token:create", None),
        ("user:update", None),
        ("user:update", None),
    ]
    assert "unbroken" in run("audit", "verify").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["patient", "add", "--user", "nobody", "--birth-date", "1946-02-01"], "no user nobody"),
        (["patient", "add", "--user", "nobody", "--birth-date", "yesterday"], "must be a date"),
        (["device", "add", "--driver", "abacus", "--patient", "nobody"], "no driver abacus"),
        (["user", "roles", "nobody", "--add", "nurse"], "no user nobody"),
    ],
)
def test_a_mistake_is_one_clear_line(run: Run, words: list[str], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
