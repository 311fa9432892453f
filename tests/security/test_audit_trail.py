"""Every read and write of patient data leaves an entry, allowed or denied; the patient sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from core.platform import Platform
from core.problems import Unavailable
from device_drivers.thermometer.encoder import temperature_frame
from plugins.alerting.models import alert_json
from plugins.escalation.ladder import new_run
from plugins.escalation.store import EscalationStore
from tests.security.conftest import Page
from tests.security.test_route_map import ask, concerning_someone
from tests.support import Caller, Cast, Sender, wait_until

SignIn = Callable[..., Caller]


def entries(platform: Platform) -> list[dict[str, Any]]:
    """All entries, oldest first."""
    platform.audit.flush()
    return platform.audit.newest(None, None, 10_000)[::-1]


@pytest.mark.parametrize("caller", ["bob", "charlie"])
def test_every_use_of_a_patients_route_is_recorded(
    app: Flask, platform: Platform, cast: Cast, sign_in: SignIn, device_of: Callable[..., Sender], caller: str
) -> None:
    device_of("thermometer", cast.alice.id).post({"id": "f1", "payload": temperature_frame(41.0).hex()})
    observation = platform.observations.latest_of(cast.alice.id)[0]["_id"]
    alerts = platform.database.db["alerting_alerts"]
    alert = wait_until(lambda: alerts.find_one({"patient_id": cast.alice.id}), what="the alert")
    # As the worker begins it when it hears of the alert.
    EscalationStore(platform.database).add_run(new_run(alert_json(platform, alert)))
    ids = {"patient_id": cast.alice.id, "observation_id": observation, "alert_id": alert["_id"]}
    person, user = sign_in(caller), cast.users[caller]
    for operation in concerning_someone(app):
        if operation.permission.patient_of is None:
            continue
        before = len(entries(platform))
        path = operation.url(ids).removeprefix("/api/v1")
        status = ask(person, operation, path).status_code
        written = entries(platform)[before:]
        assert len(written) == 1, operation.name
        entry = written[0]
        assert entry["actor"] == {"type": "user", "id": user.id, "name": user.name}
        assert entry["action"] == operation.permission.name
        assert entry["object"] == f"{operation.method} /api/v1{path}"
        assert entry["patient_id"] == cast.alice.id
        assert entry["outcome"] == ("denied" if status == 404 else "allowed"), operation.name
        assert entry["roles"] == sorted(user.roles)
        assert entry["from"] == "127.0.0.1"
        if caller == "bob":
            assert (entry["relation"], entry["rule"].split(", ")[1]) == ("any_patient", "professional")


def test_lists_creations_streams_and_frames_are_recorded(
    platform: Platform,
    cast: Cast,
    sign_in: SignIn,
    open_page: Callable[[str], Page],
    device_of: Callable[..., Sender],
) -> None:
    bob = sign_in("bob")
    for path in ("/patients", "/board", "/alerts", "/devices", "/quarantine"):
        assert bob.get(path).status_code == 200
        assert entries(platform)[-1]["object"] == f"GET /api/v1{path}"
    created = bob.post("/patients", {"name": "Newcomer", "birth_date": "1950-05-05"}).get_json()["id"]
    entry = entries(platform)[-1]
    assert (entry["action"], entry["patient_id"], entry["outcome"]) == ("patient:create", created, "allowed")
    assert sign_in("charlie").post("/patients", {"name": "X", "birth_date": "1950-05-05"}).status_code == 403
    assert entries(platform)[-1]["outcome"] == "denied"

    device = device_of("thermometer", cast.alice.id)
    device.post({"id": "f1", "payload": temperature_frame(37.0).hex()})
    entry = entries(platform)[-1]
    assert entry["actor"] == {"type": "device", "id": device.id, "name": "thermometer"}
    assert (entry["action"], entry["patient_id"], entry["detail"]) == ("frames:create", cast.alice.id, {"frames": 1})

    for caller, outcome in (("bob", "allowed"), ("charlie", "denied")):
        page = open_page(caller)
        page.socket.send(f'{{"subscribe": ["patients/{cast.alice.id}"]}}')
        page.next()
        expected = (caller.title(), outcome, cast.alice.id)
        wait_until(lambda: expected in streams_of(platform), what=f"the entry of {caller}'s stream")  # noqa: B023


def streams_of(platform: Platform) -> list[tuple[str, str, str]]:
    """Who opened whose stream, or was refused."""
    return [
        (entry["actor"]["name"], entry["outcome"], entry["patient_id"])
        for entry in entries(platform)
        if entry["action"] == "observation:subscribe"
    ]


def test_no_entry_holds_a_patients_values(
    platform: Platform, cast: Cast, sign_in: SignIn, device_of: Callable[..., Sender]
) -> None:
    device_of("thermometer", cast.alice.id).post({"id": "f1", "payload": temperature_frame(38.77).hex()})
    bob = sign_in("bob")
    body = {"code": "8310-5", "value": 38.66, "unit": "Cel", "note": "canary note"}
    assert bob.post(f"/patients/{cast.alice.id}/observations", body).status_code == 201
    bob.patch(f"/patients/{cast.alice.id}", {"name": "Canary Surname"})
    bob.get("/patients?q=canary")
    dump = repr(entries(platform))
    for secret in ("38.77", "38.66", "canary note", "Canary Surname", "q=canary"):
        assert secret not in dump


def test_a_patient_sees_who_looked(cast: Cast, sign_in: SignIn) -> None:
    bob, charlie, alice = sign_in("bob"), sign_in("charlie"), sign_in("alice")
    bob.get(f"/patients/{cast.alice.id}/latest")
    charlie.get(f"/patients/{cast.alice.id}/latest")
    bob.get(f"/patients/{cast.charlie.id}/latest")
    items = alice.get("/me/access-log").get_json()["items"]
    seen = [(item["actor"]["name"], item["action"], item["outcome"]) for item in items]
    assert seen == [("Charlie", "observation:read", "denied"), ("Bob", "observation:read", "allowed")]
    assert {item["patient_id"] for item in items} == {cast.alice.id}
    assert bob.get("/me/access-log").get_json()["items"] == []
    first = alice.get("/me/access-log?limit=1").get_json()
    rest = alice.get(f"/me/access-log?limit=1&cursor={first['next']}").get_json()
    assert [first["items"][0]["id"], rest["items"][0]["id"]] == [item["id"] for item in items]
    # A patient reads no other log, not even with the id of the own record.
    assert alice.get(f"/audit?patient_id={cast.alice.id}").status_code == 403
    filtered = sign_in("ada").get(f"/audit?patient_id={cast.alice.id}").get_json()["items"]
    assert [item["id"] for item in filtered] == [item["id"] for item in items]


def test_changes_of_access_are_recorded(platform: Platform, cast: Cast, sign_in: SignIn) -> None:
    ada, bob = sign_in("ada"), cast.users["bob"].id
    ada.put(f"/users/{bob}/roles", {"roles": ["doctor"]})
    ada.patch(f"/users/{bob}", {"enabled": False})
    recorded = [(entry["action"], entry["object"]) for entry in entries(platform)]
    assert ("user:update", f"PUT /api/v1/users/{bob}/roles") in recorded
    assert ("user:update", f"PATCH /api/v1/users/{bob}") in recorded


def test_without_a_record_nothing_is_shown(
    platform: Platform, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = sign_in("bob")
    path = f"/patients/{cast.alice.id}"
    assert "Alice" in bob.get(path).text

    def never(_ticket: object) -> None:
        raise Unavailable("The audit log cannot be written now.", retry_after_s=2)

    monkeypatch.setattr("core.audit.log.Ticket.wait", never)
    answer = bob.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert "Alice" not in answer.text


def test_the_log_of_all_this_is_unbroken(platform: Platform, cast: Cast, sign_in: SignIn) -> None:
    for caller in ("alice", "bob", "charlie"):
        sign_in(caller).get(f"/patients/{cast.alice.id}/latest")
    platform.audit.flush()
    report = platform.audit.verify()
    assert report.ok
    assert report.entries == 3
