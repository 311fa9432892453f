"""Who is on call. Pure: no clock, no database.

A team's rota is a list of shifts on the team's wall clock. A shift begins on each of its weekdays and ends at its end
time, on the next day if that is not later than its start. Its people take turns by day or by week, counted from a
date, or are all on call together. Cover puts one person in the place of another, or beside everybody, for a while.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from core.database.connection import Document

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TOGETHER, DAILY, WEEKLY = "together", "daily", "weekly"
#: A rota can be laid out for so long at once.
LONGEST_VIEW = timedelta(days=62)
_DAY = timedelta(days=1)


def on_call(team: Mapping[str, Any], role: str, moment: datetime) -> list[str]:
    """The ids of those who are on call in ``role`` at ``moment``, each once, in the order of the shifts."""
    place = ZoneInfo(team["time_zone"])
    today = moment.astimezone(place).date()
    found: list[str] = []
    for shift in team["shifts"]:
        if shift["role"] != role:
            continue
        for day in (today - _DAY, today):
            bounds = _bounds(shift, day, place)
            if bounds is not None and bounds[0] <= moment < bounds[1]:
                found += _turn(shift, day)
    return _covered(list(dict.fromkeys(found)), team["cover"], role, moment)


def everybody(team: Mapping[str, Any], moment: datetime) -> list[str]:
    """All who belong to the team: those of any shift, and those who cover now."""
    found = [user_id for shift in team["shifts"] for user_id in shift["people"]]
    found += [cover["user_id"] for cover in team["cover"] if cover["start"] <= moment < cover["end"]]
    return list(dict.fromkeys(found))


def layout(team: Mapping[str, Any], roles: Sequence[str], start: datetime, end: datetime) -> list[Document]:
    """Who is on call from ``start`` to ``end``: spans with ``role``, ``start``, ``end`` and ``user_ids``.

    A span in which nobody is on call has no ``user_ids``. By role, then in order of time; neighbours differ.
    """
    bounds = {start, end}
    for moment in _changes(team, start, end):
        if start < moment < end:
            bounds.add(moment)
    edges = sorted(bounds)
    spans: list[Document] = []
    for role in roles:
        last: Document | None = None
        for left, right in pairwise(edges):
            people = on_call(team, role, left)
            if last is not None and last["user_ids"] == people:
                last["end"] = right
            else:
                last = {"role": role, "start": left, "end": right, "user_ids": people}
                spans.append(last)
    return spans


def _changes(team: Mapping[str, Any], start: datetime, end: datetime) -> Iterator[datetime]:
    place = ZoneInfo(team["time_zone"])
    first, last = start.astimezone(place).date() - _DAY, end.astimezone(place).date()
    for shift in team["shifts"]:
        day = first
        while day <= last:
            yield from _bounds(shift, day, place) or ()
            day += _DAY
    for cover in team["cover"]:
        yield from (cover["start"], cover["end"])


def _bounds(shift: Mapping[str, Any], day: date, place: ZoneInfo) -> tuple[datetime, datetime] | None:
    """When the shift that begins on ``day`` begins and ends; None if it does not begin on that day."""
    if shift["weekdays"] is not None and WEEKDAYS[day.weekday()] not in shift["weekdays"]:
        return None
    begins, ends = time.fromisoformat(shift["start"]), time.fromisoformat(shift["end"])
    last_day = day if ends > begins else day + _DAY
    return (
        datetime.combine(day, begins, place).astimezone(UTC),
        datetime.combine(last_day, ends, place).astimezone(UTC),
    )


def _turn(shift: Mapping[str, Any], day: date) -> list[str]:
    people: list[str] = shift["people"]
    if shift["turns"] == TOGETHER or not people:
        return people
    days = (day - date.fromisoformat(shift["turns_from"])).days
    turn = days if shift["turns"] == DAILY else days // 7
    return [people[turn % len(people)]]


def _covered(people: list[str], covers: Sequence[Mapping[str, Any]], role: str, moment: datetime) -> list[str]:
    for cover in covers:
        if cover["role"] != role or not cover["start"] <= moment < cover["end"]:
            continue
        instead_of = cover["instead_of"]
        if instead_of is None:
            people = [*people, cover["user_id"]]
        elif instead_of in people:
            people = [cover["user_id"] if user_id == instead_of else user_id for user_id in people]
    return list(dict.fromkeys(people))
