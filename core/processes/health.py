"""What of the platform itself does not work: for the watchdog, for admins, for ``/readyz``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from pymongo.errors import PyMongoError

from core.events.consumers import CURSORS, DEAD_LETTERS
from core.jobs.leases import COLLECTION as LEASES
from core.plugin_system.hookspecs import HealthCheck

if TYPE_CHECKING:
    from core.platform import Platform

#: How long something may be silent. With the heartbeat's own time and the watchdog's, less than a minute.
SILENT = timedelta(seconds=25)
#: A database that takes longer for a trivial query is slow.
SLOW_S = 2.0
#: For how long an event that was given up is a finding.
DEAD_FOR = timedelta(hours=24)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not work. ``key`` is lasting; the texts are for people.

    fleeting: it often passes by itself within seconds.
    """

    key: str
    title: str
    detail: str
    fleeting: bool = False


def silent_parts(platform: Platform, started: datetime) -> list[Finding]:
    """What has not been heard of for too long.

    started: since when somebody is looking: what a stopped installation did not do is no finding.
    """
    now = platform.clock()
    if now - started < SILENT:
        return []
    began = time.monotonic()
    workers = platform.heartbeats.alive("worker")
    found = _slow(time.monotonic() - began) + _given_up(platform, now)
    if not platform.feed.healthy:
        found.append(Finding("feed", "Live updates stand still", "The database's change stream is interrupted.", True))
    if not workers:
        return [
            *found,
            Finding(
                "worker",
                "No worker is running",
                "Missed measurements, reminders and notifications wait until one does. Readings are still stored, and"
                " checked against limits.",
            ),
        ]
    # Each worker says what it does; each piece of it is done under a lease that a live one renews.
    names = sorted({name for row in workers for name in row.get("does", ())})
    for collection in (LEASES, CURSORS):
        for row in platform.database.db[collection].find({"_id": {"$in": names}}, {"until": 1, "waiting_since": 1}):
            stood = [row["until"], row.get("waiting_since") or now]
            if min(stood) < now - SILENT:
                name = row["_id"]
                detail = f"{name.removeprefix('due:')} has not come on for a while."
                found.append(Finding(f"silent|{name}", "Background work stands still", detail))
    return sorted(found, key=lambda finding: finding.key)


def _slow(took_s: float) -> list[Finding]:
    if took_s < SLOW_S:
        return []
    return [Finding("database", "The database is slow", f"A trivial query took {took_s:.0f} s.", True)]


def _given_up(platform: Platform, now: datetime) -> list[Finding]:
    """Consumers that gave events up lately: what they should have done has not been done."""
    rows = platform.database.db[DEAD_LETTERS].find({"at": {"$gt": now - DEAD_FOR}}, {"consumer": 1}).limit(500)
    return [
        Finding(f"given_up|{name}", "Events were given up", f"{name} failed at some again and again; see its log.")
        for name in sorted({row["consumer"] for row in rows})
    ]


def readiness(
    platform: Platform, started: datetime, others: Sequence[tuple[str, HealthCheck]]
) -> tuple[bool, dict[str, bool]]:
    """Whether this process can serve, and what works: the database, the feed, the worker, its work, and ``others``.

    others: the checks of plugins, each with its plugin's id.
    Only the first two decide: without the rest pages are served and readings stored.
    """
    checks = {"database": platform.database.ping(), "feed": platform.feed.healthy}
    ready = all(checks.values())
    if checks["database"]:
        try:
            checks["worker"] = bool(platform.heartbeats.alive("worker"))
            findings = [finding for finding in silent_parts(platform, started) if finding.key != "worker"]
            checks["background"] = checks["worker"] and not findings
        except PyMongoError:
            checks["background"] = False
        for plugin, check in others:
            try:
                checks[check.name] = not check.look()
            except Exception:
                log.exception("health_check_failed", plugin=plugin, check=check.name)
                checks[check.name] = False
    return ready, checks
