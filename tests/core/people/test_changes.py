"""Changing a person: all of it or nothing, and never so that no admin is left."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from core.people.store import PeopleStore, User
from core.platform import Platform
from core.problems import Conflict, Invalid
from tests.support import PASSWORD, Caller, Cast

NEW_PASSWORD = "a fresh long password"


def admins(people: PeopleStore) -> set[str]:
    return {user.id for user in people.matching(None) if user.enabled and "admin" in user.roles}


def test_several_things_change_at_once(platform: Platform, cast: Cast) -> None:
    changed = platform.people.change(
        cast.users["bob"].id, name="Robert", roles=["doctor", "admin"], password=NEW_PASSWORD, enabled=True
    )
    assert (changed.name, sorted(changed.roles), changed.epoch) == ("Robert", ["admin", "doctor"], 2)
    assert platform.people.matching("robert") == [changed]
    assert platform.people.verify("bob", PASSWORD) is None
    assert platform.people.verify("bob", NEW_PASSWORD) == changed


def test_nothing_to_change_changes_nothing(platform: Platform, cast: Cast) -> None:
    bob = cast.users["bob"]
    assert platform.people.change(bob.id) == bob
    assert platform.people.change(bob.id, enabled=True) == bob
    assert platform.people.get(bob.id) == bob


def test_a_refused_change_leaves_everything(platform: Platform, cast: Cast) -> None:
    ada, bob = cast.users["ada"], cast.users["bob"]
    with pytest.raises(Conflict):
        platform.people.change(ada.id, name="Changed", password=NEW_PASSWORD, enabled=False)
    with pytest.raises(Conflict):
        platform.people.change(ada.id, roles=["admin"], enabled=False)
    with pytest.raises(Invalid):
        platform.people.change(bob.id, name="Changed", password="short", enabled=False)
    with pytest.raises(Invalid):
        platform.people.change(bob.id, name="Changed", roles=["root"])
    assert platform.people.get(ada.id) == ada
    assert platform.people.get(bob.id) == bob
    assert platform.people.verify("ada", PASSWORD) is not None


def test_a_refused_request_leaves_the_person_and_the_session(cast: Cast, sign_in: Callable[..., Caller]) -> None:
    ada = sign_in("ada")
    path = f"/users/{cast.users['ada'].id}"
    before = ada.get(path).get_json()
    assert ada.patch(path, {"name": "Changed", "password": NEW_PASSWORD, "enabled": False}).status_code == 409
    assert ada.patch(path, {"name": "Changed", "password": "short"}).status_code == 422
    assert ada.put(f"{path}/roles", {"roles": ["nurse"]}).status_code == 409
    assert ada.get(path).get_json() == before


def test_two_admins_who_remove_each_other_at_once_leave_one(platform: Platform) -> None:
    people = platform.people
    pair = [people.add(username=name, name=name, roles=["admin"], password=PASSWORD) for name in ("ada", "erin")]

    def remove(user: User, start: threading.Barrier, refused: set[str]) -> None:
        start.wait()
        try:
            people.change(user.id, name="Former", enabled=False)
        except Conflict:
            refused.add(user.id)

    for _ in range(15):
        start, refused = threading.Barrier(2), set[str]()
        threads = [threading.Thread(target=remove, args=(user, start, refused)) for user in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        # Refused is who is still an admin: each change was done whole or not at all.
        assert admins(people) == refused != set()
        assert {user.id for user in people.matching("former")} == {user.id for user in pair} - refused
        for user in pair:
            people.change(user.id, name=user.name, enabled=True)
