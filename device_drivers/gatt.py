"""Reading and writing Bluetooth health characteristics: little-endian fields in a fixed order.

Source: Bluetooth SIG GATT Specification Supplement. A frame that ends early or late is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from core.devices.driver import DecodeError
from device_drivers.ieee11073 import Special, decode_float, decode_sfloat, encode_float, encode_sfloat


class DeviceTime(NamedTuple):
    """A device's own time: ``text`` as it said it, ``clock`` if all of the date is known."""

    text: str
    clock: datetime | None


#: What a characteristic can hold (Bluetooth Core Specification, Vol 3, Part F, 3.2.9).
MAX_VALUE_BYTES = 512


class Reader:
    """Takes fields from the front of a payload. Raises DecodeError if it is no characteristic's value."""

    __slots__ = ("_at", "_name", "_payload", "_size")

    def __init__(self, payload: bytes, name: str) -> None:
        self._payload = payload
        self._size = len(payload)
        self._at = 0
        self._name = name
        if self._size > MAX_VALUE_BYTES:
            raise DecodeError(f"{name}: {self._size} bytes are more than a characteristic holds")

    def take(self, size: int, field: str) -> bytes:
        """The next ``size`` bytes. Raises DecodeError naming the field if they are not there."""
        at = self._advance(size, field)
        return self._payload[at : at + size]

    def _advance(self, size: int, field: str) -> int:
        """Where the next ``size`` bytes begin; the reader goes past them."""
        at = self._at
        self._at = at + size
        if self._at > self._size:
            raise DecodeError(f"{self._name}: the frame ends within {field} ({self._size} bytes)")
        return at

    def u8(self, field: str) -> int:
        """An unsigned byte."""
        return self._payload[self._advance(1, field)]

    def u16(self, field: str) -> int:
        """An unsigned 16-bit number."""
        at = self._advance(2, field)
        return self._payload[at] | self._payload[at + 1] << 8

    def s16(self, field: str) -> int:
        """A signed 16-bit number."""
        return int.from_bytes(self.take(2, field), "little", signed=True)

    def u24(self, field: str) -> int:
        """An unsigned 24-bit number."""
        return int.from_bytes(self.take(3, field), "little")

    def sfloat(self, field: str) -> float | Special:
        """An IEEE 11073 SFLOAT."""
        return decode_sfloat(self.u16(field))

    def float32(self, field: str) -> float | Special:
        """An IEEE 11073 FLOAT."""
        return decode_float(int.from_bytes(self.take(4, field), "little"))

    def time7(self, field: str = "the time stamp") -> DeviceTime:
        """A date and time of seven bytes; a year, month or day of 0 is unknown."""
        year = self.u16(field)
        month, day, hour, minute, second = self.take(5, field)
        if month > 12 or day > 31 or hour > 23 or minute > 59 or second > 59 or (year and not 1582 <= year <= 9999):
            raise DecodeError(f"{self._name}: {field} is not a time")
        if year and month and day:
            try:
                moment = datetime(year, month, day, hour, minute, second)
            except ValueError:
                raise DecodeError(f"{self._name}: {field} is not a date") from None
            return DeviceTime(moment.isoformat(), moment)
        date = f"{year:04}" if year else "-"
        date += f"-{month:02}" if month else "-"
        date += f"-{day:02}" if day else "-"
        return DeviceTime(f"{date}T{hour:02}:{minute:02}:{second:02}", None)

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return self._size - self._at

    def end(self) -> None:
        """Raise DecodeError if bytes are left."""
        if self.left:
            raise DecodeError(f"{self._name}: {self.left} bytes too many")


def split(value: float | Special) -> tuple[float | None, str | None]:
    """A number and no reason, or no number and the reason why there is none."""
    return (None, value.reason) if isinstance(value, Special) else (value, None)


def sfloat_bytes(value: float | Special) -> bytes:
    """An SFLOAT for a frame."""
    return encode_sfloat(value).to_bytes(2, "little")


def float32_bytes(value: float | Special) -> bytes:
    """A FLOAT for a frame."""
    return encode_float(value).to_bytes(4, "little")


def time7_bytes(moment: datetime) -> bytes:
    """A date and time of seven bytes."""
    parts = bytes([moment.month, moment.day, moment.hour, moment.minute, moment.second])
    return moment.year.to_bytes(2, "little") + parts


def bit_names(bits: int, names: Mapping[int, str]) -> tuple[str, ...]:
    """The names of the bits that are set, in the table's order. Reserved bits have no name."""
    return tuple([name for bit, name in names.items() if bits & bit]) if bits else ()
