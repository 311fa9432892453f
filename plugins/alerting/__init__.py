"""Alerting: an out-of-range reading becomes one alert per episode, until a person has dealt with it.

Hook implementations only; the rest is in this folder's modules.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from core.database.indexes import CollectionIndexes
from core.http import ApiBlueprint
from core.plugin_system.hookspecs import DueWork, EventHandler
from core.plugin_system.markers import hookimpl
from plugins.alerting.api import blueprint
from plugins.alerting.handlers import (
    AlertEvaluator,
    announce_untold,
    catch_up_handler,
    close_late,
    condition_handler,
    stale_watch,
    wake_snoozed,
)
from plugins.alerting.ledger import BurdenLedger, ledger_handlers
from plugins.alerting.store import AlertStore
from plugins.alerting.story import escalation_handler
from plugins.alerting.watchdog import Watchdog

if TYPE_CHECKING:
    from core.platform import Platform


@hookimpl
def blueprints(platform: Platform) -> list[ApiBlueprint]:
    """The routes of alerts and their rules."""
    return [blueprint(platform, AlertStore(platform.database, platform.clock))]


@hookimpl
def policy_rules() -> str:
    """Who may see and handle alerts."""
    return files(__package__).joinpath("policy.csv").read_text()


@hookimpl
def observation_watchers(platform: Platform) -> Sequence[AlertEvaluator]:
    """Evaluation right after a reading was stored."""
    return [AlertEvaluator(platform, AlertStore(platform.database, platform.clock), later=True)]


@hookimpl
def event_handlers(platform: Platform) -> list[EventHandler]:
    """Evaluation again, for what a crash left; conditions that other plugins tell of; who was told; the burden."""
    store = AlertStore(platform.database, platform.clock)
    return [
        catch_up_handler(platform, store),
        condition_handler(platform, store),
        escalation_handler(platform, store),
        *ledger_handlers(platform, BurdenLedger(platform.database)),
    ]


@hookimpl
def due_work(platform: Platform) -> list[DueWork]:
    """Telling of alerts whose telling a crash cut off; ends of snoozes; what of the platform itself stands still."""
    store = AlertStore(platform.database, platform.clock)
    return [
        DueWork("alerting.announce", 2.0, lambda: announce_untold(platform, store)),
        DueWork("alerting.wake", 2.0, lambda: wake_snoozed(platform, store)),
        DueWork("alerting.stale", 5.0, stale_watch(platform, store).tick),
        DueWork("alerting.close_late", 2.0, lambda: close_late(platform, store)),
        DueWork("alerting.watchdog", 5.0, Watchdog(platform, store).look, where="web"),
    ]


@hookimpl
def indexes() -> list[CollectionIndexes]:
    """The indexes of the alerting collections."""
    return AlertStore.indexes() + BurdenLedger.indexes()
