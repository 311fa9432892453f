"""Routes of plugins: their health, and switching them."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from core.access.permission import Permission
from core.http import ApiBlueprint, ApiModel, Id, answer
from core.platform import Platform
from core.problems import Conflict, NotFound


class PluginOut(ApiModel):
    """A plugin and how it fares."""

    id: str
    origin: str
    version: str
    required: bool
    status: str
    error: str | None
    hooks: list[str]


class PluginList(ApiModel):
    """All plugins."""

    items: list[PluginOut]


class PluginPath(ApiModel):
    """The plugin's id."""

    plugin_id: Id


def plugin_json(platform: Platform, plugin_id: str) -> dict[str, Any]:
    """A plugin as PluginOut; a driver's quarantine counts as its plugin's."""
    record = platform.plugins.records[plugin_id]
    status, error = record.status, record.error
    if status == "active" and plugin_id in platform.plugin_states.disabled():
        status = "disabled"
    if status == "active":
        for driver in platform.ingest.drivers.records.values():
            if driver.plugin_id == plugin_id and driver.status != "active":
                status, error = "quarantined", f"driver {driver.manifest.id}: {driver.error}"
    return {
        "id": record.id,
        "origin": record.origin,
        "version": record.version,
        "required": record.required,
        "status": status,
        "error": error,
        "hooks": list(record.hooks),
    }


def blueprint(platform: Platform) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("plugins", __name__, tag="plugins")
    update = Permission("plugin", "update", audit=True)

    @api.read("/plugins", Permission("plugin", "read"), answers={200: PluginList})
    def list_plugins() -> Response:
        """The plugins that this installation has, quarantined ones with the reason."""
        return answer({"items": [plugin_json(platform, name) for name in sorted(platform.plugins.records)]})

    @api.create("/plugins/<string:plugin_id>/enable", update, answers={200: PluginOut}, problems=(404,))
    def enable_plugin(path: PluginPath) -> Response:
        """Switch a plugin on, or give a quarantined one another chance. Routes return at the next start."""
        _known(platform, path.plugin_id)
        platform.plugin_states.set_enabled(path.plugin_id, True, g.principal.id)
        for driver_id, driver in platform.ingest.drivers.records.items():
            if driver.plugin_id == path.plugin_id:
                platform.ingest.drivers.enable(driver_id)
        return answer(plugin_json(platform, path.plugin_id))

    @api.create("/plugins/<string:plugin_id>/disable", update, answers={200: PluginOut}, problems=(404, 409))
    def disable_plugin(path: PluginPath) -> Response:
        """Switch a plugin off: its routes, drivers and consumers stop."""
        _known(platform, path.plugin_id)
        if platform.plugins.records[path.plugin_id].required:
            raise Conflict("This plugin is required; the platform would not watch over patients without it.")
        platform.plugin_states.set_enabled(path.plugin_id, False, g.principal.id)
        return answer(plugin_json(platform, path.plugin_id))

    return api


def _known(platform: Platform, plugin_id: str) -> None:
    if plugin_id not in platform.plugins.records:
        raise NotFound("There is no such plugin.")
