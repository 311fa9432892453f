"""Makes JSON readings; for the simulator and for tests."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any


def json_frame(
    code: str, value: float, unit: str, at: datetime | None = None, battery_percent: int | None = None
) -> bytes:
    """One reading as JSON; ``at`` is an aware time."""
    reading: dict[str, Any] = {"code": code, "value": value, "unit": unit}
    if at is not None:
        reading["effective_at"] = at.isoformat()
    if battery_percent is not None:
        reading["battery_percent"] = battery_percent
    return json.dumps(reading).encode()


def json_coded_frame(code: str, value_code: str, at: datetime | None = None) -> bytes:
    """One coded reading as JSON, such as consciousness; ``at`` is an aware time."""
    reading: dict[str, Any] = {"code": code, "value_code": value_code}
    if at is not None:
        reading["effective_at"] = at.isoformat()
    return json.dumps(reading).encode()
