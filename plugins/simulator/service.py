"""The simulator's own user, where it runs on the site's machine and was given no token."""

from __future__ import annotations

import secrets

from core.cli.context import opened_platform
from core.settings import Settings

USERNAME = "simulator"


def service_token(settings: Settings) -> str:
    """A token of the service user, who is made if missing, with a password that nobody knows."""
    with opened_platform(settings) as platform:
        people = platform.people
        user = people.by_username(USERNAME) or people.add(
            username=USERNAME, name="Simulator", roles=["admin"], password=secrets.token_urlsafe(24)
        )
        sessions = platform.access.sessions
        for row in sessions.tokens_of(user.id):
            sessions.end_token(user.id, row["_id"])
        return sessions.make_token(user, "simulator", 1)[1]
