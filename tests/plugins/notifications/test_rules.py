"""What is sent and when: pure rules."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.notifications.rules import (
    QuietHours,
    delay_s,
    delivery_id,
    detailed_text,
    initials_of,
    is_wanted,
    masked,
    portal_path,
    public_text,
    send_at,
)

ZURICH = ZoneInfo("Europe/Zurich")
NIGHT = QuietHours(time(22), time(7), ZURICH)


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Alice Carter", "A. C."), ("Alice van der Carter", "A. C."), ("alice", "A."), ("  ", ""), ("", ""),
     ("Émile Zola", "É. Z."), ("Dr. Bo 3", "D. B."), ("A.Carter", "A. C.")],
)  # fmt: skip
def test_initials_are_of_the_first_and_last_word(name: str, initials: str) -> None:
    assert initials_of(name) == initials


def test_public_text_says_the_kind_the_urgency_and_the_initials() -> None:
    text = public_text("alert", "high", "A. C.")
    assert (text.title, text.text) == ("Alert, high priority: A. C.", "Sign in to see what it is about.")
    assert public_text("reminder", "low", None).title == "Reminder"


@given(kind=st.text())
def test_a_kind_that_is_not_known_is_not_repeated(kind: str) -> None:
    known = {public_text(name, "low", None).title for name in ("alert", "reminder", "call", "message")}
    title = public_text(kind, "low", None).title
    assert title == "Notification" or title in known or kind in {"escalation", "appointment", "technical"}


@given(title=st.text(), text=st.text())
def test_details_hold_no_line_breaks(title: str, text: str) -> None:
    found = detailed_text(title, text, None)
    assert len(found.title.splitlines()) <= 1
    assert len(found.text.splitlines()) <= 1


@given(attempts=st.integers(1, 10_000), chance=st.floats(0, 1))
def test_delays_lie_between_two_seconds_and_ten_minutes(attempts: int, chance: float) -> None:
    assert 2 <= delay_s(attempts, chance) <= 600


def test_delays_double_and_are_spread() -> None:
    assert [delay_s(number, 0.5) for number in range(1, 6)] == [2, 4, 8, 16, 32]
    assert delay_s(5, 0) < delay_s(5, 1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH).astimezone(ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-01-31T21:59", "2026-01-31T21:59"), ("2026-01-31T22:00", "2026-02-01T07:00"),
        ("2026-02-01T00:30", "2026-02-01T07:00"), ("2026-02-01T06:59", "2026-02-01T07:00"),
        ("2026-02-01T07:00", "2026-02-01T07:00"),
    ],
)  # fmt: skip
def test_quiet_hours_over_midnight_end_in_the_morning(now: str, until: str) -> None:
    assert send_at(at(now), "medium", NIGHT) == at(until)


def test_quiet_hours_within_a_day() -> None:
    noon = QuietHours(time(12), time(14), ZURICH)
    assert send_at(at("2026-01-31T13:00"), "low", noon) == at("2026-01-31T14:00")
    assert send_at(at("2026-01-31T14:00"), "low", noon) == at("2026-01-31T14:00")


@given(minute=st.integers(0, 366 * 24 * 60))
def test_quiet_hours_never_hold_back_what_is_urgent_and_nothing_for_long(minute: int) -> None:
    now = at("2026-01-01T00:00") + timedelta(minutes=minute)
    assert send_at(now, "high", NIGHT) == now
    assert now <= send_at(now, "low", NIGHT) <= now + timedelta(hours=10)


def test_text_messages_are_for_what_is_urgent_until_chosen_otherwise() -> None:
    assert is_wanted({}, "sms", "high") and not is_wanted({}, "sms", "medium")
    assert is_wanted({}, "email", "low") and not is_wanted({"email": {"low": False}}, "email", "low")


def test_a_delivery_is_the_same_one_when_it_is_asked_for_again() -> None:
    first = delivery_id("r", "u", "email", "a@b.c")
    assert first == delivery_id("r", "u", "email", "a@b.c") and len(first) == 32
    assert first != delivery_id("r", "u", "email", "a@b.d")


@pytest.mark.parametrize("link", ["", "//evil.example", "https://evil.example", "/\\evil", "/a b", "/a\n", None, 7])
def test_a_link_leads_nowhere_but_into_the_portal(link: object) -> None:
    assert portal_path(link) == "/"


def test_a_path_of_the_portal_is_kept() -> None:
    assert [portal_path(link) for link in ("/", "/patients/p_1?tab=alerts")] == ["/", "/patients/p_1?tab=alerts"]


def test_addresses_are_masked() -> None:
    assert (masked("bob@example.org"), masked("+41791234567")) == ("b…@example.org", "…67")
