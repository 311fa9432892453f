"""Escalation: who is told of an alert, and who is told next when nobody takes it on.

Hook implementations only; the rest is in this folder's modules.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from core.database.indexes import CollectionIndexes
from core.http import ApiBlueprint
from core.plugin_system.hookspecs import DueWork, EventHandler
from core.plugin_system.markers import hookimpl
from plugins.escalation.api import blueprint
from plugins.escalation.handlers import Escalator, alert_handler
from plugins.escalation.store import EscalationStore

if TYPE_CHECKING:
    from core.platform import Platform


@hookimpl
def blueprints(platform: Platform) -> list[ApiBlueprint]:
    """The routes of teams, rotas and ladders."""
    return [blueprint(platform, EscalationStore(platform.database))]


@hookimpl
def policy_rules() -> str:
    """Who may see and change who is on call."""
    return files(__package__).joinpath("policy.csv").read_text()


@hookimpl
def event_handlers(platform: Platform) -> list[EventHandler]:
    """Alerts begin, hold and end their climb."""
    return [alert_handler(platform, EscalationStore(platform.database))]


@hookimpl
def due_work(platform: Platform) -> list[DueWork]:
    """Telling the next people, and forgetting what is over."""
    store = EscalationStore(platform.database)
    return [
        DueWork("escalation.advance", 1.0, Escalator(platform, store).advance),
        DueWork("escalation.forget", 600.0, lambda: store.forget(platform.clock())),
    ]


@hookimpl
def indexes() -> list[CollectionIndexes]:
    """The indexes of the plugin's collections."""
    return EscalationStore.indexes()
