"""Finding and loading plugins. One bad plugin is quarantined and shown; the rest goes on.

Third-party plugins are first imported in a child process with a time limit, so that one that hangs
or crashes at import cannot take the platform with it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Literal

import pluggy
import structlog

from core.plugin_system import hookspecs
from core.plugin_system.markers import PROJECT_NAME
from core.plugin_system.probe import Prober
from core.problems import ConfigurationError

log = structlog.get_logger(__name__)

BUILTIN_DISTRIBUTION = "patient-monitoring-platform"
#: Without these the platform would not do what it promises, so a failure stops the start.
REQUIRED = frozenset({"alerting"})
Status = Literal["active", "disabled", "quarantined"]


@dataclass
class PluginRecord:
    """One discovered plugin and how it fares."""

    id: str
    origin: str
    version: str
    entry_point: str
    builtin: bool
    required: bool
    status: Status = "active"
    error: str | None = None
    hooks: list[str] = field(default_factory=list)


class Plugins:
    """The loaded plugins of one process."""

    def __init__(self, records: list[PluginRecord], manager: pluggy.PluginManager) -> None:
        self.records = {record.id: record for record in records}
        self._manager = manager
        self._listeners: list[Callable[[PluginRecord], None]] = []

    def contributions(self, hook: str, **arguments: Any) -> Iterator[tuple[PluginRecord, Any]]:
        """What each active plugin contributes to ``hook``, item by item.

        A plugin that raises is quarantined; the others still contribute.
        """
        for record in list(self.records.values()):
            if record.status != "active" or hook not in record.hooks:
                continue
            others = [plugin for name, plugin in self._manager.list_name_plugin() if name != record.id]
            caller = self._manager.subset_hook_caller(hook, [other for other in others if other is not None])
            try:
                results = caller(**arguments)
                items = [item for result in results for item in ([result] if isinstance(result, str) else result)]
            except Exception as error:
                self.quarantine(record.id, f"{hook} failed: {type(error).__name__}: {error}"[:300])
                if record.required:
                    raise ConfigurationError(f"the required plugin {record.id} failed in {hook}") from error
                continue
            for item in items:
                yield record, item

    def quarantine(self, plugin_id: str, error: str) -> None:
        """Take a plugin out of service, saying why."""
        record = self.records[plugin_id]
        record.status, record.error = "quarantined", error
        log.error("plugin_quarantined", plugin=plugin_id, error=error)
        for listener in self._listeners:
            listener(record)

    def on_quarantine(self, listener: Callable[[PluginRecord], None]) -> None:
        """Call ``listener`` whenever a plugin is quarantined."""
        self._listeners.append(listener)


def load_plugins(
    disabled: Iterable[str] = (),
    found: Sequence[EntryPoint] | None = None,
    probe_timeout_s: float = 5.0,
    probe_cache: Path | None = None,
) -> Plugins:
    """Discover and load all plugins. Raises ConfigurationError if a required one is missing or broken.

    probe_cache: folder that remembers what trying a third party's plugin gave, until its file changes.
    """
    prober = Prober(probe_cache, probe_timeout_s)
    manager = pluggy.PluginManager(PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    off = set(disabled)
    records: list[PluginRecord] = []
    for entry_point in _discover(found):
        record = _record(entry_point)
        if any(known.id == record.id for known in records):
            continue
        records.append(record)
        if record.id in off and not record.required:
            record.status = "disabled"
            continue
        _load(manager, entry_point, record, prober)
    missing = REQUIRED - {record.id for record in records if record.status == "active"}
    if missing:
        errors = "; ".join(f"{r.id}: {r.error}" for r in records if r.id in missing)
        raise ConfigurationError(f"required plugins cannot be loaded: {errors or ', '.join(sorted(missing))}")
    return Plugins(records, manager)


def _discover(found: Sequence[EntryPoint] | None) -> list[EntryPoint]:
    points = list(entry_points(group=PROJECT_NAME)) if found is None else list(found)
    # Ours first: a vendor's plugin cannot take a built-in's name.
    return sorted(points, key=lambda point: (not _is_builtin(point), point.name))


def _is_builtin(entry_point: EntryPoint) -> bool:
    return entry_point.dist is not None and entry_point.dist.name == BUILTIN_DISTRIBUTION


def _record(entry_point: EntryPoint) -> PluginRecord:
    distribution = entry_point.dist
    return PluginRecord(
        id=entry_point.name,
        origin=distribution.name if distribution else "unknown",
        version=distribution.version if distribution else "",
        entry_point=entry_point.value,
        builtin=_is_builtin(entry_point),
        required=_is_builtin(entry_point) and entry_point.name in REQUIRED,
    )


def _load(manager: pluggy.PluginManager, entry_point: EntryPoint, record: PluginRecord, prober: Prober) -> None:
    try:
        if not record.builtin:
            result = prober.probe(entry_point)
            if not result.ok:
                raise _Unfit(result.error or "could not be imported")
        plugin = entry_point.load()
        manager.register(plugin, name=record.id)
        manager.check_pending()
        record.hooks = sorted({caller.name for caller in manager.get_hookcallers(plugin) or ()})
        if not record.hooks:
            raise _Unfit("implements no hook of this platform")
    except (Exception, SystemExit) as error:
        if manager.has_plugin(record.id):
            manager.unregister(name=record.id)
        reason = str(error) if isinstance(error, _Unfit) else f"{type(error).__name__}: {error}"
        record.status, record.error = "quarantined", reason[:300]
        log.error("plugin_quarantined", plugin=record.id, error=record.error)
        sys.modules.pop(entry_point.module, None) if not record.builtin else None


class _Unfit(Exception):
    """The plugin cannot be used; the text says why."""
