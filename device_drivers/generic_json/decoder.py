"""Readings as JSON: for gateways and apps that have decoded the device's bytes themselves.

One object, or a list of them: ``{"code": "8310-5", "value": 37.6, "unit": "Cel"}``, optionally with
``effective_at`` (a time with a zone), ``note`` and ``battery_percent``; a panel has ``components``
instead of a value, consciousness a ``value_code``, a missing number a ``data_absent_reason``.
Strict: a number is a number, never a text; what is not understood is refused, never passed over.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

from core.observations.vital_signs import VitalSign, all_vital_signs, get
from device_drivers import CapturedFrame, Component, DecodeError, DriverManifest, Frame, Reading

MAX_READINGS = 1_000
MAX_TEXT = 100
MAX_NOTE = 2_000
_FIELDS = {
    "code", "value", "unit", "effective_at", "components", "note", "value_code", "battery_percent",
    "data_absent_reason",
}  # fmt: skip
_COMPONENT_FIELDS = {"code", "value", "unit", "data_absent_reason"}
#: FHIR R4 data-absent-reason, those that a device can mean.
_REASONS = ("positive-infinity", "negative-infinity", "not-a-number", "error", "unsupported")


class GenericJson:
    """Any gateway that speaks JSON."""

    manifest = DriverManifest(
        id="generic_json",
        kind="generic",
        vendor="Any",
        models=["JSON"],
        transports=["http", "mqtt"],
        codes=[sign.code for sign in all_vital_signs() if sign.panel is None],
        description="Readings as JSON, with LOINC codes and UCUM units.",
    )

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Decode one JSON object or a list of them."""
        if frame.characteristic is not None:
            raise DecodeError("JSON readings have no Bluetooth characteristic")
        value = _parse(frame.payload)
        items = value if isinstance(value, list) else [value]
        if not 0 < len(items) <= MAX_READINGS:
            raise DecodeError(f"expected 1 to {MAX_READINGS} readings")
        return iter([_reading(item) for item in items])

    def captured_frames(self) -> Sequence[CapturedFrame]:
        """Known frames and what they mean."""
        from device_drivers.generic_json.frames import FRAMES

        return FRAMES


def _parse(payload: bytes) -> Any:
    try:
        return json.loads(payload.decode(), parse_constant=_refuse_constant, object_pairs_hook=_once_each)
    except DecodeError:
        raise
    except (ValueError, RecursionError):
        raise DecodeError("the payload is not JSON") from None


def _refuse_constant(name: str) -> NoReturn:
    raise DecodeError(f"{name} is not a number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DecodeError("a field is given twice")
    return found


def _reading(item: Any) -> Reading:
    _check_fields(item, _FIELDS, "a reading")
    code = _text(item, "code") or _missing("code")
    sign = get(code)
    if sign is None:
        raise DecodeError(f"unknown code {code!r}")
    value, unit, reason = _number(item), _text(item, "unit"), _reason(item)
    value_code = _text(item, "value_code")
    components = _components(item, sign)
    if sign.components or sign.coded:
        if value is not None or unit is not None:
            raise DecodeError(f"{sign.display} has no value and unit of its own")
    else:
        _check_value(value, unit, reason)
    if sign.coded and value_code not in sign.coded and reason is None:
        raise DecodeError(f"value_code must be one of {', '.join(sign.coded)}")
    if value_code is not None and (reason is not None or value_code not in sign.coded):
        raise DecodeError("value_code does not fit the code")
    return Reading(
        code,
        value,
        unit,
        effective_at=_time(item),
        components=components,
        data_absent_reason=reason,
        value_code=value_code,
        battery_percent=_percent(item),
        note=_text(item, "note", MAX_NOTE),
    )


def _components(item: dict[str, Any], sign: VitalSign) -> tuple[Component, ...]:
    given = item.get("components")
    if not sign.components:
        if given:
            raise DecodeError(f"{sign.display} has no components")
        return ()
    if not isinstance(given, list):
        raise DecodeError(f"{sign.display} needs a list of components")
    found: dict[str, Component] = {}
    for part in given:
        _check_fields(part, _COMPONENT_FIELDS, "a component")
        code, value, unit, reason = _text(part, "code"), _number(part), _text(part, "unit"), _reason(part)
        if code not in sign.components or code in found:
            raise DecodeError(f"components of {sign.display} are {', '.join(sign.components)}, each once")
        _check_value(value, unit, reason)
        found[code] = Component(code, value, unit or "", reason)
    if not found.keys() >= set(sign.required_components):
        raise DecodeError(f"{sign.display} needs {', '.join(sign.required_components)}")
    return tuple(found.values())


def _check_value(value: float | None, unit: str | None, reason: str | None) -> None:
    if unit is None:
        _missing("unit")
    if value is None and reason is None:
        _missing("value")
    if value is not None and reason is not None:
        raise DecodeError("a value and a data_absent_reason exclude each other")


def _check_fields(item: Any, known: set[str], what: str) -> None:
    if not isinstance(item, dict):
        raise DecodeError(f"{what} is an object")
    unknown = item.keys() - known
    if unknown:
        raise DecodeError(f"unknown field {min(unknown)[:MAX_TEXT]!r}")


def _missing(name: str) -> NoReturn:
    raise DecodeError(f"{name} is missing")


def _text(item: dict[str, Any], name: str, longest: int = MAX_TEXT) -> str | None:
    value = item.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise DecodeError(f"{name} must be a text of 1 to {longest} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise DecodeError(f"{name} holds half a character") from None
    return value


def _number(item: dict[str, Any]) -> float | None:
    value = item.get("value")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DecodeError("value must be a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise DecodeError("value is too large")
    return number


def _reason(item: dict[str, Any]) -> str | None:
    reason = _text(item, "data_absent_reason")
    if reason is not None and reason not in _REASONS:
        raise DecodeError(f"data_absent_reason must be one of {', '.join(_REASONS)}")
    return reason


def _time(item: dict[str, Any]) -> datetime | None:
    text = _text(item, "effective_at")
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise DecodeError("effective_at needs a zone, as in 2026-01-31T12:00:00Z")
        return moment.astimezone(UTC)
    except DecodeError:
        raise
    except (ValueError, OverflowError):
        raise DecodeError("effective_at is not a time, as in 2026-01-31T12:00:00Z") from None


def _percent(item: dict[str, Any]) -> int | None:
    value = item.get("battery_percent")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
        raise DecodeError("battery_percent must be a whole number from 0 to 100")
    return value
