"""From events to deliveries: one per request, person, channel and address, however often the event comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core.events.log import Event
from core.plugin_system.hookspecs import EventHandler, NotificationChannel
from plugins.notifications.channels import addresses_of
from plugins.notifications.rules import (
    GIVE_UP_AFTER,
    PRIORITIES,
    QuietHours,
    Text,
    delivery_id,
    detailed_text,
    initials_of,
    is_wanted,
    portal_path,
    public_text,
    send_at,
)
from plugins.notifications.store import ContactStore, DeliveryStore

if TYPE_CHECKING:
    from core.platform import Platform

REQUESTED = "notification_requested"
PLANNED = "notification_planned"
DEALT_WITH = frozenset({"alert_acknowledged", "alert_resolved"})


class Planner:
    """Makes deliveries of requests, and cancels them."""

    def __init__(
        self,
        platform: Platform,
        store: DeliveryStore,
        contacts: ContactStore,
        channels: Sequence[NotificationChannel],
    ) -> None:
        self._platform = platform
        self._store = store
        self._contacts = contacts
        self._channels = channels

    def take(self, event: Event) -> None:
        """Act on an event; again is the same as once."""
        if event.type == REQUESTED:
            self._plan(event)
        elif event.type in DEALT_WITH:
            self._store.deal_with(event.data["alert"]["id"], event.at, self._platform.clock())

    def _plan(self, event: Event) -> None:
        data = event.data
        key, patient_id, about = str(data["key"]), data.get("patient_id"), data.get("about")
        if self._store.is_done(key):
            return
        asked_at = asked_at_of(data.get("requested_at"), event.at)
        dealt_with_at = self._store.dealt_with_at(str(about)) if about is not None else None
        priority = data["priority"] if data["priority"] in PRIORITIES else "medium"
        text = self._text(data, priority)
        common: dict[str, Any] = {
            "request_key": key,
            "requested_at": asked_at,
            "kind": str(data["kind"])[:60],
            "priority": priority,
            "title": text.title,
            "text": text.text,
            "link": portal_path(data.get("link")),
            "patient_id": patient_id,
        }
        if about is not None:
            common["about"] = str(about)
            if dealt_with_at is not None and asked_at <= dealt_with_at:
                # Somebody was quicker than the request. It is kept, for who looks at what was sent, and goes nowhere.
                common["cancel"] = True
        reached: list[str] = []
        unreached: list[str] = []
        for user_id in dict.fromkeys(str(item) for item in data["user_ids"]):
            (reached if self._plan_for(user_id, event.at, common) else unreached).append(user_id)
        if dealt_with_at is not None:
            self._store.cancel_about(str(about), dealt_with_at, self._platform.clock())
        planned = {"key": key, "about": common.get("about"), "reached": reached, "unreached": unreached}
        self._platform.events.publish([], PLANNED, planned, key=f"{PLANNED}|{key}")
        done = {"at": asked_at, "patient_id": patient_id, "unreached": unreached}
        self._store.done(key, done | ({"about": str(about)} if about is not None else {}))

    def _plan_for(self, user_id: str, published_at: datetime, common: dict[str, Any]) -> int:
        """Add the deliveries to one person; how many there are."""
        user = self._platform.people.get(user_id)
        if user is None or not user.enabled:
            return 0
        wishes = self._contacts.person(user_id)
        first_at = send_at(self._platform.clock(), common["priority"], quiet_hours_of(wishes.get("quiet_hours")))
        count = 0
        for channel in self._channels:
            if not is_wanted(wishes.get("channels") or {}, channel.id, common["priority"]):
                continue
            for address in addresses_of(channel, user):
                self._store.add(
                    {
                        **common,
                        "_id": delivery_id(common["request_key"], user_id, channel.id, address),
                        "user_id": user_id,
                        "channel": channel.id,
                        "address": address,
                        "next_attempt_at": first_at,
                        "give_up_at": max(first_at, published_at) + GIVE_UP_AFTER,
                    }
                )
                count += 1
        return count

    def _text(self, data: dict[str, Any], priority: str) -> Text:
        patient = self._platform.patients.get(data["patient_id"]) if data.get("patient_id") else None
        initials = initials_of(patient.name) if patient else None
        if self._platform.settings.notify_details:
            return detailed_text(str(data["title"]), str(data["text"]), initials)
        return public_text(str(data["kind"]), priority, initials)


def asked_at_of(given: object, published_at: datetime) -> datetime:
    """When a request was decided: at ``given`` if that is a time before it was published, else when it was."""
    try:
        at = datetime.fromisoformat(given) if isinstance(given, str) else published_at
    except ValueError:
        return published_at
    return min(at, published_at) if at.tzinfo else published_at


def quiet_hours_of(stored: dict[str, str] | None) -> QuietHours | None:
    """The quiet hours that a person chose."""
    if not stored:
        return None
    start, end = time.fromisoformat(stored["start"]), time.fromisoformat(stored["end"])
    return QuietHours(start, end, ZoneInfo(stored["time_zone"]))


def delivery_handler(planner: Planner, wake: Callable[[], None]) -> EventHandler:
    """The consumer of what is asked for and of what is dealt with, in their order."""

    def handle(events: Sequence[Event]) -> None:
        try:
            for event in events:
                planner.take(event)
        finally:
            wake()

    return EventHandler("notifications.deliver", DEALT_WITH | {REQUESTED}, handle)
