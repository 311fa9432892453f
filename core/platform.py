"""The container of the running parts, handed down to routes, plugins and workers. No globals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from flask import current_app

from core.database.connection import Database
from core.settings import Settings

if TYPE_CHECKING:
    from core.access.access import Access
    from core.audit.log import AuditLog
    from core.devices.registry import DeviceRegistry
    from core.events.feed import ChangeFeed
    from core.events.log import EventLog
    from core.ingest.service import IngestService
    from core.jobs.leases import Leases
    from core.jobs.queue import JobQueue
    from core.live.hub import LiveHub
    from core.observations.rollups import Rollups
    from core.observations.store import ObservationStore
    from core.patients.store import PatientStore
    from core.people.store import PeopleStore
    from core.plugin_system.loader import Plugins
    from core.plugin_system.states import PluginStates
    from core.processes.heartbeats import Heartbeats

EXTENSION = "pmp"


def utc_now() -> datetime:
    """The clock: aware UTC, to the millisecond, as MongoDB keeps it."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


@dataclass(kw_only=True)
class Platform:
    """What runs in this process. Built by ``core.assembly.assemble``; closed by ``close``."""

    settings: Settings
    database: Database
    plugins: Plugins
    plugin_states: PluginStates
    access: Access
    audit: AuditLog
    people: PeopleStore
    patients: PatientStore
    devices: DeviceRegistry
    observations: ObservationStore
    rollups: Rollups
    ingest: IngestService
    events: EventLog
    live: LiveHub
    jobs: JobQueue
    leases: Leases
    heartbeats: Heartbeats
    process_id: str
    clock: Callable[[], datetime] = utc_now
    feed: ChangeFeed = field(init=False)
    _closers: list[Callable[[], None]] = field(default_factory=list)

    def on_close(self, action: Callable[[], None]) -> None:
        """Run ``action`` when the platform closes; the last added runs first."""
        self._closers.append(action)

    def close(self) -> None:
        """Stop threads, flush what is pending, close connections."""
        while self._closers:
            self._closers.pop()()


def current_platform() -> Platform:
    """The platform of the current Flask application."""
    return cast(Platform, current_app.extensions[EXTENSION])
