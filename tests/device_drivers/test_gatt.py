"""The reader of characteristics: fields in order, unknown dates, nothing too short, nothing left over."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_drivers import DecodeError
from device_drivers.gatt import Reader, bit_names, time7_bytes


def _time(text: str) -> tuple[str, datetime | None]:
    time = Reader(bytes.fromhex(text), "x").time7()
    return time.text, time.clock


def test_fields_come_little_endian_and_in_order() -> None:
    reader = Reader(bytes.fromhex("01 0203 FBFF 040506 78F0 B00E00FE"), "x")
    assert (reader.u8("a"), reader.u16("b"), reader.s16("c"), reader.u24("d")) == (1, 0x0302, -5, 0x060504)
    assert (reader.sfloat("e"), reader.float32("f")) == (12.0, 37.6)
    reader.end()


@pytest.mark.parametrize(
    ("text", "said", "clock"),
    [
        ("DC070C050B321B", "2012-12-05T11:50:27", datetime(2012, 12, 5, 11, 50, 27)),
        ("0000041114293B", "--04-17T20:41:59", None),
        ("E8070000060708", "2024--T06:07:08", None),
        ("E8070200060708", "2024-02-T06:07:08", None),
        ("00000000060708", "---T06:07:08", None),
    ],
)
def test_unknown_parts_of_a_date_stay_unknown(text: str, said: str, clock: datetime | None) -> None:
    assert _time(text) == (said, clock)


@pytest.mark.parametrize(
    "text",
    [
        "E8070D01000000",
        "E8070120000000",
        "E8070101180000",
        "E80701013C3C00",
        "E807021E000000",
        "E807010100003C",
        "01000101000000",
    ],
)
def test_an_impossible_time_is_refused(text: str) -> None:
    with pytest.raises(DecodeError):
        _time(text)


def test_a_leap_second_day_is_a_day() -> None:
    assert _time("E807021D000000")[1] == datetime(2024, 2, 29)
    with pytest.raises(DecodeError):
        _time("E707021D000000")


@given(st.datetimes(min_value=datetime(1582, 1, 1)))
def test_a_time_survives_the_way_through_its_bytes(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    time = Reader(time7_bytes(whole), "x").time7()
    assert (time.clock, time.text) == (whole, whole.isoformat())


@given(st.binary(max_size=6))
def test_a_time_cut_short_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError, match="ends within the time stamp"):
        Reader(data, "x").time7()


def test_what_is_left_over_is_refused() -> None:
    reader = Reader(b"\x01\x02", "x")
    reader.u8("a")
    assert reader.left == 1
    with pytest.raises(DecodeError, match="1 bytes too many"):
        reader.end()


def test_bits_without_a_name_say_nothing() -> None:
    assert bit_names(0b1011, {1: "one", 2: "two", 4: "four"}) == ("one", "two")
    assert bit_names(0, {1: "one"}) == ()
