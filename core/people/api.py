"""Routes of users, for admins, and of colleagues, for making care teams."""

from __future__ import annotations

from typing import Any

from flask import Response
from pydantic import Field

from core.access.api import Password, PersonName, Username
from core.access.permission import Permission
from core.http import ApiBlueprint, ApiModel, Id, Page, Timestamp, answer, format_time
from core.paging import page_of
from core.people.store import User
from core.platform import Platform
from core.problems import NotFound


class UserOut(ApiModel):
    """A person who can sign in."""

    id: str
    username: str
    name: str
    roles: list[str]
    enabled: bool
    patient_id: str | None
    created_at: Timestamp
    last_sign_in_at: Timestamp | None


class UserList(ApiModel):
    """A page of users."""

    items: list[UserOut]
    next: str | None


class UserQuery(Page):
    """Which users to list."""

    q: str | None = Field(None, max_length=120, description="Beginnings of words of the name or sign-in name.")


class UserIn(ApiModel):
    """A new user."""

    username: Username
    name: PersonName
    roles: list[str] = Field(min_length=1, max_length=5)
    password: Password


class UserChange(ApiModel):
    """What to change; fields left out stay."""

    name: PersonName | None = None
    enabled: bool | None = None
    password: Password | None = None


class RolesIn(ApiModel):
    """All the roles of a user."""

    roles: list[str] = Field(min_length=1, max_length=5)


class UserPath(ApiModel):
    """The user's id."""

    user_id: Id


class Colleague(ApiModel):
    """A nurse or doctor, as colleagues see them."""

    id: str
    username: str
    name: str
    roles: list[str]


class ColleagueList(ApiModel):
    """All nurses and doctors."""

    items: list[Colleague]
    next: str | None


def user_json(user: User) -> dict[str, Any]:
    """A user as UserOut."""
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "roles": sorted(user.roles),
        "enabled": user.enabled,
        "patient_id": user.patient_id,
        "created_at": format_time(user.created_at),
        "last_sign_in_at": format_time(user.last_sign_in_at) if user.last_sign_in_at else None,
    }


def blueprint(platform: Platform) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("people", __name__, tag="people")
    read = Permission("user", "read", audit=True)
    update = Permission("user", "update", audit=True)
    people = platform.people

    def known(user_id: str) -> User:
        user = people.get(user_id)
        if user is None:
            raise NotFound("There is no such user.")
        return user

    @api.read("/users", read, answers={200: UserList})
    def list_users(query: UserQuery) -> Response:
        """The users, by name."""
        users = people.matching(query.q)
        rows, following = page_of(users, query.limit, query.cursor, key=lambda u: f"{u.name.lower()}\0{u.id}")
        return answer({"items": [user_json(row) for row in rows], "next": following})

    @api.create("/users", Permission("user", "create", audit=True), answers={201: UserOut}, problems=(409,))
    def add_user(body: UserIn) -> Response:
        """Add a user."""
        user = people.add(username=body.username, name=body.name, roles=body.roles, password=body.password)
        return answer(user_json(user), 201)

    @api.read("/users/<string:user_id>", read, answers={200: UserOut}, problems=(404,))
    def get_user(path: UserPath) -> Response:
        """One user."""
        return answer(user_json(known(path.user_id)))

    @api.change("/users/<string:user_id>", update, answers={200: UserOut}, problems=(404, 409))
    def change_user(path: UserPath, body: UserChange) -> Response:
        """Rename, enable, disable, or set a new password; all but the name end all the person's sessions."""
        user = people.change(path.user_id, name=body.name, password=body.password, enabled=body.enabled)
        platform.access.announce_change(user.id)
        return answer(user_json(user))

    @api.replace("/users/<string:user_id>/roles", update, answers={200: UserOut}, problems=(404, 409))
    def set_roles(path: UserPath, body: RolesIn) -> Response:
        """Replace a user's roles; all the person's sessions end."""
        user = people.set_roles(path.user_id, body.roles)
        platform.access.announce_change(user.id)
        return answer(user_json(user))

    @api.read("/colleagues", Permission("colleague", "read"), answers={200: ColleagueList})
    def colleagues() -> Response:
        """The nurses and doctors, for choosing a care team."""
        rows = [user for user in people.matching(None) if user.enabled and {"nurse", "doctor"} & user.roles]
        items = [{"id": u.id, "username": u.username, "name": u.name, "roles": sorted(u.roles)} for u in rows]
        return answer({"items": items, "next": None})

    return api
