"""Rollups: stored summaries of observations, so that ten years chart as fast as a day.

Always recomputed from the source, never incremented, so that doing it twice changes nothing. One
document holds a day of five-minute slots, a month of hours, or a year of days.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from core.database.connection import Database, Document
from core.observations.model import is_charted, numbers
from core.observations.series import (
    DAY_MS,
    FIVE_MINUTES_MS,
    LEVELS,
    Level,
    Slot,
    from_ms,
    level_for,
    merge,
    slot_of,
    thin,
    to_ms,
)
from core.observations.store import ObservationStore, stored_code
from core.observations.vital_signs import get

COLLECTION = "rollups"
#: Below this many readings a range is charted from the readings themselves.
MAX_RAW = 1_000
_FIELDS = {
    "code": 1, "value": 1, "components": 1, "status": 1, "patient_id": 1, "flags": 1, "effective_at": 1,
    "source": 1,
}  # fmt: skip
#: The shortest span that one document of a level covers: a day, February, a common year.
_SHORTEST_HOLDER = {"5min": DAY_MS, "hour": 28 * DAY_MS, "day": 365 * DAY_MS}
#: The newest readings may not be rolled up yet; a chart adds them from the source.
TAIL = timedelta(minutes=15)


def _holder(level: Level, at_ms: int) -> tuple[str, str]:
    """Which document of ``level`` holds the slot at ``at_ms``, and the slot's key in it."""
    moment = from_ms(at_ms)
    if level.name == "5min":
        return moment.strftime("%Y-%m-%d"), str((at_ms % DAY_MS) // FIVE_MINUTES_MS)
    if level.name == "hour":
        return moment.strftime("%Y-%m"), str((moment.day - 1) * 24 + moment.hour)
    return moment.strftime("%Y"), str(moment.timetuple().tm_yday - 1)


def _start_of(level: Level, holder: str) -> int:
    parts = [int(part) for part in holder.split("-")]
    year, month, day = (*parts, 1, 1)[:3]
    return to_ms(datetime(year, month, day, tzinfo=UTC))


def _holders_between(level: Level, start_ms: int, end_ms: int) -> list[str]:
    """The documents of ``level`` with slots from ``start_ms`` until before ``end_ms``, in time order."""
    moments = [*range(start_ms, end_ms, _SHORTEST_HOLDER[level.name]), max(start_ms, end_ms - 1)]
    return list(dict.fromkeys(_holder(level, at)[0] for at in moments))


class Rollups:
    """Recomputes and reads the stored summaries."""

    def __init__(self, database: Database, observations: ObservationStore) -> None:
        self._rollups = database.db[COLLECTION]
        self._observations = observations

    # -- writing -------------------------------------------------------------------------------
    def recompute(self, patient_id: str, code: str, slots_ms: Iterable[int]) -> None:
        """Recompute the five-minute slots that start at ``slots_ms``, and the hours and days over them.

        ``code`` is a stored code; a panel's components are summarised each.
        """
        sign = get(code)
        chart_codes = sign.components if sign and sign.components else (code,)
        by_day: dict[int, list[int]] = {}
        for at in sorted(set(slots_ms)):
            by_day.setdefault(at - at % DAY_MS, []).append(at)
        for slots in by_day.values():
            values: dict[tuple[str, int], list[float]] = {}
            first, last = from_ms(slots[0]), from_ms(slots[-1] + FIVE_MINUTES_MS)
            for document in self._observations.between(patient_id, code, first, last, _FIELDS):
                if not is_charted(document):
                    continue
                at = to_ms(document["effective_at"])
                for number_code, value in numbers(document):
                    values.setdefault((number_code, at - at % FIVE_MINUTES_MS), []).append(value)
            for chart_code in chart_codes:
                fine = {at: slot_of(values.get((chart_code, at), ())) for at in slots}
                if any(fine.values()) or self._has_day(patient_id, chart_code, slots[0]):
                    self._store(patient_id, chart_code, fine)

    def _has_day(self, patient_id: str, code: str, at_ms: int) -> bool:
        holder, _slot = _holder(LEVELS[0], at_ms)
        return self._rollups.find_one({"_id": f"{patient_id}|{code}|{holder}"}, {"_id": 1}) is not None

    def _store(self, patient_id: str, code: str, fine: dict[int, Slot | None]) -> None:
        self._write(patient_id, code, LEVELS[0], fine)
        for lower, upper in ((LEVELS[0], LEVELS[1]), (LEVELS[1], LEVELS[2])):
            coarse: dict[int, Slot | None] = {}
            starts = {at - at % upper.width_ms for at in fine}
            for start in starts:
                inner = self._read(patient_id, code, lower, start, start + upper.width_ms)
                coarse[start] = merge(slot for _at, slot in inner)
            self._write(patient_id, code, upper, coarse)
            fine = coarse

    def _write(self, patient_id: str, code: str, level: Level, slots: dict[int, Slot | None]) -> None:
        by_holder: dict[str, tuple[dict[str, Any], dict[str, str]]] = {}
        for at, slot in slots.items():
            holder, key = _holder(level, at)
            sets, unsets = by_holder.setdefault(holder, ({}, {}))
            if slot is None:
                unsets[f"slots.{key}"] = ""
            else:
                sets[f"slots.{key}"] = list(slot)
        for holder, (sets, unsets) in by_holder.items():
            update: Document = {"$set": {"patient_id": patient_id, "level": level.name, **sets}}
            if unsets:
                update["$unset"] = unsets
            self._rollups.update_one({"_id": f"{patient_id}|{code}|{holder}"}, update, upsert=True)

    # -- reading -------------------------------------------------------------------------------
    def _read(self, patient_id: str, code: str, level: Level, start_ms: int, end_ms: int) -> list[tuple[int, Slot]]:
        slots: list[tuple[int, Slot]] = []
        starts = {
            f"{patient_id}|{code}|{holder}": _start_of(level, holder)
            for holder in _holders_between(level, start_ms, end_ms)
        }
        for document in self._rollups.find({"_id": {"$in": list(starts)}}, {"slots": 1}):
            begin = starts[document["_id"]]
            for key, slot in document.get("slots", {}).items():
                at = begin + int(key) * level.width_ms
                if start_ms <= at < end_ms:
                    slots.append((at, tuple(slot)))
        slots.sort()
        return slots

    def hourly_means(self, patient_id: str, code: str, end: datetime) -> dict[str, list[float]]:
        """The last 24 hours' means, for a spark line."""
        end_ms = to_ms(end)
        slots = self._read(patient_id, code, LEVELS[1], end_ms - DAY_MS, end_ms)
        return {"t": [at for at, _slot in slots], "v": [round(slot[3] / slot[0], 2) for _at, slot in slots]}

    def chart(
        self, patient_id: str, code: str, start: datetime, end: datetime, points: int
    ) -> tuple[str, list[tuple[int, Slot]], list[str] | None]:
        """The resolution, the slots and, for single readings, where each came from ("d" or "m")."""
        panel = stored_code(code)
        level = level_for(end - start)
        start_ms = to_ms(start) - to_ms(start) % level.width_ms
        slots = dict(self._read(patient_id, code, level, start_ms, to_ms(end)))
        if sum(slot[0] for slot in slots.values()) <= MAX_RAW:
            raw = self._raw(patient_id, panel, code, start, end)
            if len(raw) <= max(points, 1):
                return "raw", [(at, slot) for at, slot, _source in raw], [source for _a, _s, source in raw]
            return "raw", thin([(at, slot) for at, slot, _source in raw], points), None
        self._add_tail(slots, level, patient_id, panel, code, end)
        return level.name, thin(sorted(slots.items()), points), None

    def _raw(
        self, patient_id: str, panel: str, code: str, start: datetime, end: datetime
    ) -> list[tuple[int, Slot, str]]:
        found: list[tuple[int, Slot, str]] = []
        for document in self._observations.between(patient_id, panel, start, end, _FIELDS):
            if not is_charted(document):
                continue
            for number_code, value in numbers(document):
                if number_code == code:
                    slot: Slot = (1, value, value, value, value)
                    source = "d" if document["source"] == "device" else "m"
                    found.append((to_ms(document["effective_at"]), slot, source))
        return found

    def _add_tail(
        self,
        slots: dict[int, Slot],
        level: Level,
        patient_id: str,
        panel: str,
        code: str,
        end: datetime,
    ) -> None:
        """Put the newest readings, which may not be rolled up yet, into the finest level's slots."""
        if level is not LEVELS[0] or end < datetime.now(UTC) - TAIL:
            return
        start_ms = to_ms(datetime.now(UTC) - TAIL)
        start_ms -= start_ms % level.width_ms
        values: dict[int, list[float]] = {}
        for at, slot, _source in self._raw(patient_id, panel, code, from_ms(start_ms), end):
            values.setdefault(at - at % level.width_ms, []).append(slot[4])
        for at, found in values.items():
            fresh = slot_of(found)
            if fresh is not None:
                slots[at] = fresh
