"""``pmp plugin``."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli.context import opened_platform, print_json
from core.plugin_system.api import plugin_json

plugin_app = typer.Typer(no_args_is_help=True)


@plugin_app.callback()
def plugins() -> None:
    """Plugins."""


@plugin_app.command("list")
def list_plugins(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the plugins, with the reason where one is quarantined."""
    with opened_platform() as platform:
        rows = [plugin_json(platform, name) for name in sorted(platform.plugins.records)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        note = f"  {row['error']}" if row["error"] else ""
        typer.echo(f"{row['id']:20} {row['status']:12} {row['origin']} {row['version']}{note}")
