"""The driver kit as a plugin: ``pmp driver list``, ``check`` and ``new``."""

from __future__ import annotations

from typing import Any

from device_drivers import hookimpl


@hookimpl
def cli_commands() -> list[tuple[str, Any]]:
    """The commands of this folder."""
    from device_drivers.kit.cli import driver_app

    return [("driver", driver_app)]
