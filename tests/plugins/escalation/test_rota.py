from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.database.connection import Document
from plugins.escalation.rota import everybody, layout, on_call
from tests.plugins.escalation.conftest import moment, shift, team


def rota(*shifts: Document, cover: list[Document] | None = None, **changes: object) -> Document:
    return team(*shifts, **changes) | {"cover": cover or []}


def cover(user_id: str, start: str, end: str, instead_of: str | None = None, role: str = "nurse") -> Document:
    return {"role": role, "user_id": user_id, "instead_of": instead_of, "start": moment(start), "end": moment(end)}


def test_a_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    nights = rota(shift("nurse", ["n"], start="20:00", end="06:00", weekdays=["fri"]))
    assert on_call(nights, "nurse", moment("2026-02-06T19:59")) == []  # a Friday
    assert on_call(nights, "nurse", moment("2026-02-06T20:00")) == ["n"]
    assert on_call(nights, "nurse", moment("2026-02-07T05:59")) == ["n"]
    assert on_call(nights, "nurse", moment("2026-02-07T06:00")) == []
    assert on_call(nights, "doctor", moment("2026-02-07T05:59")) == []


def test_turns_change_at_the_start_of_the_shift_by_day_or_week() -> None:
    daily = rota(shift("nurse", ["a", "b", "c"], turns="daily"))
    assert [on_call(daily, "nurse", moment(f"2026-02-0{day}T07:59")) for day in (3, 4, 5, 6)] == [
        ["a"], ["b"], ["c"], ["a"],
    ]  # fmt: skip
    weekly = rota(shift("nurse", ["a", "b"], turns="weekly"))
    assert on_call(weekly, "nurse", moment("2026-02-09T07:59")) == ["a"]
    assert on_call(weekly, "nurse", moment("2026-02-09T08:00")) == ["b"]
    assert on_call(weekly, "nurse", moment("2026-01-27T09:00")) == ["b"], "before the first turn it goes round as well"


def test_a_rota_follows_the_clock_of_its_own_place_over_its_changes() -> None:
    """In Paris clocks went forward on 29 March 2026: the night is nine hours long, and nobody's gap."""
    paris = rota(
        shift("nurse", ["day"], id="d", start="08:00", end="20:00"),
        shift("nurse", ["night"], id="n", start="20:00", end="08:00"),
        time_zone="Europe/Paris",
    )
    assert on_call(paris, "nurse", moment("2026-03-28T18:59")) == ["day"]
    assert on_call(paris, "nurse", moment("2026-03-28T19:00")) == ["night"]
    assert on_call(paris, "nurse", moment("2026-03-29T05:59")) == ["night"]
    assert on_call(paris, "nurse", moment("2026-03-29T06:00")) == ["day"]


def test_cover_takes_a_place_or_joins_and_ends() -> None:
    covers = [
        cover("c", "2026-02-03T00:00", "2026-02-03T06:00", instead_of="a"),
        cover("d", "2026-02-03T03:00", "2026-02-03T04:00"),
        cover("e", "2026-02-03T03:00", "2026-02-03T04:00", instead_of="somebody not on call"),
    ]
    covered = rota(shift("nurse", ["a", "b"]), cover=covers)
    assert on_call(covered, "nurse", moment("2026-02-02T23:59")) == ["a", "b"]
    assert on_call(covered, "nurse", moment("2026-02-03T00:00")) == ["c", "b"]
    assert on_call(covered, "nurse", moment("2026-02-03T03:30")) == ["c", "b", "d"]
    assert on_call(covered, "nurse", moment("2026-02-03T06:00")) == ["a", "b"]
    assert everybody(covered, moment("2026-02-03T03:30")) == ["a", "b", "c", "d", "e"]


def test_a_layout_shows_gaps_and_joins_what_is_the_same() -> None:
    week = rota(shift("nurse", ["a"], start="08:00", end="20:00"))
    spans = layout(week, ["nurse"], moment("2026-02-02T00:00"), moment("2026-02-03T00:00"))
    assert [(span["start"].hour, span["end"].hour, span["user_ids"]) for span in spans] == [
        (0, 8, []), (8, 20, ["a"]), (20, 0, []),
    ]  # fmt: skip
    always = rota(shift("nurse", ["a"]))
    assert len(layout(always, ["nurse"], moment("2026-02-02T00:00"), moment("2026-02-20T00:00"))) == 1


@given(
    st.lists(
        st.builds(
            lambda start, end, days, turns: shift(
                "nurse", ["a", "b"], start=f"{start:02}:00", end=f"{end:02}:30", weekdays=days, turns=turns
            ),
            st.integers(0, 23),
            st.integers(0, 23),
            st.one_of(st.none(), st.lists(st.sampled_from(["mon", "sat"]), min_size=1, unique=True)),
            st.sampled_from(["together", "daily", "weekly"]),
        ),
        max_size=3,
    ),
    st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe"]),
    st.integers(0, 9 * 24 * 60),
)
def test_a_layout_says_at_every_moment_what_on_call_says(shifts: list[Document], zone: str, minute: int) -> None:
    weeks = rota(*shifts, time_zone=zone)
    start = datetime(2026, 3, 30, tzinfo=UTC)
    spans = layout(weeks, ["nurse"], start, start + timedelta(days=9, minutes=1))
    at = start + timedelta(minutes=minute)
    (span,) = [span for span in spans if span["start"] <= at < span["end"]]
    assert span["user_ids"] == on_call(weeks, "nurse", at)
    assert all(left["end"] == right["start"] for left, right in pairwise(spans))
