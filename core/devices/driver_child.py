"""The child process of ``driver_host``: imports one driver and decodes what it is sent.

Speaks JSON lines on its standard streams; the driver's own prints go nowhere.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from typing import Any

from core.devices.driver import DecodeError, DeviceDriver
from core.devices.driver_host import MAX_READINGS, frame_from_json, reading_to_json

MEMORY_BYTES = 1024 * 1024 * 1024


def find_driver(entry_point: str, driver_id: str) -> DeviceDriver:
    """The driver ``driver_id`` of the plugin at ``package.module[:attribute]``."""
    module, _, attribute = entry_point.partition(":")
    plugin: Any = importlib.import_module(module)
    for name in filter(None, attribute.split(".")):
        plugin = getattr(plugin, name)
    for driver in plugin.device_drivers():
        if driver.manifest.id == driver_id:
            return driver  # type: ignore[no-any-return]
    raise LookupError(f"the plugin has no driver {driver_id}")


def answer(driver: DeviceDriver, line: str) -> dict[str, Any]:
    """The answer to one frame."""
    try:
        readings = []
        for reading in driver.decode(frame_from_json(json.loads(line))):
            readings.append(reading_to_json(reading))
            if len(readings) > MAX_READINGS:
                return {"fault": f"yields more than {MAX_READINGS} readings for a frame"}
        text = {"readings": readings}
        json.dumps(text)
        return text
    except DecodeError as error:
        return {"decode_error": str(error)}
    except Exception as error:
        # Whatever a stranger's code raises is an answer here, not an end.
        return {"fault": type(error).__name__}


def main() -> None:
    """Serve frames until the parent closes the pipe."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        driver = find_driver(sys.argv[1], sys.argv[2])
    except Exception as error:
        out.write(json.dumps({"error": f"{type(error).__name__}"}) + "\n")
        return
    out.write('{"ready":true}\n')
    for line in sys.stdin:
        out.write(json.dumps(answer(driver, line)) + "\n")


if __name__ == "__main__":
    main()
