"""Measurement plans: what a patient is to measure and when, reminders, and what was missed.

Hook implementations only; the rest is in this folder's modules.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from core.database.indexes import CollectionIndexes
from core.http import ApiBlueprint
from core.plugin_system.hookspecs import DueWork, EventHandler
from core.plugin_system.markers import hookimpl
from plugins.measurement_plans.api import blueprint
from plugins.measurement_plans.handlers import PlanKeeper, reading_handler
from plugins.measurement_plans.store import PlanStore

if TYPE_CHECKING:
    from core.platform import Platform


@hookimpl
def blueprints(platform: Platform) -> list[ApiBlueprint]:
    """The routes of plans, of what is due, and of templates."""
    return [blueprint(platform, PlanStore(platform.database))]


@hookimpl
def policy_rules() -> str:
    """Who may see and make plans."""
    return files(__package__).joinpath("policy.csv").read_text()


@hookimpl
def event_handlers(platform: Platform) -> list[EventHandler]:
    """Readings fulfil what is due."""
    return [reading_handler(platform, PlanStore(platform.database))]


@hookimpl
def due_work(platform: Platform) -> list[DueWork]:
    """Asking for what is due, and calling missed what did not come."""
    keeper = PlanKeeper(platform, PlanStore(platform.database))
    return [DueWork("measurement_plans.tick", 5.0, keeper.tick)]


@hookimpl
def indexes() -> list[CollectionIndexes]:
    """The indexes of the plugin's collections."""
    return PlanStore.indexes()
