"""The report of the alarm burden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from flask import Response, g
from pydantic import Field

from core.access.permission import Permission
from core.http import ApiBlueprint, ApiModel, QueryModel, answer
from plugins.alerting.burden import TARGETS_S, Tally, days_until, report
from plugins.alerting.ledger import BurdenLedger

if TYPE_CHECKING:
    from core.platform import Platform


class BurdenQuery(QueryModel):
    """Which period, and by what."""

    days: Literal["7", "30", "90"] = Field("30", description="The period, ending today.")
    by: Literal["rule", "patient", "ward"] = "rule"


class BurdenFigures(ApiModel):
    """Alerts and how they were answered. Shares are from 0 to 1, and null where there is nothing to share."""

    alerts: int
    patient_days: int = Field(description="Days on which a patient was measured or alerted.")
    per_patient_day: float | None
    high: int
    medium: int
    low: int
    in_time: float | None = Field(description="Share answered in time of those that had to be.")
    judged: int = Field(description="Alerts that were answered, or lasted longer than their time.")
    actionable: float | None = Field(description="Share of those of which somebody said whether there was work.")
    said: int
    median_answer_s: float | None = Field(description="Seconds from raising to a person's first action.")


class BurdenDay(BurdenFigures):
    """One day, by the installation's calendar."""

    day: str


class BurdenRow(BurdenFigures):
    """One rule, patient or ward."""

    key: str
    name: str = Field(description="Empty: patients without a ward.")
    busiest_patient: str | None = Field(description="The id of the patient with the most of these alerts.")


class BurdenTargets(ApiModel):
    """Within how many seconds an alert should be answered."""

    high: int
    medium: int
    low: int


class BurdenReport(ApiModel):
    """The alarm burden of a period, for the patients whom the caller may see."""

    days: int
    by: str
    targets_s: BurdenTargets
    total: BurdenFigures
    trend: list[BurdenDay]
    rows: list[BurdenRow] = Field(description="The heaviest first.")


def add_burden_route(api: ApiBlueprint, platform: Platform, ledger: BurdenLedger) -> None:
    """Add the route to the plugin's blueprint."""

    @api.read(
        "/alarm-burden", Permission("alarm_burden", "read", filtered=True, audit=True), answers={200: BurdenReport}
    )
    def alarm_burden(query: BurdenQuery) -> Response:
        """Alerts per patient-day, and how they were answered."""
        visible = platform.access.visible_patients(g.principal, "alarm_burden", "read")
        now = platform.clock()
        days = days_until(now.astimezone(platform.settings.zone), int(query.days))
        sheets = ledger.sheets(days[0], visible if isinstance(visible, frozenset) else None)
        found = report(sheets, query.by, now)
        names = {key: tally.name for key, tally in found.rows.items()}
        if query.by == "patient":
            patients = platform.patients.several(found.rows)
            names = {key: patients[key].name for key in found.rows if key in patients}
        rows = [_row(key, names[key], tally) for key, tally in found.rows.items() if key in names]
        rows.sort(key=lambda row: (-(row["per_patient_day"] or 0), row["name"]))
        return answer(
            {
                "days": int(query.days),
                "by": query.by,
                "targets_s": TARGETS_S,
                "total": found.total.figures(),
                "trend": [{"day": day, **found.days.get(day, Tally()).figures()} for day in days],
                "rows": rows,
            }
        )


def _row(key: str, name: str, tally: Tally) -> dict[str, Any]:
    busiest = max(tally.patients, key=lambda patient_id: tally.patients[patient_id], default=None)
    return {"key": key, "name": name, "busiest_patient": busiest, **tally.figures()}
