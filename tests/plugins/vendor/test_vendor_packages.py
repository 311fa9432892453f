"""Vendors' packages, installed by pip: a good one works; bad ones are quarantined and hurt nobody else."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import Site, start_site, wait_until

GOOD = '''
    from collections.abc import Iterator
    from device_drivers import DecodeError, DriverManifest, Frame, Reading, hookimpl

    class AcmeThermometer:
        """Acme T1: 3-byte frame, 'T' and hundredths of a degree Celsius, big-endian."""
        manifest = DriverManifest(id="acme_t1", kind="thermometer", vendor="Acme", models=["T1"], transports=["http"])
        def decode(self, frame: Frame) -> Iterator[Reading]:
            if len(frame.payload) != 3 or frame.payload[:1] != b"T":
                raise DecodeError("expected 3 bytes starting with 'T'")
            yield Reading("8310-5", int.from_bytes(frame.payload[1:], "big") / 100, "Cel")

    @hookimpl
    def device_drivers(): return [AcmeThermometer()]
'''
RAISES_AT_IMPORT = 'raise RuntimeError("no licence dongle found")\n'
HANGS_AT_IMPORT = "import time\ntime.sleep(3600)\n"


def failing(driver_id: str, statement: str) -> str:
    """A driver whose decode does ``statement``."""
    check = GOOD[GOOD.index("if len(") : GOOD.index("            yield")]
    return GOOD.replace("acme_t1", driver_id).replace(check, f"{statement}\n")


PACKAGES = {
    "acme_t1": GOOD,
    "bad_import": RAISES_AT_IMPORT,
    "hang_import": HANGS_AT_IMPORT,
    "bad_decode": failing("bad_decode", 'raise KeyError("oops")'),
    "hang_decode": failing("hang_decode", "while True: pass"),
}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def write_package(folder: Path, name: str, source: str) -> Path:
    """A vendor's package, as a vendor lays it out."""
    package = folder / name
    package.mkdir(parents=True)
    (package / "pyproject.toml").write_text(
        f'[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        f'[project]\nname = "{name.replace("_", "-")}"\nversion = "1.0"\n'
        f'[project.entry-points."pmp"]\n{name} = "{name}"\n'
        f'[tool.setuptools]\npy-modules = ["{name}"]\n'
    )
    (package / f"{name}.py").write_text(textwrap.dedent(source))
    return package


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed all the packages."""
    folder = tmp_path_factory.mktemp("vendors")
    target = folder / "site"
    sources = [str(write_package(folder, name, source)) for name, source in PACKAGES.items()]
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode:
        subprocess.run([sys.executable, "-m", "ensurepip"], check=True, capture_output=True)
    options = ["--quiet", "--no-build-isolation", "--no-deps", "--disable-pip-version-check", "--target", str(target)]
    subprocess.run([*pip, "install", *options, *sources], check=True, capture_output=True)
    return target


@pytest.fixture(scope="module")
def site(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running platform that has the vendors' packages."""
    site = start_site(tmp_path_factory.mktemp("data"), PYTHONPATH=str(installed))
    site.environment["PYTHONPATH"] = str(installed)
    yield site
    site.stop()


def plugin_states(site: Site, token: str) -> dict[str, dict[str, Any]]:
    status, body = site.call("GET", "/plugins", token)
    assert status == 200
    return {item["id"]: item for item in body["items"]}


def test_a_vendors_driver_works_and_broken_ones_are_quarantined(site: Site) -> None:
    site.add_user("ada", "admin", "doctor")
    site.add_user("alice", "patient")
    patient = site.add_patient("alice")
    token = site.token("ada")
    listed = {item["id"]: item for item in json.loads(site.pmp("driver", "list", "--json"))}
    assert listed["acme_t1"]["status"] == "active"
    (report,) = json.loads(site.pmp("driver", "check", "acme_t1", "--json"))
    assert report["passed"] is True

    states = plugin_states(site, token)
    assert "dongle" in states["bad_import"]["error"]
    assert {states[name]["status"] for name in ("bad_import", "hang_import")} == {"quarantined"}
    assert states["thermometer"]["status"] == "active"

    sender = Sending(site)
    key = site.add_device("acme_t1", "alice")
    assert sender(key, "f1", b"T" + (3950).to_bytes(2, "big"))["accepted"] == ["f1"]
    assert "starting with 'T'" in sender(key, "f2", b"x")["rejected"][0]["reason"]
    _status, latest = site.call("GET", f"/patients/{patient}/latest", token)
    assert [(item["code"], item["value"]) for item in latest["items"]] == [("8310-5", 39.5)]
    wait_until(lambda: site.call("GET", "/alerts", token)[1]["items"], what="the alert")

    for name in ("bad_decode", "hang_decode"):
        broken = site.add_device(name, "alice")
        for number in range(3):
            answer = sender(broken, f"{name}{number}", b"T12")
            assert answer["accepted"] == []
            assert len(answer["rejected"]) == 1
        # The platform goes on for everybody else.
        assert sender(key, f"after-{name}", b"T" + (3700).to_bytes(2, "big"))["accepted"]
    _status, drivers = site.call("GET", "/drivers", token)
    quarantined = {item["id"]: item["error"] for item in drivers["items"] if item["status"] == "quarantined"}
    assert set(quarantined) == {"bad_decode", "hang_decode"}
    assert "did not answer" in quarantined["hang_decode"]
    states = plugin_states(site, token)
    assert {states[name]["status"] for name in ("bad_decode", "hang_decode")} == {"quarantined"}


class Sending:
    """Sends one frame with a device's key."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def __call__(self, device: tuple[str, str], name: str, payload: bytes) -> dict[str, Any]:
        body = {"frames": [{"id": name, "payload": payload.hex()}]}
        status, answer = self._site.call("POST", f"/devices/{device[0]}/frames", device[1], body)
        assert status == 200, answer
        return answer  # type: ignore[no-any-return]


def test_no_other_distribution_ships_a_package_of_our_names() -> None:
    from importlib.metadata import packages_distributions

    owners = packages_distributions()
    for name in ("core", "device_drivers", "plugins", "telehealth"):
        assert set(owners.get(name, ["patient-monitoring-platform"])) == {"patient-monitoring-platform"}
