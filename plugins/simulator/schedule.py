"""When a device measures: history, the last day, and live. Pure and seeded.

The times of a device are the same whenever they are computed, so sending history again sends the same
frames with the same ids, and the platform stores each once.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

HISTORY = timedelta(days=30)
RECENT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Routine:
    """How often a device measures.

    history_s, recent_s: seconds between measurements, before and within the last day; 0: none.
    live_s: the shortest and longest pause between two live measurements.
    nights: whether it measures while its patient sleeps.
    """

    history_s: int
    recent_s: int
    live_s: tuple[float, float]
    nights: bool = True


_HOUR = 3600
_WARD = {
    "pulse_oximeter": Routine(_HOUR, 600, (20, 40)),
    "heart_rate": Routine(0, 600, (20, 40)),
    "generic_json": Routine(2 * _HOUR, 900, (30, 60)),
    "blood_pressure": Routine(4 * _HOUR, 1800, (120, 300)),
    "thermometer": Routine(4 * _HOUR, _HOUR, (180, 360)),
    "glucometer": Routine(6 * _HOUR, 4 * _HOUR, (900, 1800)),
    "weight_scale": Routine(24 * _HOUR, 24 * _HOUR, (3600, 7200)),
}
_HOME = {
    "pulse_oximeter": Routine(4 * _HOUR, _HOUR, (45, 90), nights=False),
    "heart_rate": Routine(0, _HOUR, (45, 90), nights=False),
    "generic_json": Routine(4 * _HOUR, _HOUR, (120, 240), nights=False),
    "blood_pressure": Routine(6 * _HOUR, 3 * _HOUR, (300, 600), nights=False),
    "thermometer": Routine(24 * _HOUR, 8 * _HOUR, (900, 1800), nights=False),
    "glucometer": Routine(_HOUR, 900, (60, 120)),
    "weight_scale": Routine(24 * _HOUR, 24 * _HOUR, (1800, 3600), nights=False),
}


def routine(driver: str, at_home: bool) -> Routine:
    """The routine of a driver's devices. Raises KeyError for an unknown driver."""
    return (_HOME if at_home else _WARD)[driver]


def fraction(*parts: object) -> float:
    """A number from 0 up to 1, the same for the same parts."""
    digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def times(key: str, interval_s: int, start: datetime, end: datetime) -> Iterator[datetime]:
    """The measurements with start ≤ time < end: one in each interval, at an irregular moment of it."""
    if interval_s <= 0:
        return
    for step in range(math.floor(start.timestamp() / interval_s), math.ceil(end.timestamp() / interval_s)):
        at = datetime.fromtimestamp(int(step * interval_s + fraction(key, step) * interval_s * 0.5), UTC)
        if start <= at < end:
            yield at


def measured_between(
    key: str, plan: Routine, anchor: datetime, start: datetime, end: datetime, zone: ZoneInfo
) -> Iterator[datetime]:
    """When a device measured between ``start`` and ``end``: coarse until a day before ``anchor``, then fine."""
    edge = anchor - RECENT
    for interval_s, first, last in ((plan.history_s, start, min(end, edge)), (plan.recent_s, max(start, edge), end)):
        for at in times(key, interval_s, first, last):
            if plan.nights or at.astimezone(zone).hour >= 6:
                yield at


def live_pause_s(key: str, plan: Routine, turn: int) -> float:
    """How long the device waits before its live measurement number ``turn``."""
    shortest, longest = plan.live_s
    return shortest + (longest - shortest) * fraction(key, "live", turn)
