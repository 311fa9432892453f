"""``pmp driver``: the list, the check, and a new driver that passes it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from device_drivers.kit.cli import driver_app

BUILT_IN = {
    "thermometer", "heart_rate", "blood_pressure", "pulse_oximeter", "glucometer", "weight_scale", "generic_json",
}  # fmt: skip


@pytest.fixture
def pmp_driver() -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(driver_app, list(arguments))

    return run


def test_the_list_names_every_driver_with_its_state_and_origin(pmp_driver: Callable[..., Result]) -> None:
    done = pmp_driver("list", "--json")
    rows = {row["id"]: row for row in json.loads(done.stdout)}
    assert done.exit_code == 0 and rows.keys() >= BUILT_IN
    row = rows["thermometer"]
    assert (row["kind"], row["status"], row["builtin"]) == ("thermometer", "active", True)
    text = pmp_driver("list").stdout
    assert all(driver_id in text for driver_id in BUILT_IN)


def test_a_good_driver_passes_the_check(pmp_driver: Callable[..., Result]) -> None:
    done = pmp_driver("check", "heart_rate")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1] == "heart_rate: passed"


def test_an_unknown_driver_is_one_clear_line(pmp_driver: Callable[..., Result]) -> None:
    done = pmp_driver("check", "nowhere")
    assert done.exit_code == 1
    assert done.stderr.startswith("pmp: there is no driver nowhere")


def test_a_new_driver_passes_its_check_and_its_own_test(pmp_driver: Callable[..., Result], tmp_path: Path) -> None:
    made = pmp_driver("new", "acme_t9", "--directory", str(tmp_path), "--vendor", "Acme & Sons", "--json")
    assert made.exit_code == 0, made.output
    folder = tmp_path / "acme_t9"
    assert {Path(file) for file in json.loads(made.stdout)} == {
        folder / "pyproject.toml",
        folder / "acme_t9.py",
        folder / "tests" / "test_acme_t9.py",
        folder / "README.md",
    }
    checked = pmp_driver("check", "acme_t9", "--path", str(folder), "--json")
    assert checked.exit_code == 0, checked.output
    (report,) = json.loads(checked.stdout)
    assert report["driver_id"] == "acme_t9" and report["passed"]
    own = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert own.returncode == 0, own.stdout


def test_a_broken_driver_fails_the_check(pmp_driver: Callable[..., Result], tmp_path: Path) -> None:
    pmp_driver("new", "acme_t8", "--directory", str(tmp_path))
    module = tmp_path / "acme_t8" / "acme_t8.py"
    module.write_text(module.read_text().replace("/ 100", "/ 10"))
    done = pmp_driver("check", "acme_t8", "--path", str(module.parent))
    assert done.exit_code == 1
    assert "FAILED   captured frames: 37.6 Cel: expected 8310-5 37.6 Cel, got 8310-5 376.0 Cel" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["Acme T1"], "cannot be a driver's id"),
        (["import"], "a name of Python's own"),
        (["json"], "a name of Python's own"),
        (["acme_t7", "--vendor", 'A"; import os'], "the vendor's name must be"),
        (["taken"], "exists already"),
    ],
)
def test_a_name_that_cannot_be_is_refused(
    pmp_driver: Callable[..., Result], tmp_path: Path, arguments: list[str], text: str
) -> None:
    (tmp_path / "taken").mkdir()
    done = pmp_driver("new", *arguments, "--directory", str(tmp_path))
    assert done.exit_code == 1 and text in done.stderr
