"""Who the demo may make itself at home with."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.platform import Platform
from core.problems import ConfigurationError
from plugins.simulator.seeding import bootstrap
from plugins.simulator.store import grant_consent, show_account
from plugins.simulator.ward import USERS
from tests.support import Cast


def test_an_installation_with_users_of_its_own_is_left_alone(platform: Platform, cast: Cast) -> None:
    real_clock = platform.clock
    platform.clock = lambda: real_clock() + timedelta(hours=1)
    before = len(platform.people.matching(None))
    with pytest.raises(ConfigurationError, match="empty data directory"):
        bootstrap(platform)
    assert len(platform.people.matching(None)) == before


def test_an_empty_installation_gets_an_admin_and_one_working_token(platform: Platform) -> None:
    first, second = bootstrap(platform), bootstrap(platform)
    admin = platform.people.by_username("ada")
    assert admin is not None and admin.roles == {"admin"}
    assert platform.access.sessions.find_token(first) is None
    assert platform.access.principal_of(second, None).id == admin.id


def test_a_demo_is_known_again_however_old_it_is(platform: Platform) -> None:
    bootstrap(platform)
    show_account(platform, USERS[0], 0)
    real_clock = platform.clock
    platform.clock = lambda: real_clock() + timedelta(days=90)
    bootstrap(platform)
    assert [account["username"] for account in platform.people.demo_accounts()] == [USERS[0].username]


def test_consent_is_given_once_and_not_again_after_it_was_revoked(platform: Platform, cast: Cast) -> None:
    frank, consents = cast.users["frank"], platform.database.db.consents
    grant_consent(platform, cast.alice.id, frank.id)
    assert "consented:vitals" in platform.access.relations(
        platform.access.principal_of(platform.access.sessions.make_token(frank, "t", 1)[1], None), cast.alice.id
    )
    consents.update_one({"family_user_id": frank.id}, {"$set": {"revoked_at": platform.clock()}})
    grant_consent(platform, cast.alice.id, frank.id)
    assert consents.count_documents({"family_user_id": frank.id, "revoked_at": None}) == 0
