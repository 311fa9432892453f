"""What the demo keeps in the database by itself: accounts to show, Frank's consent. The only pymongo user here."""

from __future__ import annotations

from datetime import timedelta

from core.access.access import CONSENTS
from core.people.store import DEMO_ACCOUNTS
from core.platform import Platform
from plugins.simulator.ward import DemoUser

DEMO = "simulator_demo"


def is_demo(platform: Platform) -> bool:
    """Whether the demo made this installation."""
    return platform.database.db[DEMO].find_one({"_id": "made"}) is not None


def mark_as_demo(platform: Platform) -> None:
    """Note that everything here is the demo's."""
    platform.database.db[DEMO].replace_one({"_id": "made"}, {"at": platform.clock()}, upsert=True)


def show_account(platform: Platform, user: DemoUser, order: int) -> None:
    """Offer an account on the sign-in page of the demo."""
    platform.database.db[DEMO_ACCOUNTS].replace_one(
        {"_id": user.username},
        {"password": user.password, "name": user.name, "roles": list(user.roles), "order": order},
        upsert=True,
    )


def grant_consent(platform: Platform, patient_id: str, family_user_id: str) -> None:
    """Let a relative see the patient's measurements and alerts for a year, if nothing was said of it before."""
    consents = platform.database.db[CONSENTS]
    if consents.find_one({"patient_id": patient_id, "family_user_id": family_user_id}) is not None:
        return
    now = platform.clock()
    consents.insert_one(
        {
            "_id": f"demo|{patient_id}|{family_user_id}",
            "patient_id": patient_id,
            "family_user_id": family_user_id,
            "categories": ["vitals", "alerts"],
            "purpose": "Helps at home",
            "created_at": now,
            "expires_at": now + timedelta(days=365),
            "revoked_at": None,
        }
    )
    platform.access.announce_change(family_user_id)
