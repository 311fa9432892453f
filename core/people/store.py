"""Users in the database. The only pymongo user of the room."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from core.access.passwords import Passwords
from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from core.patients.store import search_words
from core.problems import Conflict, Invalid, NotFound

COLLECTION = "users"
DEMO_ACCOUNTS = "demo_accounts"
ROLES = ("patient", "nurse", "doctor", "family", "admin")
_LAST_ADMIN = "This is the last admin; make another one first."


@dataclass(frozen=True, slots=True)
class User:
    """A person who can sign in. ``epoch`` rises whenever all sessions of the person must end."""

    id: str
    username: str
    name: str
    roles: frozenset[str]
    enabled: bool
    patient_id: str | None
    epoch: int
    created_at: datetime
    last_sign_in_at: datetime | None


def user_of(document: Document) -> User:
    """The user of a stored document."""
    return User(
        id=document["_id"],
        username=document["username"],
        name=document["name"],
        roles=frozenset(document["roles"]),
        enabled=document["enabled"],
        patient_id=document.get("patient_id"),
        epoch=document["epoch"],
        created_at=document["created_at"],
        last_sign_in_at=document.get("last_sign_in_at"),
    )


def checked_roles(roles: Iterable[str]) -> list[str]:
    """The roles in their order, each once. Raises Invalid for an unknown one, or none."""
    wanted = set(roles)
    unknown = wanted - set(ROLES)
    if unknown:
        raise Invalid(
            f"There is no role {sorted(unknown)[0]!r}; there are {', '.join(ROLES)}."[:200],
            errors=[{"loc": ["roles"], "msg": "unknown role"}],
        )
    if not wanted:
        raise Invalid("A user has at least one role.", errors=[{"loc": ["roles"], "msg": "empty"}])
    return [role for role in ROLES if role in wanted]


class PeopleStore:
    """Reads and writes users. ``passwords`` hashes and checks what they sign in with."""

    def __init__(self, database: Database, clock: Callable[[], datetime], passwords: Passwords) -> None:
        self._users = database.db[COLLECTION]
        self._demo = database.db[DEMO_ACCOUNTS]
        self._clock = clock
        self._passwords = passwords

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """Sign-in names are unique."""
        return [CollectionIndexes(COLLECTION, [IndexModel([("username", ASCENDING)], name="by_username", unique=True)])]

    # -- changes -------------------------------------------------------------------------------
    def add(self, *, username: str, name: str, roles: Iterable[str], password: str, first: bool = False) -> User:
        """Add a user. Raises Conflict if the name is taken; Invalid if the password is weak.

        ``first``: only while there is no user at all (first-run set-up), else Conflict.
        """
        held = checked_roles(roles)
        self._passwords.check_strength(password, username)
        document: Document = {
            "_id": f"u_{secrets.token_hex(8)}",
            "username": username.lower(),
            "name": name,
            "roles": held,
            "enabled": True,
            "password": self._passwords.hash(password),
            "epoch": 1,
            "created_at": self._clock(),
            "words": search_words(name, username),
        }
        if first:
            # Two set-ups at once: this id can be taken once, ever.
            document["_id"] = "u_first"
            if self.count():
                raise Conflict("The set-up is done already.")
        try:
            self._users.insert_one(document)
        except DuplicateKeyError:
            raise Conflict("The set-up is done already." if first else "This sign-in name is taken.") from None
        return user_of(document)

    def change(
        self,
        user_id: str,
        *,
        name: str | None = None,
        roles: Iterable[str] | None = None,
        password: str | None = None,
        enabled: bool | None = None,
    ) -> User:
        """Change what is given, all of it or nothing. Whatever but the name ends all sessions of the person.

        Raises NotFound; Invalid for an unknown role or a weak password; Conflict if no admin would be left.
        """
        before = self._users.find_one({"_id": user_id})
        if before is None:
            raise NotFound("There is no such user.")
        user = user_of(before)
        fields: dict[str, Any] = {}
        if name is not None:
            fields |= {"name": name, "words": search_words(name, user.username)}
        if roles is not None:
            fields["roles"] = checked_roles(roles)
        if enabled is not None and enabled != user.enabled:
            fields["enabled"] = enabled
        if password is not None:
            self._passwords.check_strength(password, user.username)
        stays_admin = "admin" in fields.get("roles", user.roles) and fields.get("enabled", True)
        steps_down = user.enabled and "admin" in user.roles and not stays_admin
        if steps_down and not self._has_other_admin(user_id):
            raise Conflict(_LAST_ADMIN)
        if password is not None:
            fields["password"] = self._passwords.hash(password)
        if not fields:
            return user
        changed = self._set(user_id, fields, ends_sessions=bool(fields.keys() & {"roles", "enabled", "password"}))
        if steps_down and not self._has_other_admin(user_id):
            # The other one stepped down at the same moment. Each looks after its own write, so one of them sees it.
            self._set(user_id, {field: before[field] for field in fields})
            raise Conflict(_LAST_ADMIN)
        return changed

    def rename(self, user_id: str, name: str) -> User:
        """Change a person's name."""
        return self.change(user_id, name=name)

    def set_roles(self, user_id: str, roles: Iterable[str]) -> User:
        """Replace the roles; all sessions of the person end. The last admin stays one."""
        return self.change(user_id, roles=roles)

    def set_enabled(self, user_id: str, enabled: bool) -> User:
        """Let a person in or keep them out; all their sessions end. The last admin stays in."""
        return self.change(user_id, enabled=enabled)

    def set_password(self, user_id: str, password: str) -> User:
        """Set a new password; all sessions of the person end."""
        return self.change(user_id, password=password)

    def link_patient(self, user_id: str, patient_id: str | None) -> None:
        """Say which patient record is the person's own."""
        change: Document = {"$set": {"patient_id": patient_id}} if patient_id else {"$unset": {"patient_id": ""}}
        self._users.update_one({"_id": user_id}, change)

    def note_sign_in(self, user_id: str) -> None:
        """Remember when the person signed in last."""
        self._users.update_one({"_id": user_id}, {"$set": {"last_sign_in_at": self._clock()}})

    def _set(self, user_id: str, fields: dict[str, Any], ends_sessions: bool = False) -> User:
        update: Document = {"$set": fields}
        if ends_sessions:
            update["$inc"] = {"epoch": 1}
        if self._users.update_one({"_id": user_id}, update).matched_count == 0:
            raise NotFound("There is no such user.")
        return self._known(user_id)

    def _has_other_admin(self, user_id: str) -> bool:
        others = self._users.find({"roles": "admin", "enabled": True}, {"_id": 1})
        return any(row["_id"] != user_id for row in others)

    # -- reading -------------------------------------------------------------------------------
    def get(self, user_id: str) -> User | None:
        """One user."""
        document = self._users.find_one({"_id": user_id})
        return user_of(document) if document else None

    def several(self, user_ids: Iterable[str]) -> dict[str, User]:
        """The users of these ids, by id; ids of nobody are left out."""
        ids = sorted(set(user_ids))
        return {row["_id"]: user_of(row) for row in self._users.find({"_id": {"$in": ids}})} if ids else {}

    def by_username(self, username: str) -> User | None:
        """The user with this sign-in name."""
        document = self._users.find_one({"username": username.lower()})
        return user_of(document) if document else None

    def verify(self, username: str, password: str) -> User | None:
        """The user, if the password is theirs and they may sign in. An unknown name takes as long."""
        document = self._users.find_one({"username": username.lower()})
        ok = self._passwords.verify(document["password"] if document else None, password)
        if document is None or not ok or not document["enabled"]:
            return None
        if self._passwords.outdated(document["password"]):
            self._users.update_one({"_id": document["_id"]}, {"$set": {"password": self._passwords.hash(password)}})
        return user_of(document)

    def count(self) -> int:
        """How many users there are."""
        return int(self._users.count_documents({}))

    def demo_accounts(self) -> list[Document]:
        """The accounts of the demo, with their passwords; only the demo stores any."""
        rows = self._demo.find({})
        return [
            {"username": row["_id"], "password": row["password"], "name": row["name"], "roles": row["roles"]}
            for row in sorted(rows, key=lambda row: row.get("order", 0))
        ]

    def matching(self, query: str | None) -> list[User]:
        """Users whose words start with those of ``query``, by name."""
        wanted = search_words(query) if query else []
        found = [
            user_of(document)
            for document in self._users.find({})
            if all(any(word.startswith(part) for word in document.get("words", ())) for part in wanted)
        ]
        return sorted(found, key=lambda user: (user.name.lower(), user.id))

    def _known(self, user_id: str) -> User:
        user = self.get(user_id)
        if user is None:
            raise NotFound("There is no such user.")
        return user
