"""IEEE 11073-20601 floats: SFLOAT (16 bit) and FLOAT (32 bit), little-endian.

Mantissa and exponent are both two's complement; five mantissas at exponent 0 are special values.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Special:
    """A special value. ``reason`` is the FHIR dataAbsentReason that says it."""

    name: str
    reason: str


NAN = Special("NaN", "not-a-number")
NRES = Special("NRes", "error")
POSITIVE_INFINITY = Special("+INFINITY", "positive-infinity")
NEGATIVE_INFINITY = Special("-INFINITY", "negative-infinity")
RESERVED = Special("reserved", "unsupported")

_SFLOAT_SPECIAL = {
    0x07FF: NAN, 0x0800: NRES, 0x07FE: POSITIVE_INFINITY, 0x0802: NEGATIVE_INFINITY, 0x0801: RESERVED,
}  # fmt: skip
_FLOAT_SPECIAL = {
    0x007FFFFF: NAN, 0x00800000: NRES, 0x007FFFFE: POSITIVE_INFINITY, 0x00800002: NEGATIVE_INFINITY,
    0x00800001: RESERVED,
}  # fmt: skip
_SFLOAT_RAW = {special: raw for raw, special in _SFLOAT_SPECIAL.items()}
_FLOAT_RAW = {special: raw for raw, special in _FLOAT_SPECIAL.items()}


def _scaled(mantissa: int, exponent: int) -> float:
    # Dividing by a power of ten rounds once, so 376 × 10⁻¹ is exactly the float 37.6.
    return mantissa * 10.0**exponent if exponent >= 0 else mantissa / 10.0**-exponent


def decode_sfloat(raw: int) -> float | Special:
    """The value of a 16-bit SFLOAT given as an unsigned number."""
    special = _SFLOAT_SPECIAL.get(raw)
    if special is not None:
        return special
    mantissa, exponent = raw & 0x0FFF, raw >> 12
    return _scaled(mantissa - 0x1000 if mantissa >= 0x0800 else mantissa, exponent - 16 if exponent >= 8 else exponent)


def decode_float(raw: int) -> float | Special:
    """The value of a 32-bit FLOAT given as an unsigned number."""
    special = _FLOAT_SPECIAL.get(raw)
    if special is not None:
        return special
    mantissa, exponent = raw & 0x00FFFFFF, raw >> 24
    return _scaled(
        mantissa - 0x1000000 if mantissa >= 0x800000 else mantissa, exponent - 256 if exponent >= 128 else exponent
    )


def _encode(value: float, largest: int, exponent_low: int, exponent_high: int) -> tuple[int, int]:
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    mantissa = int("".join(map(str, digits)))
    power = int(exponent)
    while power > 0 and mantissa * 10 <= largest:
        mantissa, power = mantissa * 10, power - 1
    while mantissa > largest or power < exponent_low:
        mantissa, power = round(mantissa / 10), power + 1
    if power > exponent_high:
        raise ValueError(f"{value} does not fit")
    return -mantissa if sign else mantissa, power


def encode_sfloat(value: float | Special) -> int:
    """The SFLOAT nearest to ``value``, as an unsigned 16-bit number. Raises ValueError if it does not fit."""
    if isinstance(value, Special):
        return _SFLOAT_RAW[value]
    mantissa, exponent = _encode(value, 2045, -8, 7)
    return ((exponent & 0xF) << 12) | (mantissa & 0xFFF)


def encode_float(value: float | Special) -> int:
    """The FLOAT nearest to ``value``, as an unsigned 32-bit number. Raises ValueError if it does not fit."""
    if isinstance(value, Special):
        return _FLOAT_RAW[value]
    mantissa, exponent = _encode(value, 8_388_605, -128, 127)
    return ((exponent & 0xFF) << 24) | (mantissa & 0xFFFFFF)
