"""A device of the registry, and who held it when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.database.connection import Document


@dataclass(frozen=True, slots=True)
class Assignment:
    """A patient who holds or held the device, from ``start`` until ``end`` (None: still)."""

    patient_id: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Device:
    """A registered device. ``kind`` comes from its driver."""

    id: str
    name: str
    driver: str
    kind: str
    enabled: bool
    key_hash: str
    created_at: datetime
    assignments: tuple[Assignment, ...]
    last_seen_at: datetime | None = None
    battery_percent: int | None = None

    @property
    def patient_id(self) -> str | None:
        """Who holds it now."""
        if self.assignments and self.assignments[-1].end is None:
            return self.assignments[-1].patient_id
        return None

    def holder_at(self, moment: datetime) -> str | None:
        """Who held it at ``moment``; None if nobody did.

        A time before the first assignment belongs to the first holder: nobody else ever held it
        as far as is known (a meter's stored records, sent on the day it is registered).
        """
        if not self.assignments:
            return None
        if moment < self.assignments[0].start:
            return self.assignments[0].patient_id
        for assignment in reversed(self.assignments):
            if assignment.start <= moment and (assignment.end is None or moment < assignment.end):
                return assignment.patient_id
        return None


def device_of(document: Document) -> Device:
    """The device of a stored document."""
    return Device(
        id=document["_id"],
        name=document["name"],
        driver=document["driver"],
        kind=document["kind"],
        enabled=document["enabled"],
        key_hash=document["key_hash"],
        created_at=document["created_at"],
        assignments=tuple(
            Assignment(item["patient_id"], item["start"], item["end"]) for item in document["assignments"]
        ),
    )
