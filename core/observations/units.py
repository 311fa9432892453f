"""Units: every measurement is stored in one unit. Conversions of this project happen here only.

An own table for the vital signs, exact in decimal: 99.68 °F is 37.6 °C, not 37.599999.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from core.observations.vital_signs import get

#: mg of glucose in a mmol/L of it, per dL (molar mass 180.16 g/mol).
GLUCOSE_FACTOR = 18.016
KPA_IN_MMHG = 7.500_615_758
POUND_IN_KG = 0.453_592_37
INCH_IN_CM = 2.54


class UnitError(ValueError):
    """The unit is unknown, or does not convert to that of the measurement."""


def _times(factor: float) -> Callable[[float], float]:
    return lambda value: value * factor


def _same(value: float) -> float:
    return value


Conversion = Callable[[float], float]
_RATE: dict[str, Conversion] = {
    "/min": _same, "{beats}/min": _same, "{Beats}/min": _same, "{breaths}/min": _same, "1/min": _same,
    "bpm": _same, "Hz": _times(60), "/s": _times(60),
}  # fmt: skip
_PRESSURE: dict[str, Conversion] = {
    "mm[Hg]": _same, "mmHg": _same, "kPa": _times(KPA_IN_MMHG), "Pa": _times(KPA_IN_MMHG / 1000),
}  # fmt: skip
_MASS: dict[str, Conversion] = {
    "kg": _same, "g": _times(0.001), "[lb_av]": _times(POUND_IN_KG), "lb": _times(POUND_IN_KG),
}  # fmt: skip
_LENGTH: dict[str, Conversion] = {
    "cm": _same, "m": _times(100), "mm": _times(0.1), "[in_i]": _times(INCH_IN_CM), "in": _times(INCH_IN_CM),
}  # fmt: skip

#: By stored unit: how each accepted unit converts to it.
_TABLE: dict[str, dict[str, Conversion]] = {
    "/min": _RATE,
    "%": {"%": _same, "1": _times(100)},
    "mm[Hg]": _PRESSURE,
    "Cel": {"Cel": _same, "[degF]": lambda value: (value - 32) / 1.8, "K": lambda value: value - 273.15},
    "mg/dL": {
        "mg/dL": _same, "mmol/L": _times(GLUCOSE_FACTOR), "g/L": _times(100), "kg/L": _times(100_000),
        "mol/L": _times(1000 * GLUCOSE_FACTOR),
    },
    "kg": _MASS,
    "cm": _LENGTH,
    "kg/m2": {"kg/m2": _same},
    "L/min": {"L/min": _same, "mL/min": _times(0.001)},
}  # fmt: skip


def to_canonical(code: str, value: float, unit: str) -> tuple[str, float, str]:
    """The stored code, value and unit for a measurement in any accepted unit.

    Converted values are rounded to 6 decimals. Raises UnitError; NaN and infinity are no numbers.
    """
    sign = get(code)
    if sign is None or sign.unit is None:
        raise UnitError(f"{code[:40]} is not a number of the table of vital signs")
    if not isfinite(value):
        raise UnitError(f"the value of {sign.display.lower()} is not a finite number")
    if unit == sign.unit:
        return sign.code, value, unit
    conversion = _TABLE[sign.unit].get(unit)
    if conversion is None:
        raise UnitError(f"{unit[:40]!r} is not a unit of {sign.display.lower()}; use {sign.unit}")
    converted = round(conversion(value), 6)
    if not isfinite(converted):
        raise UnitError(f"the value of {sign.display.lower()} is too large")
    return sign.code, converted, sign.unit
