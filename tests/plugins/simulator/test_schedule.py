"""When devices measure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from plugins.simulator.schedule import RECENT, Routine, live_pause_s, measured_between, times

START = datetime(2026, 1, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@given(st.integers(60, 90_000), st.integers(0, 500_000), st.integers(0, 500_000))
def test_cutting_a_span_in_two_gives_the_same_times(interval_s: int, cut_s: int, more_s: int) -> None:
    cut, end = START + timedelta(seconds=cut_s), START + timedelta(seconds=cut_s + more_s)
    whole = list(times("k", interval_s, START, end))
    assert whole == [*times("k", interval_s, START, cut), *times("k", interval_s, cut, end)]
    assert whole == sorted(set(whole))


def test_there_is_one_measurement_in_each_interval() -> None:
    found = list(times("k", 3600, START, START + timedelta(days=2)))
    assert len(found) == 48
    gaps = [(after - before).total_seconds() for before, after in pairwise(found)]
    assert min(gaps) >= 1800 and max(gaps) <= 5400
    assert len(set(gaps)) > 10


def test_two_devices_do_not_measure_in_step() -> None:
    end = START + timedelta(days=1)
    assert not set(times("a", 3600, START, end)) & set(times("b", 3600, START, end))


def test_no_interval_means_no_measurement() -> None:
    assert list(times("k", 0, START, START + timedelta(days=1))) == []


def test_the_last_day_is_finer_than_the_days_before() -> None:
    anchor = START + timedelta(days=30)
    plan = Routine(history_s=3600, recent_s=600, live_s=(20, 40))
    found = list(measured_between("k", plan, anchor, START, anchor, BERLIN))
    recent = [at for at in found if at >= anchor - RECENT]
    assert len(recent) == 144
    assert len(found) - len(recent) == 29 * 24


def test_a_device_at_home_rests_at_night() -> None:
    anchor = START + timedelta(days=30)
    plan = Routine(history_s=3600, recent_s=600, live_s=(20, 40), nights=False)
    hours = {at.astimezone(BERLIN).hour for at in measured_between("k", plan, anchor, START, anchor, BERLIN)}
    assert hours == set(range(6, 24))


@given(st.integers(0, 10_000))
def test_a_live_pause_lies_between_its_bounds(turn: int) -> None:
    assert 20 <= live_pause_s("k", Routine(0, 0, (20, 40)), turn) <= 40
