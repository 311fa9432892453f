"""Security headers: on every answer, whoever gave it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core import portal
from core.app import build_app
from core.audit.log import Ticket
from core.platform import Platform
from core.problems import Unavailable
from core.settings import Settings
from tests.support import Caller, Cast


def directives(answer: TestResponse) -> dict[str, list[str]]:
    """The content security policy, by directive."""
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {part[0]: part[1:] for part in parts if part}


def assert_protected(answer: TestResponse) -> None:
    found = directives(answer)
    assert found["default-src"] == found["script-src"] == found["style-src"] == found["connect-src"] == ["'self'"]
    assert found["style-src-attr"] == ["'unsafe-inline'"]
    assert found["worker-src"] == found["manifest-src"] == ["'self'"]
    assert found["object-src"] == found["frame-ancestors"] == found["base-uri"] == ["'none'"]
    assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "camera=(self)" in answer.headers["Permissions-Policy"].replace(" ", "")
    assert "microphone=(self)" in answer.headers["Permissions-Policy"].replace(" ", "")


def test_every_kind_of_answer_is_protected(client: FlaskClient, cast: Cast, sign_in: Callable[..., Caller]) -> None:
    bob = sign_in("bob")
    answers = {
        200: bob.get(f"/patients/{cast.alice.id}"),
        401: client.get("/api/v1/auth/me"),
        403: bob.get("/users"),
        404: client.get("/api/v1/no-such-route"),
        405: client.delete("/api/v1/auth/login"),
        422: client.post("/api/v1/auth/login", json={}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert_protected(answer)
        assert answer.headers["Cache-Control"] == "no-store", status
    assert_protected(client.get("/healthz"))
    assert_protected(client.get("/api/v1/docs"))


def test_an_answer_that_the_guard_replaces_is_protected_too(
    platform: Platform, cast: Cast, sign_in: Callable[..., Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = sign_in("bob")

    def wait(_ticket: Ticket) -> None:
        raise Unavailable("The audit log cannot be written now.")

    monkeypatch.setattr(Ticket, "wait", wait)
    answer = bob.get(f"/patients/{cast.alice.id}")
    assert answer.status_code == 503
    assert cast.alice.id not in answer.text
    assert_protected(answer)
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_answer_after_a_mistake_is_protected_and_says_nothing_of_it(
    app: Flask, platform: Platform, cast: Cast, sign_in: Callable[..., Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = sign_in("bob")

    def fail(_patient_id: str) -> Any:
        raise RuntimeError("Alice's temperature is 41.5")

    monkeypatch.setattr(platform.observations, "latest_of", fail)
    answer = bob.get(f"/patients/{cast.alice.id}/latest")
    assert answer.status_code == 500
    assert "41.5" not in answer.text
    assert_protected(answer)


def test_browsers_are_told_to_insist_on_https_only_where_people_use_it(
    settings: Settings, platform: Platform, client: FlaskClient
) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    secured = settings.model_copy(update={"public_url": "https://ward.example"})
    answer = build_app(secured, platform).test_client().get("/healthz")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_the_service_worker_is_served_for_the_whole_portal_and_never_old(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sw.js", "manifest.webmanifest", "index.html"):
        (tmp_path / name).write_text("x")
    monkeypatch.setattr(portal, "STATIC", tmp_path)
    worker = client.get("/sw.js")
    assert worker.headers["Cache-Control"] == "no-cache"
    assert worker.headers["Service-Worker-Allowed"] == "/"
    assert worker.mimetype == "text/javascript"
    assert_protected(worker)
    assert client.get("/manifest.webmanifest").mimetype == "application/manifest+json"
    assert "Service-Worker-Allowed" not in client.get("/").headers
