"""Whatever the bytes, readings or a refusal; whatever the value, the same after the way through bytes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.devices.driver_wire import reading_from_json, reading_to_json
from core.observations.units import to_canonical
from device_drivers import DecodeError, Reading
from device_drivers.blood_pressure.encoder import blood_pressure_frame
from device_drivers.generic_json.encoder import json_coded_frame, json_frame
from device_drivers.glucometer.encoder import after_meal_context, glucose_frame, molar_glucose_frame
from device_drivers.heart_rate.encoder import heart_rate_frame
from device_drivers.ieee11073 import NEGATIVE_INFINITY, POSITIVE_INFINITY
from device_drivers.pulse_oximeter.encoder import continuous_frame, spot_check_frame
from device_drivers.thermometer.encoder import temperature_frame
from device_drivers.weight_scale.encoder import weight_frame

DRIVERS = (
    "thermometer", "heart_rate", "blood_pressure", "pulse_oximeter", "glucometer", "weight_scale", "generic_json",
)  # fmt: skip
MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)


@pytest.mark.parametrize("driver_id", DRIVERS)
@given(payload=st.binary(max_size=48), data=st.data())
def test_any_bytes_give_readings_or_a_refusal(bench: Any, driver_id: str, payload: bytes, data: st.DataObject) -> None:
    names = [None, *bench.drivers[driver_id].manifest.characteristics]
    try:
        readings = bench.decode(driver_id, payload, data.draw(st.sampled_from(names)))
    except DecodeError as error:
        assert str(error)
        return
    for reading in readings:
        assert isinstance(reading, Reading)
        if reading.value is not None:
            code, value, _unit = to_canonical(reading.code, reading.value, reading.unit)
            assert code and isinstance(value, float)
        assert reading_from_json(reading_to_json(reading)) == reading


NAMES = st.sampled_from(["code", "value", "unit", "components", "effective_at", "note", "x"])
SCALARS = st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from(["8310-5", "85354-9", "Cel"])
ANY_JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=12)


@given(ANY_JSON)
def test_any_json_gives_readings_or_a_refusal(bench: Any, value: Any) -> None:
    try:
        bench.decode("generic_json", json.dumps(value).encode())
    except DecodeError as error:
        assert str(error)


@given(st.integers(200, 450), MOMENTS)
def test_a_temperature_round_trips(bench: Any, tenths: int, at: datetime) -> None:
    (reading,) = bench.decode("thermometer", temperature_frame(tenths / 10, at), "2A1C")
    assert (reading.value, reading.unit, reading.device_clock) == (tenths / 10, "Cel", at)


@given(st.integers(1, 400))
def test_a_heart_rate_round_trips(bench: Any, rate: int) -> None:
    (reading,) = bench.decode("heart_rate", heart_rate_frame(rate), "2A37")
    assert (reading.value, reading.flags) == (rate, ())


@given(st.integers(60, 300), st.integers(20, 59), st.integers(20, 250) | st.none(), MOMENTS | st.none())
def test_a_blood_pressure_round_trips(
    bench: Any, systolic: int, diastolic: int, pulse: int | None, at: datetime | None
) -> None:
    readings = bench.decode("blood_pressure", blood_pressure_frame(systolic, diastolic, pulse, at), "2A35")
    assert [part.value for part in readings[0].components][:2] == [systolic, diastolic]
    assert readings[0].device_clock == at
    assert [reading.value for reading in readings[1:]] == ([] if pulse is None else [pulse])


@given(st.integers(50, 100), st.integers(20, 250), MOMENTS | st.none())
def test_a_saturation_round_trips(bench: Any, saturation: int, pulse: int, at: datetime | None) -> None:
    for characteristic in ("2A5E", None):
        readings = bench.decode("pulse_oximeter", spot_check_frame(saturation, pulse, at), characteristic)
        assert [reading.value for reading in readings] == [saturation, pulse]
        assert readings[0].device_clock == at
    readings = bench.decode("pulse_oximeter", continuous_frame(saturation, pulse, status=0x8000), "2A5F")
    assert [(reading.value, reading.flags) for reading in readings] == [
        (saturation, ("invalid",)),
        (pulse, ("invalid",)),
    ]


@given(st.integers(10, 900), st.integers(0, 65_535), MOMENTS)
def test_a_glucose_round_trips(bench: Any, mg_per_dl: int, sequence: int, at: datetime) -> None:
    context = {"2A34": after_meal_context(sequence)}
    (reading,) = bench.decode("glucometer", glucose_frame(mg_per_dl, sequence, at), "2A18", context)
    assert to_canonical(reading.code, reading.value, reading.unit)[1] == mg_per_dl
    assert (reading.sequence, reading.device_clock, reading.meta) == (sequence, at, {"meal": "after meal"})


@given(st.integers(10, 500), st.integers(0, 65_535), MOMENTS)
def test_a_molar_glucose_round_trips(bench: Any, tenths: int, sequence: int, at: datetime) -> None:
    (reading,) = bench.decode("glucometer", molar_glucose_frame(tenths / 10, sequence, at), "2A18")
    found = to_canonical(reading.code, reading.value, reading.unit)[1]
    assert found == to_canonical("15074-8", tenths / 10, "mmol/L")[1]


@pytest.mark.parametrize("special", [POSITIVE_INFINITY, NEGATIVE_INFINITY])
def test_hi_and_lo_round_trip(bench: Any, special: Any) -> None:
    (reading,) = bench.decode("glucometer", glucose_frame(special, 1, datetime(2026, 1, 1), status=0), "2A18")
    assert (reading.value, reading.data_absent_reason) == (None, special.reason)


@given(st.integers(1, 65_534), MOMENTS | st.none(), st.integers(0, 254) | st.none())
def test_a_weight_round_trips(bench: Any, steps: int, at: datetime | None, user: int | None) -> None:
    (reading,) = bench.decode("weight_scale", weight_frame(steps / 200, at, user), "2A9D")
    assert (reading.value, reading.device_clock, reading.user_index) == (steps / 200, at, user)


@given(st.floats(min_value=-1e6, max_value=1e6), MOMENTS, st.integers(0, 100))
def test_a_json_reading_round_trips(bench: Any, value: float, at: datetime, battery: int) -> None:
    aware = at.replace(tzinfo=UTC)
    (reading,) = bench.decode("generic_json", json_frame("9279-1", value, "/min", aware, battery))
    assert (reading.value, reading.effective_at, reading.battery_percent) == (value, aware, battery)
    (coded,) = bench.decode("generic_json", json_coded_frame("67775-7", "C", aware))
    assert coded.value_code == "C"
