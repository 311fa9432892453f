"""What is sent, to whom and when. Pure: no clock, no database, no chance."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

PRIORITIES = ("high", "medium", "low")
#: A delivery is tried again for this long.
GIVE_UP_AFTER = timedelta(hours=24)
_LEAST_DELAY_S, _MOST_DELAY_S = 2.0, 600.0
#: A receiver that asks for more than this is asked again all the same.
_MOST_ASKED_S = 3600.0
#: What is urgent and has failed for this long reaches nobody: somebody else must be told.
PATIENCE = timedelta(seconds=60)
_JITTER = 0.25

#: The kind of what a person sends to themselves.
TEST = "test"
#: So often at the most.
TEST_EVERY = timedelta(seconds=30)
#: How loud the open portal is, in per cent, and whether alerts of low priority sound at all, until a person chooses.
DEFAULT_SOUND = {"volume": 80, "low": True}

_TITLES = {
    TEST: "Test notification",
    "alert": "Alert",
    "escalation": "Alert that nobody has taken on",
    "reminder": "Reminder",
    "message": "New message",
    "appointment": "Appointment",
    "call": "Call",
    "technical": "Technical problem",
}


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a message."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When a person wants nothing that can wait; over midnight if ``start`` is later than ``end``."""

    start: time
    end: time
    zone: ZoneInfo


def public_text(kind: str, priority: str, initials: str | None) -> Text:
    """The words that may leave the house: what kind of thing, how urgent, and at most a patient's initials."""
    title = _TITLES.get(kind, "Notification")
    if kind == TEST:
        return Text(title, "This is a test: you are reached here.")
    if priority == "high":
        title += ", high priority"
    if initials:
        title += f": {initials}"
    return Text(title, "Sign in to see what it is about.")


def detailed_text(title: str, text: str, initials: str | None) -> Text:
    """The words of who asked for the message, for installations that allow details."""
    return Text(_one_line(f"{title}: {initials}" if initials else title, 200), _one_line(text, 1000))


def _one_line(text: str, most: int) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())[:most]


def initials_of(name: str) -> str:
    """The first letters of a name's first and last word: "Alice van Carter" is "A. C."."""
    words = [word for word in re.split(r"[\s.]+", name) if word[:1].isalpha()]
    chosen = words[:1] + words[1:][-1:]
    return " ".join(f"{word[0].upper()}." for word in chosen)


def portal_path(link: object) -> str:
    """``link`` if it is a path of the portal, else the portal's start."""
    text = link if isinstance(link, str) else ""
    return text if re.fullmatch(r"/(?:[!-.0-~][!-~]*)?", text) and "\\" not in text and len(text) <= 500 else "/"


def delivery_id(request_key: str, user_id: str, channel: str, address: str) -> str:
    """The id of a delivery: asked for again it is the same one. 32 hexadecimal digits."""
    text = "\0".join((request_key, user_id, channel, address))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def delay_s(attempts: int, chance: float) -> float:
    """How long to wait after that many failed attempts. ``chance``: 0 to 1, spreads what failed together."""
    base = min(_LEAST_DELAY_S * 2.0 ** min(attempts - 1, 20), _MOST_DELAY_S)
    return min(max(base * (1 + _JITTER * (2 * chance - 1)), _LEAST_DELAY_S), _MOST_DELAY_S)


def asked_delay_s(retry_after: str | None, now: datetime) -> float | None:
    """What a header Retry-After asks for (RFC 9110, 10.2.3), in seconds; None if it is not there or makes no sense."""
    text = (retry_after or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    # "-0000" is read as a time without a zone; such a date is UTC.
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


def wait_s(attempts: int, chance: float, asked_s: float | None) -> float:
    """How long to wait after a failure: never shorter than the receiver asked for, an hour of that at the most."""
    asked = min(max(asked_s or 0.0, 0.0), _MOST_ASKED_S)
    return max(delay_s(attempts, chance), asked)


def is_unreached(deliveries: Iterable[Mapping[str, Any]], now: datetime) -> bool:
    """Whether a request's deliveries to one person have reached nobody and are not about to.

    They have all ended without success, or one of high priority has failed for longer than ``PATIENCE``. What was
    cancelled because somebody dealt with the matter needs nobody any more.
    """
    rows = list(deliveries)
    if not rows or any(row["state"] == "delivered" or row.get("cancel") for row in rows):
        return False
    waiting = [row for row in rows if row["state"] in ("waiting", "sending")]
    failing = [row["failing_since"] for row in waiting if row.get("failing_since") and row["priority"] == "high"]
    return not waiting or any(now - since >= PATIENCE for since in failing)


def default_choice(channel: str) -> dict[str, bool]:
    """What a channel is used for until the person chooses: text messages for what is urgent, others for all."""
    return {priority: priority == "high" or channel != "sms" for priority in PRIORITIES}


def is_wanted(choices: Mapping[str, Mapping[str, bool]], channel: str, priority: str) -> bool:
    """Whether a person wants notifications of this priority on this channel."""
    return {**default_choice(channel), **choices.get(channel, {})}[priority]


def send_at(now: datetime, priority: str, quiet: QuietHours | None) -> datetime:
    """When to send: now, or at the end of the quiet hours. They never hold back what is of high priority."""
    if quiet is None or priority == "high" or quiet.start == quiet.end:
        return now
    local = now.astimezone(quiet.zone)
    clock = local.time()
    if quiet.start < quiet.end:
        is_quiet = quiet.start <= clock < quiet.end
    else:
        is_quiet = clock >= quiet.start or clock < quiet.end
    if not is_quiet:
        return now
    ends_on = local.date() + timedelta(days=1 if clock >= quiet.end else 0)
    ends = datetime.combine(ends_on, quiet.end, quiet.zone).astimezone(now.tzinfo)
    # Where clocks are put back, the hour that comes twice may place the end before now.
    return max(ends, now)


def masked(address: str) -> str:
    """An address as others may see it: recognisable to who knows it, of no use to who does not."""
    local, at, domain = address.rpartition("@")
    if at:
        return f"{local[:1]}…@{domain}"
    return f"…{address[-2:]}"
