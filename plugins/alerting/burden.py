"""The alarm burden: how many alerts there are, for whom, and how they are answered. Pure: no clock, no database.

The ledger has one sheet per patient and day: a patient-day is a day on which the patient was measured or alerted. A
sheet holds one line per alert, and a line says the same however often, and in whichever order, it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Literal

from core.database.connection import Document
from core.observations.model import display_of

By = Literal["rule", "patient", "ward"]
#: Within how many seconds somebody should answer. The house's own goals: no standard sets any.
TARGETS_S = {"high": 5 * 60, "medium": 15 * 60, "low": 60 * 60}
#: What a person does about an alert for the first time.
_ANSWERS = frozenset({"acknowledged", "snoozed", "resolved"})
_KIND_NAMES = {
    "out_of_range": "out of range", "change": "change", "stale": "no reading", "missed": "not measured",
    "device_silent": "device silent", "score": "score",
}  # fmt: skip


def line_of(event: str, alert: Mapping[str, Any]) -> Document:
    """What an event says of an alert, as fields of its line.

    ``answered_s``: after how many seconds a person first dealt with it. ``ended_s``: after how many it was over.
    """
    raised = datetime.fromisoformat(alert["raised_at"])
    line: Document = {"rule": rule_of(alert), "name": rule_name(alert), "raised_at": raised}
    if event == "alert_raised":
        line["priority"] = alert["priority"]
    answers = [entry["at"] for entry in alert["history"] if entry["action"] in _ANSWERS and entry.get("by") is not None]
    if answers:
        line["answered_s"] = (datetime.fromisoformat(min(answers)) - raised).total_seconds()
    if alert.get("actionable") is not None:
        line["actionable"] = alert["actionable"]
    if alert.get("resolved_at") is not None:
        line["ended_s"] = (datetime.fromisoformat(alert["resolved_at"]) - raised).total_seconds()
    return line


def rule_of(alert: Mapping[str, Any]) -> str:
    """What the alerts of one rule have in common, over all patients."""
    if alert["kind"] == "combination":
        return f"combination|{alert['title']}"
    return f"{alert['kind']}|{alert['code']}" if alert["code"] else str(alert["kind"])


def rule_name(alert: Mapping[str, Any]) -> str:
    """A rule for people."""
    if alert["kind"] == "combination":
        return str(alert["title"])
    kind = _KIND_NAMES.get(alert["kind"], alert["kind"])
    return f"{display_of(alert['code'])}: {kind}" if alert["code"] else str(kind).capitalize()


@dataclass(slots=True)
class Tally:
    """The figures of some alerts and patient-days."""

    name: str = ""
    alerts: int = 0
    patient_days: int = 0
    by_priority: dict[str, int] = field(default_factory=lambda: {"high": 0, "medium": 0, "low": 0})
    in_time: int = 0
    judged: int = 0
    actionable: int = 0
    said: int = 0
    answered_s: list[float] = field(default_factory=list)
    patients: dict[str, int] = field(default_factory=dict)

    def add(self, line: Mapping[str, Any], patient_id: str, now: datetime) -> None:
        """Count an alert."""
        priority = line["priority"]
        self.alerts += 1
        self.by_priority[priority] += 1
        self.patients[patient_id] = self.patients.get(patient_id, 0) + 1
        answered, target = line.get("answered_s"), TARGETS_S[priority]
        if answered is not None:
            self.answered_s.append(answered)
        # Not judged: what may yet be answered in time, and what was over before it had to be.
        lasted = line.get("ended_s", (now - line["raised_at"]).total_seconds())
        if answered is not None or lasted > target:
            self.judged += 1
            self.in_time += answered is not None and answered <= target
        if "actionable" in line:
            self.said += 1
            self.actionable += line["actionable"]

    def figures(self) -> dict[str, Any]:
        """As BurdenFigures."""
        return {
            "alerts": self.alerts,
            "patient_days": self.patient_days,
            "per_patient_day": round(self.alerts / self.patient_days, 3) if self.patient_days else None,
            **self.by_priority,
            "in_time": round(self.in_time / self.judged, 3) if self.judged else None,
            "judged": self.judged,
            "actionable": round(self.actionable / self.said, 3) if self.said else None,
            "said": self.said,
            "median_answer_s": median(self.answered_s) if self.answered_s else None,
        }


@dataclass(slots=True)
class Report:
    """The whole, its days, and its rows by one aspect."""

    total: Tally = field(default_factory=Tally)
    days: dict[str, Tally] = field(default_factory=dict)
    rows: dict[str, Tally] = field(default_factory=dict)


def report(sheets: Iterable[Mapping[str, Any]], by: By, now: datetime) -> Report:
    """Sum sheets up. A rule's alerts are over the patient-days of the house, the others' over their own."""
    found = Report()
    for sheet in sheets:
        patient_id, ward = sheet["patient_id"], sheet.get("ward") or ""
        day = found.days.setdefault(sheet["day"], Tally())
        counted = [found.total, day]
        if by != "rule":
            counted.append(found.rows.setdefault(patient_id if by == "patient" else ward, Tally(ward)))
        for tally in counted:
            tally.patient_days += 1
        for line in sheet.get("alerts", {}).values():
            if "priority" not in line:
                continue
            rule = [found.rows.setdefault(line["rule"], Tally(line["name"]))] if by == "rule" else []
            for tally in counted + rule:
                tally.add(line, patient_id, now)
    if by == "rule":
        for tally in found.rows.values():
            tally.patient_days = found.total.patient_days
    return found


def days_until(now: datetime, days: int) -> list[str]:
    """The days of a period that ends today, the oldest first."""
    return [(now.date() - timedelta(days=back)).isoformat() for back in range(days - 1, -1, -1)]
