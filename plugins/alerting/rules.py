"""Limits and what breaks them. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.observations.model import is_charted, numbers
from core.observations.vital_signs import VitalSign, all_vital_signs, get

Priority = Literal["high", "medium", "low"]
PRIORITIES: tuple[Priority, ...] = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Limits:
    """The range of one measurement: at or within low and high is in range; beyond a critical limit is urgent.

    Values are in the measurement's own unit. ``source``: "default" or "patient".
    """

    code: str
    low: float | None
    high: float | None
    critical_low: float | None = None
    critical_high: float | None = None
    source: str = "default"

    @property
    def watched(self) -> bool:
        """Whether there is any limit."""
        return any(limit is not None for limit in (self.low, self.high, self.critical_low, self.critical_high))


@dataclass(frozen=True, slots=True)
class Breach:
    """A number (or a meter's HI or LO) beyond its limit. ``code`` is the number's, not the panel's."""

    code: str
    value: float | None
    breached: Literal["high", "low", "state"]
    limit: float | None
    priority: Priority


def default_limits() -> dict[str, Limits]:
    """The adult limits of the table of vital signs, by code."""
    return {sign.code: _default_of(sign) for sign in all_vital_signs() if sign.unit and not sign.components}


def _default_of(sign: VitalSign) -> Limits:
    return Limits(sign.code, sign.default_low, sign.default_high, sign.critical_low, sign.critical_high)


def codes_judged(document: Mapping[str, Any]) -> list[str]:
    """The codes of an observation whose limits decide about alerts."""
    codes = [code for code, _value in numbers(dict(document))]
    if document.get("data_absent_reason") in _BEYOND or document.get("value_code"):
        codes.append(document["code"])
    return codes


_BEYOND: dict[str, Literal["high", "low"]] = {"positive-infinity": "high", "negative-infinity": "low"}


def breaches(document: Mapping[str, Any], limits: Mapping[str, Limits]) -> list[Breach]:
    """What of an observation is beyond its limits. Untrusted and quarantined readings break nothing."""
    if not is_charted(dict(document)):
        return []
    found: list[Breach] = []
    for code, value in numbers(dict(document)):
        breach = _judge(code, value, limits.get(code))
        if breach is not None:
            found.append(breach)
    beyond = _BEYOND.get(document.get("data_absent_reason") or "")
    if beyond is not None:
        # A meter that says HI or LO has no number, and the number it lacks is beyond all limits.
        found.append(Breach(document["code"], None, beyond, None, "high"))
    value_code = document.get("value_code")
    if value_code is not None and value_code != "A":
        found.append(Breach(document["code"], None, "state", None, "high"))
    return found


def _judge(code: str, value: float, limits: Limits | None) -> Breach | None:
    if limits is None:
        return None
    sign = get(code)
    at_bound = sign is None or sign.critical_inclusive
    if _beyond(value, limits.critical_high, 1, at_bound):
        return Breach(code, value, "high", limits.critical_high, "high")
    if _beyond(value, limits.critical_low, -1, at_bound):
        return Breach(code, value, "low", limits.critical_low, "high")
    if limits.high is not None and value > limits.high:
        return Breach(code, value, "high", limits.high, "medium")
    if limits.low is not None and value < limits.low:
        return Breach(code, value, "low", limits.low, "medium")
    return None


def _beyond(value: float, limit: float | None, direction: int, inclusive: bool) -> bool:
    if limit is None:
        return False
    return (value - limit) * direction > 0 or (inclusive and value == limit)


def higher(first: Priority, second: Priority) -> Priority:
    """The more urgent of two priorities."""
    return max(first, second, key=PRIORITIES.index)


def title_of(breach: Breach) -> str:
    """The alert's headline, without the patient."""
    sign = get(breach.code)
    name = sign.display if sign else breach.code
    if breach.breached == "state":
        return f"{name} is not alert"
    direction = "above" if breach.breached == "high" else "below"
    critical = ", critical" if breach.priority == "high" else ""
    return f"{name} {direction} range{critical}"
