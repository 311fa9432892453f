"""The guard: before any route runs, who asks is known and the policy has decided.

A route without a declared permission is refused. What concerns a patient is written to the audit log,
and the answer waits until that is durable.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, request

from core.access.permission import NO_PATIENT, Permission
from core.access.policy import Decision
from core.access.principal import ANONYMOUS, Principal
from core.audit.log import Entry, Ticket
from core.platform import Platform
from core.problems import Denied, NotFound, NotSignedIn, Unavailable, problem_response

log = structlog.get_logger(__name__)

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
KNOWN_BROWSER_COOKIE = "pmp_browser"


def cookie_name(secure: bool) -> str:
    """The session cookie's name; the prefix makes browsers insist on https and this host."""
    return "__Host-pmp_session" if secure else "pmp_session"


def permissions_of_app(app: Flask) -> dict[str, Permission]:
    """Every endpoint's declared permission."""
    found: dict[str, Permission] = {}
    for blueprint in app.blueprints.values():
        found |= getattr(blueprint, "permissions", {})
    return found


def install_guard(app: Flask, platform: Platform) -> None:
    """Put the guard before every request of ``app``."""
    permissions = permissions_of_app(app)
    plugin_of = {record.id for record in platform.plugins.records.values()}
    cookie = cookie_name(platform.settings.secure_cookies)

    @app.before_request
    def guard() -> None:
        endpoint = request.endpoint
        if endpoint is None:
            g.principal = ANONYMOUS
            return
        permission = permissions.get(endpoint)
        if permission is None:
            log.error("route_without_permission", endpoint=endpoint)
            raise NotFound("There is no such route.")
        blueprint = endpoint.partition(".")[0]
        if blueprint in plugin_of and blueprint in platform.plugin_states.disabled_now():
            raise NotFound("The plugin of this route is switched off.")
        _check(platform, permission, cookie)

    @app.after_request
    def wait_for_audit(response: Response) -> Response:
        ticket: Ticket | None = g.pop("audit_ticket", None)
        entry: Entry | None = g.pop("audit_later", None)
        try:
            if ticket is not None:
                ticket.wait()
            if entry is not None and response.status_code < 400:
                _record(platform, entry, g.get("audit_patient_id")).wait()
        except Unavailable as error:
            # What was done is done; what was read is not shown without a record of it.
            return problem_response(error)
        return response


def _check(platform: Platform, permission: Permission, cookie: str) -> None:
    header = request.headers.get("Authorization")
    bearer = header[7:].strip() if header is not None and header[:7].lower() == "bearer " else None
    secret = request.cookies.get(cookie) if bearer is None else None
    try:
        principal = platform.access.principal_of(bearer, secret)
    except NotSignedIn:
        if not permission.public:
            raise
        principal = ANONYMOUS
    g.principal = principal
    if bearer is None and request.method not in _SAFE:
        # Signing in too: another site must not sign a person in as somebody else.
        _check_origin(platform)
        if principal is not ANONYMOUS:
            _check_csrf(principal)
    if permission.public:
        return
    if principal is ANONYMOUS:
        raise NotSignedIn("Sign in first.")
    if permission.any_signed_in:
        if principal.kind != "user":
            raise Denied("A device key is for sending frames only.")
        return
    if principal.kind == "device" and permission.object != "frames":
        raise Denied("A device key is for sending frames only.")
    _decide(platform, permission, principal)


def is_own_origin(origin: str, host: str, public_url: str | None) -> bool:
    """Whether an Origin header names this site. Sandboxed and local pages send "null": that is nobody's."""
    try:
        site = urlsplit(origin).netloc
        return bool(site) and site in {host, urlsplit(public_url or "").netloc}
    except ValueError:
        return False


def _check_origin(platform: Platform) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and not is_own_origin(origin, request.host, platform.settings.public_url):
        raise Denied("The request comes from another site's page.")


def _check_csrf(principal: Principal) -> None:
    given = request.headers.get("X-CSRF-Token", "")
    if not hmac.compare_digest(given.encode(), (principal.csrf_token or "").encode()):
        raise Denied("The X-CSRF-Token header is missing or wrong; fetch /auth/me for it.")


def _decide(platform: Platform, permission: Permission, principal: Principal) -> None:
    arguments: dict[str, Any] = request.view_args or {}
    patient_id = owner_id = None
    known = True
    if permission.patient_of is not None:
        patient_id = permission.patient_of(platform, arguments)
        known = patient_id is not None
        if patient_id == NO_PATIENT and permission.otherwise is not None:
            permission, patient_id = permission.otherwise, None
    if permission.owner_of is not None:
        owner_id = permission.owner_of(platform, arguments)
        known = owner_id is not None
    if not known:
        # A person without any such right learns nothing of which ids exist.
        if not platform.access.policy.may_somewhere(principal.roles, permission.object, permission.action):
            raise _refusal(permission)
        raise NotFound("There is no such thing, or it is not yours to see.")
    decision = platform.access.decide(principal, permission, patient_id=patient_id, owner_id=owner_id)
    _audit(platform, permission, principal, decision, patient_id)
    if not decision.allowed:
        raise _refusal(permission)


def _refusal(permission: Permission) -> Denied | NotFound:
    if permission.patient_of is not None:
        return NotFound("There is no such thing, or it is not yours to see.")
    return Denied(f"Your roles do not allow {permission.name}.")


def _audit(
    platform: Platform, permission: Permission, principal: Principal, decision: Decision, patient_id: str | None
) -> None:
    if permission.patient_of is None and not permission.audit:
        return
    entry = Entry(
        actor_type=principal.kind,
        actor_id=principal.id,
        actor_name=principal.name,
        roles=tuple(sorted(principal.roles)),
        relation=decision.relation,
        action=permission.name,
        object=f"{request.method} {request.path}"[:300],
        patient_id=patient_id,
        outcome="allowed" if decision.allowed else "denied",
        rule=decision.rule,
        address=request.remote_addr,
    )
    if patient_id is None and decision.allowed and request.method == "POST":
        # A patient that is being created has an id only afterwards.
        g.audit_later = entry
        return
    g.audit_ticket = _record(platform, entry, patient_id)


def _record(platform: Platform, entry: Entry, patient_id: str | None) -> Ticket:
    return platform.audit.record(replace(entry, patient_id=patient_id))
