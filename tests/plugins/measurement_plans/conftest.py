"""A plan on a platform whose clock the test sets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.database.connection import Document
from core.observations.vital_signs import BLOOD_PRESSURE
from core.platform import Platform
from plugins.measurement_plans.handlers import PlanKeeper
from plugins.measurement_plans.store import PlanStore
from tests.support import Cast


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def plan_item(**changes: Any) -> Document:
    """Blood pressure at eight and at twenty, as it is stored."""
    return {
        "id": "bp", "code": BLOOD_PRESSURE,
        "schedule": {"kind": "times_of_day", "times": ["08:00", "20:00"], "weekdays": None},
        "window_before_minutes": 60, "grace_minutes": 60, "instructions": "Sit down first.", "tell": "professionals",
        "start": "2026-01-01", "end": None, "enabled": True,
    } | changes  # fmt: skip


class Ward:
    """Alice's plan, what happens, and what is told."""

    def __init__(self, platform: Platform, cast: Cast) -> None:
        self.platform = platform
        self.alice = cast.alice
        self.cast = cast
        self.store = PlanStore(platform.database)
        self.db = platform.database.db
        self.now = moment("2026-02-02T06:00")
        platform.clock = lambda: self.now
        self._number = 0

    @property
    def keeper(self) -> PlanKeeper:
        """Another one each time: as after a restart."""
        return PlanKeeper(self.platform, self.store)

    def plan(self, *items: Document, patient_id: str | None = None) -> None:
        identity = patient_id or self.alice.id
        by = {"id": "u", "name": "Dana"}
        assert self.store.set_plan(identity, list(items), by, self.now, None)
        self.keeper.sync(identity)

    def at(self, text: str) -> None:
        """Set the clock and tick."""
        self.now = moment(text)
        self.keeper.tick()

    def through(self, text: str, step: timedelta = timedelta(minutes=10)) -> None:
        """Tick again and again until ``text``."""
        until = moment(text)
        while self.now < until:
            self.now += step
            self.keeper.tick()

    def reading(self, at: str, *, heard: bool = True, **changes: Any) -> Document:
        """A reading effective ``at`` is stored, and (``heard``) its event handled."""
        self._number += 1
        document = {
            "_id": f"o{self._number}", "patient_id": self.alice.id, "code": BLOOD_PRESSURE, "value": None, "unit": None,
            "components": [], "status": "final", "flags": [], "effective_at": moment(at), "received_at": self.now,
            "source": "device",
        } | changes  # fmt: skip
        self.platform.observations.insert([document])
        self.platform.observations.note_latest([document])
        if heard:
            self.keeper.observe([document])
        return document

    def told(self, type: str) -> list[Document]:
        rows = self.db.events.find({"type": type}).sort("at", 1)
        return [row["data"] for row in rows]

    def count(self) -> tuple[int, int, int]:
        """Reminders, conditions raised, conditions ended."""
        kinds = ("notification_requested", "condition_raised", "condition_ended")
        first, second, third = (len(self.told(kind)) for kind in kinds)
        return first, second, third

    def history(self) -> list[tuple[str, str]]:
        rows = self.db.measurement_plans_history.find({}).sort("due_at", 1)
        return [(row["due_at"].strftime("%m-%d %H:%M"), row["outcome"]) for row in rows]

    def due(self) -> Document:
        (document,) = self.db.measurement_plans_due.find({})
        return document


@pytest.fixture
def ward(platform: Platform, cast: Cast) -> Ward:
    return Ward(platform, cast)


@pytest.fixture
def in_zone(platform: Platform, cast: Cast) -> Callable[[str], None]:
    """Moves Alice to another time zone."""
    return lambda zone: platform.patients.change(cast.alice.id, {"time_zone": zone}) and None
