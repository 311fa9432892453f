"""What a batch of due items is decided by: patients, their readings, family and devices.

Each is read for the whole batch at once, when it is first asked for: the number of queries does not grow with
the number of items. What one query cannot bring (long outages) is asked for by item.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from core.database.connection import Document
from core.devices.clock import FLAG_FUTURE, FLAG_UNSET
from core.devices.model import Device
from core.observations.model import is_charted
from core.patients.store import Patient
from plugins.measurement_plans.occurrence import Silence, history_rows
from plugins.measurement_plans.store import PlanStore

if TYPE_CHECKING:
    from core.platform import Platform

#: Windows of one measurement that together last no longer than this are read in one query.
_LONGEST = timedelta(days=2)
_MILLISECOND = timedelta(milliseconds=1)
_LOW_BATTERY_PERCENT = 10
_FIELDS = {"patient_id": 1, "code": 1, "status": 1, "flags": 1, "effective_at": 1, "device": 1}


@dataclass(slots=True)
class _Read:
    """Readings of several patients with start ≤ time < end."""

    start: datetime
    end: datetime
    patient_ids: set[str] = field(default_factory=set)
    rows: dict[str, list[Document]] = field(default_factory=dict)


class Evidence:
    """What is known about the items of one batch."""

    def __init__(self, platform: Platform, store: PlanStore, documents: Sequence[Document], now: datetime) -> None:
        self._platform = platform
        self._store = store
        self._documents = documents
        self._now = now
        self._patient_ids = {document["patient_id"] for document in documents}

    @cached_property
    def patients(self) -> dict[str, Patient]:
        """The patients by id."""
        return self._platform.patients.several(self._patient_ids)

    def family(self, patient_id: str) -> list[str]:
        """The user ids of the family that may see vitals."""
        return self._families.get(patient_id, [])

    def reading_for(self, document: Document) -> Document | None:
        """The first reading in the window of the current occurrence that has not counted for another one."""
        for reading in self._readings(document, document["opens_at"], document["missed_at"] + _MILLISECOND):
            if is_charted(reading) and not has_counted(self._store, document, reading, document["due_at"]):
                return reading
        return None

    def measured_since(self, missed: Document) -> bool:
        """Whether there is a reading from after the occurrence's end."""
        after = missed["missed_at"] + _MILLISECOND
        return any(map(is_charted, self._readings(missed, after, self._now + _MILLISECOND)))

    def silence(self, missed: Document) -> Silence | None:
        """The silent device, if the patient's devices for the measurement all are: nobody could have measured.

        Only a device that ought to be heard on its own can be missed: one that beats, and did not. Of others it
        counts that the battery was low, or the clock wrong, when they last said something.
        """
        silent: Silence | None = None
        for device in self._held.get(missed["patient_id"], []):
            driver = self._platform.ingest.drivers.records.get(device.driver)
            if not device.enabled or driver is None or missed["item"]["code"] not in driver.manifest.codes:
                continue
            reasons = self._faults(device, driver.manifest.heartbeat_s, missed)
            if not reasons:
                return None
            silent = silent or Silence(device.kind, device.last_seen_at, device.battery_percent, reasons)
        return silent

    def _faults(self, device: Device, heartbeat_s: int | None, missed: Document) -> tuple[str, ...]:
        faults = []
        if heartbeat_s is not None:
            expected = missed["missed_at"] - timedelta(seconds=heartbeat_s)
            if device.last_seen_at is None or device.last_seen_at < expected:
                faults.append("unheard")
        if device.battery_percent is not None and device.battery_percent <= _LOW_BATTERY_PERCENT:
            faults.append("battery")
        if self._has_wrong_clock(device, missed):
            faults.append("clock")
        return tuple(faults)

    def _has_wrong_clock(self, device: Device, missed: Document) -> bool:
        if device.last_seen_at is None:
            return False
        newest = self._latest.get(f"{missed['patient_id']}|{missed['item']['code']}")
        if newest is None or (newest.get("device") or {}).get("id") != device.id:
            return False
        return not {FLAG_FUTURE, FLAG_UNSET}.isdisjoint(newest["flags"])

    # -- read once -----------------------------------------------------------------------------
    @cached_property
    def _families(self) -> dict[str, list[str]]:
        return self._platform.access.consented_families(self._patient_ids, "vitals")

    @cached_property
    def _held(self) -> dict[str, list[Device]]:
        return self._platform.devices.held_now(self._patient_ids)

    @cached_property
    def _latest(self) -> dict[str, Document]:
        keys = {(document["patient_id"], document["item"]["code"]) for document in self._documents}
        return self._platform.observations.latest_of_keys(keys)

    def _readings(self, document: Document, start: datetime, end: datetime) -> list[Document]:
        """The readings of the item's measurement with start ≤ time < end, oldest first."""
        patient_id, code = document["patient_id"], document["item"]["code"]
        for read in self._reads.get(code, []):
            if read.start <= start and end <= read.end and patient_id in read.patient_ids:
                return [row for row in read.rows.get(patient_id, []) if start <= row["effective_at"] < end]
        return self._platform.observations.between(patient_id, code, start, end, _FIELDS)

    @cached_property
    def _reads(self) -> dict[str, list[_Read]]:
        """What was read of each code."""
        reads: dict[str, list[_Read]] = {}
        for document in sorted(self._documents, key=lambda document: document["opens_at"]):
            of_code = reads.setdefault(document["item"]["code"], [])
            end = document["missed_at"] + _MILLISECOND
            if not of_code or end - of_code[-1].start > _LONGEST:
                of_code.append(_Read(document["opens_at"], end))
            of_code[-1].end = max(of_code[-1].end, end)
            of_code[-1].patient_ids.add(document["patient_id"])
        until = self._now + _MILLISECOND
        for code, of_code in reads.items():
            for read in of_code:
                # Until now, if that is not far: whether there were readings after the window is asked too.
                read.end = max(read.end, min(until, read.start + _LONGEST))
                read.rows = self._platform.observations.between_for(
                    read.patient_ids, code, read.start, read.end, _FIELDS
                )
        return reads


def has_counted(store: PlanStore, document: Document, reading: Document, due_at: datetime) -> bool:
    """Whether a reading has fulfilled another occurrence of the item than that of ``due_at``."""
    for row in history_rows([document]):
        if row["observation_id"] == reading["_id"]:
            return bool(row["due_at"] != due_at)
    counted_for = store.counted_for(document["_id"], reading["_id"])
    return counted_for is not None and counted_for != due_at
