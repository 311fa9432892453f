"""What follows a commit, off the request's path: watchers, the latest values, last-seen times.

Nothing here is the only record of anything: a crash loses work that the worker's consumers do again
from the stored observations.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

import structlog

from core.database.connection import Document
from core.plugin_system.hookspecs import ObservationWatcher

log = structlog.get_logger(__name__)

_FLUSH_EVERY_S = 0.5
#: The frames queued for watchers at most; beyond it the worker's consumers do the work.
MAX_QUEUED = 50_000


class Aftermath:
    """A thread that hands committed observations on, and one that writes what is pending."""

    def __init__(self, note_latest: Callable[[list[Document]], None], flushes: Sequence[Callable[[], object]]):
        self._note_latest = note_latest
        self._flushes = flushes
        self._watchers: list[tuple[str, ObservationWatcher]] = []
        self._queue: deque[Document] = deque(maxlen=MAX_QUEUED)
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pmp-aftermath", daemon=True)
        # Writing what is pending may take seconds after a burst: no watcher waits for it.
        self._flusher = threading.Thread(target=self._flush_again_and_again, name="pmp-aftermath-flush", daemon=True)
        self._idle = threading.Event()
        self._idle.set()

    def add_watcher(self, name: str, watcher: ObservationWatcher) -> None:
        """Let ``watcher`` see what is committed from now on."""
        self._watchers.append((name, watcher))

    def start(self) -> None:
        """Start the threads."""
        self._thread.start()
        self._flusher.start()

    def stop(self) -> None:
        """Hand on what is queued, flush, and end."""
        self._stop.set()
        self._wake.set()
        for thread in (self._thread, self._flusher):
            if thread.is_alive():
                thread.join(10)

    def committed(self, documents: list[Document]) -> None:
        """Take newly stored observations. Called by the committing thread; returns at once."""
        self._note_latest(documents)
        self._idle.clear()
        self._queue.extend(documents)
        self._wake.set()

    def settle(self, timeout_s: float = 10.0) -> bool:
        """Wait until everything taken so far has been handed on."""
        return self._idle.wait(timeout_s)

    def _run(self) -> None:
        while True:
            self._wake.wait(_FLUSH_EVERY_S)
            self._wake.clear()
            self._drain()
            if not self._queue:
                self._idle.set()
                if self._stop.is_set():
                    return

    def _flush_again_and_again(self) -> None:
        while not self._stop.wait(_FLUSH_EVERY_S):
            self._flush()
        self._thread.join(10)
        self._flush()

    def _drain(self) -> None:
        while self._queue:
            batch: list[Document] = []
            while self._queue and len(batch) < 500:
                batch.append(self._queue.popleft())
            for name, watcher in self._watchers:
                try:
                    watcher.observe(batch)
                except Exception:
                    # One watcher's failure must not keep the others from seeing the reading.
                    log.exception("watcher_failed", watcher=name, observations=len(batch))

    def _flush(self) -> None:
        for flush in self._flushes:
            try:
                flush()
            except Exception as error:
                # The database is away: what is pending stays pending.
                log.warning("flush_failed", error=type(error).__name__)
