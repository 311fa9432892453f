"""Judging device clocks: when was it measured? Pure.

A device's own time is kept beside the receive time. It decides when it can be true: clocks that run
ahead, were never set, or say a year long past are not believed, and flagged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

#: Clocks drift; a little ahead of ours is still now.
MAX_AHEAD = timedelta(minutes=2)
#: A meter's stored records go back this far; what claims to be older comes from a clock never set.
MAX_BEHIND = timedelta(days=90)
#: Before this no device of this platform was made: clocks start at 1970, 2000 or 2010 after a reset.
EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)
FLAG_FUTURE = "clock_future"
FLAG_UNSET = "clock_unset"


@dataclass(frozen=True, slots=True)
class ClockVerdict:
    """When it was measured, what the device's clock was off by, and what to say of it."""

    effective_at: datetime
    clock_offset_s: float | None
    flags: tuple[str, ...] = ()


def judge_clock(
    *,
    device_clock: datetime | None,
    effective_at: datetime | None,
    received_at: datetime,
    zone: ZoneInfo,
) -> ClockVerdict:
    """The time of measurement.

    effective_at: a time with a zone that the frame tells; believed unless it lies ahead or before 2015.
    device_clock: the device's naive local time in ``zone``; in the hour that daylight saving repeats,
    the later of its two meanings that does not lie ahead.
    """
    if effective_at is not None:
        moment = effective_at.astimezone(UTC)
        offset = (moment - received_at).total_seconds()
        if moment > received_at + MAX_AHEAD:
            return ClockVerdict(received_at, offset, (FLAG_FUTURE,))
        if moment < EARLIEST:
            return ClockVerdict(received_at, offset, (FLAG_UNSET,))
        return ClockVerdict(min(moment, received_at), None)
    if device_clock is None:
        return ClockVerdict(received_at, None)
    try:
        moments = [device_clock.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    except OverflowError:
        return ClockVerdict(received_at, None, (FLAG_UNSET,))
    moment = _likelier(moments, received_at)
    offset = (moment - received_at).total_seconds()
    if moment > received_at + MAX_AHEAD:
        return ClockVerdict(received_at, offset, (FLAG_FUTURE,))
    if moment < max(received_at - MAX_BEHIND, EARLIEST):
        return ClockVerdict(received_at, offset, (FLAG_UNSET,))
    return ClockVerdict(min(moment, received_at), offset)


def _likelier(moments: list[datetime], received_at: datetime) -> datetime:
    """Of the two meanings of a local time in autumn, the later that is not ahead; the earlier if both are."""
    return max((moment for moment in moments if moment <= received_at + MAX_AHEAD), default=min(moments))
