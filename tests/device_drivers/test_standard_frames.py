"""Frames from the standards and from real devices decode to the very values that they mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from device_drivers import DecodeError

FRAMES: list[dict[str, Any]] = json.loads((Path(__file__).parent.parent / "frames" / "standards.json").read_text())


@pytest.mark.parametrize("known", [frame for frame in FRAMES if frame["readings"]], ids=lambda frame: frame["hex"])
def test_a_known_frame_has_its_known_values(bench: Any, known: dict[str, Any]) -> None:
    for characteristic in (known["characteristic"], None):
        readings = bench.decode(known["driver"], known["hex"], characteristic)
        assert len(readings) == len(known["readings"])
        for reading, expected in zip(readings, known["readings"], strict=True):
            parts = expected.get("components")
            if parts is not None:
                assert {part.code: part.value for part in reading.components} == parts
                assert {part.unit for part in reading.components} == {expected["unit"]}
            for name in expected.keys() - ({"components", "unit"} if parts else set()):
                assert getattr(reading, name) == expected[name], name


@pytest.mark.parametrize("known", [frame for frame in FRAMES if not frame["readings"]], ids=lambda frame: frame["hex"])
def test_an_invalid_frame_is_refused(bench: Any, known: dict[str, Any]) -> None:
    with pytest.raises(DecodeError):
        bench.decode(known["driver"], known["hex"], known["characteristic"])


def test_every_captured_frame_decodes_as_its_driver_says(bench: Any) -> None:
    count = 0
    for driver_id, driver in bench.drivers.items():
        for captured in driver.captured_frames():
            count += 1
            label = f"{driver_id}: {captured.name}"
            if captured.readings is None:
                with pytest.raises(DecodeError):
                    bench.decode(driver_id, captured.payload, captured.characteristic, dict(captured.context))
                    pytest.fail(label)
            else:
                found = bench.decode(driver_id, captured.payload, captured.characteristic, dict(captured.context))
                assert tuple(found) == captured.readings, label
    assert count > 50


def test_every_cut_of_a_good_bluetooth_frame_is_refused_or_is_a_whole_frame(bench: Any) -> None:
    for driver_id, driver in bench.drivers.items():
        if driver_id == "generic_json":
            continue
        for captured in driver.captured_frames():
            for end in range(len(captured.payload)):
                if not captured.readings or captured.characteristic is None:
                    continue
                if driver_id == "heart_rate" and end >= len(captured.payload) - 2 and captured.payload[0] & 0x10:
                    continue  # Its intervals are as many as there are.
                with pytest.raises(DecodeError):
                    bench.decode(driver_id, captured.payload[:end], captured.characteristic)


def test_a_refusal_says_what_is_wrong(bench: Any) -> None:
    assert bench.refusal("thermometer", "06B00E00FEDC070C050B321B", "2A1C") == (
        "temperature: the frame ends within the type (12 bytes)"
    )
    assert bench.refusal("heart_rate", "005500", "2A37") == "heart rate: 1 bytes too many"
    assert "2A35 is not a characteristic" in bench.refusal("heart_rate", "0055", "2A35")


@pytest.mark.parametrize(
    "driver_id", ["thermometer", "heart_rate", "blood_pressure", "pulse_oximeter", "glucometer", "weight_scale"]
)
def test_a_foreign_characteristic_and_an_oversized_value_are_refused(bench: Any, driver_id: str) -> None:
    assert "FFFF" in bench.refusal(driver_id, "00", "FFFF")
    characteristic = bench.drivers[driver_id].manifest.characteristics[0]
    assert "513 bytes" in bench.refusal(driver_id, bytes(513), characteristic)
