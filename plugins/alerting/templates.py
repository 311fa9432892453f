"""The rule templates that are shipped. An installation may change or delete them and add its own. Pure.

Their numbers are starting points from common practice, for the people of a house to decide about; only the weight
rule (2 kg in 3 days) and SpO2 88-92 % in chronic hypercapnia (NEWS2 scale 2) stand in a guideline of their field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.database.connection import Document
from core.observations.vital_signs import (
    BODY_TEMPERATURE,
    BODY_WEIGHT,
    DIASTOLIC,
    HEART_RATE,
    OXYGEN_SATURATION,
    RESPIRATORY_RATE,
    SYSTOLIC,
)

_DAY_S = 24 * 3600


def _limits(code: str, low: float | None, high: float | None, critical_low: float | None = None,
            critical_high: float | None = None, **more: Any) -> Document:  # fmt: skip
    return {
        "code": code, "low": low, "high": high, "critical_low": critical_low, "critical_high": critical_high,
        "duration_s": 0, "hysteresis": 0.0, "latching": True, "rate": None,
    } | more  # fmt: skip


def _condition(code: str, operator: str, value: float, max_age_s: int, hours: float | None = None,
               *, required: bool = True) -> Document:  # fmt: skip
    return {"code": code, "operator": operator, "value": value, "max_age_s": max_age_s, "hours": hours,
            "required": required}  # fmt: skip


def _combination(rule_id: str, title: str, priority: str, at_least: int, *conditions: Document) -> Document:
    return {
        "id": rule_id, "title": title, "priority": priority, "at_least": at_least, "conditions": list(conditions),
        "enabled": True, "latching": True,
    }  # fmt: skip


SHIPPED: dict[str, Document] = {
    "heart_failure": {
        "title": "Heart failure",
        "rules": [
            _limits(BODY_WEIGHT, None, None, rate={"change": 2.0, "hours": 72.0, "direction": "up"}),
            _limits(HEART_RATE, 50, 110, 40, 130, duration_s=300, hysteresis=3.0),
            _limits(SYSTOLIC, 90, 150, 80, 180),
        ],
        "combinations": [
            _combination(
                "water", "Weight is rising and saturation falling", "high", 2,
                _condition(BODY_WEIGHT, "risen", 1.5, 2 * _DAY_S, 72.0),
                _condition(OXYGEN_SATURATION, "fallen", 3.0, _DAY_S, 72.0),
            ),
        ],
        "stale": [{"code": BODY_WEIGHT, "hours": 48.0, "priority": "low"}],
    },
    "copd": {
        "title": "COPD",
        "rules": [
            _limits(OXYGEN_SATURATION, 88, None, 83, None, duration_s=120, hysteresis=1.0),
            _limits(RESPIRATORY_RATE, 8, 28, 6, 34),
        ],
        "combinations": [
            _combination(
                "flare_up", "Breathing faster with a fast pulse or fever", "high", 2,
                _condition(RESPIRATORY_RATE, "above", 24, 3600),
                _condition(HEART_RATE, "above", 110, 3600, required=False),
                _condition(BODY_TEMPERATURE, "above", 38.0, 12 * 3600, required=False),
            ),
        ],
        "stale": [],
    },
    "hypertension": {
        "title": "Hypertension",
        "rules": [
            _limits(SYSTOLIC, 95, 150, 85, 180, hysteresis=3.0),
            _limits(DIASTOLIC, 50, 95, 40, 120, hysteresis=2.0),
        ],
        "combinations": [],
        "stale": [],
    },
    "post_operative": {
        "title": "Post-operative",
        "rules": [
            _limits(HEART_RATE, 50, 110, 40, 130, duration_s=300, hysteresis=3.0),
            _limits(BODY_TEMPERATURE, 35.5, 38.4, 35.0, 40.0, hysteresis=0.2),
            _limits(SYSTOLIC, 95, 160, 85, 180),
        ],
        "combinations": [
            _combination(
                "infection", "Fast pulse with fever or low pressure", "high", 2,
                _condition(HEART_RATE, "above", 100, 1800),
                _condition(BODY_TEMPERATURE, "above", 38.0, 4 * 3600, required=False),
                _condition(SYSTOLIC, "below", 100, 4 * 3600, required=False),
            ),
        ],
        "stale": [{"code": HEART_RATE, "hours": 8.0, "priority": "medium"}],
    },
}  # fmt: skip


def in_force(own: Mapping[str, Document]) -> list[Document]:
    """The templates that hold, by title. ``own``: the installation's, over those of the same id that are shipped."""
    rows = {template_id: {"_id": template_id, **row} for template_id, row in SHIPPED.items()} | dict(own)
    return sorted((row for row in rows.values() if not row.get("deleted")), key=lambda row: (row["title"], row["_id"]))
