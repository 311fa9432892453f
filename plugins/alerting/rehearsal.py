"""What rules would have raised on readings of the past. Pure: no clock, no database.

The same judging as of live readings. Nobody acknowledges in a rehearsal, so each episode ends with its condition and
the next breach begins another: that is how many alerts there are where people deal with each.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from core.observations.model import is_charted, numbers
from plugins.alerting.combinations import Combination, tracks_of, verdicts
from plugins.alerting.episodes import CHANGE, COMBINATION, OUT_OF_RANGE
from plugins.alerting.rule_sets import RuleSet, StaleRule
from plugins.alerting.rules import (
    LOOK_BACK,
    Breach,
    Limits,
    Priority,
    Rate,
    breaches,
    change_beyond,
    codes_judged,
    higher,
    lasts_in,
    silence_title,
    title_of,
)
from plugins.alerting.stale import KIND as STALE


@dataclass(slots=True)
class Rehearsed:
    """An episode as it would have been. ``until``: its last breach. ``peak``: the value furthest beyond."""

    kind: str
    code: str | None
    title: str
    priority: Priority
    first_at: datetime
    until: datetime
    peak: float | None
    lost: bool = False
    over: bool = False


@dataclass(slots=True)
class _Run:
    """What is known of one measurement while readings pass: its open episode, or its breaches so far."""

    limits: Limits
    episode: Rehearsed | None = None
    waiting: deque[datetime] = field(default_factory=deque)


def replay(documents: Sequence[Mapping[str, Any]], rules: RuleSet, end: datetime) -> list[Rehearsed]:
    """The episodes that ``rules`` would have raised, by beginning. ``documents``: oldest first."""
    charted = [document for document in documents if is_charted(dict(document))]
    found = list(_limits_broken(charted, rules))
    found += _changes(charted, rules)
    for rule in rules.combinations_on:
        found += _combined(charted, rule)
    for silence in rules.stale_on.values():
        found += _silent(charted, silence, end)
    return sorted(found, key=lambda episode: (episode.first_at, episode.title))


def mark_lost(before: Sequence[Rehearsed], after: Sequence[Rehearsed]) -> None:
    """Mark episodes of ``before`` during which ``after`` has none of their measurement and as urgent."""
    by_subject: dict[tuple[str, str | None, str], list[Rehearsed]] = {}
    for episode in after:
        by_subject.setdefault(_subject(episode), []).append(episode)
    ends = {subject: [other.until for other in others] for subject, others in by_subject.items()}
    for episode in before:
        others = by_subject.get(_subject(episode), [])
        # Episodes of one measurement follow each other: the first that ends late enough begins the overlap.
        first = bisect_left(ends.get(_subject(episode), []), episode.first_at)
        meanwhile: list[Rehearsed] = []
        for other in islice(others, first, None):
            if other.first_at > episode.until:
                break
            meanwhile.append(other)
        episode.lost = not any(higher(other.priority, episode.priority) == other.priority for other in meanwhile)


def _subject(episode: Rehearsed) -> tuple[str, str | None, str]:
    return episode.kind, episode.code, episode.title if episode.code is None else ""


# -- limits ------------------------------------------------------------------------------------
def _limits_broken(charted: Iterable[Mapping[str, Any]], rules: RuleSet) -> Iterator[Rehearsed]:
    runs: dict[str, _Run] = {}
    for document in charted:
        broken = {breach.code: breach for breach in breaches(document, rules.limits)}
        if not broken and not any(run.episode or run.waiting for run in runs.values()):
            continue
        for code in codes_judged(document):
            run = runs.get(code)
            breach = broken.get(code)
            if run is None:
                if breach is None:
                    continue
                run = runs[code] = _Run(rules.limits.get(code) or Limits(code, None, None))
            begun = _step(run, document, code, breach)
            if begun is not None:
                yield begun


def _step(run: _Run, document: Mapping[str, Any], code: str, breach: Breach | None) -> Rehearsed | None:
    """Take a reading in; the episode that it begins, if it begins one."""
    at: datetime = document["effective_at"]
    if breach is None:
        run.waiting.clear()
        if run.episode is not None and not lasts_in(code, document, {code: run.limits}):
            run.episode.over = True
            run.episode = None
        return None
    if run.episode is not None:
        _extend(run.episode, breach, at)
        return None
    wait = timedelta(seconds=run.limits.duration_s)
    first_at = at
    if wait and breach.priority != "high":
        run.waiting.append(at)
        while run.waiting[0] < at - 2 * wait - LOOK_BACK:
            run.waiting.popleft()
        first_at = run.waiting[0]
        if at - first_at < wait:
            return None
    run.waiting.clear()
    run.episode = _begin(OUT_OF_RANGE, breach, first_at, at)
    return run.episode


def _begin(kind: str, breach: Breach, first_at: datetime, at: datetime) -> Rehearsed:
    return Rehearsed(kind, breach.code, title_of(breach), breach.priority, first_at, at, breach.value)


def _extend(episode: Rehearsed, breach: Breach, at: datetime) -> None:
    episode.until = at
    if higher(breach.priority, episode.priority) != episode.priority:
        episode.priority, episode.title = breach.priority, title_of(breach)
    if breach.value is not None and breach.limit is not None and episode.peak is not None:
        below = breach.breached in ("low", "fall")
        episode.peak = min(episode.peak, breach.value) if below else max(episode.peak, breach.value)


# -- changes -----------------------------------------------------------------------------------
def _changes(charted: Sequence[Mapping[str, Any]], rules: RuleSet) -> Iterator[Rehearsed]:
    rates = {code: own.rate for code, own in rules.limits.items() if own.rate is not None}
    windows = {code: _Window(rate) for code, rate in rates.items()}
    open_: dict[str, Rehearsed] = {}
    for document in charted:
        for code, value in numbers(dict(document)) if windows else ():
            if code not in windows:
                continue
            at = document["effective_at"]
            breach = change_beyond(code, value, windows[code].before(at), rates[code])
            windows[code].add(at, value)
            episode = open_.get(code)
            if breach is None:
                if episode is not None:
                    open_.pop(code).over = True
            elif episode is None:
                open_[code] = _begin(CHANGE, breach, at, at)
                yield open_[code]
            else:
                _extend(episode, breach, at)


class _Window:
    """The least and the greatest value of the span before a moment, each found in constant time."""

    def __init__(self, rate: Rate) -> None:
        self._span = timedelta(hours=rate.hours)
        self._least: deque[tuple[datetime, float]] = deque()
        self._greatest: deque[tuple[datetime, float]] = deque()

    def before(self, moment: datetime) -> list[float]:
        """Least and greatest, or nothing."""
        for kept in (self._least, self._greatest):
            while kept and kept[0][0] < moment - self._span:
                kept.popleft()
        return [self._least[0][1], self._greatest[0][1]] if self._least else []

    def add(self, moment: datetime, value: float) -> None:
        """Take a value in."""
        while self._least and self._least[-1][1] >= value:
            self._least.pop()
        while self._greatest and self._greatest[-1][1] <= value:
            self._greatest.pop()
        self._least.append((moment, value))
        self._greatest.append((moment, value))


# -- combinations and silences -----------------------------------------------------------------
def _combined(charted: Sequence[Mapping[str, Any]], rule: Combination) -> Iterator[Rehearsed]:
    tracks = tracks_of(charted, rule.codes)
    known = [track[0][0] for track in tracks.values() if track]
    episode: Rehearsed | None = None
    for verdict in verdicts(rule, tracks, min(known)) if known else ():
        if verdict.breach is not None and episode is None:
            episode = _begin(COMBINATION, verdict.breach, verdict.at, verdict.at)
            yield episode
        elif verdict.breach is not None and episode is not None:
            _extend(episode, verdict.breach, verdict.at)
        elif verdict.holds is False and episode is not None:
            episode.over = True
            episode = None


def _silent(charted: Sequence[Mapping[str, Any]], rule: StaleRule, end: datetime) -> Iterator[Rehearsed]:
    assert rule.hours is not None
    last: datetime | None = None
    moments = [document["effective_at"] for document in charted if rule.code in codes_judged(document)]
    for at in [*moments, end]:
        if last is not None and at - last >= timedelta(hours=rule.hours):
            began = last + timedelta(hours=rule.hours)
            title = silence_title(rule.code, rule.hours)
            yield Rehearsed(STALE, rule.code, title, rule.priority, began, at, None, over=at is not end)
        last = at
