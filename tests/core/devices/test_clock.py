"""When was it measured: the device's clock is believed when it can be true, and flagged when not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.devices.clock import ClockVerdict, judge_clock

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def judge(device: datetime | None = None, said: datetime | None = None, received: datetime = NOW) -> ClockVerdict:
    return judge_clock(device_clock=device, effective_at=said, received_at=received, zone=BERLIN)


def test_without_a_clock_the_receive_time_counts() -> None:
    assert judge() == ClockVerdict(NOW, None)


def test_a_local_clock_is_read_in_the_device_s_zone() -> None:
    assert judge(datetime(2026, 7, 1, 13, 50)) == ClockVerdict(datetime(2026, 7, 1, 11, 50, tzinfo=UTC), -600.0)


def test_a_stored_record_of_last_month_keeps_its_time() -> None:
    verdict = judge(datetime(2026, 6, 1, 8, 0))
    assert (verdict.effective_at, verdict.flags) == (datetime(2026, 6, 1, 6, 0, tzinfo=UTC), ())


def test_a_clock_a_little_ahead_is_now_and_its_error_is_kept() -> None:
    assert judge(datetime(2026, 7, 1, 14, 1, 30)) == ClockVerdict(NOW, 90.0)


@pytest.mark.parametrize("ahead", [timedelta(minutes=2, seconds=1), timedelta(hours=1), timedelta(days=4000)])
def test_a_clock_that_runs_ahead_is_not_believed(ahead: timedelta) -> None:
    verdict = judge(datetime(2026, 7, 1, 14, 0) + ahead)
    assert verdict == ClockVerdict(NOW, ahead.total_seconds(), ("clock_future",))


@pytest.mark.parametrize(
    "device", [datetime(2026, 4, 1), datetime(2010, 1, 1), datetime(2000, 1, 1, 0, 3), datetime(1970, 1, 1)]
)
def test_a_clock_that_was_never_set_is_not_believed(device: datetime) -> None:
    verdict = judge(device)
    assert (verdict.effective_at, verdict.flags) == (NOW, ("clock_unset",))
    assert verdict.clock_offset_s is not None and verdict.clock_offset_s < -90 * 86_400


@pytest.mark.parametrize("device", [datetime.min, datetime.max])
def test_the_ends_of_the_calendar_do_no_harm(device: datetime) -> None:
    verdict = judge(device)
    assert verdict.effective_at == NOW and verdict.flags


@pytest.mark.parametrize(
    ("received", "meant"),
    [
        (datetime(2026, 10, 25, 0, 31, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, 10, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, 31, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 9, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_in_the_repeated_hour_of_autumn_the_later_meaning_that_can_be_true_is_taken(
    received: datetime, meant: datetime
) -> None:
    assert judge(datetime(2026, 10, 25, 2, 30), received=received).effective_at == meant


def test_in_the_missing_hour_of_spring_a_clock_that_was_not_moved_is_right() -> None:
    received = datetime(2026, 3, 29, 1, 31, tzinfo=UTC)
    assert judge(datetime(2026, 3, 29, 2, 30), received=received).effective_at == received - timedelta(minutes=1)


def test_a_time_with_a_zone_is_believed_however_old() -> None:
    said = datetime(2019, 1, 1, 13, 0, tzinfo=BERLIN)
    assert judge(said=said) == ClockVerdict(datetime(2019, 1, 1, 12, 0, tzinfo=UTC), None)


def test_a_time_with_a_zone_that_lies_ahead_is_not_believed() -> None:
    assert judge(said=NOW + timedelta(minutes=3)) == ClockVerdict(NOW, 180.0, ("clock_future",))
    assert judge(said=NOW + timedelta(minutes=1)).effective_at == NOW


def test_a_time_with_a_zone_from_before_all_devices_is_not_believed() -> None:
    verdict = judge(said=datetime(1970, 1, 1, tzinfo=UTC))
    assert (verdict.effective_at, verdict.flags) == (NOW, ("clock_unset",))


@given(st.datetimes() | st.none(), st.datetimes(timezones=st.just(UTC)) | st.none())
def test_the_verdict_is_never_in_the_future_and_always_utc(device: datetime | None, said: datetime | None) -> None:
    verdict = judge(device, said)
    assert verdict.effective_at <= NOW
    assert verdict.effective_at.utcoffset() == timedelta(0)
