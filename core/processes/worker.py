"""The worker process: consumers of events, jobs, and work that is due again and again."""

from __future__ import annotations

import signal
import threading
import time
from datetime import timedelta

import structlog
from huey.consumer import Consumer
from pymongo.errors import PyMongoError

from core.assembly import assemble, prepare
from core.events.consumers import EventConsumer
from core.logs import configure_logging
from core.observations.upkeep import upkeep_handlers
from core.platform import Platform
from core.plugin_system.hookspecs import DueWork, EventHandler
from core.settings import Settings

log = structlog.get_logger(__name__)


class _JobConsumer(Consumer):  # type: ignore[misc]
    """Huey's consumer, without its signal handlers: this process has its own."""

    def _set_signal_handlers(self) -> None:
        return


class DueLoop:
    """Repeats due work, each piece by one worker at a time."""

    def __init__(self, platform: Platform, work: list[DueWork]) -> None:
        self._platform = platform
        self._work = work
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._repeat, args=(item,), name=f"pmp-due-{item.name}", daemon=True)
            for item in work
        ]

    def start(self) -> None:
        """Start a thread for each piece of work."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop after the current round."""
        self._stop.set()
        for thread in self._threads:
            thread.join(5)

    def _repeat(self, item: DueWork) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                if self._platform.leases.take(f"due:{item.name}", timedelta(seconds=item.every_s * 2 + 2)):
                    item.run()
            except PyMongoError as error:
                log.warning("due_work_waits", work=item.name, error=type(error).__name__)
            except Exception:
                # One plugin's mistake must not stop its next round.
                log.exception("due_work_failed", work=item.name)
            self._stop.wait(max(0.05, item.every_s - (time.monotonic() - began)))


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
        self._consumers = [
            EventConsumer(platform.database, handler, platform.observations, platform.clock) for handler in handlers
        ]
        work = core_due_work(platform)
        work += [item for _p, item in platform.plugins.contributions("due_work", platform=platform)]
        self._due = DueLoop(platform, work)
        self._jobs = _JobConsumer(
            platform.jobs.huey, workers=1, periodic=False, initial_delay=0.1, max_delay=1.0,
            check_worker_health=False,
        )  # fmt: skip

    def start(self) -> None:
        """Start all threads."""
        self._platform.heartbeats.start("worker")
        for consumer in self._consumers:
            consumer.start()
        self._due.start()
        self._jobs.start()

    def stop(self) -> None:
        """Finish what is in hand, and stop."""
        self._jobs.stop()
        self._due.stop()
        for consumer in self._consumers:
            consumer.stop()
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
