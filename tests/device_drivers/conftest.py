"""The built-in drivers, each through its plugin hook."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime

import pytest

from device_drivers import DecodeError, DeviceDriver, Frame, Reading

IDS = (
    "thermometer",
    "heart_rate",
    "blood_pressure",
    "pulse_oximeter",
    "glucometer",
    "weight_scale",
    "generic_json",
)


class Bench:
    """All drivers, and a short way to decode with one."""

    def __init__(self) -> None:
        self.drivers: dict[str, DeviceDriver] = {}
        for driver_id in IDS:
            for driver in importlib.import_module(f"device_drivers.{driver_id}").device_drivers():
                self.drivers[driver.manifest.id] = driver

    def decode(
        self,
        driver_id: str,
        payload: bytes | str,
        characteristic: str | None = None,
        context: dict[str, bytes] | None = None,
    ) -> list[Reading]:
        """Decode bytes, or hexadecimal text. Raises DecodeError."""
        data = bytes.fromhex(payload) if isinstance(payload, str) else payload
        frame = Frame(data, datetime(2026, 1, 31, tzinfo=UTC), characteristic, context=context or {})
        return list(self.drivers[driver_id].decode(frame))

    def refusal(self, driver_id: str, payload: bytes | str, characteristic: str | None = None) -> str:
        """Why the driver refuses the bytes."""
        with pytest.raises(DecodeError) as caught:
            self.decode(driver_id, payload, characteristic)
        return str(caught.value)


@pytest.fixture(scope="session")
def bench() -> Bench:
    """The built-in drivers."""
    return Bench()
