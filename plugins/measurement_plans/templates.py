"""The plan templates that are shipped. An installation may change or delete them and add its own. Pure."""

from __future__ import annotations

from core.database.connection import Document
from core.observations.vital_signs import BLOOD_PRESSURE, BODY_WEIGHT, GLUCOSE


def _item(code: str, times: list[str], before: int, grace: int, days: int | None, instructions: str) -> Document:
    return {
        "code": code,
        "schedule": {"kind": "times_of_day", "times": times, "weekdays": None},
        "window_before_minutes": before,
        "grace_minutes": grace,
        "days": days,
        "tell": "professionals",
        "instructions": instructions,
    }


SHIPPED: dict[str, Document] = {
    "hypertension": {
        "title": "Hypertension: blood pressure twice daily for 7 days",
        "items": [
            _item(
                BLOOD_PRESSURE, ["08:00", "20:00"], 120, 120, 7,
                "Sit quietly for five minutes. Measure before taking medicines and before meals.",
            ),
        ],
    },
    "heart_failure": {
        "title": "Heart failure: weight each morning",
        "items": [
            _item(
                BODY_WEIGHT, ["07:00"], 120, 180, None,
                "Weigh yourself after getting up, before breakfast, in light clothes.",
            ),
        ],
    },
    "diabetes": {
        "title": "Diabetes: glucose four times a day",
        "items": [
            _item(
                GLUCOSE, ["07:30", "12:00", "18:00", "22:00"], 60, 90, None,
                "Measure before meals and at bedtime, with washed and dried hands.",
            ),
        ],
    },
}  # fmt: skip


def in_force(own: dict[str, Document]) -> list[Document]:
    """The templates that hold, by title. ``own``: the installation's, over those of the same id that are shipped."""
    rows = {template_id: {"_id": template_id, **row} for template_id, row in SHIPPED.items()} | own
    return sorted((row for row in rows.values() if not row.get("deleted")), key=lambda row: (row["title"], row["_id"]))
