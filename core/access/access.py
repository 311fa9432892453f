"""Access: who is asking, what relations hold, and what the policy says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import structlog
from argon2 import PasswordHasher

from core.access.last_good import LastGood
from core.access.passwords import Passwords
from core.access.permission import Permission
from core.access.policy import Decision, Policy
from core.access.principal import ANONYMOUS, Principal
from core.access.sessions import TOKEN_PREFIX, Sessions
from core.access.throttle import Throttle
from core.audit.log import AuditLog, Entry
from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from core.devices.registry import KEY_PREFIX
from core.events.log import EventLog
from core.patients.store import PatientStore
from core.people.store import PeopleStore, User
from core.problems import NotSignedIn
from core.settings import Settings

if TYPE_CHECKING:
    from core.devices.model import Device
    from core.devices.registry import DeviceRegistry
    from core.ingest.service import FramesResult

log = structlog.get_logger(__name__)

CONSENTS = "consents"


@dataclass(frozen=True)
class _All:
    """Every patient."""


ALL: Final = _All()
_ANY = frozenset({"any"})
_OWN = frozenset({"any", "own"})


class Access:
    """Decides. One per process."""

    devices: DeviceRegistry

    def __init__(
        self,
        *,
        database: Database,
        settings: Settings,
        clock: Callable[[], datetime],
        people: PeopleStore,
        patients: PatientStore,
        events: EventLog,
        audit: AuditLog,
        passwords: Passwords,
        policies: list[tuple[str, str]],
    ) -> None:
        key = settings.signing_key()
        self._clock = clock
        self._people = people
        self._patients = patients
        self._events = events
        self._audit = audit
        self._passwords = passwords
        self._consents = database.db[CONSENTS]
        self.sessions = Sessions(database, settings, clock, key)
        self.throttle = Throttle(database, clock, key)
        shipped = {"core.csv": ("core", files(__package__).joinpath("policy.csv").read_text())}
        shipped |= {f"{plugin}.csv": ("plugin", text) for plugin, text in policies}
        last_good = LastGood(settings.data_dir, settings.policy_dir) if settings.policy_dir else None
        self.policy = Policy(shipped, settings.policy_dir, clock, last_good)
        self.policy.on_refusal(self._tell_admins)

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """Sessions and tokens."""
        return Sessions.indexes()

    def start(self) -> None:
        """Watch the policy folder."""
        self.policy.start()

    def stop(self) -> None:
        """Stop watching."""
        self.policy.stop()

    def hash_cheaply_for_tests(self) -> None:
        """Make passwords quick to hash, where what is tested is something else."""
        self._passwords.use_hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    # -- who is asking -------------------------------------------------------------------------
    def principal_of(self, bearer: str | None, cookie: str | None) -> Principal:
        """Who holds this bearer token or session cookie; anonymous if neither was sent.

        Raises NotSignedIn if one was sent that is not valid (any more).
        """
        if bearer is not None:
            if bearer.startswith(KEY_PREFIX):
                device = self.devices.by_key(bearer)
                if device is None:
                    raise NotSignedIn("This device key is not valid.")
                return Principal("device", device.id, device.id, device.name, frozenset({"device"}))
            return self._by_token(bearer)
        if cookie is not None:
            return self._by_session(cookie)
        return ANONYMOUS

    def _by_token(self, bearer: str) -> Principal:
        token = self.sessions.find_token(bearer) if bearer.startswith(TOKEN_PREFIX) else None
        user = self._people.get(token["user_id"]) if token else None
        if token is None or user is None or not user.enabled:
            raise NotSignedIn("This token is not valid.")
        return _principal(user, token_id=token["_id"])

    def _by_session(self, cookie: str) -> Principal:
        session = self.sessions.find(cookie)
        user = self._people.get(session["user_id"]) if session else None
        if session is None or not _session_is_of(session, user):
            raise NotSignedIn("Your session has ended. Sign in again.")
        assert user is not None
        principal = _principal(user, session_id=session["_id"])
        return replace(principal, csrf_token=self.sessions.csrf_token(cookie))

    def refreshed(self, principal: Principal) -> Principal | None:
        """The principal with the roles of now; None if the session or token has ended."""
        user = self._people.get(principal.id)
        if user is None or not user.enabled:
            return None
        if principal.session_id is not None:
            session = self.sessions.by_id(principal.session_id, touch=True)
            if session is None or not _session_is_of(session, user):
                return None
        if principal.token_id is not None and self.sessions.token(principal.token_id) is None:
            return None
        return replace(principal, roles=user.roles, name=user.name, patient_id=user.patient_id)

    # -- relations -----------------------------------------------------------------------------
    def relations(self, principal: Principal, patient_id: str) -> frozenset[str]:
        """The relations between someone and an existing patient."""
        held = {"any", "any_patient"}
        if principal.patient_id == patient_id:
            held.add("self")
        if principal.id in self._patients.care_team(patient_id):
            held.add("care_team")
        if "family" in principal.roles:
            held |= {f"consented:{category}" for category in self._consented(principal.id, patient_id)}
        if len(held) == 2:
            held.add("outsider")
        return frozenset(held)

    def _consented(self, user_id: str, patient_id: str) -> set[str]:
        return {
            category
            for consent in self._live_consents({"family_user_id": user_id, "patient_id": patient_id})
            for category in consent["categories"]
        }

    def _live_consents(self, query: Document) -> list[Document]:
        now = self._clock()
        return [
            consent
            for consent in self._consents.find(query)
            if consent.get("revoked_at") is None
            and (consent.get("expires_at") is None or consent["expires_at"] > now)
            and (consent.get("starts_at") is None or consent["starts_at"] <= now)
        ]

    def consented_family(self, patient_id: str, category: str) -> list[str]:
        """The user ids of the family whom the patient's consents let see ``category`` now."""
        return self.consented_families([patient_id], category).get(patient_id, [])

    def consented_families(self, patient_ids: Iterable[str], category: str) -> dict[str, list[str]]:
        """As ``consented_family``, for several patients; those without any are left out."""
        asked: dict[str, set[str]] = {}
        for consent in self._live_consents({"patient_id": {"$in": sorted(set(patient_ids))}}):
            if category in consent["categories"]:
                asked.setdefault(consent["patient_id"], set()).add(consent["family_user_id"])
        users = self._people.several(set().union(*asked.values()))
        able = {user.id for user in users.values() if user.enabled and "family" in user.roles}
        return {patient_id: sorted(ids & able) for patient_id, ids in asked.items() if ids & able}

    # -- deciding ------------------------------------------------------------------------------
    def decide(
        self,
        principal: Principal,
        permission: Permission,
        *,
        patient_id: str | None = None,
        owner_id: str | None = None,
    ) -> Decision:
        """Whether ``principal`` has ``permission``, about a patient or an owned thing if one is given."""
        if permission.filtered:
            allowed = self.policy.may_somewhere(principal.roles, permission.object, permission.action)
            if permission.otherwise is not None:
                allowed = allowed or self.may(principal, permission.otherwise.object, permission.otherwise.action)
            return Decision(allowed, None, None)
        if patient_id is not None:
            relations = self.relations(principal, patient_id)
        else:
            relations = _OWN if owner_id is not None and owner_id == principal.id else _ANY
        return self.policy.decide(principal.roles, permission.object, permission.action, relations)

    def user_may(self, user: User, permission: Permission, patient_id: str | None) -> bool:
        """Whether somebody, signed in or not, has ``permission``, about a patient if one is given."""
        return user.enabled and self.decide(_principal(user), permission, patient_id=patient_id).allowed

    def may(self, principal: Principal, obj: str, action: str) -> bool:
        """Whether the policy allows something that is about no one patient."""
        return self.policy.decide(principal.roles, obj, action, _ANY).allowed

    def visible_patients(self, principal: Principal, obj: str, action: str) -> frozenset[str] | _All:
        """The patients whose ``obj`` the principal may ``action``; ALL for every one."""

        base = frozenset({"any", "any_patient"})

        def allowed(relations: frozenset[str]) -> bool:
            return self.policy.decide(principal.roles, obj, action, base | relations).allowed

        known = self._known_relations(principal)
        outsider = allowed(frozenset({"outsider"}))
        differing = {patient_id for patient_id, relations in known.items() if allowed(relations) != outsider}
        if not outsider:
            return frozenset(differing)
        if not differing:
            return ALL
        # Deny wins for those, as it does when one of them is asked for alone.
        return frozenset(patient.id for patient in self._patients.all()) - differing

    def _known_relations(self, principal: Principal) -> dict[str, frozenset[str]]:
        """The relations to every patient to whom the principal is no outsider, as ``relations`` finds them."""
        found: dict[str, set[str]] = {}
        if principal.patient_id is not None:
            found.setdefault(principal.patient_id, set()).add("self")
        for patient_id in self._patients.patients_of_member(principal.id):
            found.setdefault(patient_id, set()).add("care_team")
        if "family" in principal.roles:
            for consent in self._live_consents({"family_user_id": principal.id}):
                held = {f"consented:{category}" for category in consent["categories"]}
                if held:
                    found.setdefault(consent["patient_id"], set()).update(held)
        return {patient_id: frozenset(relations) for patient_id, relations in found.items()}

    def explain(self, user: User, obj: str, action: str, patient_id: str | None) -> dict[str, Any]:
        """The decision for a user and object, with the rule and relations behind it."""
        principal = _principal(user)
        relations = self.relations(principal, patient_id) if patient_id else _ANY
        decision = self.policy.decide(principal.roles, obj, action, relations)
        return {
            "decision": "allow" if decision.allowed and user.enabled else "deny",
            "rule": decision.rule,
            "relations": sorted(relations),
            "roles": sorted(user.roles),
            "enabled": user.enabled,
        }

    # -- news ----------------------------------------------------------------------------------
    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when everybody's access may have changed (a new policy)."""
        self.policy.on_change(listener)

    def announce_change(self, user_id: str | None) -> None:
        """Tell every process that a person's access may have changed, within a moment."""
        self._events.publish(["access"], "access_changed", {"user_id": user_id})

    def policy_errors(self) -> dict[str, str]:
        """The refused policy files and why."""
        return {file.name: file.error for file in self.policy.files if file.error}

    def _tell_admins(self, name: str, error: str) -> None:
        data = {"level": "error", "text": f"The policy file {name} was refused; the last good policy stays. {error}"}
        try:
            self._events.publish(["admins"], "notice", data)
        except Exception as failure:
            # The refusal stands and is shown by GET /policy, whether or not the news gets out.
            log.warning("notice_not_published", error=type(failure).__name__)

    # -- audit ---------------------------------------------------------------------------------
    def record_topic(self, principal: Principal, topic: str, patient_id: str | None, allowed: bool) -> None:
        """Record that a live stream of patient data was opened, or refused."""
        self._audit.record(
            Entry(
                actor_type="user", actor_id=principal.id, actor_name=principal.name,
                roles=tuple(sorted(principal.roles)), relation=None, action="observation:subscribe",
                object=f"topic/{topic}"[:200], patient_id=patient_id,
                outcome="allowed" if allowed else "denied", rule=None, address=None,
            )
        )  # fmt: skip

    def note_frames(self, principal: Principal, device: Device, result: FramesResult, address: str | None) -> None:
        """Record that a device wrote readings; many requests within a second share an entry."""
        count = len(result.accepted)
        if count:
            self._audit.count_frames(device.id, device.name, device.patient_id, count, address)


def _principal(user: User, session_id: str | None = None, token_id: str | None = None) -> Principal:
    return Principal(
        "user", user.id, user.username, user.name, user.roles, user.patient_id, session_id=session_id, token_id=token_id
    )


def _session_is_of(session: Document, user: User | None) -> bool:
    return user is not None and user.enabled and session["epoch"] == user.epoch


__all__ = ["ALL", "Access", "Decision", "Principal"]
