"""Routes of teams and their rotas, of ladders, and of how far an alert has climbed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, g

from core.access.permission import NO_PATIENT, Permission
from core.database.connection import Document
from core.http import ApiBlueprint, answer, format_time, no_content
from core.problems import Conflict, Denied, Invalid, NotFound
from plugins.escalation.ladder import GRACE, RUNNING, is_reached
from plugins.escalation.models import (
    AlertPath,
    ClimbOut,
    CoverIn,
    CoverPath,
    Ladders,
    Layout,
    LayoutQuery,
    OnCallList,
    TeamIn,
    TeamList,
    TeamOut,
    TeamPath,
    team_json,
)
from plugins.escalation.rota import LONGEST_VIEW, layout
from plugins.escalation.store import EscalationStore

if TYPE_CHECKING:
    from core.platform import Platform

_ROLES = ("nurse", "doctor")
_LOOK_AHEAD = timedelta(days=2)
_MOST_COVER = 200

_READ = Permission("on_call", "read")
_UPDATE = Permission("on_call", "update")


def blueprint(platform: Platform, store: EscalationStore) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("escalation", __name__, tag="on call")

    def names() -> dict[str, str]:
        return {user.id: user.name for user in platform.people.matching(None)}

    @api.read("/on-call/teams", _READ, answers={200: TeamList})
    def list_teams() -> Response:
        """All teams with their rotas."""
        named = names()
        return answer({"items": [team_json(team, named) for team in store.teams()]})

    @api.create("/on-call/teams", _UPDATE, answers={201: TeamOut})
    def add_team(body: TeamIn) -> Response:
        """Add a team."""
        team = store.add_team(_checked(platform, store, body, None))
        return answer(team_json(team, names()), 201)

    @api.replace("/on-call/teams/<string:team_id>", _UPDATE, answers={200: TeamOut}, problems=(404, 409))
    def set_team(path: TeamPath, body: TeamIn) -> Response:
        """Change a team and its rota. Cover stays."""
        _known(store, path.team_id)
        team = store.set_team(path.team_id, _checked(platform, store, body, path.team_id), body.revision)
        if team is None:
            raise Conflict("The team was changed by someone else; read it again.")
        return answer(team_json(team, names()))

    @api.remove("/on-call/teams/<string:team_id>", _UPDATE, answers={204: None}, problems=(404,))
    def remove_team(path: TeamPath) -> Response:
        """Delete a team. Its patients fall to the team for everybody."""
        if not store.remove_team(path.team_id):
            raise NotFound("There is no such team.")
        return no_content()

    @api.read("/on-call/teams/<string:team_id>/layout", _READ, answers={200: Layout}, problems=(404,))
    def get_layout(path: TeamPath, query: LayoutQuery) -> Response:
        """Who is on call from when to when. A span without people is one in which nobody is."""
        team = _known(store, path.team_id)
        if not query.start < query.end <= query.start + LONGEST_VIEW:
            raise Invalid(
                f"The end must follow the start, by {LONGEST_VIEW.days} days at the most.",
                errors=[{"loc": ["end"], "msg": f"within {LONGEST_VIEW.days} days after start"}],
            )
        named = names()
        spans = [_span_json(span, named) for span in layout(team, _ROLES, query.start, query.end)]
        return answer({"time_zone": team["time_zone"], "spans": spans})

    @api.read("/on-call/now", _READ, answers={200: OnCallList})
    def now_on_call() -> Response:
        """Who is on call now."""
        now, named = platform.clock(), names()
        items = []
        for team in store.teams():
            for role in _ROLES:
                first = layout(team, (role,), now, now + _LOOK_AHEAD)[0]
                until = format_time(first["end"]) if first["end"] < now + _LOOK_AHEAD else None
                people = _span_json(first, named)["people"]
                items.append(
                    {"team_id": team["_id"], "team": team["title"], "role": role, "people": people, "until": until}
                )
        return answer({"items": items})

    @api.create(
        "/on-call/teams/<string:team_id>/cover",
        Permission("on_call", "cover"),
        answers={201: TeamOut},
        problems=(404, 409),
    )
    def add_cover(path: TeamPath, body: CoverIn) -> Response:
        """Let somebody be on call for a while: oneself, or, with the right to change rotas, anybody."""
        team = _known(store, path.team_id)
        _may_cover(platform, body.user_id)
        now = platform.clock()
        if not body.start < body.end or body.end <= now:
            raise Invalid(
                "The end must follow the start and lie ahead.", errors=[{"loc": ["end"], "msg": "after start and now"}]
            )
        _check_people(platform, {body.user_id: ("user_id", body.role)})
        if body.instead_of is not None and platform.people.get(body.instead_of) is None:
            raise Invalid("There is no such person.", errors=[{"loc": ["instead_of"], "msg": "unknown"}])
        if len([cover for cover in team["cover"] if cover["end"] > now]) >= _MOST_COVER:
            raise Conflict("There is too much cover in this team already.")
        cover = {**body.model_dump(), "id": f"cv_{secrets.token_hex(6)}", "by": _person()}
        changed = store.add_cover(path.team_id, cover, now - LONGEST_VIEW)
        if changed is None:
            raise NotFound("There is no such team.")
        return answer(team_json(changed, names()), 201)

    @api.remove(
        "/on-call/teams/<string:team_id>/cover/<string:cover_id>",
        Permission("on_call", "cover"),
        answers={200: TeamOut},
        problems=(404,),
    )
    def remove_cover(path: CoverPath) -> Response:
        """Take cover away: one's own, or, with the right to change rotas, anybody's."""
        team = _known(store, path.team_id)
        cover = next((cover for cover in team["cover"] if cover["id"] == path.cover_id), None)
        if cover is None:
            raise NotFound("There is no such cover.")
        _may_cover(platform, cover["user_id"])
        changed = store.remove_cover(path.team_id, path.cover_id)
        return answer(team_json(changed or _known(store, path.team_id), names()))

    # -- ladders -------------------------------------------------------------------------------
    @api.read("/escalation-ladders", Permission("escalation_ladder", "read"), answers={200: Ladders})
    def get_ladders() -> Response:
        """Who is told of which alert, and after how long."""
        ladders, revision = store.ladders()
        return answer({"ladders": ladders, "revision": revision})

    @api.replace(
        "/escalation-ladders", Permission("escalation_ladder", "update"), answers={200: Ladders}, problems=(409,)
    )
    def set_ladders(body: Ladders) -> Response:
        """Replace the ladders. Alerts that climb already go on as they began."""
        _check_ladders(body)
        if not store.set_ladders([ladder.model_dump() for ladder in body.ladders], body.revision):
            raise Conflict("The ladders were changed by someone else; read them again.")
        ladders, revision = store.ladders()
        return answer({"ladders": ladders, "revision": revision})

    # -- one alert -----------------------------------------------------------------------------
    def patient_of_run(_platform: Platform, arguments: Mapping[str, Any]) -> str | None:
        run = store.run(str(arguments["alert_id"]))
        return (run["patient_id"] or NO_PATIENT) if run else None

    technical = Permission("on_call", "read", audit=True)

    @api.read(
        "/alerts/<string:alert_id>/escalation",
        Permission("escalation", "read", patient_of=patient_of_run, otherwise=technical),
        answers={200: ClimbOut},
    )
    def get_climb(path: AlertPath) -> Response:
        """Who was told of an alert, and who is told next if nobody takes it on."""
        run = store.run(path.alert_id)
        if run is None:
            raise NotFound("There is no such alert.")
        named = names()
        steps = [
            step | {
                "due_at": format_time(run["started_at"] + timedelta(minutes=step["after_minutes"])),
                "taken": index < run["next_step"],
            }
            for index, step in enumerate(run.get("steps", ()))
        ]  # fmt: skip
        is_running, told_at = run["state"] == RUNNING, run.get("told_at")
        reached = is_reached(run, platform.heartbeats.present()) if told_at is not None else None
        if not reached and told_at is not None and platform.clock() - told_at < GRACE:
            reached = None
        next_step = next((step["due_at"] for step in steps if not step["taken"]), None)
        return answer(
            {
                "state": run["state"],
                "steps": steps,
                "repeats": run.get("repeats", 0),
                "next_at": next_step if is_running else None,
                "told": [{"id": user_id, "name": named.get(user_id, "")} for user_id in run.get("told", ())],
                "reached": reached if is_running else None,
            }
        )

    return api


def _person() -> Document:
    return {"id": g.principal.id, "name": g.principal.name}


def _known(store: EscalationStore, team_id: str) -> Document:
    team = store.team(team_id)
    if team is None:
        raise NotFound("There is no such team.")
    return team


def _may_cover(platform: Platform, user_id: str) -> None:
    if user_id != g.principal.id and not platform.access.may(g.principal, "on_call", "update"):
        raise Denied("You can put yourself on call; for others ask an admin.")


def _span_json(span: Document, named: Mapping[str, str]) -> dict[str, Any]:
    return {
        "role": span["role"],
        "start": format_time(span["start"]),
        "end": format_time(span["end"]),
        "people": [{"id": user_id, "name": named.get(user_id, "")} for user_id in span["user_ids"]],
    }


def _checked(platform: Platform, store: EscalationStore, body: TeamIn, team_id: str | None) -> Document:
    """A team's fields as they are kept. Raises Invalid for what cannot be."""
    ids = [shift.id for shift in body.shifts]
    if len(set(ids)) != len(ids):
        raise Invalid("A shift is given twice.", errors=[{"loc": ["shifts"], "msg": "ids must differ"}])
    for index, shift in enumerate(body.shifts):
        _check_people(platform, dict.fromkeys(shift.people, (f"shifts.{index}.people", shift.role)))
    for other in store.teams():
        if other["_id"] == team_id:
            continue
        if body.for_everybody and other["for_everybody"]:
            raise Invalid(
                f"{other['title']} looks after everybody already.",
                errors=[{"loc": ["for_everybody"], "msg": "one team at the most"}],
            )
        for name in ("wards", "patient_ids"):
            if set(getattr(body, name)) & set(other[name]):
                raise Invalid(
                    f"{other['title']} looks after some of these already.",
                    errors=[{"loc": [name], "msg": "each has one team"}],
                )
    return body.model_dump(mode="json", exclude={"revision"})


def _check_people(platform: Platform, people: Mapping[str, tuple[str, str]]) -> None:
    for user_id, (where, role) in people.items():
        user = platform.people.get(user_id)
        if user is None or not user.enabled or role not in user.roles:
            raise Invalid(
                f"Somebody here is no {role} who may sign in.",
                errors=[{"loc": where.split("."), "msg": f"not a {role}"}],
            )


def _check_ladders(body: Ladders) -> None:
    ids = [ladder.id for ladder in body.ladders]
    if len(set(ids)) != len(ids):
        raise Invalid("A ladder is given twice.", errors=[{"loc": ["ladders"], "msg": "ids must differ"}])
    for index, ladder in enumerate(body.ladders):
        delays = [step.after_minutes for step in ladder.steps]
        if delays != sorted(set(delays)):
            raise Invalid(
                f"The steps of {ladder.title} must follow each other.",
                errors=[{"loc": ["ladders", str(index), "steps"], "msg": "each later than the one before"}],
            )
    last = body.ladders[-1]
    if last.kinds is not None or not any(
        ladder.kinds is None and (ladder.priorities is None or "high" in ladder.priorities) for ladder in body.ladders
    ):
        raise Invalid(
            "Some ladder for every kind must be for high priority, and the last one must be for every kind.",
            errors=[{"loc": ["ladders"], "msg": "high priority of every kind needs a ladder"}],
        )
