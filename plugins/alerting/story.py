"""Whom an alert was told to, as the plugin that does the telling says it, becomes part of the alert's story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.events.log import Event
from core.plugin_system.hookspecs import EventHandler
from plugins.alerting.episodes import step
from plugins.alerting.handlers import announce
from plugins.alerting.store import AlertStore

if TYPE_CHECKING:
    from core.platform import Platform


def escalation_handler(platform: Platform, store: AlertStore) -> EventHandler:
    """Notes each ``escalation_stepped`` on its alert, once, and publishes ``alert_escalated``."""

    def note(data: Mapping[str, Any]) -> None:
        # Cycles and steps only rise: what was noted before is no news.
        place = [int(data["cycle"]), int(data["step"])]
        while (alert := store.get(str(data["alert_id"]))) is not None:
            if alert.get("escalated_to", [0, 0]) >= place:
                return
            entry = step(str(data["action"]), datetime.fromisoformat(data["at"]))
            entry["people"] = list(data["people"])
            entry["note"] = "unreachable" if data["unreachable"] else None
            changed = store.change(
                alert["_id"],
                {"revision": alert["revision"]},
                {"escalated_to": place, "escalation_level": place[1] + 1},
                steps=[entry],
                tells="alert_escalated",
            )
            if changed is not None:
                announce(platform, "alert_escalated", changed)
                return

    def handle(events: Sequence[Event]) -> None:
        for event in events:
            note(event.data)

    return EventHandler("alerting.story", frozenset({"escalation_stepped"}), handle)
