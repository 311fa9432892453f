"""No patient data in the logs, whatever goes wrong."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from flask import Flask
from pymongo.errors import OperationFailure

from core.logs import configure_logging
from core.platform import Platform
from core.settings import Settings
from device_drivers.thermometer.encoder import temperature_frame
from tests.support import PASSWORD, Caller, Cast, Sender

SignIn = Callable[..., Caller]
NAME, NOTE, NUMBER = "Canarina Finchley", "sings at night", 38.77
SECRETS = (NAME, "Canarina", "Finchley", NOTE, str(NUMBER), PASSWORD)


@pytest.fixture(autouse=True)
def real_logging(settings: Settings, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Logging as a process has it, at the most talkative level."""
    before = structlog.get_config()
    configure_logging(settings.model_copy(update={"log_level": "debug"}))
    structlog.configure(logger_factory=_to_stderr, cache_logger_on_first_use=False)
    handler = logging.StreamHandler(sys.stderr)
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    structlog.configure(**before)


def _to_stderr(*_arguments: Any) -> Any:
    return structlog.PrintLogger(sys.stderr)


def logged(capfd: pytest.CaptureFixture[str]) -> str:
    """Everything written so far; fails if it holds patient data or a secret."""
    out, err = capfd.readouterr()
    for secret in SECRETS:
        assert secret not in out + err, f"{secret!r} was logged"
    return out + err


def test_an_error_in_a_route_is_logged_by_type_and_place(
    platform: Platform,
    cast: Cast,
    sign_in: SignIn,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bob = sign_in("bob")
    platform.patients.change(cast.alice.id, {"name": NAME})

    def fail(patient_id: str) -> Any:
        raise KeyError(f"{NAME} has {NUMBER}: {NOTE}")

    monkeypatch.setattr(platform.observations, "latest_of", fail)
    answer = bob.get(f"/patients/{cast.alice.id}/latest")
    assert answer.status_code == 500
    for secret in SECRETS:
        assert secret not in answer.text
    text = logged(capfd)
    assert '"error": "KeyError"' in text
    assert "test_logs.py:" in text


def test_an_error_of_the_database_is_logged_by_type(
    platform: Platform,
    cast: Cast,
    sign_in: SignIn,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bob = sign_in("bob")

    def fail(_fields: object) -> Any:
        raise OperationFailure(f"E11000 duplicate key: {{name: '{NAME}'}}", details={"keyValue": {"name": NAME}})

    monkeypatch.setattr(platform.patients, "add", fail)
    answer = bob.post("/patients", {"name": NAME, "birth_date": "1950-01-01"})
    assert answer.status_code == 503
    assert NAME not in answer.text
    assert '"error": "OperationFailure"' in logged(capfd)


def test_requests_that_are_refused_are_not_logged_with_what_they_held(
    cast: Cast, sign_in: SignIn, device_of: Callable[..., Sender], capfd: pytest.CaptureFixture[str]
) -> None:
    bob = sign_in("bob")
    path = f"/patients/{cast.alice.id}"
    answers = [
        bob.post("/patients", {"name": NAME, "birth_date": NOTE}),
        bob.patch(path, {"name": NAME, "nmae": NAME, "room": 7}),
        bob.post(f"{path}/observations", {"code": NAME, "value": NUMBER, "note": NOTE}),
        bob.post(f"{path}/observations", {"code": "8310-5", "value": str(NUMBER), "unit": NOTE}),
        bob.get(f"/patients?q={NAME}&x={NAME}"),
        bob.post("/auth/login", {"username": NAME, "password": PASSWORD, "code": 7}),
    ]
    for answer in answers:
        assert answer.status_code == 422
        # Nor is it said back.
        assert NAME not in answer.text
        assert str(NUMBER) not in answer.text
    device = device_of("thermometer", cast.alice.id)
    device.post({"id": NAME, "payload": NOTE}, {"id": "f2", "payload": NAME.encode().hex()})
    logged(capfd)


def test_readings_alerts_and_corrections_are_not_logged(
    platform: Platform,
    cast: Cast,
    sign_in: SignIn,
    device_of: Callable[..., Sender],
    capfd: pytest.CaptureFixture[str],
) -> None:
    platform.patients.change(cast.alice.id, {"name": NAME})
    bob = sign_in("bob")
    device = device_of("thermometer", cast.alice.id)
    assert device.post({"id": "f1", "payload": temperature_frame(NUMBER).hex()}).status_code == 200
    body = {"code": "8310-5", "value": NUMBER, "unit": "Cel", "note": NOTE}
    made = bob.post(f"/patients/{cast.alice.id}/observations", body)
    assert made.status_code == 201
    marked = bob.post(f"/observations/{made.get_json()['id']}/mark-in-error", {"reason": NOTE})
    assert marked.status_code == 200
    for path in ("/board", "/alerts", "/patients", f"/patients/{cast.alice.id}/latest"):
        assert bob.get(path).status_code == 200
    platform.audit.flush()
    logged(capfd)


def test_the_metrics_name_nobody(
    app: Flask, platform: Platform, cast: Cast, sign_in: SignIn, device_of: Callable[..., Sender]
) -> None:
    platform.patients.change(cast.alice.id, {"name": NAME})
    device_of("thermometer", cast.alice.id).post({"id": "f1", "payload": temperature_frame(NUMBER).hex()})
    for path in ("/metrics", "/readyz", "/healthz"):
        text = app.test_client().get(path).text
        for secret in (*SECRETS, cast.alice.id):
            assert secret not in text


def test_an_exception_is_logged_without_its_text(settings: Settings) -> None:
    program = (
        "import structlog\n"
        "from core.logs import configure_logging\n"
        "from core.settings import load_settings\n"
        "configure_logging(load_settings(environ={}))\n"
        "log = structlog.get_logger()\n"
        "try:\n"
        "    raise ValueError('Canarina Finchley')\n"
        "except ValueError:\n"
        "    log.exception('failed', patient_id='p_1')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert "Canarina" not in done.stdout + done.stderr
    line = json.loads(done.stderr.splitlines()[-1])
    assert (line["event"], line["error"], line["patient_id"]) == ("failed", "ValueError", "p_1")
