"""Whose rules hold: the patient's before their templates', these before the defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.observations.vital_signs import BODY_TEMPERATURE, BODY_WEIGHT, GLUCOSE, HEART_RATE, SYSTOLIC, all_vital_signs
from core.platform import Platform
from plugins.alerting.rule_sets import rule_set
from plugins.alerting.rules import breaches, default_limits
from plugins.alerting.templates import SHIPPED, in_force
from tests.plugins.alerting.conftest import Watch, reading
from tests.plugins.alerting.test_combinations import INFECTION
from tests.support import Caller, Cast

SignIn = Callable[[str], Caller]
TEMPLATES = "/alert-rule-templates"


def limits(code: str, high: float) -> dict[str, Any]:
    return {"code": code, "low": None, "high": high, "critical_low": None, "critical_high": None}


def template(name: str, *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"_id": name, "title": name.title(), "rules": list(rules), **more}


def test_each_measurement_has_the_rule_of_the_strongest_that_gives_one() -> None:
    first = template("first", limits(HEART_RATE, 100), limits(SYSTOLIC, 150))
    second = template("second", limits(SYSTOLIC, 140), limits(BODY_TEMPERATURE, 38.0))
    rules = rule_set({"rules": [limits(HEART_RATE, 90)]}, [first, second])
    found = {code: (own.high, own.source) for code, own in rules.limits.items()}
    assert found[HEART_RATE] == (90, "patient")
    assert found[SYSTOLIC] == (150, "first")
    assert found[BODY_TEMPERATURE] == (38.0, "second")
    assert found[GLUCOSE] == (180, "default")


def test_a_patient_may_silence_what_a_template_brings() -> None:
    rule = INFECTION | {"id": "x"}
    brings = template("t", combinations=[rule], stale=[{"code": HEART_RATE, "hours": 8.0, "priority": "low"}])
    assert [found.source for found in rule_set(None, [brings]).combinations_on] == ["t"]
    own = {
        "combinations": [rule | {"enabled": False}],
        "stale": [{"code": HEART_RATE, "hours": None, "priority": "low"}],
    }
    rules = rule_set(own, [brings])
    assert (rules.combinations_on, rules.stale_on) == ((), {})


def test_shipped_templates_can_be_read_and_their_limits_are_in_order() -> None:
    known = {sign.code for sign in all_vital_signs()}
    assert {row["title"] for row in in_force({})} == {"Heart failure", "COPD", "Hypertension", "Post-operative"}
    for row in in_force({}):
        rules = rule_set(None, [row])
        for own in rules.limits.values():
            given = [x for x in (own.critical_low, own.low, own.high, own.critical_high) if x is not None]
            assert given == sorted(given)
        assert {code for rule in rules.combinations for code in rule.codes} <= known


def test_admins_write_what_they_read(cast: Cast, sign_in: SignIn) -> None:
    ada = sign_in("ada")
    items = {item["id"]: item for item in ada.get(TEMPLATES).json["items"]}
    assert set(items) == set(SHIPPED)
    for template_id, item in items.items():
        body = {name: item[name] for name in ("title", "rules", "combinations", "stale")}
        answer = ada.put(f"{TEMPLATES}/{template_id}", body)
        assert (answer.status_code, answer.json) == (200, item)
    assert ada.get(f"{TEMPLATES}/copd").json == items["copd"]
    assert sign_in("bob").get(TEMPLATES).status_code == 200
    assert ada.delete(f"{TEMPLATES}/copd").status_code == 204
    assert ada.get(f"{TEMPLATES}/copd").status_code == 404
    assert ada.delete(f"{TEMPLATES}/copd").status_code == 404
    body = {"title": "Copd", "rules": []}
    assert ada.put(f"{TEMPLATES}/patient", body).status_code == 422


def test_a_professional_applies_a_template_and_sees_where_each_limit_comes_from(watch: Watch, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    path = f"/patients/{watch.patient_id}/alert-rules"
    answer = bob.put(path, {"rules": [limits(HEART_RATE, 95)], "templates": ["heart_failure", "hypertension"]})
    found = {rule["code"]: (rule["source"], rule["source_title"], rule["high"]) for rule in answer.json["rules"]}
    assert found[HEART_RATE] == ("patient", None, 95)
    assert found[SYSTOLIC] == ("template", "Heart failure", 150)
    assert found[GLUCOSE] == ("default", None, 180)
    assert [row["id"] for row in answer.json["templates"]] == ["heart_failure", "hypertension"]
    assert [row["title"] for row in answer.json["combinations"]] == ["Weight is rising and saturation falling"]
    assert [(row["code"], row["template"]) for row in answer.json["stale"]] == [(BODY_WEIGHT, "heart_failure")]
    # Limits alone, as before there were templates: the other lists stay.
    assert [row["id"] for row in bob.put(path, {"rules": []}).json["templates"]] == ["heart_failure", "hypertension"]
    assert bob.put(path, {"rules": [], "templates": []}).json["templates"] == []
    for wrong in (["nobodys"], ["copd", "copd"]):
        assert bob.put(path, {"rules": [], "templates": wrong}).status_code == 422


def test_a_changed_template_reaches_its_patients_and_no_other(
    watch: Watch, platform: Platform, sign_in: SignIn
) -> None:
    ada, bob = sign_in("ada"), sign_in("bob")
    body = {"title": "Fever watch", "rules": [limits(BODY_TEMPERATURE, 38.5)]}
    assert ada.put(f"{TEMPLATES}/fever", body).json["patients"] == 0
    watch.evaluator._fresh_until = 0
    watch.see(0, 38.7)
    assert watch.alerts() == []
    bob.put(f"/patients/{watch.patient_id}/alert-rules", {"rules": [], "templates": ["fever"]})
    watch.evaluator._fresh_until = 0
    watch.see(1, 38.4)
    assert watch.alerts() == []
    assert ada.put(f"{TEMPLATES}/fever", body | {"rules": [limits(BODY_TEMPERATURE, 38.0)]}).json["patients"] == 1
    watch.evaluator._fresh_until = 0
    watch.see(2, 38.4)
    assert [alert["limit"] for alert in watch.alerts()] == [38.0]
    other = reading("p_other", 3, 38.4)
    watch.evaluator.observe([other])
    assert len(watch.alerts()) == 1
    taken = ada.delete(f"{TEMPLATES}/fever")
    assert (taken.status_code, taken.json["detail"][:38]) == (409, "The template is applied to 1 patients.")


@pytest.mark.parametrize(
    "bad",
    [
        {"at_least": 4},
        {"conditions": INFECTION["conditions"][:1]},
        {"conditions": [INFECTION["conditions"][0] | {"hours": 3}, INFECTION["conditions"][1]]},
        {"conditions": [INFECTION["conditions"][0] | {"operator": "risen"}, INFECTION["conditions"][1]]},
        {"conditions": [INFECTION["conditions"][0] | {"code": "85354-9"}, INFECTION["conditions"][1]]},
        {"title": " "},
    ],
)
def test_combinations_that_mean_nothing_are_refused(watch: Watch, sign_in: SignIn, bad: dict[str, Any]) -> None:
    bob = sign_in("bob")
    path = f"/patients/{watch.patient_id}/alert-rules"
    assert bob.put(path, {"rules": [], "combinations": [INFECTION | bad]}).status_code == 422
    answer = bob.put(path, {"rules": [], "combinations": [INFECTION]})
    (kept,) = answer.json["combinations"]
    assert {name: kept[name] for name in INFECTION} == INFECTION


@pytest.mark.parametrize(
    ("reason", "side", "limit"), [("positive-infinity", "high", 250), ("negative-infinity", "low", 54)]
)
def test_a_meter_beyond_its_range_breaks_the_outermost_limit(reason: str, side: str, limit: float) -> None:
    document = reading("p", 1, None, code=GLUCOSE, data_absent_reason=reason)
    (breach,) = breaches(document, default_limits())
    assert (breach.breached, breach.limit, breach.priority) == (side, limit, "high")
    (breach,) = breaches(document, {GLUCOSE: rule_set({"rules": [limits(GLUCOSE, 200)]}, []).limits[GLUCOSE]})
    assert breach.limit == (200 if side == "high" else None)
