"""The files of a new driver package: what ``pmp driver new`` writes."""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path
from string import Template

_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")

_PYPROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "$distribution"
version = "0.1.0"
description = "Driver for $vendor devices on the patient monitoring platform"
readme = "README.md"
requires-python = ">=3.11"

# This is how the platform finds the driver.
[project.entry-points."pmp"]
$driver = "$driver"

[tool.setuptools]
py-modules = ["$driver"]
"""

_MODULE = '''\
"""$vendor thermometer: 3 bytes, 'T' and hundredths of a degree Celsius, big-endian.

Replace the layout by your device's; everything of the driver stays in this file.
"""

from collections.abc import Iterator, Sequence

from device_drivers import CapturedFrame, DecodeError, DriverManifest, Frame, Reading, hookimpl

BODY_TEMPERATURE = "8310-5"


class $classname:
    """Bytes in, readings out: no files, no network, no clock."""

    manifest = DriverManifest(
        id="$driver",
        kind="thermometer",
        vendor="$vendor",
        models=["T1"],
        transports=["http"],
        codes=[BODY_TEMPERATURE],
    )

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Yield the readings of one frame, or raise DecodeError."""
        if len(frame.payload) != 3 or frame.payload[:1] != b"T":
            raise DecodeError("expected 3 bytes starting with 'T'")
        yield Reading(BODY_TEMPERATURE, int.from_bytes(frame.payload[1:], "big") / 100, "Cel")

    def captured_frames(self) -> Sequence[CapturedFrame]:
        """Frames recorded from real devices, and what they must decode to (None: must be refused)."""
        return (
            CapturedFrame("37.6 Cel", b"T\\x0e\\xb0", readings=(Reading(BODY_TEMPERATURE, 37.6, "Cel"),)),
            CapturedFrame("cut off", b"T\\x0e"),
        )


@hookimpl
def device_drivers() -> list[$classname]:
    """The drivers of this package."""
    return [$classname()]
'''

_TEST = '''\
"""The driver keeps the platform's promises."""

from device_drivers.conformance import check_driver
from $driver import $classname


def test_the_driver_conforms() -> None:
    report = check_driver($classname())
    assert report.passed, [check for check in report.checks if not check.passed]
'''

_README = """\
# $distribution

Driver for $vendor devices on the patient monitoring platform.

    pip install -e .
    pmp driver check $driver
    pmp driver list

Then add a device: `pmp device add --driver $driver --patient NAME` prints its id and its key. Frames go to
`POST /api/v1/devices/ID/frames` with that key:

    {"frames": [{"id": "1", "encoding": "hex", "payload": "540EB0"}]}
"""

_FILES = {
    "pyproject.toml": _PYPROJECT,
    "$driver.py": _MODULE,
    "tests/test_$driver.py": _TEST,
    "README.md": _README,
}


def new_driver(driver: str, vendor: str, directory: Path) -> list[Path]:
    """Write the package of a new driver into ``directory/driver``. Returns the files, pyproject.toml first.

    Raises ValueError for a name that cannot be a module's, FileExistsError if the folder is there.
    """
    if not _ID.fullmatch(driver):
        raise ValueError(f"{driver} cannot be a driver's id: use lower-case letters, digits and underscores")
    if keyword.iskeyword(driver) or driver in sys.stdlib_module_names:
        raise ValueError(f"{driver} is a name of Python's own")
    if not re.fullmatch(r"[\w .&+-]{1,80}", vendor):
        raise ValueError("the vendor's name must be 1 to 80 letters, digits, spaces or . & + -")
    folder = directory / driver
    if folder.exists():
        raise FileExistsError(f"{folder} exists already")
    words = {
        "driver": driver,
        "vendor": vendor,
        "distribution": driver.replace("_", "-").rstrip("-"),
        "classname": "".join(part.capitalize() for part in driver.split("_")),
    }
    files = []
    for name, text in _FILES.items():
        file = folder / Template(name).substitute(words)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(Template(text).substitute(words), encoding="utf-8")
        files.append(file)
    return files
