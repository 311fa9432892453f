"""How channels fare: one that has failed at everything for a minute is told of, and so is its return."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from core.http import format_time
from core.plugin_system.hookspecs import NotificationChannel
from plugins.notifications.rules import PATIENCE
from plugins.notifications.store import DeliveryStore

if TYPE_CHECKING:
    from core.platform import Platform


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
