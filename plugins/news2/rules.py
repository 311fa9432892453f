"""The National Early Warning Score 2 (Royal College of Physicians, 2017): readings in, a score out. Pure.

A score needs all seven inputs. One that is missing or stale gives no score, and says which: it never counts as zero.
Not here: whose readings they are, and what is done about the score.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from core.observations.model import display_of
from core.observations.vital_signs import (
    BODY_TEMPERATURE,
    CONSCIOUSNESS,
    HEART_RATE,
    OXYGEN_FLOW,
    OXYGEN_SATURATION,
    RESPIRATORY_RATE,
    SYSTOLIC,
    get,
)

#: Rising bands: the highest value of each, included, and its points. None: no upper end.
Bands = tuple[tuple[str | None, int], ...]
Level = Literal["routine", "low", "single", "medium", "high"]

#: The table, but for oxygen saturation, whose bands depend on the scale.
BANDS: Mapping[str, Bands] = {
    RESPIRATORY_RATE: (("8", 3), ("11", 1), ("20", 0), ("24", 2), (None, 3)),
    SYSTOLIC: (("90", 3), ("100", 2), ("110", 1), ("219", 0), (None, 3)),
    HEART_RATE: (("40", 3), ("50", 1), ("90", 0), ("110", 1), ("130", 2), (None, 3)),
    BODY_TEMPERATURE: (("35.0", 3), ("36.0", 1), ("38.0", 0), ("39.0", 1), (None, 2)),
}
SATURATION_SCALE_1: Bands = (("91", 3), ("93", 2), ("95", 1), (None, 0))
_SCALE_2_LOW: Bands = (("83", 3), ("85", 2), ("87", 1), ("92", 0))
SATURATION_SCALE_2_AIR: Bands = (*_SCALE_2_LOW, (None, 0))
SATURATION_SCALE_2_OXYGEN: Bands = (*_SCALE_2_LOW, ("94", 1), ("96", 2), (None, 3))
CONSCIOUSNESS_POINTS: Mapping[str, int] = {"A": 0, "C": 3, "V": 3, "P": 3, "U": 3}
OXYGEN_POINTS = 2

#: How old an input may be. Twelve hours is the longest interval between observations that NEWS2 knows (score 0): a
#: reading older than that is overdue whatever the score, so nothing may be concluded from it. It is not shorter for
#: the signs that monitors measure, because a ward that takes full sets by hand would have no score between its rounds;
#: each input carries its age instead.
MAX_AGE: Mapping[str, timedelta] = {
    RESPIRATORY_RATE: timedelta(hours=12),
    OXYGEN_SATURATION: timedelta(hours=12),
    OXYGEN_FLOW: timedelta(hours=12),
    SYSTOLIC: timedelta(hours=12),
    HEART_RATE: timedelta(hours=12),
    CONSCIOUSNESS: timedelta(hours=12),
    BODY_TEMPERATURE: timedelta(hours=12),
}
#: The inputs, in the order of the chart.
INPUTS = tuple(MAX_AGE)


@dataclass(frozen=True, slots=True)
class Response:
    """What a score asks for.

    interval: the longest time to the next full set; zero is continuous. priority: of the alert; None for none.
    """

    level: Level
    headline: str
    text: str
    interval: timedelta
    priority: str | None


#: For 1 to 4 points NEWS2 says four to six hours: the next set is due after four, so that a late one is still in time.
RESPONSES: Mapping[Level, Response] = {
    "routine": Response(
        "routine", "routine monitoring", "Routine monitoring, at least every 12 hours.", timedelta(hours=12), None
    ),
    "low": Response(
        "low", "assessment by a nurse", "Assessment by a nurse; at least every 4 to 6 hours.", timedelta(hours=4), None
    ),
    "single": Response(
        "single",
        "urgent ward review",
        "Urgent ward review: one sign alone scores 3; at least every hour.",
        timedelta(hours=1),
        "medium",
    ),
    "medium": Response(
        "medium", "urgent response", "Urgent response; at least every hour.", timedelta(hours=1), "medium"
    ),
    "high": Response("high", "emergency response", "Emergency response; continuous monitoring.", timedelta(0), "high"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """The newest value of one input; a letter for consciousness."""

    code: str
    value: float | str
    unit: str | None
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Scored:
    """An input and what it adds; ``points`` is None if it cannot be scored now."""

    reading: Reading
    age_s: float
    points: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """A score, or why there is none."""

    score: int | None
    scale: int
    inputs: tuple[Scored, ...] = ()
    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    response: Response | None = None
    next_observation_at: datetime | None = None
    not_applicable: str | None = None

    @property
    def points(self) -> dict[str, int]:
        """The points of each input that has some or zero, by code."""
        return {item.reading.code: item.points for item in self.inputs if item.points is not None}

    @property
    def times(self) -> dict[str, datetime]:
        """When each input was measured, by code."""
        return {item.reading.code: item.reading.effective_at for item in self.inputs}


# -- points --------------------------------------------------------------------------------------
def points_for(code: str, value: float | str, scale: int, on_oxygen: bool | None) -> int | None:
    """The points of one value in stored units; None if they cannot be told.

    ``on_oxygen`` is None if that is not known; only scale 2 above 92 % depends on it.
    """
    if isinstance(value, str):
        return CONSCIOUSNESS_POINTS.get(value) if code == CONSCIOUSNESS else None
    if not math.isfinite(value):
        return None
    if code == OXYGEN_FLOW:
        return OXYGEN_POINTS if value > 0 else 0
    bands = _saturation_bands(scale, on_oxygen) if code == OXYGEN_SATURATION else BANDS.get(code)
    return _look_up(bands, _as_charted(code, value)) if bands is not None else None


def _saturation_bands(scale: int, on_oxygen: bool | None) -> Bands:
    if scale == 1:
        return SATURATION_SCALE_1
    if on_oxygen is None:
        return _SCALE_2_LOW
    return SATURATION_SCALE_2_OXYGEN if on_oxygen else SATURATION_SCALE_2_AIR


def _look_up(bands: Bands, value: Decimal) -> int | None:
    return next((points for highest, points in bands if highest is None or value <= Decimal(highest)), None)


def _as_charted(code: str, value: float) -> Decimal:
    """The value as people read it, half up: a temperature to 0.1, the others to 1. The table has no gaps then."""
    sign = get(code)
    step = Decimal(1).scaleb(-(sign.decimals if sign else 0))
    return Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP)


# -- score ---------------------------------------------------------------------------------------
def score(readings: Iterable[Reading], now: datetime, *, scale: int = 1) -> Result:
    """The score of the newest readings, one of each code, as of ``now``."""
    known = {reading.code: reading for reading in readings}
    ages = {code: now - known[code].effective_at for code in INPUTS if code in known}
    stale = tuple(code for code, age in ages.items() if age > MAX_AGE[code])
    on_oxygen: bool | None = None
    if OXYGEN_FLOW in known and OXYGEN_FLOW not in stale:
        on_oxygen = points_for(OXYGEN_FLOW, known[OXYGEN_FLOW].value, scale, None) == OXYGEN_POINTS
    inputs = tuple(
        Scored(
            known[code],
            max(0.0, age.total_seconds()),
            None if code in stale else points_for(code, known[code].value, scale, on_oxygen),
        )
        for code, age in ages.items()
    )
    missing = tuple(code for code in INPUTS if code not in known)
    points = [item.points for item in inputs if item.points is not None]
    if len(points) < len(INPUTS):
        return Result(None, scale, inputs, missing, stale)
    total = sum(points)
    response = RESPONSES[level_of(total, max(points))]
    return Result(total, scale, inputs, missing, stale, response, _next_at(inputs, response, now))


def level_of(total: int, highest: int) -> Level:
    """The level of response to a score whose highest single input has ``highest`` points."""
    if total >= 7:
        return "high"
    if total >= 5:
        return "medium"
    if highest == 3:
        return "single"
    return "low" if total else "routine"


def _next_at(inputs: Iterable[Scored], response: Response, now: datetime) -> datetime:
    """When the next full set is due: an interval after the oldest input. Continuous monitoring is always due."""
    if not response.interval:
        return now
    return min(item.reading.effective_at for item in inputs) + response.interval


# -- words -------------------------------------------------------------------------------------
def in_words(result: Result) -> str:
    """What makes up the score, for the alert: "Points: Respiratory rate 26 (3)."; or why there is none."""
    if result.score is None:
        if result.not_applicable:
            return f"NEWS2 does not apply: {result.not_applicable}."
        parts = [f"{display_of(code)} is missing" for code in result.missing]
        parts += [f"{display_of(code)} is stale" for code in result.stale]
        return f"No score: {', '.join(parts)}."
    scoring = [
        f"{display_of(item.reading.code)} {_plain(item.reading)} ({item.points})"
        for item in result.inputs
        if item.points
    ]
    return f"Points: {', '.join(scoring)}." if scoring else "No input has points."


def _plain(reading: Reading) -> str:
    return reading.value if isinstance(reading.value, str) else f"{_as_charted(reading.code, reading.value)}"
