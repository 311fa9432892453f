"""The wheel carries what an installation without Node needs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_wheel_carries_the_portal_the_policies_and_the_types(tmp_path: Path) -> None:
    assert (ROOT / "core/web/static/index.html").is_file(), "the portal is not built: make portal"
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "-w", str(tmp_path), str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "core/web/static/index.html",
        "core/web/docs/index.html",
        "core/access/policy.csv",
        "core/access/model.conf",
        "core/access/policies/care_team.csv",
        "plugins/alerting/policy.csv",
        "plugins/news2/policy.csv",
        "plugins/escalation/policy.csv",
        "plugins/measurement_plans/policy.csv",
        "plugins/notifications/policy.csv",
        "core/py.typed",
        "device_drivers/py.typed",
    ):
        assert name in names, name
    assert any(name.startswith("core/web/static/assets/") for name in names)
    assert not any(name.startswith(("tests/", "bench/", "frontend/")) for name in names)
