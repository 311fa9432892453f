"""First-run set-up: by who can read the terminal, once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from core.access.setup import setup_code
from core.access.throttle import PER_NAME_AND_ADDRESS
from core.platform import Platform
from core.settings import Settings
from tests.support import Caller, Cast


def body(settings: Settings, **changes: Any) -> dict[str, Any]:
    return {
        "code": setup_code(settings), "username": "ada", "name": "Ada", "password": "a long first password",
    } | changes  # fmt: skip


def test_a_new_installation_has_no_account_at_all(client: FlaskClient, platform: Platform) -> None:
    assert platform.people.count() == 0
    options = client.get("/api/v1/auth/options").get_json()
    assert options == {"demo": False, "setup_needed": True, "demo_accounts": []}
    for name in ("admin", "root", "demo", "ada"):
        for password in ("admin", "password", "demo", "pmp", "changeme"):
            answer = client.post("/api/v1/auth/login", json={"username": name, "password": password})
            assert answer.status_code in (401, 429)


def test_set_up_makes_an_admin_and_closes_itself(client: FlaskClient, app: Flask, settings: Settings) -> None:
    answer = client.post("/api/v1/setup", json=body(settings))
    assert answer.status_code == 201
    assert answer.get_json()["roles"] == ["admin"]
    assert client.get("/api/v1/users").status_code == 200
    nobody = app.test_client()
    assert nobody.post("/api/v1/setup", json=body(settings, username="eve")).status_code == 409
    assert nobody.get("/api/v1/auth/options").get_json()["setup_needed"] is False


def test_it_is_closed_once_there_is_any_user(client: FlaskClient, cast: Cast, settings: Settings) -> None:
    assert client.post("/api/v1/setup", json=body(settings, username="eve")).status_code == 409


def test_a_wrong_code_is_refused_and_guessing_is_stopped(
    client: FlaskClient, platform: Platform, settings: Settings, monkeypatch: Any
) -> None:
    monkeypatch.setattr(platform.access.throttle, "_window", lambda: 1)
    wrong = ["0000-0000-0000-0000", "x", setup_code(settings)[:-1], "ä", "-", " ", setup_code(settings) + "0"]
    for code in wrong:
        assert client.post("/api/v1/setup", json=body(settings, code=code)).status_code == 403, code
    for _ in range(PER_NAME_AND_ADDRESS - len(wrong)):
        client.post("/api/v1/setup", json=body(settings, code="x"))
    assert client.post("/api/v1/setup", json=body(settings)).status_code == 429
    assert platform.people.count() == 0


def test_the_code_is_as_good_without_dashes_and_in_small_letters(client: FlaskClient, settings: Settings) -> None:
    code = setup_code(settings).replace("-", " ").lower()
    assert client.post("/api/v1/setup", json=body(settings, code=code)).status_code == 201


def test_a_weak_password_is_refused(client: FlaskClient, platform: Platform, settings: Settings) -> None:
    for password in ("short", "password1234", "aaaaaaaaaaaa", "ada1234567"[:9], "x" * 257):
        assert client.post("/api/v1/setup", json=body(settings, password=password)).status_code == 422, password
    assert platform.people.count() == 0


def test_of_two_set_ups_at_once_one_wins(app: Flask, platform: Platform, settings: Settings) -> None:
    statuses: list[int] = []
    start = threading.Barrier(6)

    def set_up(number: int) -> None:
        client = app.test_client()
        start.wait(10)
        answer = client.post("/api/v1/setup", json=body(settings, username=f"admin{number}"))
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=set_up, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    # Whoever would have to wait for too long for a hash is sent away before that.
    assert statuses.count(201) == 1
    assert set(statuses) <= {201, 409, 503}
    assert len(statuses) == 6
    assert platform.people.count() == 1


def test_the_code_is_kept_private(settings: Settings) -> None:
    setup_code(settings)
    assert (settings.data_dir / "setup_code").stat().st_mode & 0o077 == 0


def test_demo_accounts_are_shown_by_a_demo_only(client: FlaskClient, platform: Platform) -> None:
    platform.database.db["demo_accounts"].insert_one(
        {"_id": "bob", "password": "demo password", "name": "Bob", "roles": ["nurse"]}
    )
    assert client.get("/api/v1/auth/options").get_json()["demo_accounts"] == []


def test_the_last_admin_cannot_lock_everybody_out(cast: Cast, sign_in: Callable[..., Caller]) -> None:
    ada, path = sign_in("ada"), f"/users/{cast.users['ada'].id}"
    assert ada.patch(path, {"enabled": False}).status_code == 409
    assert ada.put(f"{path}/roles", {"roles": ["nurse"]}).status_code == 409
    bob = f"/users/{cast.users['bob'].id}"
    assert ada.put(f"{bob}/roles", {"roles": ["nurse", "admin"]}).status_code == 200
    assert ada.put(f"{path}/roles", {"roles": ["nurse"]}).status_code == 200
