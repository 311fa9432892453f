"""Notifications: people are reached outside the portal, by web push, e-mail, text message and vendors' channels.

Hook implementations only; the rest is in this folder's modules.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from core.database.indexes import CollectionIndexes
from core.http import ApiBlueprint
from core.plugin_system.hookspecs import DueWork, EventHandler, HealthCheck, NotificationChannel
from core.plugin_system.markers import hookimpl
from plugins.notifications.api import blueprint
from plugins.notifications.channels import all_channels, own_channels
from plugins.notifications.dispatcher import Dispatcher
from plugins.notifications.handlers import Planner, delivery_handler
from plugins.notifications.rules import PATIENCE
from plugins.notifications.store import ContactStore, DeliveryStore

if TYPE_CHECKING:
    from core.platform import Platform


@hookimpl
def blueprints(platform: Platform) -> list[ApiBlueprint]:
    """The routes of people's choices, their addresses, and of what was delivered."""
    return [
        blueprint(platform, DeliveryStore(platform.database), ContactStore(platform.database), all_channels(platform))
    ]


@hookimpl
def policy_rules() -> str:
    """Who may see what was delivered."""
    return files(__package__).joinpath("policy.csv").read_text()


@hookimpl
def notification_channels(platform: Platform) -> Sequence[NotificationChannel]:
    """Web push, e-mail and text messages."""
    return own_channels(platform)


@hookimpl
def event_handlers(platform: Platform) -> list[EventHandler]:
    """Deliveries of what is asked for; they are sent at once."""
    store, channels = DeliveryStore(platform.database), all_channels(platform)
    planner = Planner(platform, store, ContactStore(platform.database), channels)
    return [delivery_handler(planner, Dispatcher(platform, store, channels).wake)]


@hookimpl
def due_work(platform: Platform) -> list[DueWork]:
    """Sending what is due, and forgetting what is old."""
    dispatcher = Dispatcher(platform, DeliveryStore(platform.database), all_channels(platform))
    return [
        DueWork("notifications.send", 1.0, dispatcher.run),
        DueWork("notifications.forget", 600.0, dispatcher.forget),
    ]


@hookimpl
def health_checks(platform: Platform) -> list[HealthCheck]:
    """Whether every channel delivers."""
    store = DeliveryStore(platform.database)

    def look() -> list[str]:
        return [
            f"{channel} has not delivered for a while" for channel in store.failing_before(platform.clock() - PATIENCE)
        ]

    return [HealthCheck("channels", look)]


@hookimpl
def indexes() -> list[CollectionIndexes]:
    """The indexes of the plugin's collections."""
    return DeliveryStore.indexes() + ContactStore.indexes()
