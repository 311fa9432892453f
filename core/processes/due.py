"""Work that is due again and again, in the processes that do it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import timedelta

import structlog
from pymongo.errors import PyMongoError

from core.platform import Platform
from core.plugin_system.hookspecs import DueWork, Where

log = structlog.get_logger(__name__)


def lease_of(work: DueWork) -> str:
    """The name of the lease under which one process at a time does this work."""
    return f"due:{work.name}"


def plugins_due_work(platform: Platform, where: Where) -> list[DueWork]:
    """What the plugins want repeated by processes of this kind."""
    found = (item for _plugin, item in platform.plugins.contributions("due_work", platform=platform))
    return [item for item in found if item.where == where]


class DueLoop:
    """Repeats due work, each piece by one process at a time."""

    def __init__(self, platform: Platform, work: Sequence[DueWork]) -> None:
        self._platform = platform
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
                if self._platform.leases.take(lease_of(item), timedelta(seconds=item.every_s * 2 + 2)):
                    item.run()
            except PyMongoError as error:
                log.warning("due_work_waits", work=item.name, error=type(error).__name__)
            except Exception:
                # One plugin's mistake must not stop its next round.
                log.exception("due_work_failed", work=item.name)
            self._stop.wait(max(0.05, item.every_s - (time.monotonic() - began)))
