"""The ingest service: frames of devices and entries of people become durable observations."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from bson.binary import Binary
from prometheus_client import Counter
from pymongo import ASCENDING, IndexModel
from pymongo.errors import PyMongoError

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from core.devices.driver import DecodeError
from core.devices.driver_host import DriverUnavailable
from core.devices.drivers import DriverRegistry
from core.devices.model import Device
from core.devices.registry import DeviceRegistry
from core.ingest.aftermath import Aftermath
from core.ingest.build import Arrival, build_observation, driver_frame
from core.ingest.commit import GroupCommit
from core.ingest.incoming import IncomingFrame, frame_key
from core.observations.model import FINAL, QUARANTINED
from core.observations.plausibility import judge
from core.observations.store import ObservationStore
from core.observations.units import UnitError, to_canonical
from core.observations.vital_signs import get
from core.problems import Invalid, Unavailable

log = structlog.get_logger(__name__)

REJECTED = "rejected_frames"
MAX_FUTURE_ENTRY = timedelta(minutes=5)
REFUSED_KEPT = timedelta(days=31)

FRAMES = Counter("pmp_frames_total", "Frames received.", ["driver", "outcome"])
ENTRIES = Counter("pmp_manual_entries_total", "Measurements entered by people.")


@dataclass
class FramesResult:
    """What became of each frame of a request, by the frame's id."""

    accepted: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    rejected: list[dict[str, str]] = field(default_factory=list)


class IngestService:
    """Decodes, judges and stores. ``committer`` makes concurrent requests share one write."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        zone: ZoneInfo,
        devices: DeviceRegistry,
        drivers: DriverRegistry,
        observations: ObservationStore,
        process_id: str,
    ) -> None:
        self._rejected = database.db[REJECTED]
        self._clock = clock
        self._zone = zone
        self._devices = devices
        self.drivers = drivers
        self._observations = observations
        self.aftermath = Aftermath(observations.note_latest, [observations.flush_latest, devices.flush_seen])
        self._process_id = process_id
        self._commit_listeners: list[Callable[[list[Document]], None]] = [self.aftermath.committed]
        self._commit = GroupCommit(observations.insert, self._committed)

    def on_commit(self, listener: Callable[[list[Document]], None]) -> None:
        """Hand what is stored to ``listener``, in order of storing. It must not block."""
        self._commit_listeners.append(listener)

    def _committed(self, documents: list[Document]) -> None:
        for listener in self._commit_listeners:
            listener(documents)

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """Refused frames by device and time."""
        return [
            CollectionIndexes(
                REJECTED,
                [
                    IndexModel([("device_id", ASCENDING), ("received_at", ASCENDING)], name="by_device_time"),
                    IndexModel([("received_at", ASCENDING)], name="by_time"),
                ],
            )
        ]

    # -- frames --------------------------------------------------------------------------------
    def take_frames(self, device: Device, frames: list[IncomingFrame]) -> FramesResult:
        """Store the readings of ``frames``, durably, before returning.

        A frame that cannot be read or decoded is refused alone, and kept. Raises Unavailable if the
        database cannot store: then nothing is acknowledged, and the sender may repeat the request.
        """
        now = self._clock()
        result = FramesResult()
        documents: list[Document] = []
        ids_of: list[tuple[str, list[str]]] = []
        taken: set[str] = set()
        repeated: list[str] = []
        for frame in frames:
            try:
                found, battery = self._decode(device, frame, now)
            except (DecodeError, UnitError, DriverUnavailable) as error:
                reason = str(error)[:300]
            else:
                ids = [document["_id"] for document in found]
                if not found:
                    result.accepted.append(frame.label)
                elif taken.issuperset(ids):
                    # The same frame twice in one request.
                    repeated.append(frame.label)
                else:
                    documents += [document for document in found if document["_id"] not in taken]
                    taken.update(ids)
                    ids_of.append((frame.label, ids))
                self._devices.note_seen(device.id, now, battery)
                continue
            result.rejected.append({"id": frame.label, "reason": reason})
            self._keep_refused(device, frame, reason, now)
        duplicates = self._store(documents)
        for label, ids in ids_of:
            (result.duplicates if duplicates.issuperset(ids) else result.accepted).append(label)
        result.duplicates += repeated
        for outcome in ("accepted", "duplicates", "rejected"):
            count = len(getattr(result, outcome))
            if count:
                FRAMES.labels(device.driver, outcome).inc(count)
        return result

    def _decode(self, device: Device, frame: IncomingFrame, now: datetime) -> tuple[list[Document], int | None]:
        if frame.error is not None:
            raise DecodeError(frame.error)
        arrival = Arrival(device, self._zone, frame, "", now)
        readings = self.drivers.decode(device.driver, driver_frame(frame, arrival.gateway_time))
        timed = all(
            reading.device_time is not None or reading.sequence is not None or reading.effective_at is not None
            for reading in readings
        )
        arrival = Arrival(device, self._zone, frame, frame_key(frame, timed=timed, now=now), now)
        documents = [build_observation(arrival, reading, index) for index, reading in enumerate(readings)]
        levels = [reading.battery_percent for reading in readings if reading.battery_percent is not None]
        return documents, levels[-1] if levels else None

    def _store(self, documents: list[Document]) -> set[str]:
        if not documents:
            return set()
        for document in documents:
            document["via"] = self._process_id
        try:
            return self._commit.submit(documents)
        except PyMongoError as error:
            log.warning("store_failed", error=type(error).__name__, observations=len(documents))
            raise Unavailable(
                "The database cannot store now. Nothing was kept; send it again.", retry_after_s=2
            ) from error

    def _keep_refused(self, device: Device, frame: IncomingFrame, reason: str, now: datetime) -> None:
        document: Document = {
            "_id": f"{device.id}.{frame_key(frame, timed=True, now=now)}",
            "device_id": device.id,
            "driver": device.driver,
            "label": frame.label,
            "reason": reason,
            "raw": Binary(frame.payload),
            "encoding": frame.encoding,
            "characteristic": frame.characteristic,
            "received_at": now,
        }
        try:
            self._rejected.replace_one({"_id": document["_id"]}, document, upsert=True)
        except PyMongoError as error:
            raise Unavailable(
                "The database cannot store now. Nothing was kept; send it again.", retry_after_s=2
            ) from error

    def refused_of(self, device_id: str, limit: int) -> list[Document]:
        """The newest refused frames of a device."""
        start = self._clock() - REFUSED_KEPT
        rows = self._rejected.find({"device_id": device_id, "received_at": {"$gte": start}})
        return sorted(rows, key=lambda row: row["received_at"], reverse=True)[:limit]

    def expire_refused(self, batch: int = 500) -> int:
        """Delete up to ``batch`` refused frames older than a month. Returns how many."""
        old = self._rejected.find({"received_at": {"$lt": self._clock() - REFUSED_KEPT}}, {"_id": 1}).limit(batch)
        ids = [row["_id"] for row in old]
        for frame_id in ids:
            self._rejected.delete_one({"_id": frame_id})
        return len(ids)

    # -- entries by people ---------------------------------------------------------------------
    def enter(
        self,
        patient_id: str,
        performer: Document,
        *,
        code: str,
        value: float | None,
        unit: str | None,
        value_code: str | None,
        components: list[dict[str, Any]],
        effective_at: datetime | None,
        note: str | None,
    ) -> Document:
        """Store a measurement that a person entered. Raises Invalid with what is wrong with it."""
        now = self._clock()
        when = effective_at or now
        if when > now + MAX_FUTURE_ENTRY:
            raise Invalid("The time of measurement is in the future.")
        if when.year < 1900:
            raise Invalid("The time of measurement is too long ago.")
        document = _entry_values(code, value, unit, value_code, components)
        reason = judge(
            document["code"],
            document["value"],
            {part["code"]: part["value"] for part in document["components"]},
        )
        document |= {
            "_id": f"o_{secrets.token_hex(12)}",
            "patient_id": patient_id,
            "status": QUARANTINED if reason else FINAL,
            "flags": [],
            "effective_at": when,
            "received_at": now,
            "source": "manual",
            "performer": performer,
        }
        if reason:
            document |= {"quarantine_reason": reason, "held": QUARANTINED}
        if note:
            document["note"] = note
        self._store([document])
        ENTRIES.inc()
        return document


def _entry_values(
    code: str,
    value: float | None,
    unit: str | None,
    value_code: str | None,
    components: list[dict[str, Any]],
) -> Document:
    sign = get(code)
    if sign is None:
        raise Invalid("Unknown code.", errors=[{"loc": ["code"], "msg": "not a vital sign of the table"}])
    given = {part["code"] for part in components}
    if sign.components:
        if value is not None or not set(sign.required_components) <= given <= set(sign.components):
            raise Invalid(
                f"{sign.display} needs its components: {', '.join(sign.required_components)}.",
                errors=[{"loc": ["components"], "msg": "give each component once, and no value of its own"}],
            )
        if len(given) != len(components):
            raise Invalid("A component is given twice.", errors=[{"loc": ["components"], "msg": "given twice"}])
    elif components:
        raise Invalid(f"{sign.display} has no components.", errors=[{"loc": ["components"], "msg": "none here"}])
    if sign.coded:
        if value is not None or value_code not in sign.coded:
            allowed = ", ".join(sign.coded)
            raise Invalid(f"value_code must be one of {allowed}.", errors=[{"loc": ["value_code"], "msg": allowed}])
        return {"code": code, "value": None, "unit": None, "value_code": value_code, "components": []}
    if value_code is not None:
        raise Invalid("This measurement is a number.", errors=[{"loc": ["value_code"], "msg": "not coded"}])
    if not sign.components and (value is None or unit is None):
        raise Invalid("A value and its unit are needed.", errors=[{"loc": ["value"], "msg": "missing"}])
    try:
        if value is not None and unit is not None:
            new_code, new_value, new_unit = to_canonical(code, value, unit)
            document: Document = {"code": new_code, "value": new_value, "unit": new_unit, "components": []}
            if (new_code, new_unit) != (code, unit):
                document["original"] = {"code": code, "value": value, "unit": unit}
            return document
        parts = []
        for part in components:
            part_code, part_value, part_unit = to_canonical(part["code"], part["value"], part["unit"])
            parts.append({"code": part_code, "value": part_value, "unit": part_unit})
    except UnitError as error:
        raise Invalid(str(error), errors=[{"loc": ["unit"], "msg": str(error)}]) from None
    return {"code": code, "value": None, "unit": None, "components": parts}
