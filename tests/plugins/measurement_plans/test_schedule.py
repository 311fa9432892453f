"""When something is due, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.measurement_plans.schedule import check, due_times, moment_of, next_due

ZONES = [
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC",
    "America/Sao_Paulo", "Africa/Casablanca", "Asia/Beirut", "America/Santiago", "Pacific/Chatham",
]  # fmt: skip
SKIPPED_IN_APIA = date(2011, 12, 30)


def item(schedule: dict[str, Any], start: str = "2026-01-01", end: str | None = None) -> dict[str, Any]:
    return {"schedule": schedule, "start": start, "end": end}


def at(*times: str, weekdays: list[str] | None = None) -> dict[str, Any]:
    return {"kind": "times_of_day", "times": list(times), "weekdays": weekdays}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def walls(found: list[datetime], zone: str) -> list[str]:
    return [moment.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M") for moment in found]


@pytest.mark.parametrize(
    ("zone", "spring", "autumn"),
    [("Europe/Berlin", "2026-03-29", "2026-10-25"), ("America/New_York", "2026-03-08", "2026-11-01")],
)
@pytest.mark.parametrize("clock", ["00:00", "01:00", "01:30", "02:00", "02:30", "03:00", "08:00", "23:59"])
def test_a_daily_time_comes_once_a_day_across_both_changes_of_clocks(
    zone: str, spring: str, autumn: str, clock: str
) -> None:
    for change in map(date.fromisoformat, (spring, autumn)):
        first, last = change - timedelta(days=5), change + timedelta(days=5)
        plan = item(at(clock), first.isoformat(), last.isoformat())
        begin = datetime.combine(first, time(), UTC) - timedelta(days=1)
        found = list(due_times(plan, zone, begin, begin + timedelta(days=14)))
        days = [moment.astimezone(ZoneInfo(zone)).date() for moment in found]
        assert days == [first + timedelta(days=number) for number in range(11)]


def test_a_time_that_does_not_exist_is_due_at_the_first_minute_after_the_gap() -> None:
    found = list(due_times(item(at("02:30")), "Europe/Berlin", utc("2026-03-28T12:00"), utc("2026-03-29T12:00")))
    assert found == [utc("2026-03-29T01:00")]
    assert walls(found, "Europe/Berlin") == ["03-29 03:00"]


def test_two_times_that_fall_on_one_moment_are_due_once() -> None:
    plan = item(at("02:15", "02:45", "03:00", "03:30"))
    found = list(due_times(plan, "Europe/Berlin", utc("2026-03-28T12:00"), utc("2026-03-29T12:00")))
    assert walls(found, "Europe/Berlin") == ["03-29 03:00", "03-29 03:30"]


def test_a_time_that_comes_twice_is_due_the_first_time() -> None:
    found = list(due_times(item(at("01:30")), "America/New_York", utc("2026-11-01T00:00"), utc("2026-11-02T00:00")))
    assert found == [utc("2026-11-01T05:30")]


def test_a_day_that_a_zone_skipped_is_not_lost() -> None:
    assert moment_of(datetime(2011, 12, 30, 8), ZoneInfo("Pacific/Apia")) == utc("2011-12-30T10:00")


def test_weekdays_start_and_end_bound_a_plan() -> None:
    plan = item(at("20:00", "08:00", weekdays=["mon", "wed"]), "2026-01-05", "2026-01-07")
    found = list(due_times(plan, "UTC", utc("2026-01-01T00:00"), utc("2026-02-01T00:00")))
    assert walls(found, "UTC") == ["01-05 08:00", "01-05 20:00", "01-07 08:00", "01-07 20:00"]


def test_the_bounds_are_after_and_including() -> None:
    plan = item(at("08:00"))
    assert list(due_times(plan, "UTC", utc("2026-01-05T08:00"), utc("2026-01-06T08:00"))) == [utc("2026-01-06T08:00")]


def test_every_six_hours_stays_at_its_wall_times_across_a_change_of_clocks() -> None:
    plan = item({"kind": "every_hours", "hours": 6, "from": "08:00"}, "2026-03-28")
    found = list(due_times(plan, "Europe/Berlin", utc("2026-03-27T00:00"), utc("2026-03-30T05:00")))
    assert walls(found, "Europe/Berlin") == [
        "03-28 08:00", "03-28 14:00", "03-28 20:00", "03-29 03:00", "03-29 08:00", "03-29 14:00", "03-29 20:00",
        "03-30 02:00",
    ]  # fmt: skip


def test_every_seven_hours_counts_hours_that_pass() -> None:
    plan = item({"kind": "every_hours", "hours": 7, "from": "08:00"}, "2026-03-28")
    found = list(due_times(plan, "Europe/Berlin", utc("2026-03-27T00:00"), utc("2026-03-30T00:00")))
    assert found[0] == utc("2026-03-28T07:00")
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(hours=7)}
    assert next_due(plan, "Europe/Berlin", found[3]) == found[4]


def test_a_rule_is_evaluated_on_wall_time() -> None:
    plan = item({"kind": "rrule", "rrule": "FREQ=DAILY;BYHOUR=8"}, "2026-03-01")
    found = list(due_times(plan, "Europe/Berlin", utc("2026-03-27T12:00"), utc("2026-03-30T12:00")))
    assert found == [utc("2026-03-28T07:00"), utc("2026-03-29T06:00"), utc("2026-03-30T06:00")]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;BYHOUR=9", ["01-06 09:00", "01-20 09:00", "02-03 09:00"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=10;BYMINUTE=15", ["01-30 10:15"]),
        ("FREQ=DAILY;COUNT=3;BYHOUR=7,19", ["01-06 07:00", "01-06 19:00", "01-07 07:00"]),
        ("FREQ=DAILY;INTERVAL=10;BYHOUR=6", ["01-06 06:00", "01-16 06:00", "01-26 06:00", "02-05 06:00"]),
        ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=10;BYHOUR=6", ["01-10 06:00"]),
    ],
)
def test_rules_of_each_kind(rule: str, expected: list[str]) -> None:
    plan = item({"kind": "rrule", "rrule": rule}, "2026-01-06")
    assert check(plan, "UTC") is None
    found = list(due_times(plan, "UTC", utc("2026-01-01T00:00"), utc("2026-02-08T00:00")))
    assert walls(found, "UTC") == expected


@pytest.mark.parametrize("rule", ["FREQ=DAILY;INTERVAL=3;BYHOUR=8", "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH;BYHOUR=8,20"])
def test_a_rule_goes_on_after_years_as_it_began(rule: str) -> None:
    plan = item({"kind": "rrule", "rrule": rule}, "2020-01-01")
    whole = list(due_times(plan, "Europe/Berlin", utc("2019-12-01T00:00"), utc("2026-03-01T00:00")))
    begin = utc("2026-01-10T00:00")
    late = list(due_times(plan, "Europe/Berlin", begin, utc("2026-03-01T00:00")))
    assert late == [moment for moment in whole if moment > begin] != []


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY", "FREQ=SECONDLY;BYHOUR=8", "FREQ=DAILY;BYHOUR=25", "FREQ=DAILY;BYHOUR=8;BYSECOND=1", "nonsense",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;BYHOUR=8", "FREQ=DAILY;INTERVAL=0;BYHOUR=8", "FREQ=DAILY;BYDAY=XX;BYHOUR=8",
        "FREQ=DAILY;BYHOUR=8;BYHOUR=9", "FREQ=DAILY;BYHOUR=8;UNTIL=20300101T000000", "FREQ=DAILY;COUNT=99999;BYHOUR=8",
        "DTSTART:20260101T000000\nRRULE:FREQ=DAILY;BYHOUR=8",
        "FREQ=DAILY;BYHOUR=8,9,10;BYMINUTE=0,5,10,15,20,25,30,35,40",
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_followed_is_refused(rule: str) -> None:
    assert check(item({"kind": "rrule", "rrule": rule}), "Europe/Berlin") is not None


def test_a_plan_that_is_never_due_is_refused() -> None:
    assert check(item(at("08:00", weekdays=["mon"]), "2026-01-06", "2026-01-07"), "UTC") == "It is never due."
    assert check(item(at(*(f"{hour:02}:00" for hour in range(24)))), "Europe/Berlin") is None


clocks = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59))


@settings(max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    times=st.lists(clocks, min_size=1, max_size=5, unique=True),
    first=st.dates(date(2009, 1, 1), date(2030, 1, 1)),
    count=st.integers(1, 30),
)
def test_each_time_of_each_day_is_due_exactly_once(zone: str, times: list[str], first: date, count: int) -> None:
    last = first + timedelta(days=count - 1)
    begin = datetime.combine(first, time(), UTC) - timedelta(days=2)
    plan = item(at(*times), first.isoformat(), last.isoformat())
    found = list(due_times(plan, zone, begin, begin + timedelta(days=count + 5)))
    assert found == sorted(set(found))
    expected = set()
    for number in range(count):
        for clock in times:
            wall = datetime.combine(first + timedelta(days=number), time.fromisoformat(clock))
            # Without the cleverness of the code: minute by minute to the first that shows this time or a later one.
            reach = timedelta(hours=27 if wall.date() == SKIPPED_IN_APIA else 3)
            minute = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) - reach
            while minute.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wall:
                minute += timedelta(minutes=1)
            expected.add(minute)
    assert found == sorted(expected)


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    hours=st.integers(1, 60),
    clock=clocks,
    first=st.dates(date(2015, 1, 1), date(2030, 1, 1)),
    offset_h=st.integers(0, 24 * 20),
)
def test_walking_from_one_time_to_the_next_meets_them_all(
    zone: str, hours: int, clock: str, first: date, offset_h: int
) -> None:
    plan = item({"kind": "every_hours", "hours": hours, "from": clock}, first.isoformat())
    begin = datetime.combine(first, time(), UTC) + timedelta(hours=offset_h)
    end = begin + timedelta(days=6)
    whole = list(due_times(plan, zone, begin, end))
    walked, moment = [], begin
    while (following := next_due(plan, zone, moment)) is not None and following <= end:
        walked.append(following)
        moment = following
    assert walked == whole == sorted(set(whole))
    # No gap: a change of clocks lengthens or shortens one step by its hour at most.
    for earlier, later in pairwise(whole):
        assert timedelta(0) < later - earlier <= timedelta(hours=hours + 1)
