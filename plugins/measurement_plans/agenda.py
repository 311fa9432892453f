"""What a patient has to measure today, and what became of it, today and before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.database.connection import Document
from core.http import format_time
from core.observations.model import display_of
from plugins.measurement_plans.occurrence import FULFILLED, MISSED, WAITING, occurrence_id
from plugins.measurement_plans.schedule import due_times


def bounds_of_today(zone: str, now: datetime) -> tuple[datetime, datetime]:
    """When the day in ``zone`` begins and when the next one does."""
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), place).astimezone(UTC)

    return midnight(today), midnight(today + timedelta(days=1))


def today(
    followed: Sequence[Document],
    history: Sequence[Document],
    items: Sequence[Document],
    devices: Mapping[str, str],
    zone: str,
    now: datetime,
) -> dict[str, list[dict[str, Any]]]:
    """The occurrences of today in four lists, each in order of time.

    followed: the documents of the items. history: today's rows. items: the plan's, for their instructions.
    devices: names of the patient's devices by what they measure.
    An occurrence of yesterday that may still be fulfilled is in ``now``.
    """
    end = bounds_of_today(zone, now)[1]
    instructions = {item["id"]: item["instructions"] for item in items}
    lists: dict[str, list[dict[str, Any]]] = {"now": [], "next": [], "done": [], "missed": []}
    settled = {row["_id"] for row in history if row["outcome"] in (FULFILLED, MISSED)}
    for row in history:
        if row["outcome"] in (FULFILLED, MISSED):
            text = instructions.get(row["item_id"])
            entry = _entry(row["item_id"], row["code"], row["due_at"], row["until"], row["outcome"], text)
            entry["observation_id"] = row.get("observation_id")
            lists["done" if row["outcome"] == FULFILLED else "missed"].append(entry)
    for document in followed:
        if document["state"] != WAITING:
            continue
        item, grace = document["item"], document["missed_at"] - document["due_at"]
        later = due_times(item, zone, document["due_at"], end - timedelta(milliseconds=1))
        for due_at in [document["due_at"], *later]:
            opens_at = due_at - timedelta(minutes=item["window_before_minutes"])
            if (due_at >= end and opens_at > now) or occurrence_id(document["_id"], due_at) in settled:
                continue
            entry = _entry(item["id"], item["code"], due_at, due_at + grace, WAITING, item["instructions"])
            lists["now" if opens_at <= now else "next"].append(entry)
    for entries in lists.values():
        for entry in entries:
            entry["device"] = devices.get(entry["code"])
        entries.sort(key=lambda entry: (entry["due_at"], entry["display"], entry["item_id"]))
    return lists


def adherence(history: Sequence[Document], zone: str) -> list[dict[str, Any]]:
    """How often each item was fulfilled and missed, in all and by day of the patient's clock.

    history: rows of the days in question, oldest first.
    """
    place = ZoneInfo(zone)
    items: dict[str, dict[str, Any]] = {}
    for row in history:
        if row["outcome"] not in (FULFILLED, MISSED):
            continue
        start = {"item_id": row["item_id"], "code": row["code"], "display": display_of(row["code"])}
        item = items.setdefault(row["item_id"], {**start, FULFILLED: 0, MISSED: 0, "days": []})
        day = row["due_at"].astimezone(place).date().isoformat()
        if not item["days"] or item["days"][-1]["day"] != day:
            item["days"].append({"day": day, FULFILLED: 0, MISSED: 0})
        item[row["outcome"]] += 1
        item["days"][-1][row["outcome"]] += 1
    return sorted(items.values(), key=lambda item: (item["display"], item["item_id"]))


def _entry(
    item_id: str, code: str, due_at: datetime, until: datetime, state: str, instructions: str | None
) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "code": code,
        "display": display_of(code),
        "due_at": format_time(due_at),
        "until": format_time(until),
        "state": state,
        "instructions": instructions or None,
        "observation_id": None,
    }
