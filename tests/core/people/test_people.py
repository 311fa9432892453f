"""People: their names, roles and passwords."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher

from core.access.passwords import Passwords
from core.platform import Platform
from core.problems import Conflict, Invalid, NotFound
from tests.support import PASSWORD, Caller, Cast


def add(platform: Platform, username: str, *roles: str, password: str = PASSWORD) -> str:
    return platform.people.add(username=username, name="Somebody", roles=roles or ["nurse"], password=password).id


def test_sign_in_names_are_one_whatever_their_case(platform: Platform) -> None:
    add(platform, "Erin.Moor")
    with pytest.raises(Conflict):
        add(platform, "ERIN.MOOR")
    assert platform.people.verify("erin.moor", PASSWORD) is not None
    assert platform.people.verify("Erin.Moor", PASSWORD) is not None
    assert platform.people.verify("erin.moor", PASSWORD.upper()) is None


def test_roles_are_any_combination_of_the_five(platform: Platform) -> None:
    user = platform.people.get(add(platform, "erin", "admin", "nurse", "patient", "nurse"))
    assert user is not None
    assert user.roles == {"patient", "nurse", "admin"}
    for roles in ([], ["superuser"], ["professional"], ["device"], ["nurse", ""]):
        with pytest.raises(Invalid):
            platform.people.set_roles(user.id, roles)
    with pytest.raises(Invalid):
        platform.people.add(username="x1", name="X", roles=[], password=PASSWORD)


def test_what_ends_all_sessions_raises_the_epoch(platform: Platform) -> None:
    people = platform.people
    user_id = add(platform, "erin")

    def epoch() -> int:
        user = people.get(user_id)
        assert user is not None
        return user.epoch

    epochs = [epoch()]
    people.set_roles(user_id, ["doctor"])
    epochs.append(epoch())
    people.set_enabled(user_id, False)
    epochs.append(epoch())
    people.set_password(user_id, "another long one")
    epochs.append(epoch())
    assert epochs == sorted(set(epochs))
    people.link_patient(user_id, "p_1")
    people.note_sign_in(user_id)
    assert epoch() == epochs[-1]


def test_a_new_name_ends_no_session(cast: Cast, sign_in: Callable[..., Caller]) -> None:
    ada, bob = sign_in("ada"), sign_in("bob")
    path = f"/users/{cast.users['bob'].id}"
    assert ada.patch(path, {"name": "Robert"}).get_json()["name"] == "Robert"
    assert bob.get("/auth/me").get_json()["name"] == "Robert"
    assert [item["username"] for item in ada.get("/users?q=robert").get_json()["items"]] == ["bob"]


def test_a_disabled_person_does_not_pass(platform: Platform) -> None:
    user_id = add(platform, "erin")
    platform.people.set_enabled(user_id, False)
    assert platform.people.verify("erin", PASSWORD) is None
    platform.people.set_enabled(user_id, True)
    assert platform.people.verify("erin", PASSWORD) is not None


def test_the_last_admin_who_may_sign_in_stays(platform: Platform) -> None:
    first, second = add(platform, "ada", "admin"), add(platform, "erin", "admin", "nurse")
    platform.people.set_enabled(second, False)
    with pytest.raises(Conflict, match="last admin"):
        platform.people.set_enabled(first, False)
    with pytest.raises(Conflict, match="last admin"):
        platform.people.set_roles(first, ["nurse"])
    platform.people.set_enabled(second, True)
    platform.people.set_roles(first, ["nurse"])


def test_nobody_unknown_is_changed(platform: Platform) -> None:
    with pytest.raises(NotFound):
        platform.people.set_roles("u_none", ["nurse"])
    with pytest.raises(NotFound):
        platform.people.set_enabled("u_none", False)
    with pytest.raises(NotFound):
        platform.people.set_password("u_none", PASSWORD)
    assert platform.people.count() == 0


@pytest.mark.parametrize(
    ("password", "ok"),
    [
        ("123456789", False), ("1234567890", False), ("Password1234", False), ("aaaaaaaaaaaaaaa", False),
        ("ababababababab", False), ("erin.moor12", False), ("x" * 300, False), ("a fine sentence", True),
        ("пароль на войне", True), ("erin.moor rides a horse", True), ("          ", False),
    ],
)  # fmt: skip
def test_weak_passwords_are_refused_and_long_plain_ones_are_not(password: str, ok: bool) -> None:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    if ok:
        passwords.check_strength(password, "erin.moor")
        assert passwords.verify(passwords.hash(password), password)
    else:
        with pytest.raises(Invalid) as refused:
            passwords.check_strength(password, "erin.moor")
        assert password not in refused.value.detail


def test_passwords_are_hashed_as_rfc_9106_has_it_and_rehashed_when_that_changes(platform: Platform) -> None:
    stored = Passwords().hash(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    add(platform, "erin")
    users = platform.database.db["users"]
    users.update_one({"username": "erin"}, {"$set": {"password": stored}})
    assert platform.people.verify("erin", PASSWORD) is not None
    document = users.find_one({"username": "erin"})
    assert document is not None
    # The test's own, cheaper parameters are "today's" here.
    assert document["password"].startswith("$argon2id$v=19$m=8,t=1,p=1$")


def test_a_damaged_hash_lets_nobody_in() -> None:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    for stored in ("", "x", "$argon2id$", "plain text", None):
        assert not passwords.verify(stored, "plain text")
    assert not passwords.verify(passwords.hash("a" * 257), "a" * 257)


def test_users_are_found_by_the_beginnings_of_their_names(cast: Cast, sign_in: Callable[..., Caller]) -> None:
    ada = sign_in("ada")
    ada.post("/users", {"username": "zoe.okafor", "name": "Zoë Okafor", "roles": ["doctor"], "password": PASSWORD})

    def found(query: str) -> list[str]:
        return [item["username"] for item in ada.get("/users", query_string={"q": query}).get_json()["items"]]

    assert found("zoe") == found("ZOË ok") == found("oka") == ["zoe.okafor"]
    assert found("koafor") == []
    assert len(found("")) == 7


def test_users_come_in_pages(cast: Cast, sign_in: Callable[..., Caller]) -> None:
    ada = sign_in("ada")
    names: list[str] = []
    cursor = None
    while True:
        page = ada.get("/users", query_string={"limit": 2} | ({"cursor": cursor} if cursor else {})).get_json()
        names += [item["username"] for item in page["items"]]
        assert len(page["items"]) <= 2
        cursor = page["next"]
        if cursor is None:
            break
    assert names == ["ada", "alice", "bob", "charlie", "dana", "frank"]


def test_no_answer_holds_a_hash(cast: Cast, sign_in: Callable[..., Caller]) -> None:
    ada = sign_in("ada")
    bob = cast.users["bob"].id
    for path in ("/users", f"/users/{bob}", "/colleagues", "/auth/me"):
        text = ada.get(path).text
        assert "argon2" not in text
        assert "epoch" not in text


def test_colleagues_are_the_enabled_professionals(cast: Cast, sign_in: Callable[..., Caller]) -> None:
    ada = sign_in("ada")
    assert [item["username"] for item in ada.get("/colleagues").get_json()["items"]] == ["bob", "dana"]
    ada.patch(f"/users/{cast.users['dana'].id}", {"enabled": False})
    assert [item["username"] for item in sign_in("bob").get("/colleagues").get_json()["items"]] == ["bob"]
