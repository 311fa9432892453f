"""The worker process: consumers of events, jobs, and work that is due again and again."""

from __future__ import annotations

import signal
import threading

import structlog
from huey.consumer import Consumer

from core.assembly import assemble, prepare
from core.events.consumers import EventConsumer
from core.events.sharing import SharedFeed
from core.logs import configure_logging
from core.observations.upkeep import upkeep_handlers
from core.platform import Platform
from core.plugin_system.hookspecs import DueWork, EventHandler
from core.processes.due import DueLoop, lease_of, plugins_due_work
from core.settings import Settings

log = structlog.get_logger(__name__)


class _JobConsumer(Consumer):  # type: ignore[misc]
    """Huey's consumer, without its signal handlers: this process has its own."""

    def _set_signal_handlers(self) -> None:
        return


def core_due_work(platform: Platform) -> list[DueWork]:
    """What the core itself repeats."""
    return [
        DueWork("jobs.sweep", 2.0, lambda: _discard(platform.jobs.sweep())),
        DueWork("events.expire", 60.0, lambda: _discard(platform.events.expire())),
        DueWork("sessions.clear", 300.0, lambda: _discard(platform.access.sessions.clear())),
        DueWork("throttle.clear", 300.0, lambda: _discard(platform.access.throttle.clear())),
        DueWork("refused.expire", 600.0, lambda: _discard(platform.ingest.expire_refused())),
    ]


def _discard(_value: object) -> None:
    return


class Worker:
    """Everything a worker process runs, for ``pmp worker`` and for tests."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        handlers: list[EventHandler] = upkeep_handlers(platform)
        handlers += [item for _p, item in platform.plugins.contributions("event_handlers", platform=platform)]
        self._feed = SharedFeed(platform.database)
        self._consumers = [
            EventConsumer(platform.database, handler, platform.observations, platform.clock, self._feed)
            for handler in handlers
        ]
        work = core_due_work(platform) + plugins_due_work(platform, "worker")
        self._does = [lease_of(item) for item in work] + [handler.name for handler in handlers]
        self._due = DueLoop(platform, work)
        self._jobs = _JobConsumer(
            platform.jobs.huey, workers=1, periodic=False, initial_delay=0.1, max_delay=1.0,
            check_worker_health=False,
        )  # fmt: skip

    def start(self) -> None:
        """Start all threads."""
        self._platform.heartbeats.start("worker", self._does)
        for consumer in self._consumers:
            consumer.start()
        self._due.start()
        self._jobs.start()

    def stop(self) -> None:
        """Finish what is in hand, and stop."""
        self._jobs.stop()
        self._due.stop()
        for consumer in self._consumers:
            consumer.stop(wait_s=0)
        for consumer in self._consumers:
            consumer.stop()
        self._feed.stop()
        self._platform.heartbeats.stop("worker")


def run_worker(settings: Settings) -> None:
    """Work until told to stop."""
    configure_logging(settings)
    platform = assemble(settings)
    prepare(platform)
    worker = Worker(platform)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker.start()
    log.info("worker_started")
    stop.wait()
    worker.stop()
    platform.close()
