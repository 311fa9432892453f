"""Assembly: builds the Platform of one process from its settings, and takes it down again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from core.access.access import Access
from core.access.passwords import Passwords
from core.audit.log import AuditLog
from core.database.connection import Database, connect
from core.database.indexes import CollectionIndexes, Migration, apply_indexes, apply_migrations
from core.devices.drivers import DriverRegistry
from core.devices.registry import DeviceRegistry
from core.events.consumers import consumer_indexes
from core.events.feed import Change, ChangeFeed
from core.events.log import EventLog
from core.ingest.service import IngestService
from core.jobs.leases import Leases
from core.jobs.queue import JobQueue
from core.live.hub import LiveHub
from core.observations.rollups import Rollups
from core.observations.store import ObservationStore
from core.patients.store import PatientStore
from core.people.store import PeopleStore
from core.platform import Platform, utc_now
from core.plugin_system.loader import Plugins, load_plugins
from core.plugin_system.states import PluginStates
from core.processes.heartbeats import Heartbeats
from core.settings import Settings

#: Changes of stored data, oldest first. A released one is never edited or removed.
MIGRATIONS: Sequence[Migration] = ()


def assemble(
    settings: Settings,
    *,
    database: Database | None = None,
    plugins: Plugins | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Platform:
    """Build a platform: connected, its indexes and migrations applied, no threads started.

    ``database`` and ``plugins`` are made from the settings unless given.
    """
    database = database or connect(settings)
    states = PluginStates(database, clock)
    plugins = plugins or load_plugins(disabled=states.disabled(), probe_cache=settings.data_dir)
    observations = ObservationStore(database, clock)
    patients = PatientStore(database, clock)
    passwords = Passwords()
    people = PeopleStore(database, clock, passwords)
    events = EventLog(database, clock)
    audit = AuditLog(database, clock, settings.signing_key())
    access = Access(
        database=database,
        settings=settings,
        clock=clock,
        people=people,
        patients=patients,
        events=events,
        audit=audit,
        passwords=passwords,
        policies=[(record.id, text) for record, text in plugins.contributions("policy_rules")],
    )
    live = LiveHub(access)
    process_id = secrets.token_hex(6)
    feed_health: list[Callable[[], bool]] = [lambda: False]
    devices = DeviceRegistry(database, clock, lambda: feed_health[0]())
    drivers = DriverRegistry(plugins, database, clock)
    platform = Platform(
        settings=settings,
        database=database,
        plugins=plugins,
        plugin_states=states,
        access=access,
        audit=audit,
        people=people,
        patients=patients,
        devices=devices,
        observations=observations,
        rollups=Rollups(database, observations),
        ingest=IngestService(database, clock, settings.zone, devices, drivers, observations, process_id),
        events=events,
        live=live,
        jobs=JobQueue(database, settings, clock),
        leases=Leases(database, clock),
        heartbeats=Heartbeats(database, clock),
        clock=clock,
        process_id=process_id,
    )
    platform.ingest.on_commit(live.on_observations)
    access.devices = devices
    access.on_change(live.recheck)
    platform.feed = _process_feed(platform)
    feed_health[0] = lambda: platform.feed.healthy
    platform.on_close(database.close)
    platform.on_close(drivers.close)
    platform.on_close(audit.close)
    return platform


def prepare(platform: Platform) -> None:
    """Apply indexes and migrations."""
    declared: list[CollectionIndexes] = []
    for source in (
        ObservationStore, DeviceRegistry, PatientStore, PeopleStore, EventLog, JobQueue, IngestService,
        AuditLog, Access,
    ):  # fmt: skip
        declared += source.indexes()
    declared += consumer_indexes()
    declared += [item for _plugin, item in platform.plugins.contributions("indexes")]
    apply_indexes(platform.database, declared)
    apply_migrations(platform.database, MIGRATIONS)


def start_serving(platform: Platform) -> None:
    """Start what a web process needs: the feed, the aftermath of commits, the policy watch."""
    for plugin, watcher in platform.plugins.contributions("observation_watchers", platform=platform):
        platform.ingest.aftermath.add_watcher(plugin.id, watcher)
    platform.feed.start()
    platform.devices.reload()
    platform.ingest.aftermath.start()
    platform.access.start()
    platform.on_close(platform.access.stop)
    platform.on_close(platform.feed.stop)
    platform.on_close(platform.ingest.aftermath.stop)


def _process_feed(platform: Platform) -> ChangeFeed:
    listeners: list[Callable[[Change], None]] = [
        platform.live.on_change,
        platform.devices.on_change,
        platform.ingest.drivers.on_change,
    ]

    def on_change(change: Change) -> None:
        for listener in listeners:
            listener(change)

    def on_gap() -> None:
        platform.devices.reload()
        platform.ingest.drivers.reload()
        platform.live.on_gap()

    watched = ["observations", "events", "devices", "driver_states"]
    # What this process stored it has delivered itself; only other processes' readings come this way.
    others = [{"$match": {"fullDocument.via": {"$ne": platform.process_id}}}]
    return ChangeFeed(platform.database, watched, on_change, on_gap=on_gap, pipeline=others, name="process")
