"""What of the platform itself stands still: for the watchdog, for admins, for ``/readyz``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.events.consumers import CURSORS
from core.jobs.leases import COLLECTION as LEASES

if TYPE_CHECKING:
    from core.platform import Platform

#: How long something may be silent. With the heartbeat's own time and the watchdog's, less than a minute.
SILENT = timedelta(seconds=25)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not work. ``key`` is lasting; the texts are for people."""

    key: str
    title: str
    detail: str


def silent_parts(platform: Platform, started: datetime) -> list[Finding]:
    """What has not been heard of for too long.

    started: since when somebody is looking: what a stopped installation did not do is no finding.
    """
    now = platform.clock()
    if now - started < SILENT:
        return []
    workers = platform.heartbeats.alive("worker")
    if not workers:
        return [
            Finding(
                "worker",
                "No worker is running",
                "Missed measurements, reminders and notifications wait until one does. Readings are still stored, and"
                " checked against limits.",
            )
        ]
    # Each worker says what it does; each piece of it is done under a lease that a live one renews.
    names = sorted({name for row in workers for name in row.get("does", ())})
    until: dict[str, datetime] = {}
    for collection in (LEASES, CURSORS):
        for row in platform.database.db[collection].find({"_id": {"$in": names}}, {"until": 1}):
            until[row["_id"]] = row["until"]
    return [
        Finding(
            f"silent|{name}", "Background work stands still", f"{name.removeprefix('due:')} has not run for a while."
        )
        for name in names
        if name in until and until[name] < now - SILENT
    ]
