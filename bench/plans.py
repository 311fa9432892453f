"""(g) what is due among 100 000 plan items: the tick that asks for 100 of them, and that calls 100 missed."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from bench.rows import Row
from bench.site import Site
from core.database.connection import Document
from core.observations.vital_signs import BLOOD_PRESSURE
from core.platform import Platform
from plugins.measurement_plans.handlers import PlanKeeper
from plugins.measurement_plans.occurrence import MISS, begin
from plugins.measurement_plans.store import DUE, PlanStore

GROUP = "(g) the tick, 100 items due among 100 000"
_ITEMS = 100_000
_DUE = 100
_BATCH = 2_000
_ROUNDS = 15
_LIMIT_MS = 50.0


def measure_plans(site: Site, quick: bool) -> list[Row]:
    """Fill the items, then tick at one moment after another at which 100 of them are due."""
    # The worker would tick too.
    site.stop("worker")
    site.stop("web")
    rounds = 5 if quick else _ROUNDS
    items = 10_000 if quick else _ITEMS
    start = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=1)
    with site.platform() as platform:
        began = time.monotonic()
        _fill(platform, items, start, rounds)
        print(f"  {items} items filled in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        store = PlanStore(platform.database)
        rows = []
        # All before the first of the reminders are repeated, half an hour later.
        for name, first in (("reminders", start), ("misses", start + timedelta(minutes=rounds))):
            took = [_tick(platform, store, first + timedelta(minutes=number)) for number in range(rounds)]
            note = f"max {max(took):.0f} ms, {rounds} ticks, {items} items"
            rows.append(Row(GROUP, f"{name}: median tick", median(took), "ms", _LIMIT_MS, note=note))
        rows.append(Row(GROUP, f"finding what is due uses {store.explain_due(start)}", _find(store, start), "ms"))
    return rows


def _fill(platform: Platform, items: int, start: datetime, rounds: int) -> None:
    """Of each kind, 100 for each of ``rounds`` minutes; the rest is due long after. Each item is of another patient."""
    db = platform.database.db
    documents = _documents(items, start, rounds)
    for _batch in range(0, items, _BATCH):
        batch = [next(documents) for _one in range(min(_BATCH, items - _batch))]
        db[DUE].insert_many(batch, ordered=False)
    patients = [
        {
            "_id": f"g{number:06d}", "name": f"Patient {number}", "birth_date": "1950-01-01", "sex": "unknown",
            "time_zone": "UTC", "identifier": f"G-{number}", "user_id": f"gu{number:06d}", "created_at": start,
        }
        for number in range(2 * rounds * _DUE)
    ]  # fmt: skip
    for first in range(0, len(patients), _BATCH):
        db.patients.insert_many(patients[first : first + _BATCH], ordered=False)


def _documents(items: int, start: datetime, rounds: int) -> Iterator[Document]:
    for number in range(items):
        slot = number // _DUE
        is_missed = rounds <= slot < 2 * rounds
        at = start + timedelta(minutes=slot) if slot < 2 * rounds else start + timedelta(days=30, seconds=number)
        due_at = at - timedelta(hours=1) if is_missed else at
        item = {
            "id": "bp", "code": BLOOD_PRESSURE, "instructions": "Sit quietly for five minutes.", "enabled": True,
            "schedule": {"kind": "times_of_day", "times": [f"{due_at:%H:%M}"], "weekdays": None},
            "window_before_minutes": 60, "grace_minutes": 60, "start": f"{due_at:%Y-%m-%d}", "end": None,
            "tell": "professionals",
        }  # fmt: skip
        document: Any = begin(f"g{number:06d}", item, "UTC", due_at - timedelta(seconds=1))
        if is_missed:
            document |= {"step": MISS, "next_action_at": document["missed_at"]}
        yield document


def _find(store: PlanStore, at: datetime) -> float:
    """Milliseconds to find that nothing is due."""
    began = time.perf_counter()
    store.due(at, _DUE)
    return (time.perf_counter() - began) * 1000


def _tick(platform: Platform, store: PlanStore, at: datetime) -> float:
    """Milliseconds. Raises RuntimeError if not 100 items moved."""
    waiting = platform.database.db[DUE]
    before = waiting.count_documents({"next_action_at": {"$lte": at}})
    platform.clock = lambda: at
    keeper = PlanKeeper(platform, store)
    began = time.perf_counter()
    keeper.tick()
    took = (time.perf_counter() - began) * 1000
    left = waiting.count_documents({"next_action_at": {"$lte": at}})
    if (before, left) != (_DUE, 0):
        raise RuntimeError(f"{before} items were due and {left} are left")
    return took
