"""Frames and readings as JSON: what ``driver_host`` and its child processes say to each other.

Nothing is trusted that comes back: each field is checked, and nothing of it is ever executed. Imports
the driver interface only, so that a child process starts quickly and stays small.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from core.devices.driver import Component, Frame, Reading

MAX_READINGS = 1_000
MAX_COMPONENTS = 50
MAX_FLAGS = 40
MAX_TEXT = 200
MAX_NOTE = 2_000
MAX_META_BYTES = 8_192


def frame_to_json(frame: Frame) -> dict[str, Any]:
    """A frame as it is sent to the child."""
    return {
        "payload": base64.b64encode(frame.payload).decode(),
        "received_at": frame.received_at.isoformat(),
        "characteristic": frame.characteristic,
        "encoding": frame.encoding,
        "context": {key: base64.b64encode(value).decode() for key, value in frame.context.items()},
    }


def frame_from_json(value: Mapping[str, Any]) -> Frame:
    """The frame that was sent to the child."""
    return Frame(
        payload=base64.b64decode(value["payload"]),
        received_at=datetime.fromisoformat(value["received_at"]),
        characteristic=value["characteristic"],
        encoding=value["encoding"],
        context={key: base64.b64decode(item) for key, item in value["context"].items()},
    )


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """A reading as the child sends it. Raises AttributeError or TypeError for what is no reading."""
    return {
        "code": reading.code,
        "value": reading.value,
        "unit": reading.unit,
        "effective_at": reading.effective_at.isoformat() if reading.effective_at else None,
        "components": [[part.code, part.value, part.unit, part.data_absent_reason] for part in reading.components],
        "data_absent_reason": reading.data_absent_reason,
        "value_code": reading.value_code,
        "device_time": reading.device_time,
        "device_clock": reading.device_clock.isoformat() if reading.device_clock else None,
        "flags": list(reading.flags),
        "body_site": reading.body_site,
        "method": reading.method,
        "sequence": reading.sequence,
        "user_index": reading.user_index,
        "battery_percent": reading.battery_percent,
        "note": reading.note,
        "meta": dict(reading.meta),
    }


def reading_from_json(value: Any) -> Reading:
    """A reading that came from a child. Raises TypeError, ValueError or KeyError if it is not a proper one."""
    if not isinstance(value, dict):
        raise TypeError("a reading is an object")
    effective_at = _time(value["effective_at"])
    if effective_at is not None and effective_at.tzinfo is None:
        raise ValueError("effective_at needs a zone")
    device_clock = _time(value["device_clock"])
    if device_clock is not None and device_clock.tzinfo is not None:
        raise ValueError("device_clock is the device's own time and has no zone")
    return Reading(
        code=_needed_text(value["code"]),
        value=_number(value["value"]),
        unit=_text(value["unit"]),
        effective_at=_utc(effective_at),
        components=tuple(_component(part) for part in _list(value["components"], MAX_COMPONENTS)),
        data_absent_reason=_text(value["data_absent_reason"]),
        value_code=_text(value["value_code"]),
        device_time=_text(value["device_time"]),
        device_clock=device_clock,
        flags=tuple(_needed_text(flag) for flag in _list(value["flags"], MAX_FLAGS)),
        body_site=_text(value["body_site"]),
        method=_text(value["method"]),
        sequence=_whole(value["sequence"]),
        user_index=_whole(value["user_index"]),
        battery_percent=_percent(value["battery_percent"]),
        note=_text(value["note"], MAX_NOTE),
        meta=_meta(value["meta"]),
    )


def readings_from_json(values: Any) -> list[Reading]:
    """A list of readings that came from a child. Raises like ``reading_from_json``."""
    return [reading_from_json(value) for value in _list(values, MAX_READINGS)]


def _component(part: Any) -> Component:
    code, number, unit, reason = _list(part, 4)
    return Component(_needed_text(code), _number(number), _needed_text(unit, empty=True), _text(reason))


def _list(value: Any, longest: int) -> Sequence[Any]:
    if not isinstance(value, list) or len(value) > longest:
        raise TypeError(f"expected a list of at most {longest}")
    return value


def _text(value: Any, longest: int = MAX_TEXT) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > longest:
        raise TypeError(f"expected a text of at most {longest} characters")
    # Half a character (a lone surrogate) cannot be stored.
    value.encode()
    return value


def _needed_text(value: Any, *, empty: bool = False) -> str:
    text = _text(value)
    if text is None or not (text or empty):
        raise TypeError("expected a text")
    return text


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("expected a number")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError("the number is too large") from None
    if not isfinite(number):
        raise ValueError("the number is not finite")
    return number


def _whole(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**53:
        raise TypeError("expected a whole number")
    return value


def _percent(value: Any) -> int | None:
    number = _whole(value)
    if number is not None and not 0 <= number <= 100:
        raise ValueError("expected 0 to 100")
    return number


def _time(value: Any) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _utc(moment: datetime | None) -> datetime | None:
    try:
        return moment.astimezone(UTC) if moment is not None else None
    except OverflowError:
        raise ValueError("the time is out of the calendar") from None


def _meta(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or len(json.dumps(value)) > MAX_META_BYTES:
        raise TypeError(f"meta is an object of at most {MAX_META_BYTES} bytes")
    return value
