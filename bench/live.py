"""(c) a reading posted until it is visible in an open page; (e) a thousand dashboards on one web process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from typing import Any

from bench.ingest import plan_for
from bench.load_client import Load
from bench.page import NotMeasured, measure_page
from bench.rows import Row, percentile
from bench.site import Site, cpu_s, rss_bytes

GROUP_C = "(c) a reading posted → visible in the open page, at 100 readings/s"
GROUP_E = "(e) live dashboards held by one web process"


class Watchers:
    """The watching process."""

    def __init__(self, site: Site, sockets: int, topics: list[str]) -> None:
        plan = {"port": site.port, "token": site.nurse_token, "sockets": sockets, "topics": topics}
        self._child = subprocess.Popen(
            [sys.executable, "-m", "bench.watchers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._child.stdin is not None and self._child.stdout is not None
        self._child.stdin.write(json.dumps(plan) + "\n")
        self._child.stdin.flush()
        if self._child.stdout.readline().strip() != "ready":
            raise RuntimeError("the watching process could not subscribe")

    def delays_ms(self) -> list[float]:
        """End the watching; milliseconds from sending to each arrival."""
        assert self._child.stdin is not None and self._child.stdout is not None
        self._child.stdin.write("\n")
        self._child.stdin.flush()
        text = self._child.stdout.readline()
        self._child.wait(30)
        return list(json.loads(text)["delays_ms"])


def measure_visibility(site: Site, quick: bool) -> list[Row]:
    """First on the live socket, then in a real browser's page, where there is one."""
    load_plan = {**plan_for(site, 16, 5.0 if quick else 20.0), "rate": 100.0}
    Load({**load_plan, "seconds": 2.0}).result()
    site.settle()
    watchers = Watchers(site, 1, ["patients"])
    result = Load(load_plan).result()
    time.sleep(1)
    delays = watchers.delays_ms()
    _check_count(len(delays), result["requests"])
    rows = [
        Row(GROUP_C, "on the live socket, p50", percentile(delays, 0.5), "ms"),
        Row(GROUP_C, "on the live socket, p99", percentile(delays, 0.99), "ms", 150.0),
        Row(GROUP_C, "acknowledged to the device, p99", percentile(result["latencies_ms"], 0.99), "ms"),
    ]
    site.settle()
    try:
        return rows + measure_page(site, GROUP_C, load_plan, probes=20 if quick else 150)
    except NotMeasured as error:
        error.rows = rows
        raise


def measure_dashboards(site: Site, quick: bool) -> list[Row]:
    """1 000 sockets that all see one patient; a reading every half second."""
    count = 200 if quick else 1_000
    site.settle()
    device = site.devices["heart_rate"][0]
    _post_once(site)
    before = rss_bytes(site.web_pid)
    began = time.monotonic()
    watchers = Watchers(site, count, [f"patients/{device.patient_id}"])
    opened_s = time.monotonic() - began
    site.settle()
    cpu_before, began = cpu_s(site.web_pid), time.monotonic()
    time.sleep(3)
    idle_percent = (cpu_s(site.web_pid) - cpu_before) / (time.monotonic() - began) * 100
    readings = 10 if quick else 40
    plan = plan_for(site, 1, readings / 2)
    plan |= {"targets": plan["targets"][:1], "rate": 2.0}
    result = Load(plan).result()
    time.sleep(2)
    held = rss_bytes(site.web_pid)
    delays = watchers.delays_ms()
    _check_count(len(delays), result["requests"] * count)
    note = "" if count == 1_000 else f"{count} dashboards only"
    return [
        Row(GROUP_E, "dashboards held", count, "", 1_000, "at least", note) if not quick
        else Row(GROUP_E, "dashboards held", count, "", note="quick run"),
        Row(GROUP_E, "fan-out of one reading to all, p50", percentile(delays, 0.5), "ms"),
        Row(GROUP_E, "fan-out of one reading to all, p99", percentile(delays, 0.99), "ms", 250.0, note=note),
        Row(GROUP_E, "memory per dashboard", (held - before) / count / 1000, "kB", 100.0, note=note),
        Row(GROUP_E, "opened and subscribed in", opened_s, "s"),
        Row(GROUP_E, "web CPU while nothing happens", idle_percent, "% of a core"),
    ]  # fmt: skip


def _check_count(seen: int, expected: int) -> None:
    if seen < expected:
        raise RuntimeError(f"of {expected} arrivals only {seen} were seen")


def _post_once(site: Site) -> None:
    device = site.devices["heart_rate"][0]
    body: dict[str, Any] = {"frames": [{"payload": "0648", "characteristic": "2A37"}]}
    request = urllib.request.Request(  # noqa: S310
        f"{site.url}/api/v1/devices/{device.id}/frames",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {device.key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        return
