"""(a) one reading per request, and (b) a hundred: CPU and rate, beside the bare driver and a bare Flask view."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from bson import encode

from bench.load_client import Load
from bench.rows import Row, percentile
from bench.site import Site, cpu_s, free_port, wait_for
from core.database.embedded import CONNECTION_FILE

GROUP_A = "(a) a single authenticated reading, POSTed by a device"
GROUP_B = "(b) a batch of 100 frames"
HEART_RATE_FRAME = {"payload": "0648", "encoding": "hex", "characteristic": "2A37"}


def plan_for(site: Site, connections: int, seconds: float, frames: int = 1) -> dict[str, Any]:
    """Heart rate frames to all heart rate sensors, over ``connections``."""
    devices = site.devices["heart_rate"]
    return {
        "port": site.port,
        "targets": [{"path": f"/api/v1/devices/{device.id}/frames", "key": device.key} for device in devices],
        "frames": [HEART_RATE_FRAME] * frames,
        "connections": connections,
        "seconds": seconds,
        "must_hold": '"rejected": []',
    }


def load(site: Site, pid: int, plan: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """Run a plan; its figures, and the CPU milliseconds of process ``pid`` per request."""
    before = cpu_s(pid)
    result = Load(plan, processes=2 if plan["connections"] >= 32 else 1).result()
    # What the web process does after the answer (alerts, the live socket) is its work, too.
    time.sleep(1)
    return result, (cpu_s(pid) - before) * 1000 / result["requests"]


def measure_single(site: Site, quick: bool) -> list[Row]:
    """Alternating runs of the platform and its peers, so that what the machine does else hits all alike."""
    seconds, rounds = (2.0, 1) if quick else (4.0, 3)
    load(site, site.web_pid, plan_for(site, 8, 1.0))
    document = _stored_document(site)
    rows: list[Row] = []
    with _bare_flask(site) as bare:
        rows += _measure_cpu(site, bare, seconds, rounds)
    for connections in (1, 8, 64):
        ours: list[float] = []
        theirs: list[float] = []
        latencies: list[float] = []
        for _round in range(rounds):
            site.settle()
            result, _cpu_ms = load(site, site.web_pid, plan_for(site, connections, seconds))
            ours.append(result["requests"] / result["seconds"])
            latencies += result["latencies_ms"]
            site.settle()
            theirs.append(_bare_inserts(site, document, connections, seconds))
        rate, bare_rate = statistics.median(ours), statistics.median(theirs)
        share = statistics.median(our / their for our, their in zip(ours, theirs, strict=True)) * 100
        limit = {1: None, 8: 80.0, 64: 100.0}[connections]
        note = f"p99 {percentile(latencies, 0.99):.1f} ms"
        rows.append(Row(GROUP_A, f"readings stored, {connections} connections", rate, "/s", note=note))
        rows.append(Row(GROUP_A, f"bare durable insert_one, {connections} threads", bare_rate, "/s"))
        rows.append(Row(GROUP_A, f"ours of bare, {connections} connections", share, "%", limit, "at least"))
    return rows


def _measure_cpu(site: Site, bare: tuple[int, int], seconds: float, rounds: int) -> list[Row]:
    """CPU per request of the platform and of the bare Flask view, in turns."""
    bare_pid, bare_port = bare
    ours: list[float] = []
    theirs: list[float] = []
    behind: dict[str, list[float]] = {"worker": [], "database": []}
    assert site.database.process is not None
    pids = {"worker": site.processes["worker"].pid, "database": site.database.process.pid}
    for _round in range(rounds):
        site.settle()
        before = {name: cpu_s(pid) for name, pid in pids.items()}
        result, cpu_ms = load(site, site.web_pid, plan_for(site, 8, seconds))
        ours.append(cpu_ms)
        site.settle()
        for name, pid in pids.items():
            behind[name].append((cpu_s(pid) - before[name]) * 1000 / result["requests"])
        plan = {**plan_for(site, 8, seconds), "port": bare_port, "must_hold": "accepted"}
        theirs.append(load(site, bare_pid, plan)[1])
    cpu, bare_cpu = statistics.median(ours), statistics.median(theirs)
    return [
        Row(GROUP_A, "web CPU per request, 8 connections", cpu, "ms", 1.3),
        Row(GROUP_A, "bare Flask insert: CPU per request, 8 connections", bare_cpu, "ms"),
        Row(GROUP_A, "ours of bare Flask", cpu / bare_cpu * 100, "%", note="1.3 ms of 0.9 is 144 %"),
        Row(GROUP_A, "worker CPU per reading, until all is derived", statistics.median(behind["worker"]), "ms"),
        Row(GROUP_A, "database CPU per reading, until all is derived", statistics.median(behind["database"]), "ms"),
    ]


def measure_batch(site: Site, quick: bool) -> list[Row]:
    """Hundreds of frames per request."""
    site.settle()
    load(site, site.web_pid, plan_for(site, 1, 0.5, frames=100))
    site.settle()
    result, cpu_ms = load(site, site.web_pid, plan_for(site, 1, 2.0 if quick else 5.0, frames=100))
    rate = result["requests"] * 100 / result["seconds"]
    return [
        Row(GROUP_B, "web CPU per reading", cpu_ms / 100, "ms", 0.1),
        Row(GROUP_B, "readings stored, 1 connection", rate, "/s",
            note=f"a request p99 {percentile(result['latencies_ms'], 0.99):.0f} ms"),
    ]  # fmt: skip


def _stored_document(site: Site) -> str:
    """One of the observations that we stored, as BSON in hex: what the bare driver stores, too."""
    with site.platform() as platform:
        document = platform.database.db["observations"].find_one(
            {"patient_id": site.devices["heart_rate"][0].patient_id}
        )
    if document is None:
        raise RuntimeError("nothing was stored")
    return encode(document).hex()


def _uri(site: Site) -> str:
    return str(json.loads((site.data_dir / CONNECTION_FILE).read_text())["uri"])


def _bare_inserts(site: Site, document_hex: str, threads: int, seconds: float) -> float:
    plan = {"uri": _uri(site), "document_hex": document_hex, "threads": threads, "seconds": seconds}
    done = subprocess.run(
        [sys.executable, "-m", "bench.peers"], input=json.dumps(plan).encode(), capture_output=True, check=True
    )
    result = json.loads(done.stdout)
    return float(result["inserts"] / result["seconds"])


@contextlib.contextmanager
def _bare_flask(site: Site) -> Iterator[tuple[int, int]]:
    """The bare Flask view under gunicorn, warm; its process and port."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "64",
        "--log-level", "warning", "--no-control-socket", f"bench.peers:bare_app('{_uri(site)}')",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=dict(os.environ))
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", 30)
        load(site, process.pid, {**plan_for(site, 8, 0.5), "port": port, "must_hold": "accepted"})
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(20)
