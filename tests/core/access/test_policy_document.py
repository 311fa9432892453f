"""docs/policy.md says what is true: its examples are read, and its tables are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.access.policy import Policy
from core.access.policy_text import CATEGORIES, RELATIONS, ROLES
from core.platform import Platform, utc_now

TEXT = Path(__file__).parents[3].joinpath("docs", "policy.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```csv\n(.*?)```", TEXT, flags=re.DOTALL)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 8


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_is_a_policy_without_mistakes(platform: Platform, example: str) -> None:
    assert platform.access.policy.check(example) == []


def test_every_role_relation_object_and_action_is_described(platform: Platform) -> None:
    for name in (ROLES - {"device"}) | RELATIONS | {f"consented:{category}" for category in CATEGORIES}:
        assert f"`{name}`" in TEXT, name
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", TEXT, flags=re.MULTILINE))
    for obj, action in platform.access.policy.known:
        assert f"`{action}`" in rows[obj], f"{obj}:{action}"
    described = {(obj, action) for obj, cell in rows.items() for action in re.findall(r"`([a-z_]+)`", cell)}
    objects = {obj for obj, _action in platform.access.policy.known}
    assert {item for item in described if item[0] in objects} == platform.access.policy.known


def recipe(rule: str) -> Policy:
    """The shipped policy with the document's example that holds ``rule``."""
    core = Path(__file__).parents[3].joinpath("core", "access", "policy.csv").read_text(encoding="utf-8")
    alerting = Path(__file__).parents[3].joinpath("plugins", "alerting", "policy.csv").read_text(encoding="utf-8")
    (example,) = (text for text in EXAMPLES if rule in text)
    return Policy(
        {"core.csv": ("core", core), "alerting.csv": ("plugin", alerting), "x.csv": ("override", example)},
        None,
        utc_now,
    )


@pytest.mark.parametrize(
    ("rule", "role", "request_", "relation", "allowed"),
    [
        ("nurse, alert_rule, update", "nurse", "alert_rule:update", "care_team", False),
        ("nurse, alert_rule, update", "doctor", "alert_rule:update", "care_team", True),
        ("professional, *, *, self, deny", "nurse", "observation:read", "self", False),
        ("professional, *, *, self, deny", "nurse", "observation:read", "outsider", True),
        ("doctor, observation, create, outsider", "doctor", "observation:read", "outsider", True),
        ("doctor, observation, create, outsider", "doctor", "observation:create", "outsider", False),
        ("doctor, observation, create, outsider", "doctor", "observation:create", "care_team", True),
        ("patient, observation, create, self, deny", "patient", "observation:create", "self", False),
        ("patient, observation, create, self, deny", "nurse", "observation:create", "outsider", True),
        ("family, alert, read, consented:vitals", "family", "alert:read", "consented:vitals", True),
        ("family, alert, read, consented:vitals", "family", "alert:acknowledge", "consented:vitals", False),
        ("professional, patient, create, any, deny", "nurse", "observation:read", "outsider", False),
        ("professional, patient, create, any, deny", "nurse", "observation:read", "care_team", True),
    ],
)
def test_a_recipe_does_what_it_says(rule: str, role: str, request_: str, relation: str, allowed: bool) -> None:
    obj, _, action = request_.partition(":")
    relations = frozenset({"any", "any_patient", relation})
    assert recipe(rule).decide(frozenset({role}), obj, action, relations).allowed is allowed


def test_the_rest_of_narrow_mode_closes_what_is_about_no_one_patient() -> None:
    policy = recipe("professional, patient, create, any, deny")
    for action in ("patient:create", "device:create", "device:update", "device:review"):
        obj, _, verb = action.partition(":")
        assert not policy.decide(frozenset({"nurse"}), obj, verb, frozenset({"any"})).allowed
        assert policy.decide(frozenset({"admin"}), obj, verb, frozenset({"any"})).allowed
