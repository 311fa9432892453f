"""Sessions and personal access tokens: opaque secrets, stored as hashes only, revocable at once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from core.people.store import User
from core.settings import Settings

SESSIONS = "sessions"
TOKENS = "access_tokens"
TOKEN_PREFIX = "pmp_pat_"  # noqa: S105
#: A session's last use is written at most this often.
_TOUCH_EVERY = timedelta(seconds=60)
MAX_TOKENS = 50


def digest(secret: str) -> str:
    """What is stored of a secret of 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Sessions:
    """Sessions of browsers, and tokens of scripts."""

    def __init__(self, database: Database, settings: Settings, clock: Callable[[], datetime], key: bytes) -> None:
        self._sessions = database.db[SESSIONS]
        self._tokens = database.db[TOKENS]
        self._clock = clock
        self._idle = timedelta(minutes=settings.session_idle_minutes)
        self._absolute = timedelta(hours=settings.session_absolute_hours)
        self._key = key

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """By person, for listing and ending; by last use, for clearing away."""
        return [
            CollectionIndexes(SESSIONS, [IndexModel([("used_at", ASCENDING)], name="by_use")]),
            CollectionIndexes(TOKENS, [IndexModel([("user_id", ASCENDING)], name="by_user")]),
        ]

    # -- sessions ------------------------------------------------------------------------------
    def start(self, user: User) -> str:
        """A new session. Returns the secret for the cookie."""
        secret = secrets.token_urlsafe(32)
        now = self._clock()
        document: Document = {
            "_id": digest(secret), "user_id": user.id, "epoch": user.epoch, "created_at": now, "used_at": now,
        }  # fmt: skip
        self._sessions.insert_one(document)
        return secret

    def find(self, secret: str, touch: bool = True) -> Document | None:
        """The live session of a cookie's secret."""
        return self.by_id(digest(secret), touch)

    def by_id(self, session_id: str, touch: bool = False) -> Document | None:
        """The live session with this id."""
        session = self._sessions.find_one({"_id": session_id})
        now = self._clock()
        if session is None or not self._alive(session, now):
            return None
        if touch and now - session["used_at"] > _TOUCH_EVERY:
            self._sessions.update_one({"_id": session_id}, {"$set": {"used_at": now}})
        return session

    def _alive(self, session: Document, now: datetime) -> bool:
        return bool(now - session["used_at"] <= self._idle and now - session["created_at"] <= self._absolute)

    def end(self, session_id: str) -> None:
        """End one session."""
        self._sessions.delete_one({"_id": session_id})

    def clear(self, batch: int = 200) -> int:
        """Forget sessions that have run out."""
        rows = self._sessions.find({"used_at": {"$lt": self._clock() - self._idle}}, {"_id": 1}).limit(batch)
        ids = [row["_id"] for row in rows]
        for session_id in ids:
            self._sessions.delete_one({"_id": session_id})
        return len(ids)

    def csrf_token(self, secret: str) -> str:
        """The token that proves that a request comes from our own page: derived, not stored."""
        return hmac.new(self._key, b"csrf:" + secret.encode(), hashlib.sha256).hexdigest()

    # -- personal access tokens ----------------------------------------------------------------
    def make_token(self, user: User, name: str, days: int) -> tuple[Document, str]:
        """A new token. Returns its record and the secret, which is never shown again."""
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        now = self._clock()
        document: Document = {
            "_id": f"t_{secrets.token_hex(8)}", "hash": digest(secret), "user_id": user.id, "epoch": user.epoch,
            "name": name, "created_at": now, "expires_at": now + timedelta(days=days),
        }  # fmt: skip
        # The hash is the key of a second document, so that a look-up is one by _id.
        self._tokens.insert_one(document)
        self._tokens.insert_one({"_id": document["hash"], "token_id": document["_id"]})
        return document, secret

    def find_token(self, secret: str) -> Document | None:
        """The live token of a secret."""
        pointer = self._tokens.find_one({"_id": digest(secret)})
        return self.token(pointer["token_id"]) if pointer else None

    def token(self, token_id: str) -> Document | None:
        """The live token with this id."""
        token = self._tokens.find_one({"_id": token_id})
        return token if token is not None and token["expires_at"] > self._clock() else None

    def tokens_of(self, user_id: str) -> list[Document]:
        """A person's tokens, newest first."""
        rows = list(self._tokens.find({"user_id": user_id}))
        return sorted(rows, key=lambda row: row["created_at"], reverse=True)

    def end_token(self, user_id: str, token_id: str) -> bool:
        """Revoke one of the person's tokens; whether there was one."""
        token = self._tokens.find_one({"_id": token_id, "user_id": user_id})
        if token is None:
            return False
        self._tokens.delete_one({"_id": token["hash"]})
        self._tokens.delete_one({"_id": token_id})
        return True
