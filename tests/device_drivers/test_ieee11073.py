"""SFLOAT and FLOAT: two's complement mantissa and exponent, and the five special values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_drivers.ieee11073 import (
    NAN,
    NEGATIVE_INFINITY,
    NRES,
    POSITIVE_INFINITY,
    RESERVED,
    Special,
    decode_float,
    decode_sfloat,
    encode_float,
    encode_sfloat,
)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (0x0000, 0.0), (0x0078, 120.0), (0x0FFF, -1.0), (0xF0BD, 18.9), (0xF09F, 15.9), (0x000B, 11.0),
        (0xB05F, 0.00095), (0xC037, 0.0055), (0xFF9C, -10.0), (0x1001, 10.0), (0x7001, 10_000_000.0),
        (0x8001, 1e-8), (0x17FF, 20470.0), (0x07FD, 2045.0), (0x0803, -2045.0),
    ],
)  # fmt: skip
def test_an_sfloat_has_its_exact_value(raw: int, value: float) -> None:
    assert decode_sfloat(raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (0xFE000EB0, 37.6), (0xFF0003E5, 99.7), (0x00000025, 37.0), (0xFFFFFFFF, -0.1), (0x02000001, 100.0),
        (0xFF00017C, 38.0), (0x007FFFFD, 8388605.0),
    ],
)  # fmt: skip
def test_a_float_has_its_exact_value(raw: int, value: float) -> None:
    assert decode_float(raw) == value


@pytest.mark.parametrize(
    ("sfloat", "float32", "special", "reason"),
    [
        (0x07FF, 0x007FFFFF, NAN, "not-a-number"),
        (0x0800, 0x00800000, NRES, "error"),
        (0x07FE, 0x007FFFFE, POSITIVE_INFINITY, "positive-infinity"),
        (0x0802, 0x00800002, NEGATIVE_INFINITY, "negative-infinity"),
        (0x0801, 0x00800001, RESERVED, "unsupported"),
    ],
)
def test_special_values_are_no_numbers_both_ways(sfloat: int, float32: int, special: Special, reason: str) -> None:
    assert decode_sfloat(sfloat) is special
    assert decode_float(float32) is special
    assert (encode_sfloat(special), encode_float(special)) == (sfloat, float32)
    assert special.reason == reason


@given(st.integers(0, 0xFFFF))
def test_every_sfloat_survives_the_way_through_its_value(raw: int) -> None:
    value = decode_sfloat(raw)
    if isinstance(value, Special):
        assert encode_sfloat(value) == raw
    elif abs(raw & 0x0FFF if not raw & 0x0800 else (raw & 0x0FFF) - 0x1000) <= 2045:
        assert decode_sfloat(encode_sfloat(value)) == value


@given(st.integers(-20_450, 20_450))
def test_a_tenth_within_range_is_exact_as_sfloat(tenths: int) -> None:
    if abs(tenths) <= 2045:
        assert decode_sfloat(encode_sfloat(tenths / 10)) == tenths / 10


@given(st.floats(min_value=1e-3, max_value=1e6))
def test_rounding_to_an_sfloat_stays_within_its_precision(value: float) -> None:
    found = decode_sfloat(encode_sfloat(value))
    assert isinstance(found, float)
    # At least three digits: half a unit of the last of them, twice where rounding is repeated.
    assert found == pytest.approx(value, rel=6e-3)


@given(st.integers(-8_388_605, 8_388_605), st.integers(-6, 3))
def test_a_float_keeps_every_mantissa(mantissa: int, exponent: int) -> None:
    value = mantissa * 10**exponent if exponent >= 0 else mantissa / 10**-exponent
    assert decode_float(encode_float(float(value))) == float(value)


@pytest.mark.parametrize("value", [1e12, -1e12, 1e300])
def test_what_does_not_fit_an_sfloat_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode_sfloat(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_python_nan_is_refused(value: float) -> None:
    with pytest.raises(ValueError):
        encode_sfloat(value)
