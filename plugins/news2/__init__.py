"""NEWS2: the early warning score of each patient's newest readings, its history, and alerts when it is high.

Hook implementations only; the rest is in this folder's modules.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from core.database.indexes import CollectionIndexes
from core.http import ApiBlueprint
from core.plugin_system.hookspecs import DueWork, EventHandler
from core.plugin_system.markers import hookimpl
from plugins.news2.api import blueprint
from plugins.news2.handlers import score_handler, score_work
from plugins.news2.store import ScoreStore

if TYPE_CHECKING:
    from core.platform import Platform


@hookimpl
def blueprints(platform: Platform) -> list[ApiBlueprint]:
    """The routes of the score."""
    return [blueprint(platform, ScoreStore(platform.database))]


@hookimpl
def policy_rules() -> str:
    """Who may see scores."""
    return files(__package__).joinpath("policy.csv").read_text()


@hookimpl
def event_handlers(platform: Platform) -> list[EventHandler]:
    """Scoring as readings come."""
    return [score_handler(platform, ScoreStore(platform.database))]


@hookimpl
def due_work(platform: Platform) -> list[DueWork]:
    """Scoring as time passes."""
    return score_work(platform, ScoreStore(platform.database))


@hookimpl
def indexes() -> list[CollectionIndexes]:
    """The indexes of the scores."""
    return ScoreStore.indexes()
