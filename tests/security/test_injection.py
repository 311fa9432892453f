"""What is sent is data: never a query, never a path, never a crash."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from core.platform import Platform
from device_drivers.thermometer.encoder import temperature_frame
from tests.security.test_route_map import TABLE, concerning_someone, operations
from tests.support import PASSWORD, Caller, Cast, Sender

SignIn = Callable[..., Caller]
OPERATORS: list[Any] = [
    {"$gt": ""}, {"$ne": None}, {"$regex": ".*"}, {"$where": "1"}, {"$in": ["bob"]}, ["bob"], 1, 1.5, True, None, {},
]  # fmt: skip
ODD_TEXTS = [
    '{"$gt":""}', "$where", "__proto__", "../../etc/passwd", "..%2f..%2f", "%00", "%0d%0aSet-Cookie:x=1", "'; drop",
    "\u202e", "\U0001f600", "a" * 3000, "%ff%fe", "_id", "*", ".", "~", "0", "-1", "null",
]  # fmt: skip
ARGUMENTS = ("patient_id", "alert_id", "observation_id", "device_id", "user_id", "plugin_id")
DEEP = "[" * 100_000 + "]" * 100_000


def refused(status: int) -> bool:
    return 400 <= status < 500


def test_operators_sign_nobody_in(client: FlaskClient, cast: Cast) -> None:
    for value in OPERATORS:
        for body in (
            {"username": value, "password": PASSWORD},
            {"username": "bob", "password": value},
            {"username": value, "password": value},
        ):
            answer = client.post("/api/v1/auth/login", json=body)
            assert refused(answer.status_code), body
            assert answer.status_code != 429
    assert client.get_cookie("pmp_session") is None


def test_odd_names_sign_nobody_in(client: FlaskClient, cast: Cast) -> None:
    for name in ("bob\x00", "\x00", "bob\ud800", "b\u043eb", "bob ", "BOB\n", "*", "bob$", "\ud83d"):
        answer = client.post("/api/v1/auth/login", data=json.dumps({"username": name, "password": PASSWORD}),
                             content_type="application/json")  # fmt: skip
        assert refused(answer.status_code), repr(name)
    for password in ("\x00", "\ud800", PASSWORD + "\x00", f" {PASSWORD}"):
        body = json.dumps({"username": "bob", "password": password})
        answer = client.post("/api/v1/auth/login", data=body, content_type="application/json")
        assert refused(answer.status_code), repr(password)


def test_odd_ids_in_paths_find_nothing(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    callers = {name: sign_in(name) for name in ("bob", "ada")}
    for operation in concerning_someone(app):
        if "{" not in operation.template:
            continue
        person = callers["bob" if TABLE[operation.name][1] == "A" else "ada"]
        for text in ODD_TEXTS:
            path = operation.url(dict.fromkeys(ARGUMENTS, text)).removeprefix("/api/v1")
            answer = person.request(operation.method, path, json=None if operation.method == "GET" else {})
            assert refused(answer.status_code), f"{operation.method} {path}: {answer.status_code}"
            assert "x=1" not in answer.headers.get("Set-Cookie", "")


def test_odd_values_in_queries_are_refused_or_find_nothing(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    callers = {name: sign_in(name) for name in ("bob", "ada")}
    names = ("q", "cursor", "limit", "code", "start", "end", "status", "patient_id", "ward", "points")
    texts = ("\x00", "-1", "9" * 400, "\u202e", "0001-01-01T00:00:00Z")
    tried = 0
    for operation in concerning_someone(app):
        if operation.method != "GET":
            continue
        person = callers["bob" if TABLE[operation.name][1] == "A" else "ada"]
        path = operation.url({"patient_id": cast.alice.id, "user_id": cast.users["bob"].id}).removeprefix("/api/v1")
        for name in names:
            answer = person.get(path, query_string={f"{name}[$gt]": "x", name: '{"$gt":""}'})
            assert answer.status_code < 500, f"{path}?{name}"
            if answer.status_code == 422 and len(answer.get_json()["errors"]) == 2:
                # Neither is a parameter of this route.
                continue
            for text in texts:
                tried += 1
                answer = person.get(path, query_string={name: text})
                assert answer.status_code < 500, f"{path}?{name}={text!r}"
    assert tried > 50


def bodies(cast: Cast) -> dict[str, dict[str, Any]]:
    """A right body of each operation that takes one."""
    patient = f"/patients/{cast.alice.id}"
    return {
        "POST /patients": {"name": "New", "birth_date": "1950-01-01"},
        f"PATCH {patient}": {"room": "4"},
        f"PUT {patient}/care-team": {"user_ids": [cast.users["bob"].id]},
        f"POST {patient}/observations": {"code": "8310-5", "value": 37.0, "unit": "Cel"},
        f"PUT {patient}/alert-rules": {"rules": [{"code": "8310-5", "low": 36.0, "high": 38.0}]},
        "POST /devices": {"driver": "thermometer", "patient_id": cast.alice.id},
        "POST /me/tokens": {"name": "script"},
    }


def test_wrong_types_and_extra_fields_are_refused_in_every_body(cast: Cast, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    for operation, body in bodies(cast).items():
        method, path = operation.split()
        for name in body:
            wrong: list[Any] = [{"$gt": ""}, {"$set": {"roles": ["admin"]}}, [[[]]], {"a": {}}]
            for value in wrong:
                answer = bob.request(method, path, json={**body, name: value})
                assert answer.status_code == 422, f"{operation} {name}={value}"
        for extra in ("$set", "_id", "roles", "id", "created_at", "__class__", "care_team", "constructor"):
            answer = bob.request(method, path, json={**body, extra: "x"})
            assert answer.status_code == 422, f"{operation} with {extra}"
        right = bob.request(method, path, json=body)
        assert right.status_code in (200, 201), f"{operation}: {right.text}"


def test_null_bytes_and_broken_text_never_crash(cast: Cast, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    for operation, body in bodies(cast).items():
        method, path = operation.split()
        for name in body:
            for value in ("\x00", "a\x00b", "\ud800", "\uffff", "\u202e", "9" * 5000):
                data = json.dumps({**body, name: value})
                answer = bob.request(method, path, data=data, content_type="application/json")
                assert answer.status_code < 500, f"{operation} {name}={value!r}"


def test_bodies_that_are_no_json_or_too_much_of_it_are_refused(
    app: Flask, cast: Cast, sign_in: SignIn, device_of: Callable[..., Sender]
) -> None:
    bob = sign_in("bob")
    broken = ["", "{", "null", "[]", '"x"', "1", '{"name": NaN}', '{"a":' * 50_000, DEEP, "\x00", '{"name": 1e999}']
    for operation in bodies(cast):
        method, path = operation.split()
        for text in broken:
            answer = bob.request(method, path, data=text, content_type="application/json")
            assert refused(answer.status_code), f"{operation} {text[:20]!r}: {answer.status_code}"
    huge = b'{"name": "' + b"x" * (5 * 1024 * 1024) + b'"}'
    for path in ("/patients", "/auth/login"):
        answer = bob.request("POST", path, data=huge, content_type="application/json")
        assert answer.status_code == 413, path
    device = device_of("thermometer", cast.alice.id)
    headers = {"Authorization": f"Bearer {device.key}"}
    for data in [*broken, huge]:
        answer = app.test_client().post(f"/api/v1/devices/{device.id}/frames", data=data, headers=headers)
        assert refused(answer.status_code), data[:20]


def test_operators_and_control_characters_in_frames_are_refused_alone(
    platform: Platform, cast: Cast, device_of: Callable[..., Sender]
) -> None:
    device = device_of("thermometer", cast.alice.id)
    payload = temperature_frame(37.0).hex()
    bad: list[Any] = ["a\nb", "\x00", "\x1b[31m", "a\u202eb", "", "x" * 201, {"$gt": ""}, ["a"], 7, True]
    frames: list[Any] = [{"id": name, "payload": payload} for name in bad]
    frames += [
        {"id": "ok1", "payload": {"$gt": ""}}, {"id": "ok2", "payload": payload, "$set": {"patient_id": "p"}},
        {"id": "ok3", "payload": payload, "patient_id": cast.charlie.id}, {"$gt": ""}, "x", None, [[]],
        {"id": "ok4", "payload": payload, "characteristic": {"$ne": ""}},
        {"id": "ok5", "payload": payload, "received_at": {"$gt": ""}},
    ]  # fmt: skip
    answer = device.post(*frames, {"id": "good", "payload": payload})
    assert answer.status_code == 200, answer.text
    result = answer.get_json()
    assert result["accepted"] == ["good"]
    assert len(result["rejected"]) == len(frames)
    assert "\x1b" not in answer.text
    assert platform.observations.latest_of(cast.charlie.id) == []
    assert len(platform.observations.latest_of(cast.alice.id)) == 1


def test_roles_are_given_by_admins_only(app: Flask, platform: Platform, cast: Cast, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    me = cast.users["bob"].id
    assert bob.put(f"/users/{me}/roles", {"roles": ["admin"]}).status_code == 403
    assert bob.patch(f"/users/{me}", {"enabled": True}).status_code == 403
    body = {"current": PASSWORD, "new": "another long password", "roles": ["admin"]}
    assert bob.post("/auth/password", body).status_code == 422
    ada = sign_in("ada")
    for roles in (["superuser"], ["admin", {"$ne": 1}], [], "admin", {"$set": 1}, ["device"], ["professional"]):
        assert ada.put(f"/users/{me}/roles", {"roles": roles}).status_code == 422, roles
    user = platform.people.get(me)
    assert user is not None
    assert user.roles == {"nurse"}


def test_methods_that_a_route_does_not_have_are_refused(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    ada = sign_in("ada")
    by_path: dict[str, set[str]] = {}
    for operation in operations(app):
        if operation.template.startswith("/api/"):
            by_path.setdefault(operation.template, set()).add(operation.method)
    for template, methods in by_path.items():
        path = template.removeprefix("/api/v1").replace("{", "").replace("}", "")
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - methods:
            override = {"X-HTTP-Method-Override": sorted(methods)[0]}
            answer = ada.request(method, path, headers=override)
            assert answer.status_code in (404, 405), f"{method} {path}: {answer.status_code}"
