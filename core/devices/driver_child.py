"""The child process of ``driver_host``: imports one driver and decodes what it is sent.

Speaks JSON lines on its standard streams; the driver's own prints go nowhere.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from typing import Any

from core.devices.driver import DecodeError, DeviceDriver
from core.devices.driver_wire import MAX_READINGS, frame_from_json, reading_to_json

MEMORY_BYTES = 1024 * 1024 * 1024
#: CPU seconds for one frame. It also ends a driver that hangs after its parent was killed.
FRAME_CPU_S = 5


def find_plugin(entry_point: str) -> Any:
    """The plugin at ``package.module[:attribute]``, imported."""
    module, _, attribute = entry_point.partition(":")
    plugin: Any = importlib.import_module(module.strip())
    for name in filter(None, attribute.strip().split(".")):
        plugin = getattr(plugin, name)
    return plugin


def find_driver(entry_point: str, driver_id: str) -> DeviceDriver:
    """The driver ``driver_id`` of the plugin at ``package.module[:attribute]``."""
    for driver in find_plugin(entry_point).device_drivers():
        if driver.manifest.id == driver_id:
            return driver  # type: ignore[no-any-return]
    raise LookupError(f"the plugin has no driver {driver_id}")


def answer(driver: DeviceDriver, question: dict[str, Any]) -> str:
    """The answer to one question, as a line of JSON."""
    said: dict[str, Any]
    try:
        readings = []
        for reading in driver.decode(frame_from_json(question["frame"])):
            readings.append(reading_to_json(reading))
            if len(readings) > MAX_READINGS:
                raise OverflowError
        said = {"readings": readings}
        return json.dumps({"number": question["number"], **said})
    except DecodeError as error:
        said = {"decode_error": str(error)}
    except OverflowError:
        said = {"fault": f"yields more than {MAX_READINGS} readings for a frame"}
    except (Exception, SystemExit) as error:
        # Whatever a stranger's code raises is an answer here, not an end.
        said = {"fault": type(error).__name__}
    return json.dumps({"number": question["number"], **said})


def _limit_cpu() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + FRAME_CPU_S, hard))


def main() -> None:
    """Serve frames until the parent closes the pipe."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    questions = os.fdopen(os.dup(0), "rb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A driver has nothing to write to a disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _limit_cpu()
    try:
        driver = find_driver(sys.argv[1], sys.argv[2])
    except Exception as error:
        out.write(json.dumps({"error": type(error).__name__}) + "\n")
        return
    out.write('{"ready":true}\n')
    for line in questions:
        _limit_cpu()
        out.write(answer(driver, json.loads(line)) + "\n")


if __name__ == "__main__":
    main()
