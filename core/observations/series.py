"""Charts: how a range of one measurement becomes at most so many points. Pure arithmetic.

Slots are [count, min, max, sum, last] per span of time. Three levels are stored (``rollups``):
five minutes, hours and days; any range reads about a dozen documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

Slot = tuple[int, float, float, float, float]

FIVE_MINUTES_MS = 300_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Level:
    """A stored resolution: the width of its slots and of the document that holds them."""

    name: str
    width_ms: int
    longest: timedelta


LEVELS = (
    Level("5min", FIVE_MINUTES_MS, timedelta(days=10)),
    Level("hour", HOUR_MS, timedelta(days=190)),
    Level("day", DAY_MS, timedelta(days=40_000)),
)


def level_for(span: timedelta) -> Level:
    """The finest level whose documents for ``span`` are few."""
    return next(level for level in LEVELS if span <= level.longest)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def from_ms(value: int) -> datetime:
    """The aware time of milliseconds since 1970."""
    return datetime.fromtimestamp(value / 1000, UTC)


def slot_of(values: Sequence[float]) -> Slot | None:
    """The slot of some values in time order; None if there are none."""
    if not values:
        return None
    return len(values), min(values), max(values), sum(values), values[-1]


def merge(slots: Iterable[Slot]) -> Slot | None:
    """One slot for several in time order."""
    count, low, high, total, last = 0, 0.0, 0.0, 0.0, 0.0
    for slot in slots:
        low = slot[1] if count == 0 else min(low, slot[1])
        high = slot[2] if count == 0 else max(high, slot[2])
        count += slot[0]
        total += slot[3]
        last = slot[4]
    return (count, low, high, total, last) if count else None


def thin(slots: Sequence[tuple[int, Slot]], points: int) -> list[tuple[int, Slot]]:
    """At most ``points`` slots of equal span, by merging neighbours. Times are the spans' first slots'."""
    if len(slots) <= points:
        return list(slots)
    first, last = slots[0][0], slots[-1][0]
    width = (last - first) / points + 1
    grouped: dict[int, list[tuple[int, Slot]]] = {}
    for at, slot in slots:
        grouped.setdefault(int((at - first) / width), []).append((at, slot))
    thinned: list[tuple[int, Slot]] = []
    for group in grouped.values():
        merged = merge(slot for _at, slot in group)
        if merged is not None:
            thinned.append((group[0][0], merged))
    return thinned


def columns(slots: Sequence[tuple[int, Slot]], decimals: int) -> dict[str, list[float]]:
    """The columns t, mean, min, max and count of slots."""
    return {
        "t": [at for at, _slot in slots],
        "mean": [round(slot[3] / slot[0], decimals) for _at, slot in slots],
        "min": [round(slot[1], decimals) for _at, slot in slots],
        "max": [round(slot[2], decimals) for _at, slot in slots],
        "count": [slot[0] for _at, slot in slots],
    }
