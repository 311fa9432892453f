"""(f) a warm start: ``pmp up`` on data that is there, until the sign-in page is served."""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.page import PORTAL
from bench.rows import Row
from bench.site import free_port, wait_for

GROUP = "(f) `pmp up`, warm, to a served sign-in page"


def measure_start(quick: bool) -> list[Row]:
    """Start once to make the data, then again and again."""
    data_dir = Path(tempfile.mkdtemp(prefix="pmp-bench-start-"))
    page = "/" if PORTAL.exists() else "/api/v1/auth/options"
    note = "" if PORTAL.exists() else "the portal is not built: the sign-in page's data instead"
    try:
        cold = _start_once(data_dir, page)
        warm = [_start_once(data_dir, page) for _ in range(1 if quick else 3)]
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)
    return [
        Row(GROUP, "warm start", statistics.median(warm), "s", 10.0, note=note),
        Row(GROUP, "first start on an empty data directory", cold, "s"),
    ]


def _start_once(data_dir: Path, page: str) -> float:
    port = free_port()
    environment = {**os.environ, "PMP_DATA_DIR": str(data_dir)}
    began = time.monotonic()
    with (data_dir / "up.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "core.cli", "up", "--port", str(port)], env=environment, stdout=log, stderr=log
        )
    try:
        wait_for(f"http://127.0.0.1:{port}{page}", 90)
        return time.monotonic() - began
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)
