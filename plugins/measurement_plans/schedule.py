"""When a plan item is due. Pure: times of the wall clock in the patient's zone become moments in UTC.

Three kinds of schedule:

- ``times_of_day``: at the given wall times, every day or on the given weekdays.
- ``every_hours``: where N divides 24, at the same wall times each day, counted from ``from`` (every 6 hours
  from 08:00: 02:00, 08:00, 14:00, 20:00). Any other N counts hours that have passed since ``from`` on the
  start day, so that its wall times move. A fixed time every second day is an rrule, not 48 hours.
- ``rrule``: a recurrence rule (RFC 5545), evaluated on wall time.

A wall time that a change of clocks skips is due at the first minute that exists after it; one that comes
twice is due the first time. Two wall times that fall on one moment are due once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: How far ahead ``next_due`` looks.
HORIZON = timedelta(days=366 * 10)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
#: The clocks of no zone move a time by more than this.
_SLACK = timedelta(days=2)
#: The calendar repeats every 146 097 days (400 years). Rules are evaluated this much later, so that one that
#: never matches runs into the last year of the calendar at once and not after eight thousand years.
_ERA = timedelta(days=146_097 * 19)
_PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "BYHOUR", "BYMINUTE"}
)
_RRULE = re.compile(r"[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9,+-]+)*")
_STEP_DAYS = {"DAILY": 1, "WEEKLY": 7}
#: More often than this within a day is no measurement plan.
MOST_PER_DAY = 24


def due_times(item: Mapping[str, Any], zone: str, after: datetime, until: datetime) -> Iterator[datetime]:
    """The moments at which ``item`` is due, after ``after`` up to and including ``until``, each once, in order.

    item: a plan item with ``schedule``, ``start`` and ``end`` (ISO dates, ``end`` may be None). zone: IANA name.
    Both bounds are aware; what comes out is aware UTC.
    """
    place = ZoneInfo(zone)
    first, last = _days(item)
    kind = item["schedule"]["kind"]
    if kind == "every_hours" and 24 % item["schedule"]["hours"]:
        moments = _elapsed(item["schedule"], place, first, last, after)
    else:
        begin = max(first, _local_day(after, place) - _SLACK)
        walls = _rule(item["schedule"], first, begin) if kind == "rrule" else _clock_times(item, first, begin)
        moments = (moment_of(wall, place) for wall in _until_day(walls, last))
    previous = after
    for moment in moments:
        if moment > until:
            return
        if moment > previous:
            yield moment
            previous = moment


def next_due(item: Mapping[str, Any], zone: str, after: datetime) -> datetime | None:
    """The first time due after ``after``; None if there is none within ten years of that or of the start."""
    first = datetime.combine(_days(item)[0], time(), UTC)
    return next(due_times(item, zone, after, max(after, first) + HORIZON), None)


def moment_of(wall: datetime, place: ZoneInfo) -> datetime:
    """The moment of a naive wall time: the first that shows it, or that shows the first existing minute after it."""
    early = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    if early.astimezone(place).replace(tzinfo=None) == wall:
        return early
    # Skipped: ``early`` lies after the change of clocks, the other reading of the same wall time before it.
    before = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    offset = before.astimezone(place).utcoffset()
    while early - before > _MINUTE:
        middle = before + (early - before) // 2 // _MINUTE * _MINUTE
        if middle.astimezone(place).utcoffset() == offset:
            before = middle
        else:
            early = middle
    return early


def check(item: Mapping[str, Any], zone: str) -> str | None:
    """What is wrong with an item's schedule, in words; None if nothing is."""
    schedule = item["schedule"]
    try:
        if schedule["kind"] == "rrule":
            problem = _check_rule(schedule["rrule"])
            if problem is not None:
                return problem
        start = datetime.combine(_days(item)[0], time(), UTC) - _SLACK
        first = next_due(item, zone, start)
        if first is None:
            return "It is never due."
        busy = list(islice(due_times(item, zone, first - _MINUTE, first + _DAY), MOST_PER_DAY + 3))
    except (ValueError, TypeError, ArithmeticError):
        return "The schedule cannot be followed."
    # A day that is an hour longer may hold one more, and both ends count.
    return f"At most {MOST_PER_DAY} times a day." if len(busy) > MOST_PER_DAY + 2 else None


def _check_rule(text: str) -> str | None:
    if not _RRULE.fullmatch(text):
        return "Not a recurrence rule such as FREQ=DAILY;BYHOUR=8."
    parts = [part.split("=")[0] for part in text.split(";")]
    if len(set(parts)) != len(parts) or not _PARTS.issuperset(parts):
        return f"A rule may hold each of {', '.join(sorted(_PARTS))} once."
    if not {"FREQ", "BYHOUR"}.issubset(parts) or not re.search(r"FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)\b", text):
        return "A rule needs FREQ (DAILY, WEEKLY, MONTHLY or YEARLY) and BYHOUR."
    if re.search(r"(INTERVAL|COUNT)=(?![1-9][0-9]{0,3}(;|$))", text):
        return "INTERVAL and COUNT are whole numbers from 1 to 9999."
    return None


def _days(item: Mapping[str, Any]) -> tuple[date, date]:
    end = item.get("end")
    return date.fromisoformat(item["start"]), date.fromisoformat(end) if end else date.max


def _local_day(moment: datetime, place: ZoneInfo) -> date:
    return moment.astimezone(place).date()


def _until_day(walls: Iterator[datetime], last: date) -> Iterator[datetime]:
    for wall in walls:
        if wall.date() > last:
            return
        yield wall


def _clock_times(item: Mapping[str, Any], first: date, begin: date) -> Iterator[datetime]:
    """Wall times that are the same every day, in order."""
    schedule = item["schedule"]
    weekdays = None
    earliest = datetime.combine(first, time())
    if schedule["kind"] == "every_hours":
        anchor, hours = time.fromisoformat(schedule["from"]), schedule["hours"]
        earliest = datetime.combine(first, anchor)
        clock = sorted(anchor.replace(hour=(anchor.hour + step) % 24) for step in range(0, 24, hours))
    else:
        clock = sorted({time.fromisoformat(text) for text in schedule["times"]})
        if schedule.get("weekdays"):
            weekdays = {WEEKDAYS.index(name) for name in schedule["weekdays"]}
    day = begin
    while True:
        if weekdays is None or day.weekday() in weekdays:
            yield from (wall for wall in (datetime.combine(day, at) for at in clock) if wall >= earliest)
        if day > date.max - _SLACK:
            return
        day += _DAY


def _rule(schedule: Mapping[str, Any], first: date, begin: date) -> Iterator[datetime]:
    """Wall times of a recurrence rule that starts on ``first``, from about ``begin`` on."""
    text = schedule["rrule"]
    parts = dict(part.split("=") for part in text.split(";"))
    start = datetime.combine(first, time())
    step = _STEP_DAYS.get(parts["FREQ"])
    if step is not None and "COUNT" not in parts:
        # Whole periods may be left out: the rule goes on as if it had run through them.
        step *= int(parts.get("INTERVAL", "1"))
        start += timedelta(days=max(0, (begin - first).days // step - 1) * step)
    found: rrule = rrulestr(text, dtstart=start + _ERA)
    earliest = datetime.combine(begin, time()) + _ERA
    return (wall - _ERA for wall in found if wall >= earliest)


def _elapsed(
    schedule: Mapping[str, Any], place: ZoneInfo, first: date, last: date, after: datetime
) -> Iterator[datetime]:
    """Every N hours that pass, whatever the clocks do."""
    anchor = moment_of(datetime.combine(first, time.fromisoformat(schedule["from"])), place)
    step = timedelta(hours=schedule["hours"])
    moment = anchor + max(0, (after - anchor) // step) * step
    while _local_day(moment, place) <= last:
        yield moment
        moment += step
