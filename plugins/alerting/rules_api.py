"""Routes of rules: a patient's own, and the templates."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import Response

from core.access.permission import Permission, patient_in_path
from core.database.connection import Document
from core.http import ApiBlueprint, answer, no_content
from core.observations.vital_signs import get
from core.patients.api import PatientPath
from core.problems import Conflict, Invalid, NotFound
from plugins.alerting.rehearse import rehearse
from plugins.alerting.rule_models import (
    CombinationIn,
    Rehearsal,
    RuleIn,
    RuleList,
    RulesIn,
    RuleTemplateIn,
    RuleTemplateList,
    RuleTemplateOut,
    RuleTemplatePath,
    StaleIn,
    rules_json,
    template_json,
)
from plugins.alerting.rule_store import RuleStore
from plugins.alerting.rules import limits_of

if TYPE_CHECKING:
    from core.platform import Platform

_EDIT = Permission("rule_template", "update")


def add_rule_routes(api: ApiBlueprint, platform: Platform, store: RuleStore) -> None:
    """Add the routes to the plugin's blueprint."""

    def in_force(patient_id: str) -> Response:
        own = store.own(patient_id)
        applied = store.applied(own.get("templates", ())) if own else []
        return answer(rules_json(store.rule_set_of(patient_id), applied))

    @api.read(
        "/patients/<string:patient_id>/alert-rules",
        Permission("alert_rule", "read", patient_of=patient_in_path, category="alerts"),
        answers={200: RuleList},
    )
    def get_rules(path: PatientPath) -> Response:
        """The rules that hold for the patient, and whose each is."""
        return in_force(path.patient_id)

    @api.replace(
        "/patients/<string:patient_id>/alert-rules",
        Permission("alert_rule", "update", patient_of=patient_in_path),
        answers={200: RuleList},
    )
    def set_rules(path: PatientPath, body: RulesIn) -> Response:
        """Replace the patient's own rules. They hold for readings from now on."""
        store.set_own(path.patient_id, checked(store, body))
        return in_force(path.patient_id)

    @api.create(
        "/patients/<string:patient_id>/alert-rules/rehearse",
        Permission("alert_rule", "rehearse", patient_of=patient_in_path, audit=True),
        answers={200: Rehearsal},
    )
    def rehearse_rules(path: PatientPath, body: RulesIn) -> Response:
        """Try rules on the readings of the last 30 days, beside those that hold. Changes nothing."""
        edited = store.edited(path.patient_id, checked(store, body))
        return answer(rehearse(platform, path.patient_id, store.rule_set_of(path.patient_id), edited))

    @api.read("/alert-rule-templates", Permission("rule_template", "read"), answers={200: RuleTemplateList})
    def list_rule_templates() -> Response:
        """Named sets of rules that may be applied to patients."""
        patients = store.patients_per_template()
        return answer({"items": [template_json(row, patients.get(row["_id"], 0)) for row in store.templates()]})

    @api.read(
        "/alert-rule-templates/<string:template_id>",
        Permission("rule_template", "read"),
        answers={200: RuleTemplateOut},
        problems=(404,),
    )
    def get_rule_template(path: RuleTemplatePath) -> Response:
        """One set of rules."""
        template = store.template(path.template_id)
        if template is None:
            raise NotFound("There is no such template.")
        return answer(template_json(template, len(store.patients_of(path.template_id))))

    @api.replace("/alert-rule-templates/<string:template_id>", _EDIT, answers={200: RuleTemplateOut})
    def set_rule_template(path: RuleTemplatePath, body: RuleTemplateIn) -> Response:
        """Write a set of rules. It holds for readings from now on of all patients to whom it is applied."""
        if path.template_id in ("default", "patient"):
            raise Invalid("This id is taken.", errors=[{"loc": ["template_id"], "msg": "reserved"}])
        template = store.set_template(path.template_id, {"title": body.title, **_lists(body)})
        return answer(template_json(template, len(store.patients_of(path.template_id))))

    @api.remove("/alert-rule-templates/<string:template_id>", _EDIT, answers={204: None}, problems=(404, 409))
    def remove_rule_template(path: RuleTemplatePath) -> Response:
        """Delete a set of rules that is applied to nobody: no patient's limits change unseen."""
        if store.template(path.template_id) is None:
            raise NotFound("There is no such template.")
        patients = len(store.patients_of(path.template_id))
        if patients:
            raise Conflict(f"The template is applied to {patients} patients. Take it from them first.")
        store.remove_template(path.template_id)
        return no_content()


def checked(store: RuleStore, body: RulesIn) -> Document:
    """A patient's own rules as they are stored; lists that are null are left out. Raises Invalid."""
    lists = _lists(body)
    if body.templates is not None:
        _refuse_repeated("templates", body.templates)
        known = {template["_id"] for template in store.templates()}
        for index, template_id in enumerate(body.templates):
            if template_id not in known:
                raise Invalid(
                    "There is no such template.", errors=[{"loc": ["templates", str(index)], "msg": "unknown"}]
                )
        lists["templates"] = body.templates
    return lists


def _lists(body: RulesIn | RuleTemplateIn) -> Document:
    _refuse_repeated("rules", [rule.code for rule in body.rules])
    for index, rule in enumerate(body.rules):
        _check_limits(index, rule)
    lists: Document = {"rules": [rule.model_dump() for rule in body.rules]}
    if body.combinations is not None:
        lists["combinations"] = [_stored(index, rule) for index, rule in enumerate(body.combinations)]
        _refuse_repeated("combinations", [rule["id"] for rule in lists["combinations"]])
    if body.stale is not None:
        _refuse_repeated("stale", [rule.code for rule in body.stale])
        lists["stale"] = [_stored_stale(index, rule) for index, rule in enumerate(body.stale)]
    return lists


def _stored(index: int, rule: CombinationIn) -> dict[str, Any]:
    """A combination as it is stored. Raises Invalid for what can never hold or means nothing."""
    at = ["combinations", str(index)]
    if rule.at_least > len(rule.conditions):
        raise Invalid(
            "More conditions are asked for than there are.",
            errors=[{"loc": [*at, "at_least"], "msg": "at most the number of conditions"}],
        )
    for number, condition in enumerate(rule.conditions):
        loc = [*at, "conditions", str(number)]
        _check_number(condition.code, [*loc, "code"])
        changes = condition.operator in ("risen", "fallen")
        if changes != (condition.hours is not None):
            raise Invalid(
                "A change needs hours, and nothing else has them.",
                errors=[{"loc": [*loc, "hours"], "msg": "for risen and fallen only"}],
            )
        if changes and condition.value <= 0:
            raise Invalid("A change is more than nothing.", errors=[{"loc": [*loc, "value"], "msg": "above 0"}])
    return rule.model_dump() | {"id": rule.id or f"c_{secrets.token_hex(6)}"}


def _stored_stale(index: int, rule: StaleIn) -> dict[str, Any]:
    if get(rule.code) is None:
        raise Invalid("Nothing is measured under this code.", errors=[{"loc": ["stale", str(index)], "msg": "unknown"}])
    return rule.model_dump()


def _refuse_repeated(name: str, keys: Sequence[str]) -> None:
    if len(set(keys)) != len(keys):
        raise Invalid("Something is given twice.", errors=[{"loc": [name], "msg": "given twice"}])


def _check_number(code: str, loc: list[str]) -> None:
    sign = get(code)
    if sign is None or sign.code != code or sign.components or sign.unit is None:
        raise Invalid("No limits for this code.", errors=[{"loc": loc, "msg": "no number"}])


def _check_limits(index: int, rule: RuleIn) -> None:
    _check_number(rule.code, ["rules", str(index), "code"])
    sign = get(rule.code)
    assert sign is not None
    ladder = [rule.critical_low, rule.low, rule.high, rule.critical_high]
    given = [value for value in ladder if value is not None]
    if given != sorted(given):
        raise Invalid(
            f"The limits of {sign.display} are not in order.",
            errors=[{"loc": ["rules", str(index)], "msg": "critical low ≤ low ≤ high ≤ critical high"}],
        )
    tight = limits_of(rule.model_dump(), "patient").tightened()
    if tight.low is not None and tight.high is not None and tight.low >= tight.high:
        raise Invalid(
            f"The hysteresis of {sign.display} leaves no range to come back to.",
            errors=[{"loc": ["rules", str(index), "hysteresis"], "msg": "less than half of the range"}],
        )
