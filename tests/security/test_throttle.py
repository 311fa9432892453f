"""Guessing passwords is slow, and locks nobody else out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.access.throttle import PER_ADDRESS, PER_KNOWN_BROWSER, PER_NAME_AND_ADDRESS
from core.platform import Platform
from tests.support import PASSWORD, Caller, Cast

ATTACKER, ELSEWHERE = "203.0.113.9", "198.51.100.4"
WRONG = "wrong guess"


@pytest.fixture(autouse=True)
def one_window(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts start anew every five minutes of the clock: stay within one."""
    monkeypatch.setattr(platform.access.throttle, "_window", lambda: 1)


def attempt(client: FlaskClient, username: str, password: str = WRONG, address: str = ATTACKER) -> Any:
    body = {"username": username, "password": password}
    headers = {}
    me = client.get("/api/v1/auth/me")
    if me.status_code == 200:
        headers["X-CSRF-Token"] = me.get_json()["csrf_token"]
    return client.post("/api/v1/auth/login", json=body, headers=headers, environ_overrides={"REMOTE_ADDR": address})


def test_guessing_one_name_is_stopped_and_its_owner_still_gets_in(app: Flask, cast: Cast) -> None:
    statuses = [attempt(app.test_client(), "bob").status_code for _ in range(PER_NAME_AND_ADDRESS + 3)]
    assert statuses == [401] * PER_NAME_AND_ADDRESS + [429] * 3
    stopped = attempt(app.test_client(), "bob")
    assert 1 <= int(stopped.headers["Retry-After"]) <= 300
    # Not even with the right password, and not with another spelling.
    assert attempt(app.test_client(), "bob", PASSWORD).status_code == 429
    assert attempt(app.test_client(), "BOB").status_code == 429
    # Others from the same address, and the owner from elsewhere, are not concerned.
    assert attempt(app.test_client(), "dana", PASSWORD).status_code == 200
    assert attempt(app.test_client(), "bob", PASSWORD, ELSEWHERE).status_code == 200


def test_a_known_browser_at_the_attackers_address_still_gets_in(app: Flask, cast: Cast) -> None:
    known = app.test_client()
    assert attempt(known, "bob", PASSWORD).status_code == 200
    known.delete_cookie("pmp_session")
    for _ in range(PER_NAME_AND_ADDRESS + 1):
        attempt(app.test_client(), "bob")
    assert attempt(app.test_client(), "bob", PASSWORD).status_code == 429
    assert attempt(known, "bob", PASSWORD).status_code == 200
    # The known browser is limited too, and only for its own person.
    known.delete_cookie("pmp_session")
    statuses = [attempt(known, "bob").status_code for _ in range(PER_KNOWN_BROWSER + 1)]
    assert statuses[-1] == 429
    assert attempt(known, "dana", PASSWORD).status_code == 200


def test_a_mark_of_another_person_or_a_forged_one_helps_nobody(app: Flask, platform: Platform, cast: Cast) -> None:
    for _ in range(PER_NAME_AND_ADDRESS):
        attempt(app.test_client(), "bob")
    bob, dana = cast.users["bob"].id, cast.users["dana"].id
    genuine = platform.access.throttle.browser_mark(dana)
    for mark in (genuine, genuine.replace(dana, bob), f"{bob}.{'0' * 64}", bob, "", "\xff"):
        client = app.test_client()
        client.set_cookie("pmp_browser", mark)
        assert attempt(client, "bob", PASSWORD).status_code == 429


def test_guessing_many_names_from_one_address_is_stopped(app: Flask, cast: Cast) -> None:
    statuses = [attempt(app.test_client(), f"name{number}").status_code for number in range(PER_ADDRESS + 1)]
    assert statuses == [401] * PER_ADDRESS + [429]
    assert attempt(app.test_client(), "bob", PASSWORD).status_code == 429
    assert attempt(app.test_client(), "bob", PASSWORD, ELSEWHERE).status_code == 200


def test_an_unknown_a_disabled_and_a_known_name_get_the_same_answer(app: Flask, platform: Platform, cast: Cast) -> None:
    platform.people.set_enabled(cast.users["dana"].id, False)
    answers = [
        attempt(app.test_client(), "nobody"),
        attempt(app.test_client(), "bob"),
        attempt(app.test_client(), "dana", PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1
    assert {tuple(sorted(answer.headers.keys())) for answer in answers} == {tuple(sorted(answers[0].headers.keys()))}


def test_an_unknown_name_costs_a_password_check_too(platform: Platform, cast: Cast) -> None:
    counted = []
    hasher = platform.access._passwords._hasher

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            counted.append(stored)
            return bool(hasher.verify(stored, password))

        def __getattr__(self, name: str) -> Any:
            return getattr(hasher, name)

    platform.access._passwords.use_hasher(Counting())  # type: ignore[arg-type]
    assert platform.people.verify("nobody", "wrong guess") is None
    assert platform.people.verify("bob", "wrong guess") is None
    assert len(counted) == 2


def test_a_new_window_starts_the_count_anew(
    app: Flask, platform: Platform, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(PER_NAME_AND_ADDRESS):
        attempt(app.test_client(), "bob")
    assert attempt(app.test_client(), "bob", PASSWORD).status_code == 429
    monkeypatch.setattr(platform.access.throttle, "_window", lambda: 2)
    assert attempt(app.test_client(), "bob", PASSWORD).status_code == 200


def test_guessing_the_current_password_of_an_open_page_is_stopped(cast: Cast, sign_in: Callable[..., Caller]) -> None:
    bob = sign_in("bob")
    body = {"current": "wrong guess", "new": "another long password"}
    statuses = [bob.post("/auth/password", body).status_code for _ in range(PER_NAME_AND_ADDRESS + 1)]
    assert statuses == [403] * PER_NAME_AND_ADDRESS + [429]
    body["current"] = PASSWORD
    assert bob.post("/auth/password", body).status_code == 429


def test_what_is_counted_names_nobody(app: Flask, platform: Platform, cast: Cast) -> None:
    attempt(app.test_client(), "bob")
    stored = repr(list(platform.database.db["sign_in_attempts"].find({})))
    assert stored != "[]"
    assert "bob" not in stored
    assert ATTACKER not in stored
