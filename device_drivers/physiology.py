"""Believable vital signs of invented patients, for the simulator, the demo and tests. Pure and seeded.

The same seed, patient and time give the same values, whatever was asked before: a month of history can
be made at any time, in any order, and agrees with what is sent live. Not a model of physiology: the
figures are chosen to look right on a chart and to lead the alert rules where the scenario says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.observations.vital_signs import (
    BODY_HEIGHT,
    BODY_TEMPERATURE,
    BODY_WEIGHT,
    CONSCIOUSNESS,
    DIASTOLIC,
    GLUCOSE,
    HEART_RATE,
    MEAN_ARTERIAL,
    OXYGEN_FLOW,
    OXYGEN_SATURATION,
    RESPIRATORY_RATE,
    SYSTOLIC,
    get,
)

_HOUR_S = 3600.0
_DAY_S = 86_400.0
_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Scenario:
    """A kind of patient. ``drivers``: the built-in drivers whose devices such a patient has.

    period_s: the course repeats with this period unless its start is given; 0: it has no course.
    """

    name: str
    description: str
    drivers: tuple[str, ...]
    period_s: float = 0.0


_HOME = ("blood_pressure", "pulse_oximeter", "thermometer", "weight_scale")
_WARD = ("blood_pressure", "pulse_oximeter", "thermometer", "heart_rate", "generic_json")

SCENARIOS: Mapping[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario("stable", "Nothing out of the ordinary.", _HOME),
        Scenario("sepsis_like", "Well, then worse over a day and a half, then treated.", _WARD, 5 * _DAY_S),
        Scenario("postoperative", "Mends over eight days after an operation.", _WARD, 14 * _DAY_S),
        Scenario("hypertensive", "High blood pressure at home, worst in the morning.", ("blood_pressure",)),
        Scenario("diabetic", "Peaks after meals; a low in some nights.", ("glucometer", "weight_scale")),
        Scenario("copd", "Low saturation as usual, on a little oxygen.", ("pulse_oximeter", "generic_json")),
        Scenario("silent_device", "Steady, and silent in the last part of the course.", _HOME, 6 * _DAY_S),
        Scenario("forgetful", "Steady, and measures about every second time.", _HOME),
    )
}


@dataclass(slots=True)
class _Body:
    """The state from which the values are read, in stored units."""

    heart_rate: float
    respiratory_rate: float
    saturation: float
    temperature: float
    systolic: float
    diastolic: float
    glucose: float
    weight: float
    height: float
    oxygen_flow: float = 0.0
    consciousness: str = "A"


@dataclass(frozen=True, slots=True)
class _Moment:
    """Whose values, when: what every random figure is drawn from."""

    key: int
    time_s: float
    hour: float
    course_s: float

    def trait(self, name: int) -> float:
        """A lasting trait of the patient, -1 to 1, mostly near 0."""
        return _unit(self.key, name, 0) + _unit(self.key, name, 1) - 1

    def wave(self, name: int, period_s: float) -> float:
        """Smooth noise, -1 to 1, that changes within about ``period_s``."""
        position = self.time_s / period_s
        step = math.floor(position)
        part = position - step
        before, after = _unit(self.key, name, step), _unit(self.key, name, step + 1)
        return 2 * (before + (after - before) * part * part * (3 - 2 * part)) - 1

    def chance(self, name: int, period_s: float) -> float:
        """0 to 1, the same within each ``period_s``."""
        return _unit(self.key, name, math.floor(self.time_s / period_s))


def sample(
    scenario: str, seed: int, patient_index: int, at: datetime, onset: datetime | None = None
) -> dict[str, float | str]:
    """The vital signs at a time by LOINC code, in stored units; consciousness as its ACVPU letter.

    at: aware; the time of day is that of its own zone. onset: when the scenario's course begins; without
    it the course repeats, each patient at another point of it. Empty when nothing is measured.
    Raises KeyError for an unknown scenario, ValueError for a naive time.
    """
    kind = SCENARIOS[scenario]
    if at.tzinfo is None:
        raise ValueError("at needs a zone")
    moment = _moment(kind, seed, patient_index, at, onset)
    body = _healthy(moment)
    course = _COURSES.get(scenario)
    if course is not None and not course(moment, body):
        return {}
    return _values(body)


def _moment(kind: Scenario, seed: int, patient_index: int, at: datetime, onset: datetime | None) -> _Moment:
    key = _mix(_mix(seed & _MASK) ^ (patient_index & _MASK))
    time_s = at.timestamp()
    if onset is not None:
        course_s = time_s - onset.timestamp()
    elif kind.period_s:
        course_s = (time_s + _unit(key, 99, 0) * kind.period_s) % kind.period_s
    else:
        course_s = 0.0
    return _Moment(key, time_s, at.hour + at.minute / 60, course_s)


def _healthy(now: _Moment) -> _Body:
    # Lowest about four in the morning, highest in the afternoon.
    day = -math.cos((now.hour - 4) / 24 * 2 * math.pi)
    activity = now.wave(1, 1.5 * _HOUR_S) * (0.3 if now.hour < 7 or now.hour >= 23 else 1.0)
    strain = now.wave(2, 20 * 60.0)
    height = 170 + 14 * now.trait(10)
    return _Body(
        heart_rate=70 + 9 * now.trait(11) + 5 * day + 5 * activity + 2 * strain + now.wave(3, 60.0),
        respiratory_rate=15 + 1.5 * now.trait(12) + 0.8 * day + 1.2 * activity + 0.5 * now.wave(4, 120.0),
        saturation=97.2 + 0.8 * now.trait(13) + 0.3 * day - 0.3 * activity + 0.6 * now.wave(5, 600.0),
        temperature=36.7 + 0.15 * now.trait(14) + 0.3 * day + 0.1 * activity + 0.05 * now.wave(6, 900.0),
        systolic=121 + 8 * now.trait(15) + 5 * day + 4 * activity + 3 * strain + 1.5 * now.wave(7, 90.0),
        diastolic=76 + 5 * now.trait(16) + 3 * day + 2 * activity + 2 * strain + now.wave(8, 90.0),
        glucose=96 + 6 * now.trait(17) + 24 * _after_meals(now.hour) + 5 * now.wave(9, _HOUR_S),
        weight=(24.5 + 3.5 * now.trait(18)) * (height / 100) ** 2 + 0.4 * now.wave(10, 3 * _DAY_S) + 0.3 * day,
        height=height,
    )


def _after_meals(hour: float) -> float:
    """0 to about 1: how much of a meal's sugar is in the blood."""
    total = 0.0
    for meal, share in ((7.5, 1.0), (12.5, 0.8), (18.5, 0.9)):
        since = (hour - meal) % 24
        total += share * (since / 0.9) * math.exp(1 - since / 0.9)
    return min(total, 1.3)


# -- courses: each changes the body, and says whether it is measured at all ------------------------
def _sepsis_like(now: _Moment, body: _Body) -> bool:
    start_s, worst_s, well_s = (0.0, 1.5 * _DAY_S, 3.0 * _DAY_S)
    severity = _ramp(now.course_s, start_s, worst_s) - _ramp(now.course_s, worst_s + 0.25 * _DAY_S, well_s)
    severity *= 1 + 0.06 * now.wave(20, 2 * _HOUR_S)
    body.temperature += 2.7 * severity
    body.heart_rate += 52 * severity
    body.respiratory_rate += 14 * severity
    body.saturation -= 9 * severity
    body.systolic -= 36 * severity
    body.diastolic -= 24 * severity
    body.glucose += 60 * severity
    if severity > 0.6:
        body.oxygen_flow = 2.0 + round(4 * (severity - 0.6) / 0.4)
        body.saturation += 2
    if severity > 0.85:
        body.consciousness = "V" if severity > 0.97 else "C"
    return True


def _postoperative(now: _Moment, body: _Body) -> bool:
    days = max(0.0, now.course_s / _DAY_S)
    pain = math.exp(-days / 2.2)
    fever = max(0.0, 1.3 * math.exp(-((days - 1.4) ** 2) / 0.9))
    body.temperature += fever
    body.heart_rate += 20 * pain + 8 * fever
    body.respiratory_rate += 4.5 * pain
    body.saturation -= 3.5 * pain
    body.systolic -= 14 * math.exp(-days / 0.6) - 6 * pain
    body.oxygen_flow = float(max(0, round(3 * math.exp(-days / 1.2) - 0.2)))
    body.weight -= 0.25 * min(days, 6)
    if days < 0.08:
        body.consciousness = "V"
    return True


def _hypertensive(now: _Moment, body: _Body) -> bool:
    morning = math.exp(-((now.hour - 8) ** 2) / 6)
    bad_day = max(0.0, now.chance(21, _DAY_S) - 0.85) / 0.15
    body.systolic += 33 + 11 * morning + 22 * bad_day * morning + 5 * now.wave(22, _DAY_S)
    body.diastolic += 17 + 6 * morning + 12 * bad_day * morning
    body.heart_rate += 4
    return True


def _diabetic(now: _Moment, body: _Body) -> bool:
    body.glucose += 34 + 62 * _after_meals(now.hour) + 12 * now.wave(23, 5 * _HOUR_S)
    # About every fourth night; the night is counted from noon so that midnight does not cut it in two.
    night = (now.hour + 12) % 24
    if _unit(now.key, 24, math.floor((now.time_s - night * _HOUR_S) / _DAY_S + 0.5)) < 0.25:
        depth = math.exp(-((night - 15.2) ** 2) / 2.5)
        body.glucose += depth * (50 - body.glucose)
        body.heart_rate += 18 * depth
    return True


def _copd(now: _Moment, body: _Body) -> bool:
    worse = max(0.0, now.wave(25, 2 * _DAY_S))
    body.saturation -= 7.2 + 2.2 * worse
    body.respiratory_rate += 5.5 + 4 * worse
    body.heart_rate += 13 + 8 * worse
    body.oxygen_flow = 1.0 if worse < 0.5 else 2.0
    return True


def _silent_device(now: _Moment, _body: _Body) -> bool:
    return now.course_s < 4.5 * _DAY_S


def _forgetful(now: _Moment, _body: _Body) -> bool:
    return now.chance(26, 8 * _HOUR_S) < 0.55


_COURSES: Mapping[str, Callable[[_Moment, _Body], bool]] = {
    "sepsis_like": _sepsis_like,
    "postoperative": _postoperative,
    "hypertensive": _hypertensive,
    "diabetic": _diabetic,
    "copd": _copd,
    "silent_device": _silent_device,
    "forgetful": _forgetful,
}


# -- figures --------------------------------------------------------------------------------------
def _values(body: _Body) -> dict[str, float | str]:
    systolic = _round(SYSTOLIC, body.systolic, 60, 250)
    diastolic = min(_round(DIASTOLIC, body.diastolic, 30, 150), systolic - 12)
    return {
        HEART_RATE: _round(HEART_RATE, body.heart_rate, 35, 190),
        RESPIRATORY_RATE: _round(RESPIRATORY_RATE, body.respiratory_rate, 6, 45),
        OXYGEN_SATURATION: _round(OXYGEN_SATURATION, body.saturation, 70, 100),
        BODY_TEMPERATURE: _round(BODY_TEMPERATURE, body.temperature, 34, 42),
        SYSTOLIC: systolic,
        DIASTOLIC: diastolic,
        MEAN_ARTERIAL: float(round((systolic + 2 * diastolic) / 3)),
        GLUCOSE: _round(GLUCOSE, body.glucose, 35, 450),
        BODY_WEIGHT: _round(BODY_WEIGHT, body.weight, 40, 200),
        BODY_HEIGHT: _round(BODY_HEIGHT, body.height, 140, 210),
        OXYGEN_FLOW: body.oxygen_flow,
        CONSCIOUSNESS: body.consciousness,
    }


_DECIMALS = {
    code: sign.decimals
    for code in (
        HEART_RATE, RESPIRATORY_RATE, OXYGEN_SATURATION, BODY_TEMPERATURE, SYSTOLIC, DIASTOLIC, GLUCOSE,
        BODY_WEIGHT, BODY_HEIGHT,
    )
    if (sign := get(code)) is not None
}  # fmt: skip


def _round(code: str, value: float, low: float, high: float) -> float:
    return float(round(min(max(value, low), high), _DECIMALS[code]))


def _ramp(value: float, start: float, end: float) -> float:
    """0 before ``start``, 1 after ``end``, smooth between."""
    part = min(max((value - start) / (end - start), 0.0), 1.0)
    return part * part * (3 - 2 * part)


def _mix(value: int) -> int:
    # SplitMix64: each bit of the input changes half of the bits of the output.
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def _unit(key: int, name: int, step: int) -> float:
    """A number from 0 to 1 for a name and a step."""
    return _mix(key ^ _mix((name << 48) ^ (step & 0xFFFFFFFFFFFF))) / 2**64
