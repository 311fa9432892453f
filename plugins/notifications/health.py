"""How channels fare: one that has failed at everything for a minute is told of, and so is its return."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.database.connection import Document
from core.http import format_time
from core.plugin_system.hookspecs import NotificationChannel
from plugins.notifications.store import FAILED, WAITING, DeliveryStore

if TYPE_CHECKING:
    from core.platform import Platform

PATIENCE = timedelta(seconds=60)


class Reach:
    """Tells of people whom nothing about an alert reaches, though they have addresses, and of those it reaches again.

    Nothing reaches a person if each delivery of a request was given up, or has failed for a minute.
    """

    def __init__(self, platform: Platform, store: DeliveryStore) -> None:
        self._platform = platform
        self._store = store

    def failed(self, row: Document) -> None:
        """A delivery failed."""
        if row.get("about") is None:
            return
        limit = self._platform.clock() - PATIENCE
        for other in self._store.of_person(row):
            has_failed = other["state"] == FAILED or (
                other["state"] == WAITING and other.get("error") and other["requested_at"] <= limit
            )
            if not has_failed:
                return
        self._publish("person_unreached", row)

    def worked(self, row: Document) -> None:
        """A delivery was taken over."""
        if row.get("about") is not None and self._platform.events.exists(_key("person_unreached", row)):
            self._publish("person_reached", row)

    def _publish(self, type: str, row: Document) -> None:
        data = {"key": row["request_key"], "about": row["about"], "user_id": row["user_id"]}
        self._platform.events.publish([], type, data, key=_key(type, row))


def _key(type: str, row: Document) -> str:
    return f"{type}|{row['request_key']}|{row['user_id']}"


class ChannelHealth:
    """Notes successes and failures, of all workers together.

    Telling comes before noting that it was told, and the time of the first failure is in the event's key: a crash
    between the two repeats an event that is there already.
    """

    def __init__(self, platform: Platform, store: DeliveryStore) -> None:
        self._platform = platform
        self._store = store

    def worked(self, channel: NotificationChannel) -> None:
        """The channel delivered."""
        since, told = self._store.failing_since(channel.id)
        if since is None:
            return
        if told:
            self._publish("condition_ended", channel, since, self._platform.clock())
        self._store.works(channel.id, since)

    def failed(self, channel: NotificationChannel) -> None:
        """The channel failed, and not because of the address."""
        now = self._platform.clock()
        since, told = self._store.failing_since(channel.id)
        if since is None:
            self._store.starts_failing(channel.id, now)
        elif not told and now - since > PATIENCE:
            self._publish("condition_raised", channel, since, since)
            self._store.failing_told(channel.id, since)

    def _publish(self, type: str, channel: NotificationChannel, since: datetime, at: datetime) -> None:
        key = f"channel|{channel.id}"
        data = {
            "key": key,
            "patient_id": None,
            "kind": "technical",
            "code": None,
            "priority": "medium",
            "title": f"{channel.display}: notifications do not go out",
            "detail": "Every attempt on this channel has failed for more than a minute; it is tried again.",
            "value": None,
            "unit": None,
            "at": format_time(at),
        }
        self._platform.events.publish([], type, data, key=f"{type}|{key}|{format_time(since)}")
