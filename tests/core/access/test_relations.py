"""Relations between people and patients, and the lists made of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.access.access import ALL, _principal
from core.access.permission import Permission
from core.access.policy import Policy
from core.access.principal import Principal
from core.platform import Platform, utc_now
from tests.support import Cast


@pytest.fixture
def people(platform: Platform, cast: Cast) -> dict[str, Principal]:
    """Everybody as a caller, with the records they have now."""
    found = {}
    for name, user in cast.users.items():
        current = platform.people.get(user.id)
        assert current is not None
        found[name] = _principal(current)
    return found


def consent(platform: Platform, cast: Cast, name: str, *categories: str, **more: Any) -> None:
    platform.database.db["consents"].insert_one(
        {
            "_id": name, "patient_id": cast.alice.id, "family_user_id": cast.users["frank"].id,
            "categories": list(categories), "revoked_at": None, "expires_at": None,
        } | more
    )  # fmt: skip


def test_each_person_has_the_relations_that_hold(platform: Platform, cast: Cast, people: dict[str, Principal]) -> None:
    def to_alice(name: str) -> set[str]:
        return set(platform.access.relations(people[name], cast.alice.id)) - {"any", "any_patient"}

    assert to_alice("alice") == {"self"}
    assert to_alice("bob") == to_alice("dana") == {"care_team"}
    assert to_alice("frank") == to_alice("charlie") == to_alice("ada") == {"outsider"}
    consent(platform, cast, "c1", "vitals", "alerts")
    consent(platform, cast, "c2", "messages")
    consent(platform, cast, "c3", "recordings", revoked_at=utc_now())
    consent(platform, cast, "c4", "transcripts", expires_at=utc_now() - timedelta(minutes=1))
    assert to_alice("frank") == {"consented:vitals", "consented:alerts", "consented:messages"}
    assert set(platform.access.relations(people["frank"], cast.charlie.id)) == {"any", "any_patient", "outsider"}


def test_a_consent_to_nothing_leaves_an_outsider(platform: Platform, cast: Cast, people: dict[str, Principal]) -> None:
    consent(platform, cast, "c1")
    assert "outsider" in platform.access.relations(people["frank"], cast.alice.id)
    assert platform.access.visible_patients(people["frank"], "patient", "read") == frozenset()


POLICIES = {
    "shipped": "",
    "narrow": "p, professional, *, *, outsider, deny",
    "no own record": "p, professional, *, *, self, deny\np, patient, *, *, care_team, deny",
    "team only by allowing": "p, professional, observation, read, any_patient, deny",
    "family of all": "p, family, observation, read, any_patient, allow\np, family, *, *, consented:alerts, deny",
    "everybody": "p, patient, observation, read, outsider, allow",
}


@pytest.mark.parametrize("text", POLICIES.values(), ids=POLICIES.keys())
def test_a_list_holds_just_what_is_allowed_one_by_one(
    platform: Platform, cast: Cast, people: dict[str, Principal], text: str
) -> None:
    shipped = {file.name: (file.origin, file.text) for file in platform.access.policy.files}
    platform.access.policy = Policy(shipped | {"extra.csv": ("plugin", text)}, None, utc_now)
    platform.patients.set_care_team(cast.charlie.id, [cast.users["charlie"].id, cast.users["dana"].id])
    consent(platform, cast, "c1", "vitals", "alerts")
    records = {cast.alice.id, cast.charlie.id}
    for obj in ("patient", "observation", "alert", "device"):
        permission = Permission(obj, "read")
        for name, principal in people.items():
            single = {
                patient_id
                for patient_id in records
                if platform.access.decide(principal, permission, patient_id=patient_id).allowed
            }
            visible = platform.access.visible_patients(principal, obj, "read")
            listed = visible if isinstance(visible, frozenset) else records
            assert listed == single, f"{name} {obj}"


def test_all_is_said_without_counting(platform: Platform, people: dict[str, Principal]) -> None:
    assert platform.access.visible_patients(people["bob"], "observation", "read") is ALL
    assert platform.access.visible_patients(people["ada"], "patient", "read") is ALL
    assert platform.access.visible_patients(people["ada"], "observation", "read") == frozenset()


def test_the_family_who_may_see_something_now(platform: Platform, cast: Cast) -> None:
    now = utc_now()
    consent(platform, cast, "over", "vitals", revoked_at=now - timedelta(seconds=1))
    consent(platform, cast, "other", "alerts")
    assert platform.access.consented_family(cast.alice.id, "vitals") == []
    consent(platform, cast, "c1", "vitals", "alerts")
    consent(platform, cast, "no family", "vitals", family_user_id=cast.users["charlie"].id)
    assert platform.access.consented_family(cast.alice.id, "vitals") == [cast.users["frank"].id]
    platform.people.set_enabled(cast.users["frank"].id, False)
    assert platform.access.consented_family(cast.alice.id, "vitals") == []


def test_roles_and_records_are_those_of_now(platform: Platform, cast: Cast, people: dict[str, Principal]) -> None:
    platform.people.set_roles(cast.users["bob"].id, ["family"])
    current = platform.access.refreshed(people["bob"])
    assert current is not None
    assert current.roles == {"family"}
    platform.people.set_enabled(cast.users["bob"].id, False)
    assert platform.access.refreshed(people["bob"]) is None
