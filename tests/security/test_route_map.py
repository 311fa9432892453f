"""Every route of the live route map, by every kind of caller."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.access.guard import permissions_of_app
from core.access.permission import Permission
from core.platform import Platform
from device_drivers.thermometer.encoder import temperature_frame
from plugins.alerting.models import alert_json
from plugins.escalation.ladder import new_run
from plugins.escalation.store import EscalationStore
from tests.support import Caller, Cast, Sender, wait_until

#: What each caller gets from each operation on Alice's things: A allowed, F 403, N 404.
#: Order: alice, bob (nurse), dana (doctor), frank (family), frank consented, charlie, ada (admin).
#: frank consented: Alice has consented to his seeing her vitals.
TABLE = {
    "GET /alerts": "AAAAAAA",
    "GET /alerts/{alert_id}": "AAANNNN",
    "POST /alerts/acknowledge": "FAAFFFA",
    "POST /alerts/{alert_id}/acknowledge": "NAANNNN",
    "POST /alerts/{alert_id}/assign": "NAANNNN",
    "POST /alerts/{alert_id}/snooze": "NAANNNN",
    "DELETE /alerts/{alert_id}/snooze": "NAANNNN",
    "POST /alerts/{alert_id}/resolve": "NAANNNN",
    "GET /alerts/{alert_id}/escalation": "NAANNNN",
    "GET /alarm-burden": "FAAFFFA",
    "GET /alert-rule-templates": "FAAFFFA",
    "DELETE /alert-rule-templates/{template_id}": "FFFFFFA",
    "GET /alert-rule-templates/{template_id}": "FAAFFFA",
    "PUT /alert-rule-templates/{template_id}": "FFFFFFA",
    "GET /alerts-deliveries": "FAAFFFF",
    "GET /audit": "FFFFFFA",
    "GET /board": "FAAFFFF",
    "GET /colleagues": "FAAFFFA",
    "GET /devices": "AAAFFAA",
    "POST /devices": "FAAFFFA",
    "PATCH /devices/{device_id}": "FAAFFFA",
    "POST /devices/{device_id}/frames": "FFFFFFF",
    "GET /devices/{device_id}/rejected-frames": "FAAFFFA",
    "POST /devices/{device_id}/rotate-key": "FAAFFFA",
    "GET /drivers": "FAAFFFA",
    "GET /escalation-ladders": "FAAFFFA",
    "PUT /escalation-ladders": "FFFFFFA",
    "GET /notifications/failed": "FFFFFFA",
    "POST /observations/{observation_id}/mark-in-error": "NAANNNN",
    "GET /on-call/now": "FAAFFFA",
    "GET /on-call/teams": "FAAFFFA",
    "POST /on-call/teams": "FFFFFFA",
    "PUT /on-call/teams/{team_id}": "FFFFFFA",
    "DELETE /on-call/teams/{team_id}": "FFFFFFA",
    "POST /on-call/teams/{team_id}/cover": "FAAFFFA",
    "DELETE /on-call/teams/{team_id}/cover/{cover_id}": "FAAFFFA",
    "GET /on-call/teams/{team_id}/layout": "FAAFFFA",
    "GET /patients": "AAAAAAA",
    "POST /patients": "FAAFFFA",
    "GET /patients/{patient_id}": "AAANANA",
    "PATCH /patients/{patient_id}": "NAANNNA",
    "GET /patients/{patient_id}/alert-rules": "AAANNNN",
    "PUT /patients/{patient_id}/alert-rules": "NAANNNN",
    "POST /patients/{patient_id}/alert-rules/rehearse": "NAANNNN",
    "GET /patients/{patient_id}/care-team": "AAANNNA",
    "PUT /patients/{patient_id}/care-team": "NAANNNA",
    "GET /patients/{patient_id}/due": "AAANANN",
    "GET /patients/{patient_id}/latest": "AAANANN",
    "GET /patients/{patient_id}/measurement-plan": "AAANANN",
    "PUT /patients/{patient_id}/measurement-plan": "NAANNNN",
    "GET /patients/{patient_id}/observations": "AAANANN",
    "POST /patients/{patient_id}/observations": "AAANNNN",
    "GET /patients/{patient_id}/score": "AAANANN",
    "GET /patients/{patient_id}/score/history": "AAANANN",
    "GET /patients/{patient_id}/series": "AAANANN",
    "POST /measurement-plans/preview": "FAAFFFA",
    "GET /patients/{patient_id}/measurement-plan/adherence": "AAANANN",
    "GET /plan-templates": "FAAFFFA",
    "DELETE /plan-templates/{template_id}": "FFFFFFA",
    "PUT /plan-templates/{template_id}": "FFFFFFA",
    "GET /plugins": "FFFFFFA",
    "POST /plugins/{plugin_id}/disable": "FFFFFFA",
    "POST /plugins/{plugin_id}/enable": "FFFFFFA",
    "GET /policy": "FFFFFFA",
    "POST /policy/check": "FFFFFFA",
    "POST /policy/explain": "FFFFFFA",
    "GET /quarantine": "FAAFFFF",
    "GET /system": "FFFFFFA",
    "GET /users": "FFFFFFA",
    "POST /users": "FFFFFFA",
    "GET /users/{user_id}": "FFFFFFA",
    "PATCH /users/{user_id}": "FFFFFFA",
    "PUT /users/{user_id}/roles": "FFFFFFA",
}
CALLERS = ("alice", "bob", "dana", "frank", "frank consented", "charlie", "ada")
ALLOWED, FORBIDDEN, NOT_FOUND = "A", "F", "N"
#: The id of a thing that does not exist.
UNKNOWN = "nothing-of-this-name"


@dataclass(frozen=True)
class Operation:
    """One method of one route."""

    method: str
    template: str
    endpoint: str
    permission: Permission

    @property
    def name(self) -> str:
        """As in TABLE."""
        return f"{self.method} {self.template.removeprefix('/api/v1')}"

    def url(self, ids: Mapping[str, str]) -> str:
        """The address with its ids filled in."""
        return self.template.format_map(_Ids(ids))


class _Ids(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return UNKNOWN


def operations(app: Flask) -> list[Operation]:
    """Every method of every route, with its declared permission; fails on a route that has none."""
    declared = permissions_of_app(app)
    found = []
    for rule in app.url_map.iter_rules():
        assert rule.endpoint in declared, f"{rule.rule} has no declared permission"
        template = rule.rule
        for argument in rule.arguments:
            for converter in ("string", "path"):
                template = template.replace(f"<{converter}:{argument}>", f"{{{argument}}}")
        assert "<" not in template, template
        if rule.websocket:
            # Only sockets match this rule; test_sessions opens it as each kind of caller.
            continue
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found += [Operation(method, template, rule.endpoint, declared[rule.endpoint]) for method in sorted(methods)]
    return sorted(found, key=lambda operation: operation.name)


def concerning_someone(app: Flask) -> Iterator[Operation]:
    """The operations that the policy decides."""
    return (item for item in operations(app) if not item.permission.public and not item.permission.any_signed_in)


@pytest.fixture
def ids(platform: Platform, cast: Cast, device_of: Callable[..., Sender]) -> dict[str, str]:
    """Alice's things, by the names of route arguments."""
    sender = device_of("thermometer", cast.alice.id)
    frame = {"id": "f1", "payload": temperature_frame(41.5, None).hex(), "characteristic": "2A1C"}
    assert sender.post(frame).get_json()["accepted"] == ["f1"]
    observation = platform.observations.latest_of(cast.alice.id)[0]
    alerts = platform.database.db["alerting_alerts"]
    alert = wait_until(lambda: alerts.find_one({"patient_id": cast.alice.id}), what="the alert")
    # As the worker begins it when it hears of the alert.
    EscalationStore(platform.database).add_run(new_run(alert_json(platform, alert)))
    # A rule template that is applied to somebody is not deleted on the way.
    platform.database.db["alerting_rules"].insert_one({"_id": cast.alice.id, "templates": ["hypertension"]})
    return {
        "patient_id": cast.alice.id,
        "observation_id": str(observation["_id"]),
        "alert_id": str(alert["_id"]),
        "device_id": sender.id,
        "device_key": sender.key,
        "user_id": cast.users["alice"].id,
        "plugin_id": UNKNOWN,
        "team_id": UNKNOWN,
        "cover_id": UNKNOWN,
        "template_id": "hypertension",
    }


def consent(platform: Platform, cast: Cast, **changes: Any) -> None:
    """Write Alice's consent to Frank, as the family-access room keeps it."""
    platform.database.db["consents"].insert_one(
        {
            "_id": "c_plain", "patient_id": cast.alice.id, "family_user_id": cast.users["frank"].id,
            "categories": ["vitals"], "revoked_at": None, "expires_at": None,
        } | changes
    )  # fmt: skip


def outcome(status: int) -> str:
    """How the guard decided: a body that does not fit, or an id that is unknown later, was let through."""
    return {401: "401", 403: FORBIDDEN, 404: NOT_FOUND}.get(status, ALLOWED)


def ask(person: Caller, operation: Operation, path: str) -> TestResponse:
    """Call with a body that fits no schema: what is allowed changes nothing, so the order does not matter."""
    return person.request(operation.method, path, json=None if operation.method == "GET" else [])


def test_every_route_declares_a_permission_that_the_policy_knows(app: Flask, platform: Platform) -> None:
    known = platform.access.policy.known
    for operation in concerning_someone(app):
        permission = operation.permission
        assert (permission.object, permission.action) in known, operation.name


def test_every_policy_rule_is_about_a_route_or_a_topic(app: Flask, platform: Platform) -> None:
    declared = [item.permission for item in operations(app)]
    declared += [permission.otherwise for permission in declared if permission.otherwise is not None]
    used = {(permission.object, permission.action) for permission in declared}
    assert platform.access.policy.known - used == set()


def test_every_decided_route_is_in_the_table(app: Flask) -> None:
    core = {item.name for item in concerning_someone(app) if item.template.startswith("/api/")}
    assert core == set(TABLE)


def test_only_these_routes_are_public(app: Flask) -> None:
    public = {item.name for item in operations(app) if item.permission.public}
    assert public == {
        "GET /", "GET /{path}", "GET /docs", "GET /docs/{name}", "GET /openapi.json", "GET /auth/options",
        "POST /auth/login", "POST /setup", "GET /healthz", "GET /readyz", "GET /metrics",
    }  # fmt: skip


def test_every_list_of_patients_things_is_audited(app: Flask) -> None:
    for operation in operations(app):
        if operation.permission.filtered:
            assert operation.permission.audit, operation.name


def test_nobody_gets_in_without_signing_in(app: Flask, client: FlaskClient, ids: dict[str, str]) -> None:
    for operation in operations(app):
        if not operation.permission.public:
            answer = client.open(operation.url(ids), method=operation.method, json={})
            assert answer.status_code == 401, operation.name


def test_each_caller_gets_what_the_policy_says(
    app: Flask, platform: Platform, cast: Cast, sign_in: Callable[[str], Any], ids: dict[str, str]
) -> None:
    wrong = []
    for column, caller in enumerate(CALLERS):
        if caller == "frank consented":
            consent(platform, cast)
        person = sign_in(caller.split()[0])
        for operation in concerning_someone(app):
            expected = TABLE[operation.name][column]
            path = operation.url(ids).removeprefix("/api/v1")
            answer = ask(person, operation, path)
            assert answer.status_code < 500, f"{operation.name} {caller}: {answer.status_code}"
            got = outcome(answer.status_code)
            if got == NOT_FOUND and ("{plugin_id}" in operation.template or "{team_id}" in operation.template):
                # Let through, and there is no such plugin or team.
                got = ALLOWED
            if got != expected:
                wrong.append(f"{operation.name} by {caller}: {answer.status_code}, expected {expected}")
    assert wrong == []


def test_the_stranger_cannot_tell_alices_id_from_an_unknown_one(
    app: Flask, cast: Cast, sign_in: Callable[[str], Any], ids: dict[str, str]
) -> None:
    charlie = sign_in("charlie")
    for operation in concerning_someone(app):
        if operation.permission.patient_of is None:
            continue
        bodies = []
        for arguments in (ids, {}):
            path = operation.url(arguments).removeprefix("/api/v1")
            answer = ask(charlie, operation, path)
            assert answer.status_code == 404, operation.name
            bodies.append(answer.json)
        assert bodies[0] == bodies[1], operation.name


def test_an_unknown_id_is_not_found(app: Flask, cast: Cast, sign_in: Callable[[str], Any]) -> None:
    for caller in ("alice", "bob", "dana", "frank", "ada"):
        person = sign_in(caller)
        for operation in concerning_someone(app):
            if operation.permission.patient_of is not None:
                path = operation.url({}).removeprefix("/api/v1")
                assert ask(person, operation, path).status_code == 404, f"{operation.name} by {caller}"


def test_a_device_key_opens_its_own_frames_and_nothing_else(
    app: Flask, client: FlaskClient, cast: Cast, ids: dict[str, str], device_of: Callable[..., Sender]
) -> None:
    other = device_of("thermometer", cast.charlie.id)
    bearer = {"Authorization": f"Bearer {ids['device_key']}"}
    for operation in operations(app):
        if operation.permission.public:
            continue
        body = {"frames": [{"id": "x", "payload": "00"}]}
        answer = client.open(operation.url(ids), method=operation.method, json=body, headers=bearer)
        own = operation.name == "POST /devices/{device_id}/frames"
        assert answer.status_code in ((200,) if own else (403, 404)), operation.name
    for device_id in (other.id, UNKNOWN):
        answer = client.post(f"/api/v1/devices/{device_id}/frames", json={"frames": [{}]}, headers=bearer)
        assert answer.status_code in (403, 404)


def test_a_consent_that_does_not_hold_opens_nothing(
    platform: Platform, cast: Cast, sign_in: Callable[[str], Any]
) -> None:
    now = platform.clock()
    wrong: list[dict[str, Any]] = [
        {"revoked_at": now - timedelta(seconds=1)},
        {"expires_at": now - timedelta(seconds=1)},
        {"starts_at": now + timedelta(hours=1)},
        {"categories": ["alerts"]},
        {"categories": []},
        {"patient_id": cast.charlie.id},
        {"family_user_id": cast.users["charlie"].id},
    ]
    for number, changes in enumerate(wrong):
        consent(platform, cast, _id=f"c_{number}", **changes)
    frank = sign_in("frank")
    assert frank.get(f"/patients/{cast.alice.id}/latest").status_code == 404
    assert cast.alice.id not in {item["id"] for item in frank.get("/patients").get_json()["items"]}
    consent(platform, cast)
    assert frank.get(f"/patients/{cast.alice.id}/latest").status_code == 200


def test_a_consent_is_for_family_only(platform: Platform, cast: Cast, sign_in: Callable[[str], Any]) -> None:
    consent(platform, cast, family_user_id=cast.users["ada"].id)
    assert sign_in("ada").get(f"/patients/{cast.alice.id}/latest").status_code == 404


def test_lists_hold_only_what_the_caller_may_see(
    platform: Platform, cast: Cast, sign_in: Callable[[str], Any], ids: dict[str, str]
) -> None:
    both, alice, charlie = {cast.alice.id, cast.charlie.id}, {cast.alice.id}, {cast.charlie.id}
    expected = {"alice": alice, "bob": both, "dana": both, "frank": set(), "charlie": charlie, "ada": both}
    for caller, visible in expected.items():
        person = sign_in(caller)
        assert {item["id"] for item in person.get("/patients").json["items"]} == visible, caller
        devices = person.get("/devices")
        if devices.status_code == 200:
            assert {item["patient_id"] for item in devices.json["items"]} == visible & alice, caller
        alerts = person.get("/alerts")
        if alerts.status_code == 200:
            # Admins see the alerts about the platform itself only, and there are none.
            theirs = set() if caller == "ada" else visible & alice
            assert {item["patient_id"] for item in alerts.json["items"]} == theirs, caller
    consent(platform, cast)
    assert [item["id"] for item in sign_in("frank").get("/patients").json["items"]] == [cast.alice.id]
    # Vitals, not alerts.
    assert sign_in("frank").get("/alerts").json["items"] == []
