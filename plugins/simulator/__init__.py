"""Simulator: invented patients whose devices send real frames over the real API.

Two commands: ``pmp simulate`` for load, ``pmp demo`` for the ward of ``pmp up --demo``.
"""

from __future__ import annotations

import typer

from core.plugin_system.markers import hookimpl


@hookimpl
def cli_commands() -> list[tuple[str, typer.Typer]]:
    """The two commands. Imported here, so that the web process does not load them."""
    from plugins.simulator.commands import demo_app, simulate_app

    return [("simulate", simulate_app), ("demo", demo_app)]
