"""The ledger of the alarm burden: kept from events by the worker, so that no report ever looks at the alerts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel, UpdateOne

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from core.events.log import Event
from core.observations.model import is_charted
from core.plugin_system.hookspecs import EventHandler
from plugins.alerting.burden import line_of

if TYPE_CHECKING:
    from core.platform import Platform

LEDGER = "alerting_burden"
_ALERT_EVENTS = frozenset({"alert_raised", "alert_acknowledged", "alert_resolved"})
#: How many patient-days a process remembers to have written.
_REMEMBERED = 50_000


class BurdenLedger:
    """Reads and writes the sheets, one per patient and day."""

    def __init__(self, database: Database) -> None:
        self._sheets = database.db[LEDGER]

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """Sheets by day, and by patient and day."""
        return [
            CollectionIndexes(
                LEDGER,
                [
                    IndexModel([("day", ASCENDING)], name="by_day"),
                    IndexModel([("patient_id", ASCENDING), ("day", ASCENDING)], name="by_patient_day"),
                ],
            )
        ]

    def write(self, lines: Mapping[tuple[str, str], Mapping[str, Document]], wards: Mapping[str, str | None]) -> None:
        """Set fields of lines, by (day, patient) and alert. Writing them again changes nothing."""
        writes = []
        for (day, patient_id), alerts in lines.items():
            fields = {
                f"alerts.{alert_id}.{name}": value for alert_id, line in alerts.items() for name, value in line.items()
            }
            fields |= {"day": day, "patient_id": patient_id}
            insert = {"ward": wards.get(patient_id)}
            writes.append(
                UpdateOne({"_id": f"{day}|{patient_id}"}, {"$set": fields, "$setOnInsert": insert}, upsert=True)
            )
        if writes:
            self._sheets.bulk_write(writes, ordered=False)

    def sheets(self, first_day: str, patient_ids: Iterable[str] | None) -> list[Document]:
        """The sheets from a day on; of some patients, or of all."""
        query: Document = {"day": {"$gte": first_day}}
        if patient_ids is not None:
            query["patient_id"] = {"$in": sorted(patient_ids)}
        return list(self._sheets.find(query))


class LedgerKeeper:
    """Writes the ledger from events, at least once and in any order."""

    def __init__(self, platform: Platform, ledger: BurdenLedger) -> None:
        self._platform = platform
        self._ledger = ledger
        self._measured: set[tuple[str, str]] = set()

    def take_alerts(self, events: Sequence[Event]) -> None:
        """Alerts that were raised, answered or ended. Those about the platform itself burden no patient."""
        lines: dict[tuple[str, str], dict[str, Document]] = {}
        for event in events:
            alert = event.data["alert"]
            if alert["patient_id"] is None:
                continue
            day = self._day(datetime.fromisoformat(alert["raised_at"]))
            sheet = lines.setdefault((day, alert["patient_id"]), {})
            sheet.setdefault(alert["id"], {}).update(line_of(event.type, alert))
        self._write(lines)

    def take_readings(self, events: Sequence[Event]) -> None:
        """Days on which patients were measured, each written once by a process."""
        found: set[tuple[str, str]] = set()
        for event in events:
            document = event.data["observation"]
            if is_charted(document):
                found.add((self._day(document["effective_at"]), document["patient_id"]))
        fresh = found - self._measured
        self._write({key: {} for key in fresh})
        if len(self._measured) > _REMEMBERED:
            self._measured.clear()
        self._measured |= fresh

    def _day(self, moment: datetime) -> str:
        return moment.astimezone(self._platform.settings.zone).date().isoformat()

    def _write(self, lines: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
        patients = self._platform.patients.several({patient_id for _day, patient_id in lines})
        self._ledger.write(lines, {patient.id: patient.ward for patient in patients.values()})


def ledger_handlers(platform: Platform, ledger: BurdenLedger) -> list[EventHandler]:
    """Keep the ledger."""
    keeper = LedgerKeeper(platform, ledger)
    return [
        EventHandler("alerting.burden", _ALERT_EVENTS, keeper.take_alerts, window_s=1.0),
        EventHandler("alerting.patient_days", frozenset({"observation_recorded"}), keeper.take_readings, window_s=5.0),
    ]
