"""Many guesses at once, many browsers, many addresses: no way around the limits, and no harm to others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from core.access import passwords as passwords_module
from core.access.passwords import Passwords
from core.access.throttle import PER_KNOWN_BROWSER, PER_NAME_AND_ADDRESS, _client_of
from core.platform import Platform
from core.problems import Unavailable
from tests.support import PASSWORD, Cast, wait_until

ATTACKER, WRONG = "203.0.113.9", "wrong guess"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def one_window(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts start anew every five minutes of the clock: stay within one."""
    monkeypatch.setattr(platform.access.throttle, "_window", lambda: 1)


def attempt(client: FlaskClient, username: str, password: str = WRONG, address: str = ATTACKER) -> int:
    body = {"username": username, "password": password}
    return client.post("/api/v1/auth/login", json=body, environ_overrides={"REMOTE_ADDR": address}).status_code


def known_browser(app: Flask, username: str) -> FlaskClient:
    """A browser from which the person signed in, and whose session has ended."""
    client = app.test_client()
    assert attempt(client, username, PASSWORD) == 200
    client.delete_cookie("pmp_session")
    return client


def test_guesses_at_once_are_counted_before_they_are_tried(app: Flask, cast: Cast) -> None:
    with ThreadPoolExecutor(40) as pool:
        statuses = list(pool.map(lambda _: attempt(app.test_client(), "bob"), range(40)))
    assert statuses.count(401) <= PER_NAME_AND_ADDRESS
    assert statuses.count(401) + statuses.count(429) == 40
    assert attempt(app.test_client(), "bob", PASSWORD, "198.51.100.4") == 200


def test_signing_in_costs_nothing(app: Flask, platform: Platform, cast: Cast) -> None:
    for _ in range(PER_NAME_AND_ADDRESS * 2):
        assert attempt(app.test_client(), "bob", PASSWORD) == 200
    assert [row["count"] for row in platform.database.db["sign_in_attempts"].find({})] == [0]


def test_each_browser_of_a_person_has_its_own_count(app: Flask, cast: Cast) -> None:
    ward, own = known_browser(app, "bob"), known_browser(app, "bob")
    for _ in range(PER_KNOWN_BROWSER):
        assert attempt(ward, "bob") == 401
    assert attempt(ward, "bob", PASSWORD) == 429
    assert attempt(own, "bob", PASSWORD) == 200


def test_what_fails_by_itself_is_held_against_nobody(
    app: Flask, platform: Platform, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_username: str, _password: str) -> None:
        raise Unavailable("Too many people sign in at this moment; try again.", retry_after_s=5)

    with monkeypatch.context() as patched:
        patched.setattr(platform.people, "verify", busy)
        for _ in range(PER_NAME_AND_ADDRESS * 2):
            assert attempt(app.test_client(), "bob", PASSWORD) == 503
    assert attempt(app.test_client(), "bob", PASSWORD) == 200


def test_a_client_with_a_network_of_its_own_is_one_client(app: Flask, cast: Cast) -> None:
    statuses = [
        attempt(app.test_client(), "bob", address=f"2001:db8:1:2::{number:x}") for number in range(PER_NAME_AND_ADDRESS)
    ]
    assert set(statuses) == {401}
    assert attempt(app.test_client(), "bob", address="2001:db8:1:2:ffff::1") == 429
    assert attempt(app.test_client(), "bob", PASSWORD, "2001:db8:1:3::1") == 200


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.9", "203.0.113.9"), ("::ffff:203.0.113.9", "203.0.113.9"), ("2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"), ("", ""), ("a socket", "a socket"),
    ],
)  # fmt: skip
def test_what_counts_as_one_client(address: str, client: str) -> None:
    assert _client_of(address) == client


class Slow:
    """A hasher that takes until it is told."""

    def __init__(self) -> None:
        self.running = 0
        self.go_on = threading.Event()

    def hash(self, password: str) -> str:
        self.running += 1
        assert self.go_on.wait(30)
        return CHEAP.hash(password)

    def __getattr__(self, name: str) -> object:
        return getattr(CHEAP, name)


@pytest.fixture
def slow() -> Iterator[Slow]:
    hasher = Slow()
    yield hasher
    hasher.go_on.set()


def test_a_flood_of_sign_ins_leaves_the_threads_to_others(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords_module, "_MOST_WAITING", 3)
    passwords = Passwords(slow)  # type: ignore[arg-type]
    done: list[str] = []
    threads = [threading.Thread(target=lambda: done.append(passwords.hash("a long password"))) for _ in range(5)]
    for thread in threads:
        thread.start()
    wait_until(lambda: slow.running == 2 and passwords._gate._waiting == 3, what="two at work and three waiting")
    call: list[Callable[[], object]] = [
        lambda: passwords.hash("a long password"),
        lambda: passwords.verify(None, "a long password"),
    ]
    for refused in call:
        with pytest.raises(Unavailable) as error:
            refused()
        assert error.value.retry_after_s == 5
    slow.go_on.set()
    for thread in threads:
        thread.join(30)
    assert len(done) == 5
    assert passwords.verify(passwords.hash("a long password"), "a long password")


def test_who_waited_in_vain_leaves_room_for_others(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords_module, "_WAIT_S", 0.05)
    passwords = Passwords(slow)  # type: ignore[arg-type]
    threads = [threading.Thread(target=passwords.hash, args=("a long password",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    wait_until(lambda: slow.running == 2, what="two at work")
    for _ in range(passwords_module._MOST_WAITING + 1):
        with pytest.raises(Unavailable):
            passwords.hash("a long password")
    assert passwords._gate._waiting == 0
    slow.go_on.set()
    for thread in threads:
        thread.join(30)
