"""A rehearsal for one patient: reads the last 30 days, and sums up what two sets of rules make of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core.database.connection import Document
from core.http import format_time
from core.observations.store import stored_code
from plugins.alerting.rehearsal import Rehearsed, mark_lost, replay
from plugins.alerting.rule_sets import RuleSet
from plugins.alerting.rules import PRIORITIES

if TYPE_CHECKING:
    from core.platform import Platform

DAYS = 30
#: A month of one reading a minute, twice over; more than that is cut at the old end.
MAX_READINGS = 100_000
_EPISODES_SHOWN = 500
#: A step that finds fewer readings than this is followed by a longer one.
_SPARSE = 500
_FIELDS: Document = dict.fromkeys(
    ("patient_id", "code", "value", "value_code", "components", "data_absent_reason", "status", "flags",
     "effective_at"), 1,
)  # fmt: skip


def rehearse(platform: Platform, patient_id: str, present: RuleSet, edited: RuleSet) -> dict[str, Any]:
    """Both sets of rules on the same readings, as Rehearsal."""
    end = platform.clock()
    start = end - timedelta(days=DAYS)
    documents, truncated = _readings(platform, patient_id, _codes(present) | _codes(edited), start, end)
    if documents:
        start = max(start, documents[0]["effective_at"])
    before, after = replay(documents, present, end), replay(documents, edited, end)
    mark_lost(before, after)
    patient = platform.patients.get(patient_id)
    zone = ZoneInfo(patient.time_zone if patient else "UTC")
    days = max((end - start).total_seconds() / 86_400, 1.0)
    return {
        "start": format_time(start),
        "end": format_time(end),
        "days": round(days, 2),
        "readings": len(documents),
        "truncated": truncated,
        "before": _sum(before, start, end, zone, days),
        "after": _sum(after, start, end, zone, days),
    }


def _codes(rules: RuleSet) -> set[str]:
    codes = {code for code, own in rules.limits.items() if own.watched}
    codes.update(code for rule in rules.combinations_on for code in rule.codes)
    codes.update(rules.stale_on)
    return {stored_code(code) for code in codes}


def _readings(
    platform: Platform, patient_id: str, codes: set[str], start: datetime, end: datetime
) -> tuple[list[Document], bool]:
    """The readings of the time, oldest first; whether there were more than are used."""
    found: list[Document] = []
    codes = codes & {row["code"] for row in platform.observations.latest_of(patient_id)}
    upper, width = end, timedelta(days=1)
    # From the newest day backwards, so that what is read is bounded; sparse readings are read in longer steps.
    while upper > start and len(found) <= MAX_READINGS:
        lower, known = max(start, upper - width), len(found)
        for code in codes:
            found += platform.observations.between(patient_id, code, lower, upper, _FIELDS)
        if len(found) - known < _SPARSE:
            width *= 4
        upper = lower
    found.sort(key=lambda document: (document["effective_at"], document["code"]))
    return found[-MAX_READINGS:], len(found) > MAX_READINGS


def _sum(episodes: Sequence[Rehearsed], start: datetime, end: datetime, zone: ZoneInfo, days: float) -> dict[str, Any]:
    totals = Counter(episode.priority for episode in episodes)
    by_day = Counter((episode.first_at.astimezone(zone).date(), episode.priority) for episode in episodes)
    calendar = _calendar(start.astimezone(zone).date(), end.astimezone(zone).date())
    return {
        "total": len(episodes),
        "per_day": round(len(episodes) / days, 2),
        **{priority: totals[priority] for priority in PRIORITIES},
        "lost_high": sum(episode.lost and episode.priority == "high" for episode in episodes),
        "days": [
            {"day": day.isoformat(), **{priority: by_day[day, priority] for priority in PRIORITIES}} for day in calendar
        ],
        "episodes": [_shown(episode) for episode in episodes[-_EPISODES_SHOWN:]],
    }


def _calendar(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _shown(episode: Rehearsed) -> dict[str, Any]:
    peak = episode.peak
    return {
        "kind": episode.kind,
        "code": episode.code,
        "title": episode.title,
        "priority": episode.priority,
        "first_at": format_time(episode.first_at),
        "until": format_time(episode.until) if episode.over else None,
        "peak": peak if peak is None or math.isfinite(peak) else None,
        "lost": episode.lost,
    }
