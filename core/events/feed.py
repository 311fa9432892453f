"""The change feed: what is written to the watched collections, in commit order, in every process.

Built on a change stream. A broken stream is resumed where it stopped; where the server has forgotten
that place, the listener is told of the gap and starts over from the source of truth.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from pymongo.errors import OperationFailure, PyMongoError

from core.database.connection import Database, Document

log = structlog.get_logger(__name__)

#: Server errors that say the resume token's place is gone.
_HISTORY_LOST = {136, 222, 260, 280, 286}
#: A read that took this long waited on the server: the stream was quiet.
_QUIET_S = 0.1
#: A stream that has been busy for ``_BUSY_S`` is left to collect for ``_PAUSE_S``: reading change by change
#: costs the server more than the writes themselves.
_BUSY_S, _PAUSE_S = 0.01, 0.04


@dataclass(frozen=True, slots=True)
class Change:
    """One committed write. ``document`` is whole for inserts and replacements, None for others."""

    token: str
    collection: str
    operation: str
    key: Any
    document: Document | None


class ChangeFeed:
    """Follows collections from ``resume_after`` (or from now) in a thread of its own.

    ``on_change`` is called for every change, in order; ``on_idle`` after each batch with the last token;
    ``on_gap`` when changes may have been missed (``starts_with_gap``: at the start too). ``healthy`` is
    False while the stream is down.
    """

    def __init__(
        self,
        database: Database,
        collections: Sequence[str],
        on_change: Callable[[Change], None],
        *,
        on_gap: Callable[[], None] | None = None,
        on_idle: Callable[[str | None], None] | None = None,
        resume_after: str | None = None,
        starts_with_gap: bool = False,
        pipeline: Sequence[dict[str, Any]] = (),
        name: str = "feed",
    ) -> None:
        self._database = database
        self._pipeline = [{"$match": {"ns.coll": {"$in": list(collections)}}}, *pipeline]
        self._on_change = on_change
        self._on_gap = on_gap or (lambda: None)
        self._on_idle = on_idle or (lambda _token: None)
        self._token = resume_after
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"pmp-{name}", daemon=True)
        self._name = name
        self._gap = starts_with_gap
        self.healthy = False

    def start(self, wait_s: float = 10.0) -> None:
        """Start following; returns once the stream is open, or after ``wait_s``."""
        self._thread.start()
        self._ready.wait(wait_s)

    def stop(self, wait_s: float | None = 5.0) -> None:
        """Stop following; wait for what is in hand (None: as long as it takes)."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    def _run(self) -> None:
        delay_s = 0.05
        while not self._stop.is_set():
            try:
                self._follow()
                delay_s = 0.05
            except OperationFailure as error:
                self.healthy = False
                if error.code in _HISTORY_LOST:
                    log.warning("feed_history_lost", feed=self._name, code=error.code)
                    self._token = None
                    self._gap = True
                else:
                    log.warning("feed_interrupted", feed=self._name, code=error.code)
            except PyMongoError as error:
                self.healthy = False
                log.warning("feed_interrupted", feed=self._name, error=type(error).__name__)
            except Exception:
                # The loop must outlive a listener's mistake; what it missed is a gap.
                self.healthy = False
                log.exception("feed_listener_failed", feed=self._name)
                self._gap = True
            self._stop.wait(delay_s)
            delay_s = min(delay_s * 2, 1.0)

    def _follow(self) -> None:
        options: dict[str, Any] = {"max_await_time_ms": 500}
        if self._token is not None:
            options["resume_after"] = {"_data": self._token}
        with self._database.db.watch(self._pipeline, **options) as stream:
            if self._gap:
                # The stream is open, so nothing falls between the catching up and what follows.
                self._gap = False
                self._on_gap()
            self.healthy = True
            self._ready.set()
            busy_since = time.monotonic()
            while not self._stop.is_set() and stream.alive:
                asked_at = time.monotonic()
                raw = stream.try_next()
                answered_at = time.monotonic()
                waited = answered_at - asked_at >= _QUIET_S
                if waited:
                    busy_since = answered_at
                if raw is None:
                    self._on_idle(self._token)
                else:
                    self._handle(raw)
                # A server may answer at once with nothing: writes that the stream does not want wake it too.
                if (raw is None and not waited) or time.monotonic() - busy_since >= _BUSY_S:
                    self._stop.wait(_PAUSE_S)
                    busy_since = time.monotonic()

    def _handle(self, raw: Any) -> None:
        token = str(raw["_id"]["_data"])
        change = Change(
            token=token,
            collection=str(raw["ns"]["coll"]),
            operation=str(raw["operationType"]),
            key=raw.get("documentKey", {}).get("_id"),
            document=raw.get("fullDocument"),
        )
        self._on_change(change)
        self._token = token
