"""Sessions, tokens and CSRF: who is signed in, for how long, and what ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import websocket
from flask import Flask
from flask.testing import FlaskClient
from pymongo import MongoClient
from werkzeug.serving import BaseWSGIServer

from core.app import create_app
from core.assembly import assemble, prepare
from core.platform import Platform
from core.settings import Settings
from tests.security.conftest import Page
from tests.support import PASSWORD, Caller, Cast, Sender

SignIn = Callable[..., Caller]
OpenPage = Callable[[str], Page]
NEW_PASSWORD = "a fresh long password"


def login(client: FlaskClient, username: str, password: str = PASSWORD, **options: Any) -> Any:
    return client.post("/api/v1/auth/login", json={"username": username, "password": password}, **options)


class Clock:
    """A clock that goes when told."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(settings: Settings, database: object, clock: Clock) -> Iterator[Platform]:
    """A platform whose clock the test moves, with Bob."""
    platform = assemble(settings, clock=clock)
    prepare(platform)
    platform.access.hash_cheaply_for_tests()
    platform.people.add(username="bob", name="Bob", roles=["nurse"], password=PASSWORD)
    yield platform
    platform.close()


@pytest.fixture
def timed_app(timed: Platform, settings: Settings) -> Flask:
    return create_app(settings, timed)


# -- the cookie --------------------------------------------------------------------------------
def test_the_cookie_is_for_this_site_and_no_script(client: FlaskClient, cast: Cast) -> None:
    header = next(line for line in login(client, "bob").headers.getlist("Set-Cookie") if "pmp_session=" in line)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in header.split(";")}
    assert "Domain" not in header
    assert "Expires" not in header


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(
    settings: Settings, platform: Platform, cast: Cast
) -> None:
    platform.settings = settings.model_copy(update={"public_url": "https://ward.example"})
    client = create_app(platform.settings, platform).test_client()
    answer = login(client, "bob", base_url="https://ward.example")
    header = next(line for line in answer.headers.getlist("Set-Cookie") if "pmp_session=" in line)
    assert header.startswith("__Host-pmp_session=")
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in header.split(";")}
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert client.get("/api/v1/auth/me", base_url="https://ward.example").status_code == 200


def test_each_sign_in_gets_a_new_session_and_ends_the_one_before(client: FlaskClient, cast: Cast, app: Flask) -> None:
    secrets = []
    for _ in range(2):
        token = login(client, "bob", headers={"X-CSRF-Token": csrf_of(client)}).get_json()["csrf_token"]
        cookie = client.get_cookie("pmp_session")
        assert cookie is not None
        secrets.append((cookie.value, token))
    assert len({secret for secret, _token in secrets}) == 2
    assert len({token for _secret, token in secrets}) == 2
    assert with_cookie(app, secrets[0][0]).status_code == 401
    assert with_cookie(app, secrets[1][0]).status_code == 200


def test_a_session_that_an_attacker_chose_is_not_taken_over(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    client.set_cookie("pmp_session", "chosen-by-an-attacker")
    assert login(client, "bob").status_code == 200
    cookie = client.get_cookie("pmp_session")
    assert cookie is not None
    assert cookie.value != "chosen-by-an-attacker"
    assert with_cookie(app, "chosen-by-an-attacker").status_code == 401


def csrf_of(client: FlaskClient) -> str:
    answer = client.get("/api/v1/auth/me")
    return str(answer.get_json()["csrf_token"]) if answer.status_code == 200 else ""


def with_cookie(app: Flask, secret: str) -> Any:
    client = app.test_client()
    client.set_cookie("pmp_session", secret)
    return client.get("/api/v1/auth/me")


def test_no_secret_is_in_the_database(
    app: Flask, platform: Platform, settings: Settings, cast: Cast, device_of: Callable[..., Sender]
) -> None:
    client = app.test_client()
    csrf_token = login(client, "bob").get_json()["csrf_token"]
    cookie = client.get_cookie("pmp_session")
    assert cookie is not None
    made = client.post("/api/v1/me/tokens", json={"name": "script"}, headers={"X-CSRF-Token": csrf_token})
    sender = device_of("thermometer", cast.alice.id)
    sender.post({"id": "f1", "payload": "00"})
    login(app.test_client(), "bob", "a wrong password that was typed")
    platform.audit.flush()
    with MongoClient[dict[str, Any]](settings.mongodb_uri.get_secret_value()) as mongo:  # type: ignore[union-attr]
        database = mongo[settings.database]
        dump = "\n".join(repr(row) for name in database.list_collection_names() for row in database[name].find({}))
    assert cast.users["bob"].id in dump
    secrets = (cookie.value, csrf_token, made.get_json()["token"], sender.key, PASSWORD, "a wrong password that was")
    for secret in secrets:
        assert secret not in dump


# -- what ends a session -----------------------------------------------------------------------
def ends(ada: Caller, platform: Platform, cast: Cast, way: str) -> None:
    bob = cast.users["bob"].id
    if way == "disabled":
        answer = ada.patch(f"/users/{bob}", {"enabled": False})
    elif way == "roles changed":
        answer = ada.put(f"/users/{bob}/roles", {"roles": ["doctor"]})
    else:
        answer = ada.patch(f"/users/{bob}", {"password": NEW_PASSWORD})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("way", ["disabled", "roles changed", "password set"])
def test_what_an_admin_changes_ends_the_sessions_and_closes_the_pages(
    platform: Platform, cast: Cast, sign_in: SignIn, open_page: OpenPage, way: str
) -> None:
    ada, page = sign_in("ada"), open_page("bob")
    page.subscribe("patients")
    assert page.client.get("/api/v1/auth/me").status_code == 200
    ends(ada, platform, cast, way)
    assert page.close_code(within_s=1.0) == 4401
    assert page.client.get("/api/v1/auth/me").status_code == 401


def test_signing_out_ends_the_session_and_closes_its_page_only(cast: Cast, open_page: OpenPage, app: Flask) -> None:
    page, other = open_page("bob"), open_page("bob")
    answer = page.post("/auth/logout", {})
    assert answer.status_code == 204
    assert page.close_code(within_s=1.0) == 4401
    assert page.client.get_cookie("pmp_session") is None
    assert with_cookie(app, page.cookie.partition("=")[2]).status_code == 401
    assert other.client.get("/api/v1/auth/me").status_code == 200
    other.subscribe("patients")


def test_changing_ones_password_ends_all_other_sessions(cast: Cast, open_page: OpenPage, app: Flask) -> None:
    page, other = open_page("bob"), open_page("bob")
    wrong = page.post("/auth/password", {"current": "not the password", "new": NEW_PASSWORD})
    assert wrong.status_code == 403
    answer = page.post("/auth/password", {"current": PASSWORD, "new": NEW_PASSWORD})
    assert answer.status_code == 200
    assert other.close_code(within_s=1.0) == 4401
    assert other.client.get("/api/v1/auth/me").status_code == 401
    assert page.client.get("/api/v1/auth/me").status_code == 200
    assert with_cookie(app, page.cookie.partition("=")[2]).status_code == 401
    assert login(app.test_client(), "bob").status_code == 401
    assert login(app.test_client(), "bob", NEW_PASSWORD).status_code == 200


def test_a_disabled_person_cannot_sign_in_and_old_sessions_stay_ended(
    platform: Platform, cast: Cast, app: Flask, sign_in: SignIn
) -> None:
    bob, ada = sign_in("bob"), sign_in("ada")
    ada.patch(f"/users/{cast.users['bob'].id}", {"enabled": False})
    assert login(app.test_client(), "bob").status_code == 401
    ada.patch(f"/users/{cast.users['bob'].id}", {"enabled": True})
    assert bob.get("/auth/me").status_code == 401
    assert login(app.test_client(), "bob").status_code == 200


# -- time --------------------------------------------------------------------------------------
def test_a_session_ends_after_half_an_hour_without_use(timed_app: Flask, clock: Clock) -> None:
    client = timed_app.test_client()
    login(client, "bob")
    for _ in range(3):
        clock.forward(minutes=29)
        assert client.get("/api/v1/auth/me").status_code == 200
    clock.forward(minutes=31)
    assert client.get("/api/v1/auth/me").status_code == 401


def test_a_session_in_use_ends_after_twelve_hours(timed_app: Flask, clock: Clock) -> None:
    client = timed_app.test_client()
    login(client, "bob")
    for _ in range(36):
        clock.forward(minutes=20)
        assert client.get("/api/v1/auth/me").status_code == 200
    clock.forward(minutes=1)
    assert client.get("/api/v1/auth/me").status_code == 401


def test_sessions_that_have_run_out_are_cleared_away(timed: Platform, clock: Clock) -> None:
    bob = timed.people.by_username("bob")
    assert bob is not None
    old = timed.access.sessions.start(bob)
    clock.forward(minutes=31)
    fresh = timed.access.sessions.start(bob)
    assert timed.access.sessions.clear() == 1
    assert timed.access.sessions.find(old) is None
    assert timed.access.sessions.find(fresh) is not None


# -- personal access tokens --------------------------------------------------------------------
def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_works_until_it_is_revoked(client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    made = bob.post("/me/tokens", {"name": "script", "days": 7}).get_json()
    token = made["token"]
    # No CSRF token: a browser never sends a bearer token by itself.
    path = f"/api/v1/patients/{cast.alice.id}"
    assert client.get(path, headers=bearer(token)).status_code == 200
    assert client.patch(path, json={"room": "12"}, headers=bearer(token)).status_code == 200
    listed = bob.get("/me/tokens").get_json()["items"]
    assert [item["id"] for item in listed] == [made["id"]]
    assert listed[0].get("token") is None
    assert client.post("/api/v1/me/tokens", json={"name": "more"}, headers=bearer(token)).status_code == 403
    assert sign_in("dana").delete(f"/me/tokens/{made['id']}").status_code == 404
    assert client.get(path, headers=bearer(token)).status_code == 200
    assert bob.delete(f"/me/tokens/{made['id']}").status_code == 204
    assert client.get(path, headers=bearer(token)).status_code == 401
    assert bob.delete(f"/me/tokens/{made['id']}").status_code == 404


def test_a_token_expires(timed: Platform, timed_app: Flask, clock: Clock) -> None:
    bob = timed.people.by_username("bob")
    assert bob is not None
    _row, token = timed.access.sessions.make_token(bob, "script", 7)
    client = timed_app.test_client()
    clock.forward(days=6.9)
    assert client.get("/api/v1/auth/me", headers=bearer(token)).status_code == 200
    clock.forward(days=0.2)
    assert client.get("/api/v1/auth/me", headers=bearer(token)).status_code == 401


def test_a_token_has_the_roles_of_now_and_none_when_the_person_is_disabled(
    client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    ada = sign_in("ada")
    token = sign_in("bob").post("/me/tokens", {"name": "script"}).get_json()["token"]
    path, bob = f"/api/v1/patients/{cast.alice.id}/latest", cast.users["bob"].id
    assert client.get(path, headers=bearer(token)).status_code == 200
    ada.put(f"/users/{bob}/roles", {"roles": ["family"]})
    assert client.get(path, headers=bearer(token)).status_code == 404
    ada.patch(f"/users/{bob}", {"enabled": False})
    assert client.get(path, headers=bearer(token)).status_code == 401


def test_a_bearer_that_is_not_valid_is_refused_and_no_cookie_helps(cast: Cast, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    broken = ("", "pmp_pat_", "pmp_dev_", "pmp_pat_AAAA", "pmp_dev_AAAA", "x" * 5000, "pmp_pat_\xff", "t_01", "null")
    for value in broken:
        assert bob.get("/auth/me", headers=bearer(value)).status_code == 401, value


def test_the_stored_hash_of_a_secret_opens_nothing(app: Flask, platform: Platform, cast: Cast, sign_in: SignIn) -> None:
    sign_in("bob").post("/me/tokens", {"name": "script"})
    session = platform.database.db["sessions"].find_one({})
    token = platform.database.db["access_tokens"].find_one({"hash": {"$exists": True}})
    assert session is not None
    assert token is not None
    assert with_cookie(app, session["_id"]).status_code == 401
    for stored in (token["hash"], token["_id"], f"pmp_pat_{token['hash']}"):
        assert app.test_client().get("/api/v1/auth/me", headers=bearer(stored)).status_code == 401


def test_no_route_takes_a_secret_from_the_address(app: Flask, cast: Cast, device_of: Callable[..., Sender]) -> None:
    client = app.test_client()
    login(client, "bob")
    csrf_token = csrf_of(client)
    made = client.post("/api/v1/me/tokens", json={"name": "s"}, headers={"X-CSRF-Token": csrf_token}).get_json()
    cookie = client.get_cookie("pmp_session")
    assert cookie is not None
    sender = device_of("thermometer", cast.alice.id)
    nobody = app.test_client()
    for secret in (made["token"], cookie.value, sender.key):
        for name in ("token", "access_token", "api_key", "key", "session", "pmp_session", "authorization"):
            assert nobody.get("/api/v1/auth/me", query_string={name: secret}).status_code == 401
            path = f"/api/v1/devices/{sender.id}/frames"
            assert nobody.post(path, query_string={name: secret}, json={"frames": []}).status_code == 401
    # Nor the proof against forged requests.
    refused = client.post("/api/v1/auth/logout", query_string={"X-CSRF-Token": csrf_token, "csrf_token": csrf_token})
    assert refused.status_code == 403


# -- forged requests ---------------------------------------------------------------------------
FOREIGN = ["https://evil.example", "null", "http://localhost.evil.example", "http://localhost:81", "", "http://[", "*"]


def test_what_changes_something_needs_the_csrf_token(app: Flask, cast: Cast) -> None:
    client, other = app.test_client(), app.test_client()
    login(client, "bob")
    login(other, "dana")
    path = f"/api/v1/patients/{cast.alice.id}"
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": csrf_of(other)}):
        assert client.patch(path, json={"room": "13"}, headers=headers).status_code == 403
        assert client.post("/api/v1/auth/logout", headers=headers).status_code == 403
        assert client.delete("/api/v1/me/tokens/x", headers=headers).status_code == 403
    assert client.patch(path, json={"room": "13"}, headers={"X-CSRF-Token": csrf_of(client)}).status_code == 200


def test_another_sites_page_changes_nothing(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    login(client, "bob")
    headers = {"X-CSRF-Token": csrf_of(client)}
    for origin in FOREIGN:
        answer = client.post("/api/v1/auth/logout", headers={**headers, "Origin": origin})
        assert answer.status_code == 403, origin
    assert client.post("/api/v1/auth/logout", headers={**headers, "Origin": "http://localhost"}).status_code == 204


def test_another_sites_page_signs_nobody_in(client: FlaskClient, cast: Cast) -> None:
    for origin in FOREIGN:
        assert login(client, "bob", headers={"Origin": origin}).status_code == 403, origin
    assert client.get_cookie("pmp_session") is None
    assert login(client, "bob", headers={"Origin": "http://localhost"}).status_code == 200


def test_a_form_is_not_taken_for_json(client: FlaskClient, cast: Cast) -> None:
    body = f'{{"username": "bob", "password": "{PASSWORD}"}}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = client.post("/api/v1/auth/login", data=body, content_type=kind)
        assert 400 <= answer.status_code < 500, kind
    assert client.get_cookie("pmp_session") is None


def refusal_of(address: str, **options: Any) -> int:
    """The status with which a socket is refused."""
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(f"ws://{address}/api/v1/live", timeout=5, **options)
    return int(refused.value.status_code)


def test_another_sites_page_opens_no_socket(cast: Cast, open_page: OpenPage) -> None:
    page = open_page("bob")
    for origin in FOREIGN:
        header = {"Origin": origin}
        status = refusal_of(page.address, cookie=page.cookie, suppress_origin=True, header=header)
        assert status == 403, origin
    assert refusal_of(page.address, cookie=page.cookie, suppress_origin=True) == 403


def test_nobody_and_no_device_opens_a_socket(
    cast: Cast, server: BaseWSGIServer, device_of: Callable[..., Sender]
) -> None:
    address = f"127.0.0.1:{server.server_port}"
    key = device_of("thermometer", cast.alice.id).key
    for header, status in (({}, 401), (bearer("pmp_pat_x"), 401), (bearer(key), 403)):
        assert refusal_of(address, header=header, origin=f"http://{address}") == status


def test_a_revoked_token_closes_its_socket(
    cast: Cast, sign_in: SignIn, server: BaseWSGIServer, open_page: OpenPage
) -> None:
    page = open_page("bob")
    made = page.post("/me/tokens", {"name": "wall display"}).get_json()
    page.socket.close()
    page.socket = websocket.create_connection(
        f"ws://{page.address}/api/v1/live", header=bearer(made["token"]), suppress_origin=True, timeout=10
    )
    page.subscribe("patients")
    answer = page.client.delete(f"/api/v1/me/tokens/{made['id']}", headers={"X-CSRF-Token": page.csrf_token})
    assert answer.status_code == 204
    assert page.close_code(within_s=1.0) == 4401
