"""From alerts to people: runs are begun, held and ended by what happens to alerts, and climb as time passes.

What is told is published first, under a key that makes it once, and noted on the run after that. Who is killed in
between finds the run due again, and publishes what is there already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from pymongo.errors import PyMongoError

from core.access.permission import Permission
from core.database.connection import Document
from core.events.log import Event
from core.http import format_time
from core.people.store import User
from core.plugin_system.hookspecs import EventHandler
from plugins.escalation.ladder import (
    RUNNING,
    TECHNICAL,
    Telling,
    calls_for_alarm,
    checked,
    done,
    heard,
    is_lost,
    new_run,
    told_of_reach,
    what_is_due,
)
from plugins.escalation.rota import everybody, on_call
from plugins.escalation.store import EscalationStore

if TYPE_CHECKING:
    from core.platform import Platform

log = structlog.get_logger(__name__)

ALERT_EVENTS = frozenset({"alert_raised", "alert_updated", "alert_acknowledged", "alert_resolved"})
#: The kind of the climb of a storm of alerts.
STORM = "storm"
#: Of an alert of this kind people are told who look after devices, and not after patients.
DEVICE_SILENT = "device_silent"
REACH_EVENTS = frozenset({"notification_planned", "person_unreached", "person_reached"})
_BATCH = 200
#: An alarm that nobody can be reached is repeated at most this often, however many alerts are concerned.
_ALARM_EVERY_S = 300


class Escalator:
    """Moves runs. Holds nothing in memory: any number of them, in any process, may work at once."""

    def __init__(self, platform: Platform, store: EscalationStore) -> None:
        self._platform = platform
        self._store = store

    # -- news ----------------------------------------------------------------------------------
    def take(self, events: Sequence[Event]) -> None:
        """Act on what happened to alerts, and on whom notifications reach."""
        storms: dict[str, dict[str, Mapping[str, Any]]] = {}
        for event in events:
            if event.type in ALERT_EVENTS:
                alert = event.data["alert"]
                storm_id = alert.get("storm_id")
                if storm_id is not None and self._store.run(alert["id"]) is None:
                    known = storms.setdefault(storm_id, {})
                    if alert["id"] not in known or known[alert["id"]]["revision"] < alert["revision"]:
                        known[alert["id"]] = alert
                else:
                    self._hear(alert)
            elif event.data.get("about") is not None:
                self._learn(event)
        for storm_id, alerts in storms.items():
            self._hear_storm(storm_id, list(alerts.values()))

    def _hear_storm(self, storm_id: str, alerts: Sequence[Mapping[str, Any]]) -> None:
        """Alerts of a storm, none of them urgent, climb together: one message to each person."""
        rows = [alert | {"calls": alert["status"] == "active"} for alert in map(dict, alerts)]
        self._store.note_members(storm_id, rows, self._platform.clock())
        worst = "medium" if any(alert["priority"] == "medium" for alert in alerts) else "low"
        self._look_at_storm(storm_id, alerts[0], worst)

    def _look_at_storm(self, storm_id: str, one: Mapping[str, Any], priority: str) -> None:
        """Let the climb of a storm go on as long as any of its alerts calls. ``one``: any of them."""
        run_id = f"{STORM}|{storm_id}"
        run = self._store.run(run_id)
        together = {
            "id": run_id, "patient_id": one["patient_id"], "kind": STORM, "priority": priority,
            "title": "Many alerts at once", "condition_active": True,
            "revision": (run["alert_revision"] if run else 0) + 1,
            "status": "active" if self._store.storm_calls(storm_id) else "acknowledged", "assigned_to": None,
        }  # fmt: skip
        self._hear_one(together)

    def _hear(self, alert: Mapping[str, Any]) -> None:
        if alert["priority"] == "high" and (storm_id := self._store.leave_storm(alert["id"])) is not None:
            # It became urgent: from here on it climbs alone.
            self._look_at_storm(storm_id, alert, "low")
        self._hear_one(alert)

    def _hear_one(self, alert: Mapping[str, Any]) -> None:
        if self._store.run(alert["id"]) is None:
            self._store.add_run(new_run(alert))
        ladders, _revision = self._store.ladders()
        self._move(alert["id"], lambda run, now: self._assigned(heard(run, alert, ladders, now), alert))

    def _assigned(self, run: Document, alert: Mapping[str, Any]) -> Document:
        """Tell the person to whom somebody has given the alert."""
        owner = (alert.get("assigned_to") or {}).get("id")
        if owner == run["assigned_to"] or alert["revision"] != run["alert_revision"]:
            return run
        if owner is not None and run["state"] == RUNNING:
            self._request(run, f"{run['_id']}|assigned|{alert['revision']}", [owner], "alert")
        return run | {"assigned_to": owner}

    def _learn(self, event: Event) -> None:
        data = event.data
        reached, unreached = data.get("reached", ()), data.get("unreached", ())
        if event.type == "person_unreached":
            unreached = [data["user_id"]]
        elif event.type == "person_reached":
            reached = [data["user_id"]]
        self._move(str(data["about"]), lambda run, now: told_of_reach(run, reached, unreached, now))

    # -- time passes ---------------------------------------------------------------------------
    def advance(self) -> None:
        """Do what is due now. Reads the runs that are due, and no others."""
        for alert_id in self._store.due(self._platform.clock(), _BATCH):
            try:
                self._move(alert_id, lambda run, _now: run)
            except PyMongoError:
                raise
            except Exception:
                # One alert that cannot climb must not hold up the others.
                log.exception("escalation_failed", alert=alert_id)

    def _move(self, alert_id: str, change: Callable[[Document, datetime], Document]) -> None:
        """Change a run, do what is due then, and store it; again from the start if somebody else changed it."""
        while (before := self._store.run(alert_id)) is not None:
            before = {"next_action_at": None, "alarm_key": None} | before
            now = self._platform.clock()
            run = self._climb(change(before, now), now)
            if before["alarm_key"] is not None and run["alarm_key"] is None:
                self._end_alarm(before["alarm_key"], now)
            if run == before or self._store.set_run(run, now):
                return

    def _climb(self, run: Document, now: datetime) -> Document:
        if run["state"] != RUNNING or run["next_action_at"] is None or run["next_action_at"] > now:
            return run
        present = self._platform.heartbeats.present()
        team = self.team_of(run["patient_id"])
        while (telling := what_is_due(run, present, now)) is not None:
            told = self._tell(run, telling, team, now)
            run = done(run, telling, told, now)
        alarm_key = None
        if is_lost(run, present, now) and calls_for_alarm(run):
            alarm_key = self._raise_alarm(run, team, now)
        return checked(run, present, now, alarm_key)

    # -- telling -------------------------------------------------------------------------------
    def _tell(self, run: Document, telling: Telling, team: Document | None, now: datetime) -> list[str]:
        people = [] if telling.action == "repeated" else self._people(telling.targets, run, team, now)
        told = [user.id for user in people]
        asked = told if telling.action != "repeated" else run["told"]
        kind = "alert" if telling.action == "told" else "escalation"
        self._request(run, telling.key, asked, kind)
        if telling.action != "repeated":
            data = {
                "alert_id": run["_id"], "cycle": run["cycle"], "step": run["next_step"], "action": telling.action,
                "people": [{"id": user.id, "name": user.name} for user in people],
                "unreachable": telling.unreachable, "at": format_time(now),
            }  # fmt: skip
            self._platform.events.publish([], "escalation_stepped", data, key=f"escalation_stepped|{telling.key}")
        return told

    def _request(self, run: Document, key: str, user_ids: Sequence[str], kind: str) -> None:
        common = {
            "kind": TECHNICAL if run["kind"] == TECHNICAL else kind, "priority": run["priority"],
            "title": run["title"], "about": run["_id"],
            "text": "Nobody has taken this alert on yet." if kind == "escalation" else "This alert waits for you.",
        }  # fmt: skip
        menders: list[str] = []
        if run["kind"] == DEVICE_SILENT:
            # Who only looks after devices learns of the device, and not whose it is.
            users = [self._platform.people.get(user_id) for user_id in user_ids]
            menders = [user.id for user in users if user is not None and not self._may_handle(user, run)]
        handlers = [user_id for user_id in user_ids if user_id not in menders]
        page = "/alerts" if run["kind"] == STORM else f"/alerts/{run['_id']}"
        for suffix, people, link, patient_id in (
            ("", handlers, page, None if run["kind"] == STORM else run["patient_id"]),
            ("|device", menders, "/devices", None),
        ):
            if people:
                asked = common | {
                    "key": f"escalation|{key}{suffix}", "user_ids": people, "link": link, "patient_id": patient_id,
                }  # fmt: skip
                self._platform.events.publish(
                    [], "notification_requested", asked, key=f"notification_requested|{asked['key']}"
                )

    # -- nobody can be reached -----------------------------------------------------------------
    def _raise_alarm(self, run: Document, team: Document | None, now: datetime) -> str:
        """Say to everybody that an alert reaches nobody. One alarm a team, however many alerts."""
        alarm_key = f"unreachable|{team['_id'] if team else 'all'}"
        whose = f" of {team['title']}" if team else ""
        title = "Nobody can be reached"
        detail = f"Alerts{whose} wait, and nobody who is to be told has the portal open or an address that works."
        data: dict[str, Any] = {
            "key": alarm_key, "patient_id": None, "kind": TECHNICAL, "code": None, "priority": run["priority"],
            "title": title, "detail": detail, "value": None, "unit": None, "at": format_time(now),
        }  # fmt: skip
        spell = f"{alarm_key}|{run['priority']}|{int(now.timestamp()) // _ALARM_EVERY_S}"
        self._platform.events.publish([], "condition_raised", data, key=f"condition_raised|{spell}")
        people = self._people(_ALL, run | {"kind": TECHNICAL}, team, now)
        request = {
            "key": f"escalation|{spell}", "user_ids": [user.id for user in people], "kind": TECHNICAL,
            "priority": run["priority"], "title": title, "text": detail, "link": "/alerts", "patient_id": None,
            "about": None,
        }  # fmt: skip
        self._platform.events.publish([], "notification_requested", request, key=f"notification_requested|{spell}")
        return alarm_key

    def _end_alarm(self, alarm_key: str, now: datetime) -> None:
        if self._store.alarmed(alarm_key) > 1:
            return
        data = {"key": alarm_key, "patient_id": None, "kind": TECHNICAL, "at": format_time(now)}
        self._platform.events.publish(
            [], "condition_ended", data, key=f"condition_ended|{alarm_key}|{round(now.timestamp() * 1000)}"
        )

    # -- who -----------------------------------------------------------------------------------
    def team_of(self, patient_id: str | None) -> Document | None:
        """The team that looks after a patient: by name, by ward, else the one for everybody."""
        teams = self._store.teams()
        patient = self._platform.patients.get(patient_id) if patient_id is not None else None
        if patient is not None:
            for team in teams:
                if patient.id in team["patient_ids"]:
                    return team
            for team in teams:
                if patient.ward is not None and patient.ward in team["wards"]:
                    return team
        return next((team for team in teams if team["for_everybody"]), None)

    def _people(
        self, targets: Iterable[str], run: Mapping[str, Any], team: Document | None, now: datetime
    ) -> list[User]:
        """The people whom a step names, as far as they may take the alert on."""
        users = {user.id: user for user in self._platform.people.matching(None) if user.enabled}
        found: list[str] = []
        for target in targets:
            found += self._target(target, users, run["patient_id"], team, now)
        known = [users[user_id] for user_id in dict.fromkeys(found) if user_id in users]
        return [user for user in known if self._may_handle(user, run) or self._may_mend(user, run)]

    def _may_handle(self, user: User, run: Mapping[str, Any]) -> bool:
        """Whether somebody may take the alert on."""
        permission = _TECHNICAL_ALERT if run["kind"] == TECHNICAL else _ALERT
        return self._platform.access.user_may(user, permission, run["patient_id"])

    def _may_mend(self, user: User, run: Mapping[str, Any]) -> bool:
        """Whether somebody looks after devices, and the alert is about one."""
        return run["kind"] == DEVICE_SILENT and self._platform.access.user_may(user, _DEVICE, None)

    def _target(
        self, target: str, users: Mapping[str, User], patient_id: str | None, team: Document | None, now: datetime
    ) -> list[str]:
        def with_role(role: str) -> list[str]:
            return [user.id for user in users.values() if role in user.roles]

        if target in _ON_CALL:
            role = _ON_CALL[target]
            # An empty rota is no reason to tell nobody.
            return (on_call(team, role, now) if team is not None else []) or with_role(role)
        if target == "care_team":
            return sorted(self._platform.patients.care_team(patient_id)) if patient_id is not None else []
        if target == "whole_team":
            return everybody(team, now) if team is not None else []
        return with_role(_EVERY[target])


_ON_CALL = {"on_call_nurse": "nurse", "on_call_doctor": "doctor"}
_EVERY = {"all_nurses": "nurse", "all_doctors": "doctor", "admins": "admin"}
_ALL = ("whole_team", *_EVERY)
_ALERT = Permission("alert", "acknowledge")
_TECHNICAL_ALERT = Permission("technical_alert", "acknowledge")
_DEVICE = Permission("device", "update")


def alert_handler(platform: Platform, store: EscalationStore) -> EventHandler:
    """What happens to alerts, and whom notifications reach, as the worker hears of it."""
    return EventHandler("escalation.alerts", ALERT_EVENTS | REACH_EVENTS, Escalator(platform, store).take)
