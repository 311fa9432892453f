"""Routes of alerts and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import Response, g

from core.access.permission import Permission, patient_in_path
from core.database.connection import Document
from core.http import ApiBlueprint, answer
from core.observations.model import display_of
from core.observations.store import decode_cursor, encode_cursor
from core.observations.vital_signs import get
from core.patients.api import PatientPath
from core.problems import Conflict, Invalid
from plugins.alerting.episodes import ACKNOWLEDGED, ACTIVE, RESOLVED, step
from plugins.alerting.handlers import announce
from plugins.alerting.models import (
    AlertList,
    AlertOut,
    AlertPath,
    AlertQuery,
    NoteIn,
    RuleIn,
    RuleList,
    RulesIn,
    alert_json,
)
from plugins.alerting.store import AlertStore

if TYPE_CHECKING:
    from core.platform import Platform

_STATES = {
    "open": [ACTIVE, ACKNOWLEDGED],
    "all": [ACTIVE, ACKNOWLEDGED, RESOLVED],
    None: [ACTIVE, ACKNOWLEDGED, RESOLVED],
}
#: How many stored alerts to look through for a page that a narrow view leaves thin.
_MAX_ROUNDS = 20


def blueprint(platform: Platform, store: AlertStore) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("alerting", __name__, tag="alerts")

    def patient_of_alert(_platform: Platform, arguments: Mapping[str, Any]) -> str | None:
        alert = store.get(str(arguments["alert_id"]))
        return alert["patient_id"] if alert else None

    def on_one(action: str) -> Permission:
        return Permission("alert", action, patient_of=patient_of_alert, category="alerts")

    @api.read("/alerts", Permission("alert", "read", filtered=True, audit=True), answers={200: AlertList})
    def list_alerts(query: AlertQuery) -> Response:
        """The alerts of the patients whom the caller may see, newest first."""
        visible = platform.access.visible_patients(g.principal, "alert", "read")
        statuses = _STATES.get(query.status) or [str(query.status)]
        before = decode_cursor(query.cursor)[0] if query.cursor else None
        rows: list[Document] = []
        more = True
        for _round in range(_MAX_ROUNDS):
            found = store.newest(statuses, query.patient_id, before, query.limit + 1)
            more = len(found) > query.limit
            rows += [row for row in found if not isinstance(visible, frozenset) or row["patient_id"] in visible]
            if len(rows) > query.limit or not more:
                break
            before = found[-1]["raised_at"]
        page = rows[: query.limit]
        following = None
        if page and (len(rows) > query.limit or more):
            following = encode_cursor(page[-1]["raised_at"], page[-1]["_id"])
        return answer({"items": [alert_json(platform, row) for row in page], "next": following})

    @api.read("/alerts/<string:alert_id>", on_one("read"), answers={200: AlertOut})
    def get_alert(path: AlertPath) -> Response:
        """One alert with its story."""
        return answer(alert_json(platform, _known(store, path.alert_id)))

    @api.create(
        "/alerts/<string:alert_id>/acknowledge",
        on_one("acknowledge"),
        answers={200: AlertOut},
        problems=(409,),
    )
    def acknowledge(path: AlertPath, body: NoteIn) -> Response:
        """Take an alert on: it is yours, and stops calling others. The condition stays visible."""
        now = platform.clock()
        person = {"id": g.principal.id, "name": g.principal.name}
        changes = {"status": ACKNOWLEDGED, "acknowledged_by": person, "acknowledged_at": now}
        alert = store.change(
            path.alert_id,
            {"status": ACTIVE},
            changes | ({"note": body.note} if body.note else {}),
            steps=[step("acknowledged", now, by=person, note=body.note)],
        )
        if alert is None:
            current = _known(store, path.alert_id)
            by = (current.get("acknowledged_by") or current.get("resolved_by") or {}).get("name", "the system")
            raise Conflict(f"The alert is {current['status']} already, by {by}.")
        announce(platform, "alert_acknowledged", alert)
        return answer(alert_json(platform, alert))

    @api.create("/alerts/<string:alert_id>/resolve", on_one("resolve"), answers={200: AlertOut}, problems=(409,))
    def resolve(path: AlertPath, body: NoteIn) -> Response:
        """Close an alert. A new reading beyond the limit starts a new one."""
        now = platform.clock()
        person = {"id": g.principal.id, "name": g.principal.name}
        changes = {"status": RESOLVED, "resolved_by": person, "resolved_at": now}
        for status in (ACTIVE, ACKNOWLEDGED):
            alert = store.change(
                path.alert_id,
                {"status": status},
                changes | ({"note": body.note} if body.note else {}),
                steps=[step("resolved", now, by=person, note=body.note)],
                unset=("open_key",),
            )
            if alert is not None:
                announce(platform, "alert_resolved", alert)
                return answer(alert_json(platform, alert))
        raise Conflict("The alert is resolved already.")

    @api.read(
        "/patients/<string:patient_id>/alert-rules",
        Permission("alert_rule", "read", patient_of=patient_in_path, category="alerts"),
        answers={200: RuleList},
    )
    def get_rules(path: PatientPath) -> Response:
        """The limits that hold for the patient."""
        return answer(_rules_json(store, path.patient_id))

    @api.replace(
        "/patients/<string:patient_id>/alert-rules",
        Permission("alert_rule", "update", patient_of=patient_in_path),
        answers={200: RuleList},
    )
    def set_rules(path: PatientPath, body: RulesIn) -> Response:
        """Replace the patient's own limits. They hold for readings from now on."""
        codes = [rule.code for rule in body.rules]
        if len(set(codes)) != len(codes):
            raise Invalid("A measurement is given twice.", errors=[{"loc": ["rules"], "msg": "given twice"}])
        for index, rule in enumerate(body.rules):
            _check(index, rule)
        store.set_limits(path.patient_id, [rule.model_dump() for rule in body.rules])
        return answer(_rules_json(store, path.patient_id))

    return api


def _known(store: AlertStore, alert_id: str) -> Document:
    alert = store.get(alert_id)
    assert alert is not None
    return alert


def _check(index: int, rule: RuleIn) -> None:
    sign = get(rule.code)
    if sign is None or sign.components or sign.unit is None:
        raise Invalid("No limits for this code.", errors=[{"loc": ["rules", str(index), "code"], "msg": "no number"}])
    ladder = [rule.critical_low, rule.low, rule.high, rule.critical_high]
    given = [value for value in ladder if value is not None]
    if given != sorted(given):
        raise Invalid(
            f"The limits of {sign.display} are not in order.",
            errors=[{"loc": ["rules", str(index)], "msg": "critical low ≤ low ≤ high ≤ critical high"}],
        )


def _rules_json(store: AlertStore, patient_id: str) -> dict[str, Any]:
    rules = []
    for limits in store.limits_of(patient_id).values():
        sign = get(limits.code)
        if limits.watched or limits.source == "patient":
            rules.append({**asdict(limits), "display": display_of(limits.code), "unit": sign.unit if sign else None})
    return {"rules": rules}
