"""The hub: which open page hears which event.

Permission is decided at subscription and again whenever access may have changed; an event is
delivered by (topic, object) so that someone who may see vitals but not alerts gets just those.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog
from flask import json

from core.access.permission import Permission
from core.database.connection import Document
from core.events.feed import Change
from core.events.log import COLLECTION as EVENTS
from core.live.connection import Connection, text_frame
from core.live.ring import Ring
from core.observations.model import COLLECTION as OBSERVATIONS
from core.observations.model import to_json

if TYPE_CHECKING:
    from core.access.access import Access, Principal

log = structlog.get_logger(__name__)

#: Everything about one patient that a page can hear, and the consent category that opens it to family.
PATIENT_OBJECTS = {"observation": "vitals", "alert": "alerts", "device": "vitals"}
Key = tuple[str, str]


@dataclass(eq=False)
class Page:
    """One open socket: who, how to write to it, and what it hears (topic asked for → keys)."""

    principal: Principal
    connection: Connection
    topics: dict[str, frozenset[Key]] = field(default_factory=dict)
    close_reason: str | None = None

    def say(self, message: dict[str, Any]) -> None:
        """Send one control message."""
        self.connection.send(text_frame(json.dumps(message)))


class LiveHub:
    """All open pages of this process. ``on_change`` is fed by the process's change feed."""

    def __init__(self, access: Access, ring: Ring | None = None) -> None:
        self._access = access
        self._ring = ring or Ring()
        self._lock = threading.RLock()
        self._pages: set[Page] = set()
        self._listeners: dict[Key, dict[Page, set[str]]] = {}

    def __len__(self) -> int:
        return len(self._pages)

    # -- pages ---------------------------------------------------------------------------------
    def join(self, page: Page) -> None:
        """Add an open socket."""
        with self._lock:
            self._pages.add(page)

    def leave(self, page: Page) -> None:
        """Forget a socket."""
        with self._lock:
            self._pages.discard(page)
            for topic in list(page.topics):
                self._drop_topic(page, topic)

    def present(self) -> frozenset[str]:
        """The ids of the people who have a page open."""
        with self._lock:
            return frozenset(page.principal.id for page in self._pages)

    def subscribe(self, page: Page, topics: Iterable[str], after: str | None) -> None:
        """Subscribe to what is allowed; replay what came after ``after``, or say reset."""
        with self._lock:
            accepted: dict[str, frozenset[Key]] = {}
            for topic in topics:
                keys = self.keys_for(page.principal, topic)
                if not keys:
                    page.say({"type": "refused", "topic": topic})
                    continue
                accepted[topic] = keys
                self._drop_topic(page, topic)
                page.topics[topic] = keys
                self._listen(page, topic, keys)
            if after is not None and accepted:
                self._replay(page, accepted, after)
            for topic in accepted:
                page.say({"type": "subscribed", "topic": topic, "id": self._ring.cursor})

    def unsubscribe(self, page: Page, topics: Iterable[str]) -> None:
        """Stop hearing ``topics``."""
        with self._lock:
            for topic in topics:
                self._drop_topic(page, topic)

    def _replay(self, page: Page, accepted: dict[str, frozenset[Key]], after: str) -> None:
        missed = self._ring.after(after)
        if missed is None:
            page.say({"type": "reset"})
            return
        for entry in missed:
            for topic, keys in accepted.items():
                if any((heard, entry.object) in keys for heard in entry.topics):
                    page.connection.send(text_frame(entry.message(topic)))

    def _listen(self, page: Page, topic: str, keys: Iterable[Key]) -> None:
        for key in keys:
            self._listeners.setdefault(key, {}).setdefault(page, set()).add(topic)

    def _drop_topic(self, page: Page, topic: str) -> None:
        for key in page.topics.pop(topic, frozenset()):
            listeners = self._listeners.get(key, {})
            asked = listeners.get(page, set())
            asked.discard(topic)
            if not asked:
                listeners.pop(page, None)
            if not listeners:
                self._listeners.pop(key, None)

    # -- permission ----------------------------------------------------------------------------
    def keys_for(self, principal: Principal, topic: str) -> frozenset[Key]:
        """What ``principal`` may hear under ``topic``; empty if nothing."""
        keys: set[Key]
        if topic == "me":
            keys = {(f"users/{principal.id}", name) for name in ("session", "notice", "roles")}
            if "admin" in principal.roles:
                keys |= {("admins", "notice"), ("admins", "delivery")}
            return frozenset(keys)
        if topic == "alerts":
            keys = set(self._list_keys(principal, "alerts", {"alert": "alerts"}))
            if self._access.may(principal, "technical_alert", "read"):
                keys.add(("technical", "alert"))
            return frozenset(keys)
        if topic == "patients":
            return self._list_keys(principal, "patients", {"observation": "vitals"})
        kind, _, patient_id = topic.partition("/")
        if kind == "patients" and patient_id:
            return frozenset(
                (topic, name)
                for name, category in PATIENT_OBJECTS.items()
                if self._access.decide(
                    principal, Permission(name, "read", category=category), patient_id=patient_id
                ).allowed
            )
        return frozenset()

    def _list_keys(self, principal: Principal, topic: str, objects: dict[str, str]) -> frozenset[Key]:
        keys: set[Key] = set()
        for name in objects:
            visible = self._access.visible_patients(principal, name, "read")
            if isinstance(visible, frozenset):
                keys |= {(f"patients/{patient_id}", name) for patient_id in visible}
            else:
                keys.add((topic, name))
        return frozenset(keys)

    def recheck(self, user_id: str | None = None) -> None:
        """Decide again for the pages of ``user_id`` (None: all); close what is no longer allowed."""
        with self._lock:
            pages = [page for page in self._pages if user_id is None or page.principal.id == user_id]
        for page in pages:
            self._recheck_page(page)

    def _recheck_page(self, page: Page) -> None:
        current = self._access.refreshed(page.principal)
        if current is None:
            page.close_reason = "session_ended"
            return
        with self._lock:
            if page not in self._pages:
                return
            page.principal = current
            for topic, keys in list(page.topics.items()):
                allowed = self.keys_for(current, topic)
                if allowed == keys:
                    continue
                self._drop_topic(page, topic)
                if not allowed:
                    page.say({"type": "closed", "topic": topic})
                    continue
                page.topics[topic] = allowed
                self._listen(page, topic, allowed)

    def recheck_expiry(self, page: Page) -> None:
        """Decide again for one page: sessions end by time too."""
        self._recheck_page(page)

    # -- events --------------------------------------------------------------------------------
    def on_observations(self, documents: Iterable[Document]) -> None:
        """Take newly stored observations: remember them and send them to the pages that listen."""
        for document in documents:
            self._on_observation(document)

    def _on_observation(self, document: Document) -> None:
        if document.get("patient_id") is None:
            return
        topics = (f"patients/{document['patient_id']}", "patients")
        self._remember_and_deliver(
            topics, "observation_recorded", lambda: json.dumps({"observation": to_json(document)})
        )

    def on_change(self, change: Change) -> None:
        """Take one change of the feed: other processes' observations, and everybody's events."""
        document = change.document
        if document is None or change.operation != "insert":
            return
        if change.collection == OBSERVATIONS:
            self._on_observation(document)
        elif change.collection == EVENTS:
            topics = tuple(document["topics"])
            if "access" in topics:
                self.recheck(document["data"].get("user_id"))
                return
            self._remember_and_deliver(topics, document["type"], lambda: json.dumps(document["data"]))

    def on_gap(self) -> None:
        """Changes may have been missed: every page must fetch again, and every permission be decided again."""
        with self._lock:
            self._ring.clear()
            pages = list(self._pages)
        for page in pages:
            page.say({"type": "reset"})
        self.recheck()

    def _remember_and_deliver(self, topics: tuple[str, ...], type: str, render: Callable[[], str]) -> None:
        # One lock for both, or a page that subscribes in between would hear the event twice.
        with self._lock:
            entry = self._ring.append(topics, type, render)
            targets: dict[tuple[Page, str], None] = {}
            for topic in entry.topics:
                for page, names in self._listeners.get((topic, entry.object), {}).items():
                    for asked in names:
                        targets[page, asked] = None
            frames: dict[str, bytes] = {}
            for page, asked in targets:
                frame = frames.get(asked)
                if frame is None:
                    frame = frames[asked] = text_frame(entry.message(asked))
                page.connection.send(frame)
