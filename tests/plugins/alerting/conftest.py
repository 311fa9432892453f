"""Readings by hand, and what becomes of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.database.connection import Document
from core.observations.vital_signs import BODY_TEMPERATURE
from core.platform import Platform
from plugins.alerting.handlers import AlertEvaluator
from plugins.alerting.store import AlertStore
from tests.support import Cast

START = datetime.fromisoformat("2026-01-31T12:00:00+00:00")


def reading(patient_id: str, number: int, value: float | None, **more: Any) -> Document:
    return {
        "_id": f"o{number}",
        "patient_id": patient_id,
        "code": BODY_TEMPERATURE,
        "value": value,
        "unit": "Cel",
        "components": [],
        "status": "final",
        "flags": [],
        "effective_at": START + timedelta(minutes=number),
        "received_at": START + timedelta(minutes=number),
        "source": "device",
    } | more


class Watch:
    """Evaluates readings and looks at the alerts."""

    def __init__(self, platform: Platform, patient_id: str) -> None:
        self.platform = platform
        self.patient_id = patient_id
        self.store = AlertStore(platform.database, platform.clock)
        self.evaluator = AlertEvaluator(platform, self.store)

    def see(self, number: int, value: float, **more: Any) -> None:
        document = reading(self.patient_id, number, value, **more)
        self.platform.observations.note_latest([document])
        self.evaluator.observe([document])

    def again(self) -> AlertEvaluator:
        """Another process's evaluator."""
        return AlertEvaluator(self.platform, self.store)

    def alerts(self) -> list[Document]:
        return sorted(self.platform.database.db.alerting_alerts.find({}), key=lambda row: row["first_at"])

    def acknowledge(self) -> None:
        (alert,) = [row for row in self.alerts() if row["status"] == "active"]
        assert self.store.change(alert["_id"], {"status": "active"}, {"status": "acknowledged"})
        self.evaluator._fresh_until = 0


@pytest.fixture
def watch(platform: Platform, cast: Cast) -> Watch:
    return Watch(platform, cast.alice.id)
