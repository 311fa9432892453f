"""Limits and what breaks them. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from core.observations.model import display_of, is_charted, numbers
from core.observations.vital_signs import BODY_WEIGHT, VitalSign, all_vital_signs, get

Priority = Literal["high", "medium", "low"]
Breached = Literal["high", "low", "state", "rise", "fall", "condition"]
#: How far before its duration a breach's beginning is looked for: devices do not measure to the second.
LOOK_BACK = timedelta(hours=1)
PRIORITIES: tuple[Priority, ...] = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Rate:
    """How much a measurement may change: by ``change`` at the most within ``hours``.

    ``direction``: "up", "down" or "both".
    """

    change: float
    hours: float
    direction: Literal["up", "down", "both"] = "both"


@dataclass(frozen=True, slots=True)
class Limits:
    """The range of one measurement: at or within low and high is in range; beyond a critical limit is urgent.

    Values are in the measurement's own unit. ``duration_s``: how long all readings must be beyond a limit before that
    is an episode; a critical limit does not wait. ``hysteresis``: how far within the range a value must be for the
    episode to end. ``latching``: an alert stays until a person has seen it, though its condition has ended.
    ``source``: "default", "patient" or a template's id.
    """

    code: str
    low: float | None
    high: float | None
    critical_low: float | None = None
    critical_high: float | None = None
    duration_s: int = 0
    hysteresis: float = 0.0
    latching: bool = True
    rate: Rate | None = None
    source: str = "default"

    @property
    def watched(self) -> bool:
        """Whether there is anything to watch."""
        limits = (self.low, self.high, self.critical_low, self.critical_high)
        return self.rate is not None or any(limit is not None for limit in limits)

    def tightened(self) -> Limits:
        """The range within which an episode ends."""

        def shifted(limit: float | None, by: float) -> float | None:
            return None if limit is None else limit + by

        up, down = self.hysteresis, -self.hysteresis
        return replace(
            self,
            low=shifted(self.low, up),
            high=shifted(self.high, down),
            critical_low=shifted(self.critical_low, up),
            critical_high=shifted(self.critical_high, down),
        )


def limits_of(rule: Mapping[str, Any], source: str) -> Limits:
    """A stored rule as limits."""
    rate = rule.get("rate")
    return Limits(**{**rule, "rate": Rate(**rate) if rate else None}, source=source)


@dataclass(frozen=True, slots=True)
class Breach:
    """A number (or a meter's HI or LO) beyond its limit. ``code`` is the number's, not the panel's.

    Of a condition that another plugin tells of there may be no code, and it has its own ``title`` and ``detail``.
    """

    code: str | None
    value: float | None
    breached: Breached
    limit: float | None
    priority: Priority
    rate: Rate | None = None
    title: str | None = None
    detail: str | None = None


def default_limits() -> dict[str, Limits]:
    """The adult limits of the table of vital signs, by code."""
    return {sign.code: _default_of(sign) for sign in all_vital_signs() if sign.unit and not sign.components}


#: Heart failure shows as water: more than 2 kg in 3 days.
_DEFAULT_RATES = {BODY_WEIGHT: Rate(2.0, 72.0, "up")}


def _default_of(sign: VitalSign) -> Limits:
    return Limits(
        sign.code, sign.default_low, sign.default_high, sign.critical_low, sign.critical_high,
        rate=_DEFAULT_RATES.get(sign.code),
    )  # fmt: skip


def codes_judged(document: Mapping[str, Any]) -> list[str]:
    """The codes of an observation whose limits decide about alerts."""
    codes = [code for code, _value in numbers(dict(document))]
    if document.get("data_absent_reason") in BEYOND or document.get("value_code"):
        codes.append(document["code"])
    return codes


#: What a meter says instead of a number when its range is left.
BEYOND: dict[str, Literal["high", "low"]] = {"positive-infinity": "high", "negative-infinity": "low"}


def breaches(document: Mapping[str, Any], limits: Mapping[str, Limits]) -> list[Breach]:
    """What of an observation is beyond its limits. Untrusted and quarantined readings break nothing."""
    if not is_charted(dict(document)):
        return []
    found: list[Breach] = []
    for code, value in numbers(dict(document)):
        breach = _judge(code, value, limits.get(code))
        if breach is not None:
            found.append(breach)
    beyond = BEYOND.get(document.get("data_absent_reason") or "")
    if beyond is not None:
        # A meter that says HI or LO has no number, and the number it lacks is beyond all limits.
        found.append(Breach(document["code"], None, beyond, _outermost(limits.get(document["code"]), beyond), "high"))
    value_code = document.get("value_code")
    if value_code is not None and value_code != "A":
        found.append(Breach(document["code"], None, "state", None, "high"))
    return found


def lasts_in(code: str, document: Mapping[str, Any], limits: Mapping[str, Limits]) -> bool:
    """Whether a reading that keeps the limit of ``code`` is too close to it to end an episode."""
    own = limits.get(code)
    if own is None or own.hysteresis == 0:
        return False
    return any(breach.code == code for breach in breaches(document, {code: own.tightened()}))


def change_beyond(
    code: str, value: float, earlier: Sequence[float], rate: Rate, priority: Priority = "medium"
) -> Breach | None:
    """How ``value`` has changed too much since the ``earlier`` ones of the span; None if it has not."""
    if not earlier:
        return None
    # What is shown is rounded to a tenth at the most; 2.0 kg must not be more than 2 kg by arithmetic.
    risen, fallen = round(value - min(earlier), 6), round(max(earlier) - value, 6)
    if rate.direction != "down" and risen > rate.change:
        return Breach(code, value, "rise", min(earlier) + rate.change, priority, rate)
    if rate.direction != "up" and fallen > rate.change:
        return Breach(code, value, "fall", max(earlier) - rate.change, priority, rate)
    return None


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


def _outermost(limits: Limits | None, side: Literal["high", "low"]) -> float | None:
    if limits is None:
        return None
    critical, usual = (limits.critical_high, limits.high) if side == "high" else (limits.critical_low, limits.low)
    return usual if critical is None else critical


def _beyond(value: float, limit: float | None, direction: int, inclusive: bool) -> bool:
    if limit is None:
        return False
    return (value - limit) * direction > 0 or (inclusive and value == limit)


def higher(first: Priority, second: Priority) -> Priority:
    """The more urgent of two priorities."""
    return max(first, second, key=PRIORITIES.index)


def title_of(breach: Breach) -> str:
    """The alert's headline, without the patient."""
    if breach.title is not None or breach.code is None:
        return breach.title or "A condition holds"
    sign = get(breach.code)
    name = sign.display if sign else breach.code
    if breach.breached == "state":
        return f"{name} is not alert"
    if breach.rate is not None:
        unit = f" {sign.unit}" if sign and sign.unit else ""
        moved = "up" if breach.breached == "rise" else "down"
        return f"{name} {moved} more than {breach.rate.change:g}{unit} in {span_text(breach.rate.hours)}"
    direction = "above" if breach.breached == "high" else "below"
    critical = ", critical" if breach.priority == "high" else ""
    return f"{name} {direction} range{critical}"


def silence_title(code: str, hours: float) -> str:
    """The headline of an alert about readings that stay away."""
    return f"No {display_of(code).lower()} for {span_text(hours)}"


def span_text(hours: float) -> str:
    """A span in words."""
    if hours % 24 == 0 and hours >= 48:
        return f"{hours / 24:g} days"
    return "an hour" if hours == 1 else f"{hours:g} hours"
