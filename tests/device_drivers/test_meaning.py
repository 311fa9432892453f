"""What the devices say beside the number: flags, units, sites, users, clocks, absent values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from core.devices.driver_wire import reading_from_json, reading_to_json
from core.observations.plausibility import judge
from core.observations.units import to_canonical


def test_fahrenheit_is_kept_as_said_and_converts_exactly(bench: Any) -> None:
    (reading,) = bench.decode("thermometer", "01F02600FE", "2A1C")
    assert (reading.value, reading.unit) == (99.68, "[degF]")
    assert to_canonical(reading.code, reading.value, reading.unit) == ("8310-5", 37.6, "Cel")


def test_kilopascal_converts_to_millimetres_of_mercury(bench: Any) -> None:
    (reading,) = bench.decode("blood_pressure", "01BDF00B009FF0", "2A35")
    values = [to_canonical(part.code, part.value, part.unit)[1] for part in reading.components]
    assert values == pytest.approx([141.7616, 82.5068, 119.2598], abs=1e-4)


def test_a_pressure_said_in_the_wrong_unit_is_kept_as_said(bench: Any) -> None:
    (reading,) = bench.decode("blood_pressure", "00BDF00B009FF0", "2A35")
    parts = {part.code: part.value for part in reading.components}
    assert judge(reading.code, None, parts) is None


def test_a_blood_pressure_without_a_mean_says_why(bench: Any) -> None:
    (reading,) = bench.decode("blood_pressure", "0078005000FF07", "2A35")
    mean = reading.components[2]
    assert (mean.value, mean.data_absent_reason) == (None, "not-a-number")


@pytest.mark.parametrize(
    ("status", "flags"),
    [
        ("0000", ()), ("0100", ("body_movement",)), ("0400", ("irregular_pulse",)), ("0800", ("pulse_too_high",)),
        ("1000", ("pulse_too_low",)), ("2000", ("improper_position",)),
    ],
)  # fmt: skip
def test_the_status_of_a_blood_pressure_becomes_flags(bench: Any, status: str, flags: tuple[str, ...]) -> None:
    (reading,) = bench.decode("blood_pressure", f"10780050005D00{status}", "2A35")
    assert reading.flags == flags


def test_an_unknown_user_is_nobody(bench: Any) -> None:
    (reading,) = bench.decode("blood_pressure", "08780050005D00FF", "2A35")
    assert reading.user_index is None


@pytest.mark.parametrize(
    ("flags", "said"), [("00", ()), ("02", ()), ("06", ()), ("04", ("no_contact", "questionable"))]
)
def test_only_a_sensor_that_can_tell_reports_lost_contact(bench: Any, flags: str, said: tuple[str, ...]) -> None:
    (reading,) = bench.decode("heart_rate", f"{flags}55", "2A37")
    assert reading.flags == said


def test_a_heart_rate_may_have_sixteen_bits(bench: Any) -> None:
    (reading,) = bench.decode("heart_rate", "012C01", "2A37")
    assert reading.value == 300


@pytest.mark.parametrize(
    ("bit", "flags"), [(10, ("demo",)), (11, ("testing",)), (14, ("questionable",)), (15, ("invalid",))]
)
@pytest.mark.parametrize(("characteristic", "present"), [("2A5E", "02"), ("2A5F", "04")])
def test_oximeter_status_bits_become_flags(
    bench: Any, bit: int, flags: tuple[str, ...], characteristic: str, present: str
) -> None:
    status = (1 << bit).to_bytes(2, "little").hex()
    readings = bench.decode("pulse_oximeter", f"{present}61004800{status}", characteristic)
    assert [reading.flags for reading in readings] == [flags, flags]
    assert [(reading.code, reading.value, reading.unit) for reading in readings] == [
        ("2708-6", 97.0, "%"),
        ("8867-4", 72.0, "/min"),
    ]


def test_poor_perfusion_still_alerts(bench: Any) -> None:
    readings = bench.decode("pulse_oximeter", "0452004800200000", "2A5E")
    assert readings[0].flags == ("low_perfusion",)


def test_an_oximeter_frame_without_characteristic_is_told_by_its_length(bench: Any) -> None:
    spot = bench.decode("pulse_oximeter", "0361004800E807021D0607080001")
    assert spot[0].device_clock == datetime(2024, 2, 29, 6, 7, 8)
    continuous = bench.decode("pulse_oximeter", "035F0058005E0059005F005700")
    assert continuous[0].meta["fast"] == [94.0, 89.0]


def test_an_oximeter_frame_that_fits_both_layouts_is_told_by_its_time(bench: Any) -> None:
    spot = bench.decode("pulse_oximeter", "0B61004800E807021D060708000021F0")
    assert spot[0].device_time == "2024-02-29T06:07:08"
    continuous = bench.decode("pulse_oximeter", "0B5F0058005E0059005F005700000000")
    assert continuous[0].meta["slow"] == [95.0, 87.0]
    assert "say its characteristic" in bench.refusal("pulse_oximeter", "0C610048000000000000")


def test_a_meter_s_hi_and_lo_are_no_numbers_and_say_which(bench: Any) -> None:
    (high,) = bench.decode("glucometer", "020700E807021D060708FE0711", "2A18")
    (low,) = bench.decode("glucometer", "020700E807021D060708020811", "2A18")
    assert (high.value, high.data_absent_reason) == (None, "positive-infinity")
    assert (low.value, low.data_absent_reason) == (None, "negative-infinity")
    assert not high.flags and not low.flags


def test_glucose_converts_from_both_of_its_units(bench: Any) -> None:
    (mass,) = bench.decode("glucometer", "020700E807021D0607085FB011", "2A18")
    assert to_canonical(mass.code, mass.value, mass.unit) == ("2339-0", 95.0, "mg/dL")
    (molar,) = bench.decode("glucometer", "060700E807021D06070837C011", "2A18")
    assert to_canonical(molar.code, molar.value, molar.unit) == ("2339-0", 99.088, "mg/dL")


def test_a_glucose_time_offset_moves_the_time_and_beyond_the_calendar_is_refused(bench: Any) -> None:
    (reading,) = bench.decode("glucometer", "030700E80701010001003CFF5FB011".replace("3CFF", "C4FF"), "2A18")
    assert reading.device_clock == datetime(2023, 12, 31, 23, 1)
    (unknown,) = bench.decode("glucometer", "030700E8070101000100FF7F5FB011", "2A18")
    assert unknown.device_clock == datetime(2024, 1, 1, 0, 1)
    assert "calendar" in bench.refusal("glucometer", "0307000F270C1F170000FE7F5FB011", "2A18")


def test_a_meter_whose_clock_failed_is_not_believed_its_time(bench: Any) -> None:
    (reading,) = bench.decode("glucometer", "0A0700E807021D0607085FB0110008", "2A18")
    assert (reading.device_clock, reading.device_time) == (None, "2024-02-29T06:07:08")
    assert reading.flags == ("clock_fault",)


def test_control_solution_is_testing(bench: Any) -> None:
    for sample in ("1A", "41"):
        (reading,) = bench.decode("glucometer", f"020700E807021D0607085FB0{sample}", "2A18")
        assert reading.flags == ("testing",)


def test_a_broken_context_does_not_cost_the_glucose(bench: Any) -> None:
    for context in ("02", "02080002", ""):
        (reading,) = bench.decode("glucometer", "120700E807021D0607085FB011", "2A18", {"2A34": bytes.fromhex(context)})
        assert reading.value == 0.00095
        assert reading.flags[0].startswith("context_")


def test_a_full_context_is_read(bench: Any) -> None:
    context = bytes.fromhex("FF 0700 00 02 14D0 03 51 0807 32 01 05A0 41F0")
    (reading,) = bench.decode("glucometer", "120700E807021D0607085FB011", "2A18", {"2A34": context})
    assert reading.meta == {
        "food": "lunch", "carbohydrate_kg": 0.02, "meal": "fasting", "tester": "self", "health": "no issues",
        "exercise_s": 1800, "exercise_percent": 50, "medicine": "rapid acting insulin", "medicine_l": 5e-6,
        "hba1c_percent": 6.5,
    }  # fmt: skip


def test_a_failed_weighing_says_so_and_zeros_are_no_height(bench: Any) -> None:
    (failed,) = bench.decode("weight_scale", "00FFFF", "2A9D")
    assert (failed.value, failed.data_absent_reason) == (None, "error")
    assert len(bench.decode("weight_scale", "08B43700000000", "2A9D")) == 1


def test_a_scale_s_pounds_and_inches_convert(bench: Any) -> None:
    weight, index, height = bench.decode("weight_scale", "096D3DE900B102", "2A9D")
    assert to_canonical(weight.code, weight.value, weight.unit)[1] == pytest.approx(71.3274, abs=1e-4)
    assert to_canonical(index.code, index.value, index.unit) == ("39156-5", 23.3, "kg/m2")
    assert to_canonical(height.code, height.value, height.unit) == ("8302-2", 175.006, "cm")


@pytest.mark.parametrize(
    "payload",
    [
        '{"code":"8310-5","value":"37.6","unit":"Cel"}',
        '{"code":"8310-5","value":Infinity,"unit":"Cel"}',
        '{"code":"8310-5","value":1e999,"unit":"Cel"}',
        '{"code":"8310-5","value":37.6,"unit":""}',
        '{"code":"8310-5","value":37.6,"unit":"Cel","components":[{"code":"8480-6","value":1,"unit":"kPa"}]}',
        '{"code":"8310-5","value":37.6,"unit":"Cel","value_code":"A"}',
        '{"code":"8310-5","value":37.6,"unit":"Cel","data_absent_reason":"error"}',
        '{"code":"8310-5","unit":"Cel","data_absent_reason":"tired"}',
        '{"code":"67775-7","value_code":"X"}',
        '{"code":"67775-7","value":1,"unit":"1"}',
        '{"code":"85354-9","value":120,"unit":"mm[Hg]","components":[]}',
        '{"code":"8310-5","value":37.6,"unit":"Cel","battery_percent":101}',
        '{"code":"8310-5","value":37.6,"unit":"Cel","battery_percent":true}',
        '{"code":"8310-5","value":37.6,"unit":"Cel","effective_at":"0001-01-01T00:00:00+14:00"}',
        '{"code":"8310-5","value":37.6,"unit":"Cel","effective_at":20260131}',
        '{"code":"8310-5","value":37.6,"unit":"Cel","note":"\\ud800"}',
        "[[]]", "[" * 5_000, "\udcff", "null", "1", '"8310-5"', "{}", "",
    ],
)  # fmt: skip
def test_json_is_taken_strictly(bench: Any, payload: str) -> None:
    assert bench.refusal("generic_json", payload.encode(errors="surrogateescape"))


def test_a_list_of_json_readings_is_taken_whole_or_not_at_all(bench: Any) -> None:
    good = '{"code":"8867-4","value":60,"unit":"/min"}'
    assert len(bench.decode("generic_json", f"[{good},{good}]".encode())) == 2
    assert bench.refusal("generic_json", f'[{good},{{"code":"8867-4"}}]'.encode()) == "unit is missing"


def test_an_oximeter_that_sets_every_bit_fits_what_a_driver_process_may_say(bench: Any) -> None:
    readings = bench.decode("pulse_oximeter", "FEFEFFFFFEFEFEFEFEFEFE00", "2A5E")
    assert len(readings[0].flags) == 21
    assert reading_from_json(reading_to_json(readings[0])) == readings[0]
