"""A short run of the coverage-guided fuzzer on each driver; run the script itself for longer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("fuzz_atheris.py")
SECONDS = int(os.environ.get("PMP_FUZZ_SECONDS", "5"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "driver_id",
    ["thermometer", "heart_rate", "blood_pressure", "pulse_oximeter", "glucometer", "weight_scale", "generic_json"],
)
def test_the_fuzzer_finds_nothing(driver_id: str, tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), driver_id, f"-max_total_time={SECONDS}", f"-artifact_prefix={tmp_path}/"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    runs = re.search(r"Done (\d+) runs", done.stderr)
    assert runs is not None and int(runs.group(1)) > 1_000, done.stderr[-1_000:]
