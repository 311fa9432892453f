"""JSON readings and what they must decode to."""

from __future__ import annotations

from datetime import UTC, datetime

from core.observations.vital_signs import (
    BLOOD_PRESSURE,
    BODY_TEMPERATURE,
    CONSCIOUSNESS,
    DIASTOLIC,
    GLUCOSE_MOLAR,
    RESPIRATORY_RATE,
    SYSTOLIC,
)
from device_drivers import CapturedFrame, Component, Reading

_AT = datetime(2026, 1, 31, 11, 0, tzinfo=UTC)

FRAMES = (
    CapturedFrame(
        "a temperature with time, note and battery",
        b'{"code":"8310-5","value":99.68,"unit":"[degF]","effective_at":"2026-01-31T12:00:00+01:00",'
        b'"note":"after a walk","battery_percent":80}',
        None,
        (
            Reading(
                BODY_TEMPERATURE, 99.68, "[degF]", effective_at=_AT, note="after a walk", battery_percent=80
            ),
        ),
    ),
    CapturedFrame(
        "a blood pressure and a respiratory rate",
        b'[{"code":"85354-9","components":[{"code":"8480-6","value":120,"unit":"mm[Hg]"},'
        b'{"code":"8462-4","value":80,"unit":"mm[Hg]"}]},{"code":"9279-1","value":16,"unit":"/min"}]',
        None,
        (
            Reading(
                BLOOD_PRESSURE, None, None,
                components=(Component(SYSTOLIC, 120.0, "mm[Hg]"), Component(DIASTOLIC, 80.0, "mm[Hg]")),
            ),
            Reading(RESPIRATORY_RATE, 16.0, "/min"),
        ),
    ),
    CapturedFrame(
        "responds to voice",
        b'{"code":"67775-7","value_code":"V"}',
        None,
        (Reading(CONSCIOUSNESS, None, None, value_code="V"),),
    ),
    CapturedFrame(
        "a meter's HI",
        b'{"code":"15074-8","unit":"mmol/L","data_absent_reason":"positive-infinity"}',
        None,
        (Reading(GLUCOSE_MOLAR, None, "mmol/L", data_absent_reason="positive-infinity"),),
    ),
    CapturedFrame("a number as text", b'{"code":"8310-5","value":"37.6","unit":"Cel"}'),
    CapturedFrame("not a number", b'{"code":"8310-5","value":NaN,"unit":"Cel"}'),
    CapturedFrame("truth as a number", b'{"code":"8310-5","value":true,"unit":"Cel"}'),
    CapturedFrame("no unit", b'{"code":"8310-5","value":37.6}'),
    CapturedFrame("no value", b'{"code":"8310-5","unit":"Cel"}'),
    CapturedFrame(
        "a time without a zone", b'{"code":"8310-5","value":37.6,"unit":"Cel","effective_at":"2026-01-31T12:00"}'
    ),
    CapturedFrame("an unknown code", b'{"code":"0000-0","value":1,"unit":"1"}'),
    CapturedFrame("an unknown field", b'{"code":"8310-5","value":37.6,"unit":"Cel","colour":"red"}'),
    CapturedFrame("a value given twice", b'{"code":"8310-5","value":37.6,"value":38.6,"unit":"Cel"}'),
    CapturedFrame(
        "half a blood pressure",
        b'{"code":"85354-9","components":[{"code":"8480-6","value":120,"unit":"mm[Hg]"}]}',
    ),
    CapturedFrame("an empty list", b"[]"),
    CapturedFrame("not JSON", b'{"code":"8310-5"'),
)  # fmt: skip
