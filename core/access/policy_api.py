"""Routes of the policy: the files as they are, checking a text, explaining a decision."""

from __future__ import annotations

from flask import Response
from pydantic import Field

from core.access.permission import Permission
from core.http import ApiBlueprint, ApiModel, Timestamp, answer, format_time
from core.platform import Platform
from core.problems import Invalid


class PolicyFileOut(ApiModel):
    """A policy file as it is."""

    name: str
    origin: str = Field(description="core, plugin or override.")
    status: str = Field(description="active or refused.")
    error: str | None
    text: str


class PolicyOut(ApiModel):
    """The policy: its files, and how many rules are in force."""

    files: list[PolicyFileOut]
    rules: int
    loaded_at: Timestamp


class PolicyText(ApiModel):
    """A policy text to check."""

    text: str = Field(max_length=1_000_000)


class MistakeOut(ApiModel):
    """Something wrong in a policy text."""

    line: int
    message: str


class PolicyCheck(ApiModel):
    """Whether a policy text is right."""

    ok: bool
    errors: list[MistakeOut]


class ExplainIn(ApiModel):
    """A question: may this user do that?"""

    user: str = Field(min_length=1, max_length=64, description="Sign-in name.")
    action: str = Field(pattern=r"^[a-z_]{1,40}:[a-z_]{1,40}$", description="object:action, as observation:read.")
    object: str | None = Field(None, max_length=120, description="patient/ID, where it is about a patient.")


class Explanation(ApiModel):
    """The decision and why."""

    decision: str
    rule: str | None
    relations: list[str]
    roles: list[str]
    enabled: bool


def explain(platform: Platform, username: str, action: str, about: str | None) -> dict[str, object]:
    """The decision and the rule behind it. Raises Invalid for an unknown user, action or patient."""
    user = platform.people.by_username(username)
    if user is None:
        raise Invalid("There is no such user.", errors=[{"loc": ["user"], "msg": "unknown"}])
    obj, _, verb = action.partition(":")
    if (obj, verb) not in platform.access.policy.known:
        raise Invalid("There is no such action.", errors=[{"loc": ["action"], "msg": "unknown"}])
    patient_id = None
    if about:
        kind, _, patient_id = about.partition("/")
        if kind not in ("patient", "patients") or not platform.patients.exists(patient_id):
            raise Invalid("There is no such object.", errors=[{"loc": ["object"], "msg": "use patient/ID"}])
    return platform.access.explain(user, obj, verb, patient_id)


def blueprint(platform: Platform) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("policy", __name__, tag="oversight")
    policy = platform.access.policy

    @api.read("/policy", Permission("policy", "read"), answers={200: PolicyOut})
    def get_policy() -> Response:
        """The policy files as they are; a refused one with its mistakes."""
        files = [
            {
                "name": file.name,
                "origin": file.origin,
                "status": "refused" if file.error else "active",
                "error": file.error,
                "text": file.text,
            }
            for file in policy.files
        ]
        return answer({"files": files, "rules": policy.rule_count, "loaded_at": format_time(policy.loaded_at)})

    @api.create("/policy/check", Permission("policy", "check"), answers={200: PolicyCheck})
    def check_policy(body: PolicyText) -> Response:
        """What is wrong with a policy text. Nothing is changed."""
        mistakes = policy.check(body.text)
        errors = [{"line": mistake.line, "message": mistake.message} for mistake in mistakes]
        return answer({"ok": not errors, "errors": errors})

    @api.create("/policy/explain", Permission("policy", "check"), answers={200: Explanation})
    def explain_policy(body: ExplainIn) -> Response:
        """Whether a user may do something, and the rule that decides."""
        return answer(explain(platform, body.user, body.action, body.object))

    return api
