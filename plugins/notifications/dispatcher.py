"""Sending what is due: a few threads for each channel, so that a slow one holds up no other."""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Counter

from core.database.connection import Document
from core.plugin_system.hookspecs import DeliveryError, Message, NotificationChannel
from plugins.notifications.health import ChannelHealth
from plugins.notifications.rules import PATIENCE, is_unreached, wait_s
from plugins.notifications.store import FAILED, DatabaseAway, DeliveryStore

if TYPE_CHECKING:
    from core.platform import Platform

log = structlog.get_logger(__name__)

_THREADS_PER_CHANNEL = 4
_BATCH = 100

ATTEMPTS = Counter("pmp_notifications_total", "Attempts to reach people.", ["channel", "outcome"])


class Dispatcher:
    """Sends deliveries. Any number may run at once, in any number of processes."""

    def __init__(self, platform: Platform, store: DeliveryStore, channels: Sequence[NotificationChannel]) -> None:
        self._platform = platform
        self._store = store
        self._health = ChannelHealth(platform, store)
        self._lanes = {channel.id: _Lane(self, channel) for channel in channels}
        platform.on_close(self.close)

    def wake(self) -> None:
        """Start sending what is due now; returns at once."""
        for lane in self._lanes.values():
            lane.wake()

    def run(self) -> None:
        """A round of due work: send, and tell of what was given up."""
        self.wake()
        now = self._platform.clock()
        self._store.give_up_late(list(self._lanes), now)
        self.tell()
        for row in self._store.failing_long(now - PATIENCE):
            self._tell_if_unreached(row)
            self._store.failing_looked_at(row["_id"])

    def tell(self) -> None:
        """Publish what ended without success and nobody was told of; the events' keys make each one."""
        for row in self._store.untold():
            if row["state"] == FAILED:
                self._tell_dead_letter(row)
            self._tell_if_unreached(row)
            self._store.told(row["_id"])

    def _tell_dead_letter(self, row: Document) -> None:
        data = {
            "delivery_id": row["_id"],
            "user_id": row["user_id"],
            "channel": row["channel"],
            "kind": row["kind"],
            "priority": row["priority"],
            "about": row.get("about"),
            "error": row["error"],
        }
        self._platform.events.publish(["admins"], "delivery_failed", data, key=f"delivery_failed|{row['_id']}")

    def _tell_if_unreached(self, row: Document) -> None:
        """Publish that a request does not reach a person, if ``row``, one of its deliveries, was the last hope."""
        key, user_id = row["request_key"], row["user_id"]
        if is_unreached(self._store.of_person(key, user_id), self._platform.clock()):
            data = {"key": key, "about": row.get("about"), "user_id": user_id}
            self._platform.events.publish([], "person_unreached", data, key=f"person_unreached|{user_id}|{key}")

    def _tell_if_reached_again(self, row: Document) -> None:
        """Publish that a request reached a person of whom it was told that it did not."""
        key, user_id = row["request_key"], row["user_id"]
        if row["attempts"] > 1 and self._platform.events.exists(f"person_unreached|{user_id}|{key}"):
            data = {"key": key, "about": row.get("about"), "user_id": user_id}
            self._platform.events.publish([], "person_reached", data, key=f"person_reached|{user_id}|{key}")

    def forget(self) -> None:
        """Delete what has been over for long."""
        self._store.forget(self._platform.clock())

    def wait_idle(self, timeout_s: float = 30.0) -> bool:
        """Wait until nothing is being sent. Whether that came true."""
        deadline = time.monotonic() + timeout_s
        return all(lane.wait_idle(deadline - time.monotonic()) for lane in self._lanes.values())

    def close(self) -> None:
        """Send nothing more; wait a little for what is being sent. What takes longer is sent again later."""
        for lane in self._lanes.values():
            lane.stop()
        self.wait_idle(5.0)

    # -- one attempt ---------------------------------------------------------------------------
    def due(self, channel: NotificationChannel) -> list[Document]:
        """What a channel has to send now."""
        return self._store.due(channel.id, self._platform.clock(), _BATCH)

    def attempt(self, channel: NotificationChannel, row: Document) -> None:
        """Send one due delivery, if nobody else does, and note how it went."""
        now = self._platform.clock()
        claimed = self._store.claim(row, now)
        if claimed is None:
            return
        if now >= claimed["give_up_at"]:
            self._give_up(claimed, claimed.get("error") or "not sent in time")
            return
        user = self._platform.people.get(claimed["user_id"])
        if user is None or not user.enabled:
            self._cancel(claimed, "the person may not sign in any more")
            return
        try:
            if claimed["address"] not in channel.reach(user):
                self._cancel(claimed, "the address is not the person's any more")
                return
            receipt = channel.send(_message(claimed), claimed["address"])
        except DeliveryError as error:
            self._failed(channel, claimed, error)
        except DatabaseAway:
            # Nobody's fault: the claim runs out and the delivery is due again.
            raise
        except Exception as error:
            # A vendor's channel may raise anything. Type only: the text may hold an address.
            log.exception("channel_raised", channel=channel.id)
            self._failed(channel, claimed, DeliveryError(True, f"the channel failed: {type(error).__name__}"))
        else:
            self._store.delivered(claimed, receipt.reference, self._platform.clock())
            self._tell_if_reached_again(claimed)
            ATTEMPTS.labels(channel.id, "delivered").inc()
            self._health.worked(channel)

    def _failed(self, channel: NotificationChannel, claimed: Document, error: DeliveryError) -> None:
        now = self._platform.clock()
        detail = error.detail[:300]
        log.warning("delivery_failed", channel=channel.id, delivery=claimed["_id"], retry=error.retry, error=detail)
        ATTEMPTS.labels(channel.id, "failed").inc()
        if error.retry and now < claimed["give_up_at"]:
            wait = timedelta(seconds=wait_s(claimed["attempts"], secrets.randbelow(1001) / 1000, error.retry_after_s))
            # It is seen as given up when its time is up, and not some minutes later.
            self._store.retry(claimed, detail, min(now + wait, claimed["give_up_at"]), now)
        else:
            self._give_up(claimed, detail)
        if error.retry:
            self._health.failed(channel)

    def _cancel(self, claimed: Document, reason: str) -> None:
        self._store.cancelled(claimed, reason, self._platform.clock())
        self.tell()

    def _give_up(self, claimed: Document, error: str) -> None:
        self._store.failed(claimed, error, self._platform.clock())
        self.tell()


def _message(row: Document) -> Message:
    return Message(
        id=row["_id"],
        kind=row["kind"],
        priority=row["priority"],
        title=row["title"],
        text=row["text"],
        link=row["link"],
        at=row["requested_at"],
    )


class _Lane:
    """One channel's threads. They live while there is something to send."""

    def __init__(self, dispatcher: Dispatcher, channel: NotificationChannel) -> None:
        self._dispatcher = dispatcher
        self._channel = channel
        self._changed = threading.Condition()
        self._queue: deque[Document] = deque()
        self._running = 0
        self._stopped = False

    def wake(self) -> None:
        """Let a thread look for what is due, whatever the others are busy with."""
        with self._changed:
            if self._running < _THREADS_PER_CHANNEL:
                self._add_thread()

    def stop(self) -> None:
        """Take nothing more on."""
        with self._changed:
            self._stopped = True
            self._queue.clear()

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until no thread runs."""
        with self._changed:
            return self._changed.wait_for(lambda: self._running == 0, max(0.0, timeout_s))

    def _add_thread(self) -> None:
        if self._stopped:
            return
        thread = threading.Thread(target=self._work, name=f"pmp-send-{self._channel.id}", daemon=True)
        thread.start()
        self._running += 1

    def _work(self) -> None:
        try:
            while (row := self._next()) is not None:
                self._dispatcher.attempt(self._channel, row)
        except DatabaseAway as error:
            log.warning("sending_waits", channel=self._channel.id, error=type(error).__name__)
        except Exception:
            # The next round tries again; what was claimed comes back when its lease runs out.
            log.exception("sending_failed", channel=self._channel.id)
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _next(self) -> Document | None:
        with self._changed:
            if self._stopped:
                return None
            if not self._queue:
                self._queue.extend(self._dispatcher.due(self._channel))
                wanted = min(len(self._queue), _THREADS_PER_CHANNEL)
                while self._running < wanted:
                    self._add_thread()
            return self._queue.popleft() if self._queue else None
