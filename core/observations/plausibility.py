"""Plausibility: values that no living person has are kept and marked, never charted as truth. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

from core.observations.vital_signs import DIASTOLIC, SYSTOLIC, get


def judge(code: str, value: float | None, components: Mapping[str, float | None]) -> str | None:
    """Why a measurement in stored units is implausible; None if it is not."""
    for part_code, part in ((code, value), *components.items()):
        reason = _judge_number(part_code, part)
        if reason is not None:
            return reason
    systolic, diastolic = components.get(SYSTOLIC), components.get(DIASTOLIC)
    if systolic is not None and diastolic is not None and systolic <= diastolic:
        return "the systolic pressure is not above the diastolic"
    return None


def _judge_number(code: str, value: float | None) -> str | None:
    sign = get(code)
    if value is None or sign is None:
        return None
    if not math.isfinite(value):
        return f"{sign.display} is not a number"
    low, high = sign.reject_low, sign.reject_high
    if low is not None and (value < low or (value == low and not sign.low_inclusive)):
        return f"{sign.display} is below what is possible"
    if high is not None and (value > high or (value == high and not sign.high_inclusive)):
        return f"{sign.display} is above what is possible"
    return None
