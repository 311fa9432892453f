"""Routes of alerts and limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, g

from core.access.permission import NO_PATIENT, Permission
from core.database.connection import Document
from core.http import ApiBlueprint, answer
from core.paging import decode_cursor, encode_cursor
from core.problems import Conflict, Invalid
from plugins.alerting.burden_api import add_burden_route
from plugins.alerting.episodes import ACKNOWLEDGED, ACTIVE, OPEN, RESOLVED, SNOOZED, longest_snooze, step
from plugins.alerting.handlers import announce, announce_all
from plugins.alerting.ledger import BurdenLedger
from plugins.alerting.models import (
    AcknowledgeIn,
    AcknowledgeManyIn,
    AcknowledgeManyOut,
    AlertList,
    AlertOut,
    AlertPath,
    AlertQuery,
    AssignIn,
    NoteIn,
    SnoozeIn,
    alert_json,
    alerts_json,
    storms_json,
)
from plugins.alerting.rules_api import add_rule_routes
from plugins.alerting.store import AlertStore

if TYPE_CHECKING:
    from core.platform import Platform

_STATES = {
    "open": [*OPEN],
    "all": [*OPEN, RESOLVED],
    None: [*OPEN, RESOLVED],
}
#: How many stored alerts to look through for a page that a narrow view leaves thin.
_MAX_ROUNDS = 20
#: How often to try again to change an alert that readings move at the same time.
_ATTEMPTS = 20


def blueprint(platform: Platform, store: AlertStore) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("alerting", __name__, tag="alerts")

    def patient_of_alert(_platform: Platform, arguments: Mapping[str, Any]) -> str | None:
        alert = store.get(str(arguments["alert_id"]))
        return (alert["patient_id"] or NO_PATIENT) if alert else None

    def on_one(action: str) -> Permission:
        technical = Permission("technical_alert", "read" if action == "read" else "acknowledge", audit=True)
        return Permission("alert", action, patient_of=patient_of_alert, category="alerts", otherwise=technical)

    in_list = Permission(
        "alert", "read", filtered=True, audit=True, otherwise=Permission("technical_alert", "read", audit=True)
    )

    @api.read("/alerts", in_list, answers={200: AlertList})
    def list_alerts(query: AlertQuery) -> Response:
        """The alerts of the patients whom the caller may see, and of the platform itself, newest first."""
        visible = platform.access.visible_patients(g.principal, "alert", "read")
        technical = platform.access.may(g.principal, "technical_alert", "read")

        def may_see(row: Document) -> bool:
            if row["patient_id"] is None:
                return technical
            return not isinstance(visible, frozenset) or row["patient_id"] in visible

        statuses = _STATES.get(query.status) or [str(query.status)]
        before = decode_cursor(query.cursor)[0] if query.cursor else None
        narrow = {
            name: value
            for name in ("patient_id", "priority", "storm_id")
            if (value := getattr(query, name)) is not None
        }
        storms: list[Document] = []
        if query.grouped:
            narrow.setdefault("storm_id", None)
            wanted = {name: value for name, value in narrow.items() if name != "storm_id"}
            storms = [
                row for row in store.of_storms()
                if row["status"] in statuses and may_see(row) and wanted.items() <= row.items()
            ]  # fmt: skip
        rows: list[Document] = []
        more = True
        for _round in range(_MAX_ROUNDS):
            found = store.newest(statuses, narrow, before, query.limit + 1)
            more = len(found) > query.limit
            rows += [row for row in found if may_see(row)]
            if len(rows) > query.limit or not more:
                break
            before = found[-1]["raised_at"]
        page = rows[: query.limit]
        following = None
        if page and (len(rows) > query.limit or more):
            following = encode_cursor(page[-1]["raised_at"], page[-1]["_id"])
        return answer({"items": alerts_json(platform, page), "storms": storms_json(storms), "next": following})

    @api.read("/alerts/<string:alert_id>", on_one("read"), answers={200: AlertOut})
    def get_alert(path: AlertPath) -> Response:
        """One alert with its story."""
        return answer(alert_json(platform, _known(store, path.alert_id)))

    def person() -> Document:
        return {"id": g.principal.id, "name": g.principal.name}

    def change(
        alert_id: str, type: str, action: str, from_: Sequence[str], note: str | None, **fields: Any
    ) -> Response:
        """Change an alert that is in one of the states ``from_``, once; say who was quicker otherwise."""
        now = platform.clock()
        for _attempt in range(_ATTEMPTS):
            current = _known(store, alert_id)
            if current["status"] not in from_:
                raise Conflict(_already(current))
            alert = store.change(
                alert_id,
                {"revision": current["revision"]},
                fields | ({"note": note} if note else {}),
                steps=[step(action, now, by=person(), note=note)],
                unset=("open_key",) if fields.get("status") == RESOLVED else (),
                tells=type,
            )
            if alert is not None:
                announce(platform, type, alert)
                return answer(alert_json(platform, alert))
        raise Conflict("The alert keeps changing. Try again.")

    @api.create(
        "/alerts/<string:alert_id>/acknowledge", on_one("acknowledge"), answers={200: AlertOut}, problems=(409,)
    )
    def acknowledge(path: AlertPath, body: AcknowledgeIn) -> Response:
        """Take an alert on: it is yours, and stops calling others. The condition stays visible."""
        return change(
            path.alert_id, "alert_acknowledged", "acknowledged", (ACTIVE, SNOOZED), body.note,
            status=ACKNOWLEDGED, acknowledged_by=person(), acknowledged_at=platform.clock(), assigned_to=person(),
            actionable=body.actionable,
        )  # fmt: skip

    @api.create(
        "/alerts/acknowledge",
        Permission(
            "alert", "acknowledge", filtered=True, audit=True,
            otherwise=Permission("technical_alert", "acknowledge", audit=True),
        ),
        answers={200: AcknowledgeManyOut},
    )  # fmt: skip
    def acknowledge_many(body: AcknowledgeManyIn) -> Response:
        """Take on many alerts at once, as of a storm. Each of high priority is left to be answered by itself."""
        visible = platform.access.visible_patients(g.principal, "alert", "acknowledge")
        technical = platform.access.may(g.principal, "technical_alert", "acknowledge")

        def may_take(row: Document) -> bool:
            if row["patient_id"] is None:
                return technical
            return not isinstance(visible, frozenset) or row["patient_id"] in visible

        mine = [row["_id"] for row in store.several(body.ids) if may_take(row)]
        now = platform.clock()
        entry = step("acknowledged", now, by=person(), note=body.note)
        taken = store.acknowledge_all(mine, person(), now, entry)
        announce_all(platform, "alert_acknowledged", taken)
        done = {row["_id"] for row in taken}
        return answer(
            {"acknowledged": sorted(done), "left": [alert_id for alert_id in body.ids if alert_id not in done]}
        )

    @api.create("/alerts/<string:alert_id>/snooze", on_one("acknowledge"), answers={200: AlertOut}, problems=(409,))
    def snooze(path: AlertPath, body: SnoozeIn) -> Response:
        """Let an alert call nobody for a while. It calls again then, or at once if it gets worse."""
        longest = longest_snooze(_known(store, path.alert_id)["priority"])
        if body.minutes > longest:
            raise Invalid(
                f"An alert of this priority can be snoozed for {longest} minutes at the most.",
                errors=[{"loc": ["minutes"], "msg": f"at most {longest}"}],
            )
        now = platform.clock()
        return change(
            path.alert_id, "alert_acknowledged", "snoozed", (ACTIVE, ACKNOWLEDGED, SNOOZED), body.note,
            status=SNOOZED, snoozed_by=person(), snoozed_until=now + timedelta(minutes=body.minutes),
        )  # fmt: skip

    @api.remove("/alerts/<string:alert_id>/snooze", on_one("acknowledge"), answers={200: AlertOut}, problems=(409,))
    def wake(path: AlertPath) -> Response:
        """End a snooze, whoever's it is: the alert calls again."""
        return change(path.alert_id, "alert_updated", "woken", (SNOOZED,), None, status=ACTIVE, snoozed_until=None)

    @api.create("/alerts/<string:alert_id>/assign", on_one("acknowledge"), answers={200: AlertOut}, problems=(409,))
    def assign(path: AlertPath, body: AssignIn) -> Response:
        """Make an alert somebody's. It keeps its state: the assigned person acknowledges it."""
        owner: Document | None = None
        if body.user_id is not None:
            user = platform.people.get(body.user_id)
            patient_id = _known(store, path.alert_id)["patient_id"]
            permission = on_one("acknowledge")
            if patient_id is None and permission.otherwise is not None:
                permission = permission.otherwise
            if user is None or not platform.access.user_may(user, permission, patient_id):
                raise Invalid(
                    "This person cannot take the alert on.", errors=[{"loc": ["user_id"], "msg": "may not acknowledge"}]
                )
            owner = {"id": user.id, "name": user.name}
        return change(path.alert_id, "alert_updated", "assigned", OPEN, body.note, assigned_to=owner)

    @api.create("/alerts/<string:alert_id>/resolve", on_one("resolve"), answers={200: AlertOut}, problems=(409,))
    def resolve(path: AlertPath, body: NoteIn) -> Response:
        """Close an alert. A new reading beyond the limit starts a new one."""
        return change(
            path.alert_id, "alert_resolved", "resolved", OPEN, body.note,
            status=RESOLVED, resolved_by=person(), resolved_at=platform.clock(),
        )  # fmt: skip

    add_rule_routes(api, platform, store.rules)
    add_burden_route(api, platform, BurdenLedger(platform.database))
    return api


def _known(store: AlertStore, alert_id: str) -> Document:
    alert = store.get(alert_id)
    assert alert is not None
    return alert


def _already(alert: Document) -> str:
    status = alert["status"]
    by = {ACKNOWLEDGED: "acknowledged_by", SNOOZED: "snoozed_by", RESOLVED: "resolved_by"}.get(status)
    if by is None:
        return "The alert is not snoozed."
    return f"The alert is {status} already, by {(alert.get(by) or {}).get('name', 'the system')}."
