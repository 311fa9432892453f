"""How an alert climbs: who is told, who is told next, and when it is said again. Pure: no clock, no database.

A run is the climb of one alert. Its *cycle* begins when the alert starts to call: raised, worse than it ever was, or
no longer snoozed. Each step of the ladder tells more people; in between, and after the last step, those who were told
are told again. If nobody who was told can be reached, the next step does not wait for its time, and when there is no
further step an alarm about that is due.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from core.database.connection import Document

RUNNING, HELD, OVER = "running", "held", "over"
ACTIVE, RESOLVED = "active", "resolved"
#: How long it may take until it is known whether somebody can be reached.
GRACE = timedelta(seconds=15)
#: How often it is looked whether somebody can be reached by now.
LOOK_AGAIN = timedelta(seconds=30)
TECHNICAL = "technical"
_RANK = {"low": 0, "medium": 1, "high": 2}

Action = Literal["told", "escalated", "repeated"]

SHIPPED: list[Document] = [
    {
        "id": "platform",
        "title": "The platform itself",
        "kinds": ["technical"],
        "priorities": None,
        "steps": [
            {"after_minutes": 0, "tell": ["admins", "on_call_nurse"]},
            {"after_minutes": 10, "tell": ["all_nurses", "all_doctors"]},
        ],
        "repeat_minutes": 15,
    },
    {
        "id": "missed",
        "title": "Missed measurement",
        "kinds": ["missed"],
        "priorities": None,
        "steps": [
            {"after_minutes": 0, "tell": ["on_call_nurse"]},
            {"after_minutes": 60, "tell": ["on_call_doctor"]},
        ],
        "repeat_minutes": None,
    },
    {
        "id": "device",
        "title": "Silent device",
        "kinds": ["device_silent"],
        "priorities": None,
        "steps": [
            {"after_minutes": 0, "tell": ["admins"]},
            {"after_minutes": 60, "tell": ["on_call_nurse"]},
        ],
        "repeat_minutes": None,
    },
    {
        "id": "high",
        "title": "High priority",
        "kinds": None,
        "priorities": ["high"],
        "steps": [
            {"after_minutes": 0, "tell": ["on_call_nurse"]},
            {"after_minutes": 5, "tell": ["on_call_doctor"]},
            {"after_minutes": 10, "tell": ["care_team", "whole_team"]},
            {"after_minutes": 20, "tell": ["all_nurses", "all_doctors"]},
        ],
        "repeat_minutes": 5,
    },
    {
        "id": "medium",
        "title": "Medium priority",
        "kinds": None,
        "priorities": ["medium"],
        "steps": [
            {"after_minutes": 0, "tell": ["on_call_nurse"]},
            {"after_minutes": 15, "tell": ["on_call_doctor"]},
            {"after_minutes": 60, "tell": ["care_team", "whole_team"]},
        ],
        "repeat_minutes": 30,
    },
    {
        "id": "low",
        "title": "Low priority",
        "kinds": None,
        "priorities": ["low"],
        "steps": [{"after_minutes": 0, "tell": ["on_call_nurse"]}],
        "repeat_minutes": None,
    },
]


def ladder_for(ladders: Sequence[Mapping[str, Any]], kind: str, priority: str) -> Mapping[str, Any]:
    """The first ladder that is for alerts of this kind and priority. What none is for climbs the steepest one."""
    for ladder in ladders:
        if (ladder["kinds"] is None or kind in ladder["kinds"]) and (
            ladder["priorities"] is None or priority in ladder["priorities"]
        ):
            return ladder
    return next(ladder for ladder in SHIPPED if ladder["id"] == "high")


def new_run(alert: Mapping[str, Any]) -> Document:
    """The run of an alert that has not called yet."""
    return {
        "_id": alert["id"],
        "patient_id": alert["patient_id"],
        "kind": alert["kind"],
        "state": HELD,
        "cycle": 0,
        "priority": None,
        "alert_revision": -1,
        "alarmed": False,
        "assigned_to": None,
        "rev": 0,
    } | _standing()


def _standing() -> Document:
    return {"next_action_at": None, "check_at": None, "alarm_key": None}


def heard(run: Document, alert: Mapping[str, Any], ladders: Sequence[Mapping[str, Any]], now: datetime) -> Document:
    """The run after news of its alert. News that is older than what is known changes nothing."""
    if alert["revision"] < run["alert_revision"]:
        return run
    run = run | {
        "alert_revision": alert["revision"],
        "title": alert["title"],
        "condition_active": alert["condition_active"],
    }
    if alert["status"] == RESOLVED:
        return run | _standing() | {"state": OVER}
    if alert["status"] != ACTIVE:
        return run | _standing() | {"state": HELD}
    priority = alert["priority"]
    if run["state"] == RUNNING and _RANK[priority] <= _RANK[run["priority"]]:
        return run | {"next_action_at": next_action_at(run)}
    ladder = ladder_for(ladders, alert["kind"], priority)
    run = run | {
        "state": RUNNING,
        "cycle": run["cycle"] + 1,
        "priority": priority,
        "steps": [dict(step) for step in ladder["steps"]],
        "repeat_minutes": ladder["repeat_minutes"],
        "started_at": now,
        "next_step": 0,
        "told": [],
        "told_at": None,
        "repeats": 0,
        "reach": {},
        "check_at": None,
    }
    return run | {"next_action_at": next_action_at(run)}


def next_action_at(run: Mapping[str, Any]) -> datetime | None:
    """When something is to be done next; None if nothing is."""
    if run["state"] != RUNNING:
        return None
    moments = [moment for moment in (_step_at(run), _repeat_at(run), run["check_at"]) if moment is not None]
    return min(moments, default=None)


def _waits(run: Mapping[str, Any]) -> bool:
    """Whether the alert may wait: its condition is over, and it was not of high priority."""
    return not run["condition_active"] and run["priority"] != "high" and run["next_step"] > 0


def _step_at(run: Mapping[str, Any]) -> datetime | None:
    if run["next_step"] >= len(run["steps"]) or _waits(run):
        return None
    after: datetime = run["started_at"] + timedelta(minutes=run["steps"][run["next_step"]]["after_minutes"])
    return after


def _repeat_at(run: Mapping[str, Any]) -> datetime | None:
    if run["repeat_minutes"] is None or run["told_at"] is None or _waits(run):
        return None
    again: datetime = run["told_at"] + timedelta(minutes=run["repeat_minutes"])
    return again


@dataclass(frozen=True, slots=True)
class Telling:
    """Something to be told: by a step (``targets`` are to be resolved), or again to those who were told."""

    action: Action
    key: str
    targets: tuple[str, ...]
    unreachable: bool = False


def what_is_due(run: Mapping[str, Any], present: Collection[str], now: datetime) -> Telling | None:
    """What a climb has to tell at ``now``. Tell it, take ``done``, and ask again until there is nothing."""
    if run["state"] != RUNNING:
        return None
    step_at, repeat_at = _step_at(run), _repeat_at(run)
    lost = is_lost(run, present, now)
    if step_at is not None and (step_at <= now or lost):
        step = run["steps"][run["next_step"]]
        action: Action = "told" if run["next_step"] == 0 else "escalated"
        key = f"{run['_id']}|{run['cycle']}|step|{run['next_step']}"
        return Telling(action, key, tuple(step["tell"]), lost and step_at > now)
    if repeat_at is not None and repeat_at <= now:
        return Telling("repeated", f"{run['_id']}|{run['cycle']}|again|{run['repeats']}", ())
    return None


def done(run: Document, telling: Telling, told: Sequence[str], now: datetime) -> Document:
    """The run after a telling; ``told``: the people of the step."""
    run = run | {"told": sorted({*run["told"], *told}), "told_at": now}
    if telling.action == "repeated":
        run["repeats"] = run["repeats"] + 1
    else:
        # With nobody to tell there is nothing to wait for.
        run |= {"next_step": run["next_step"] + 1, "check_at": now + GRACE if run["told"] else now}
    return run | {"next_action_at": next_action_at(run)}


def is_lost(run: Mapping[str, Any], present: Collection[str], now: datetime) -> bool:
    """Whether it is time to know that somebody can be reached, and nobody can."""
    if run["state"] != RUNNING or run["check_at"] is None or run["check_at"] > now:
        return False
    return not is_reached(run, present)


def calls_for_alarm(run: Mapping[str, Any]) -> bool:
    """Whether it is worth an alarm that nobody can be reached. No alarm is about an alarm, and some alerts may wait."""
    return not (run["kind"] == TECHNICAL or run["priority"] == "low" or _waits(run))


def checked(run: Document, present: Collection[str], now: datetime, alarm_key: str | None) -> Document:
    """The run after its reach was looked at. ``alarm_key``: of the alarm that is up for it now.

    While an alarm is up it is looked at again and again, so that the alarm ends when somebody can be reached.
    """
    if run["check_at"] is None or run["check_at"] > now:
        return run
    run = run | {"check_at": now + LOOK_AGAIN if alarm_key is not None else None, "alarm_key": alarm_key}
    return run | {"next_action_at": next_action_at(run)}


def is_reached(run: Mapping[str, Any], present: Collection[str]) -> bool:
    """Whether anybody who was told has a page open or an address that works, as far as is known."""
    return any(user_id in present or run["reach"].get(user_id) is True for user_id in run["told"])


def told_of_reach(run: Document, reached: Sequence[str], unreached: Sequence[str], now: datetime) -> Document:
    """The run after it became known whom notifications reach."""
    if run["state"] != RUNNING:
        return run
    reach = dict(run["reach"]) | dict.fromkeys(unreached, False) | dict.fromkeys(reached, True)
    run = run | {"reach": reach}
    if unreached and run["check_at"] is None:
        run["check_at"] = now
    return run | {"next_action_at": next_action_at(run)}
