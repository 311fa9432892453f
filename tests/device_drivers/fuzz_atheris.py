"""Coverage-guided fuzzing of one driver: any bytes give readings or a refusal.

    python tests/device_drivers/fuzz_atheris.py DRIVER_ID [-max_total_time=60] [CORPUS_FOLDER]

Starts from the driver's captured frames. Ends with a crash file and a trace when a promise is broken.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["device_drivers", "core.devices.driver_wire", "core.observations"]):
    import importlib

    from core.devices.driver_wire import reading_from_json, reading_to_json
    from core.observations.units import UnitError, to_canonical
    from device_drivers import DecodeError, Frame

RECEIVED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Fuzz the driver named first on the command line; the rest goes to libFuzzer."""
    driver_id = sys.argv.pop(1)
    with atheris.instrument_imports(include=["device_drivers"]):
        plugin = importlib.import_module(f"device_drivers.{driver_id}")
    (driver,) = plugin.device_drivers()
    characteristics = [None, *driver.manifest.characteristics]

    def one_input(data: bytes) -> None:
        # The first byte chooses the characteristic, so that the fuzzer may.
        characteristic = characteristics[data[0] % len(characteristics)] if data else None
        frame = Frame(data[1:], RECEIVED_AT, characteristic)
        try:
            readings = list(driver.decode(frame))
        except DecodeError:
            return
        for reading in readings:
            if reading_from_json(reading_to_json(reading)) != reading:
                raise AssertionError("a reading changes on its way through JSON")
            if reading.value is not None and reading.unit is not None:
                try:
                    to_canonical(reading.code, reading.value, reading.unit)
                except UnitError:
                    continue

    with tempfile.TemporaryDirectory() as corpus:
        for number, captured in enumerate(driver.captured_frames()):
            index = characteristics.index(captured.characteristic)
            (Path(corpus) / str(number)).write_bytes(bytes([index]) + captured.payload)
        atheris.Setup([*sys.argv, corpus], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
