"""What the simulator sends is what the drivers read back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import json

from core.devices.driver import Reading
from core.ingest.build import driver_frame
from core.ingest.incoming import read_body
from core.observations.units import to_canonical
from core.observations.vital_signs import (
    BLOOD_PRESSURE,
    BODY_TEMPERATURE,
    BODY_WEIGHT,
    CONSCIOUSNESS,
    DIASTOLIC,
    GLUCOSE,
    HEART_RATE,
    OXYGEN_FLOW,
    OXYGEN_SATURATION,
    RESPIRATORY_RATE,
    SYSTOLIC,
)
from core.plugin_system.loader import load_plugins
from device_drivers.physiology import sample
from plugins.simulator.frames import drivers, frame_of, readings_per_frame

ZONE = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 3, 1, 10, 30, 15, 250_000, UTC)
VALUES = sample("diabetic", 3, 4, AT)
CODES = {
    "blood_pressure": [BLOOD_PRESSURE, HEART_RATE],
    "pulse_oximeter": [OXYGEN_SATURATION, HEART_RATE],
    "thermometer": [BODY_TEMPERATURE],
    "heart_rate": [HEART_RATE],
    "glucometer": [GLUCOSE],
    "weight_scale": [BODY_WEIGHT],
    "generic_json": [RESPIRATORY_RATE, CONSCIOUSNESS, OXYGEN_FLOW],
}


def decoded(driver: str, frame: dict[str, Any]) -> list[Reading]:
    incoming = read_body(json.dumps({"frames": [frame]}).encode())[0]
    assert incoming.error is None
    installed = {item.manifest.id: item for _plugin, item in load_plugins().contributions("device_drivers")}
    return list(installed[driver].decode(driver_frame(incoming, AT)))


@pytest.mark.parametrize("driver", drivers())
def test_a_driver_reads_what_was_encoded(driver: str) -> None:
    readings = decoded(driver, frame_of(driver, VALUES, AT, ZONE))
    assert [reading.code for reading in readings] == CODES[driver]
    assert len(readings) == readings_per_frame(driver)
    for reading in readings:
        if reading.code == BLOOD_PRESSURE:
            parts = {part.code: part.value for part in reading.components}
            assert (parts[SYSTOLIC], parts[DIASTOLIC]) == (VALUES[SYSTOLIC], VALUES[DIASTOLIC])
        elif reading.code == CONSCIOUSNESS:
            assert reading.value_code == VALUES[CONSCIOUSNESS]
        else:
            assert reading.value is not None and reading.unit is not None
            assert to_canonical(reading.code, reading.value, reading.unit)[1] == pytest.approx(
                float(VALUES[reading.code]), abs=0.05
            )


@pytest.mark.parametrize("driver", ["blood_pressure", "pulse_oximeter", "thermometer", "glucometer", "weight_scale"])
def test_a_device_clock_shows_local_time(driver: str) -> None:
    for reading in decoded(driver, frame_of(driver, VALUES, AT, ZONE)):
        assert reading.device_clock == datetime(2026, 3, 1, 11, 30, 15)


def test_the_same_measurement_has_the_same_id_and_another_has_another() -> None:
    first = frame_of("thermometer", VALUES, AT, ZONE)
    assert frame_of("thermometer", VALUES, AT, ZONE)["id"] == first["id"]
    assert frame_of("thermometer", VALUES, AT.replace(second=16), ZONE)["id"] != first["id"]
    assert first["received_at"] == "2026-03-01T10:30:15.250000+00:00"


def test_a_driver_without_an_encoder_is_an_error() -> None:
    with pytest.raises(KeyError):
        frame_of("acme_t1", VALUES, AT, ZONE)
