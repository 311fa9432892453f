"""Rules over several measurements at once. Pure: no clock, no database.

A combination is judged at the moments at which one of its inputs was measured, with what was known of the others at
that moment. An input that is older than it may be says nothing: it fires no alert, and it ends none.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from core.observations.model import display_of, is_charted, numbers
from core.observations.vital_signs import get
from plugins.alerting.rules import BEYOND, Breach, Priority, Rate, change_beyond, span_text

Operator = Literal["above", "below", "risen", "fallen"]
#: A moment and the value that was measured then, oldest first.
Track = Sequence[tuple[datetime, float]]


@dataclass(frozen=True, slots=True)
class Condition:
    """What one measurement has to be: beyond ``value``, or changed by more than ``value`` within ``hours``.

    ``max_age_s``: how old a reading may be to count. ``required``: without it the combination never holds.
    """

    code: str
    operator: Operator
    value: float
    max_age_s: int
    hours: float | None = None
    required: bool = True

    @property
    def span(self) -> timedelta:
        """How far back readings matter."""
        return timedelta(seconds=2 * self.max_age_s) + timedelta(hours=self.hours or 0)


@dataclass(frozen=True, slots=True)
class Combination:
    """Holds while all required conditions, and ``at_least`` of all of them, hold on readings that are fresh enough."""

    id: str
    title: str
    priority: Priority
    at_least: int
    conditions: tuple[Condition, ...]
    enabled: bool = True
    latching: bool = True
    source: str = "patient"

    @property
    def codes(self) -> frozenset[str]:
        """The measurements it looks at."""
        return frozenset(condition.code for condition in self.conditions)

    @property
    def span(self) -> timedelta:
        """How far back readings matter, and for how long a reading does."""
        return max(condition.span for condition in self.conditions)


def combination_of(stored: Mapping[str, Any], source: str) -> Combination:
    """A stored combination."""
    conditions = tuple(Condition(**condition) for condition in stored["conditions"])
    return Combination(**{**stored, "conditions": conditions}, source=source)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a combination was at a moment: True, False, or None where too little was known."""

    at: datetime
    holds: bool | None
    breach: Breach | None


def tracks_of(documents: Iterable[Mapping[str, Any]], codes: Iterable[str]) -> dict[str, list[tuple[datetime, float]]]:
    """The charted values of ``codes`` by code, oldest first. A meter's HI and LO are beyond every value."""
    wanted = set(codes)
    tracks: dict[str, list[tuple[datetime, float]]] = {code: [] for code in wanted}
    for document in documents:
        if not is_charted(dict(document)):
            continue
        for code, value in values_of(document):
            if code in wanted:
                tracks[code].append((document["effective_at"], value))
    for track in tracks.values():
        track.sort()
    return tracks


def values_of(document: Mapping[str, Any]) -> list[tuple[str, float]]:
    """The numbers of an observation; infinite where the meter said that its range was left."""
    found = numbers(dict(document))
    beyond = BEYOND.get(document.get("data_absent_reason") or "")
    if beyond is not None:
        found.append((document["code"], float("inf") if beyond == "high" else float("-inf")))
    return found


def verdicts(rule: Combination, tracks: Mapping[str, Track], start: datetime) -> Iterator[Verdict]:
    """The combination at each moment from ``start`` on at which an input was measured, oldest first."""
    moments = sorted({at for code in rule.codes for at, _value in tracks.get(code, ()) if at >= start})
    times = {code: [at for at, _value in tracks.get(code, ())] for code in rule.codes}
    for moment in moments:
        yield judge(rule, tracks, moment, times)


def judge(
    rule: Combination, tracks: Mapping[str, Track], moment: datetime, times: Mapping[str, Sequence[datetime]]
) -> Verdict:
    """The combination at one moment. ``times``: the moments of ``tracks``, for looking them up."""
    true = unknown = 0
    missing_required = failed_required = False
    said: list[str] = []
    for condition in rule.conditions:
        holds, words = _holds(condition, tracks.get(condition.code, ()), moment, times.get(condition.code, ()))
        if holds is None:
            unknown += 1
            missing_required |= condition.required
        elif holds:
            true += 1
            said.append(words)
        else:
            failed_required |= condition.required
    if failed_required or true + unknown < rule.at_least:
        return Verdict(moment, False, None)
    if missing_required or true < rule.at_least:
        return Verdict(moment, None, None)
    detail = "; ".join(said) + "."
    breach = Breach(None, None, "condition", None, rule.priority, title=rule.title, detail=detail)
    return Verdict(moment, True, breach)


def may_hold(condition: Condition, value: float) -> bool:
    """Whether a condition can hold with this newest value; of a change that takes the values before it."""
    if condition.operator == "above":
        return value > condition.value
    return value < condition.value if condition.operator == "below" else True


def _holds(condition: Condition, track: Track, moment: datetime, times: Sequence[datetime]) -> tuple[bool | None, str]:
    """Whether a condition holds, and in which words; None where nobody can know.

    What is not required and was never measured, or not for long, does not hold; what held when it was last measured
    may hold still.
    """
    index = bisect_right(times, moment) - 1
    age_s = (moment - times[index]).total_seconds() if index >= 0 else float("inf")
    if age_s > 2 * condition.max_age_s:
        return (None if condition.required else False), ""
    met = _met(condition, track, index, times)
    if age_s > condition.max_age_s:
        return (None if condition.required or met else False), ""
    return met, _words(condition, track[index][1])


def _met(condition: Condition, track: Track, index: int, times: Sequence[datetime]) -> bool | None:
    """Whether a reading met a condition when it was measured."""
    at, value = track[index]
    if condition.hours is None:
        return may_hold(condition, value)
    first = bisect_left(times, at - timedelta(hours=condition.hours))
    earlier = [known for _at, known in track[first:index]]
    if not earlier:
        # Of one value alone nobody knows how it has changed.
        return None
    rate = Rate(condition.value, condition.hours, "up" if condition.operator == "risen" else "down")
    return change_beyond(condition.code, value, earlier, rate) is not None


def _words(condition: Condition, value: float) -> str:
    sign = get(condition.code)
    unit = f" {sign.unit}" if sign and sign.unit else ""
    shown = "beyond the meter's range" if value in (float("inf"), float("-inf")) else f"{value:g}{unit}"
    text = f"{display_of(condition.code)} {shown}"
    if condition.hours is not None:
        moved = "up" if condition.operator == "risen" else "down"
        text += f", {moved} more than {condition.value:g}{unit} in {span_text(condition.hours)}"
    return text
