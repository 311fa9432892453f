"""(d) a year of one vital, a reading a minute, as a chart: time and size from a day to ten years."""

from __future__ import annotations

import gzip
import json
import math
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.rows import Row, percentile
from bench.site import Site
from core.database.connection import Document
from core.observations.series import FIVE_MINUTES_MS, to_ms
from core.observations.vital_signs import HEART_RATE
from core.platform import Platform

GROUP = "(d) a vital at one reading a minute as a chart, 525 600 readings"
_MINUTES_A_YEAR = 525_600
_BATCH = 5_000
_POINTS = 600
_RANGES = (("1 day", 1), ("1 week", 7), ("1 month", 31), ("1 year", 365), ("10 years", 3652))


def measure_series(site: Site, quick: bool) -> list[Row]:
    """Load a year straight into the database, roll it up, and ask for charts."""
    minutes = 45 * 1440 if quick else _MINUTES_A_YEAR
    device = site.devices["heart_rate"][0]
    end = datetime.now(UTC).replace(second=0, microsecond=0)
    # What follows live readings has no part in this: half a million at once are not live.
    site.stop("worker")
    site.stop("web")
    with site.platform() as platform:
        began = time.monotonic()
        _load(platform, device.patient_id, end, minutes)
        _say(f"{minutes} readings loaded in {time.monotonic() - began:.0f} s")
        began = time.monotonic()
        step = timedelta(days=30)
        start = end - timedelta(minutes=minutes)
        at = start
        while at < end:
            until = min(at + step, end)
            first = to_ms(at) - to_ms(at) % FIVE_MINUTES_MS
            platform.rollups.recompute(device.patient_id, HEART_RATE, range(first, to_ms(until), FIVE_MINUTES_MS))
            at = until
            _say(f"rolled up until {at:%Y-%m-%d}, {time.monotonic() - began:.0f} s")
        rolled_s = time.monotonic() - began
    site.start("web", "web", "--port", str(site.port))
    site.wait_until_served()
    note = f"{minutes} readings only" if quick else ""
    rows: list[Row] = []
    for name, days in _RANGES:
        took: list[float] = []
        path = (
            f"/api/v1/patients/{device.patient_id}/series?code={HEART_RATE}&points={_POINTS}"
            f"&start={_rfc(end - timedelta(days=days))}&end={_rfc(end)}"
        )
        for _round in range(6 if quick else 20):
            began = time.perf_counter()
            body, size = _get(site, path)
            took.append((time.perf_counter() - began) * 1000)
        if not body["t"]:
            raise RuntimeError(f"the chart of {name} is empty")
        shape = f"p50 {percentile(took, 0.5):.0f} ms, {len(body['t'])} points, {body['resolution']}"
        rows.append(Row(GROUP, f"{name}: p95 of {len(took)}", percentile(took, 0.95), "ms", 100.0, note=shape))
        rows.append(Row(GROUP, f"{name}: gzip size", size / 1000, "kB", 60.0, note=note))
    rows.append(Row(GROUP, "rolling all of it up once", rolled_s, "s", note=note))
    return rows


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def _rfc(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _get(site: Site, path: str) -> tuple[dict[str, Any], int]:
    request = urllib.request.Request(f"{site.url}{path}")  # noqa: S310
    request.add_header("Authorization", f"Bearer {site.nurse_token}")
    request.add_header("Accept-Encoding", "gzip")
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        data = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    # Where a proxy in front does the packing, its size is what counts.
    return json.loads(gzip.decompress(data) if packed else data), len(data) if packed else len(gzip.compress(data))


def _load(platform: Platform, patient_id: str, end: datetime, minutes: int) -> None:
    collection = platform.database.db["observations"]
    batch: list[Document] = []
    for minute in range(minutes):
        at = end - timedelta(minutes=minutes - minute)
        value = round(75 + 12 * math.sin(minute / 1440 * 2 * math.pi) + 6 * math.sin(minute / 37) + minute % 5)
        batch.append(
            {
                "_id": f"bench.{minute}", "patient_id": patient_id, "code": HEART_RATE, "value": float(value),
                "unit": "/min", "components": [], "status": "final", "flags": [], "effective_at": at,
                "received_at": at, "source": "device", "device": {"id": "bench", "name": "bench", "driver": "bench"},
            }
        )  # fmt: skip
        if len(batch) == _BATCH or minute == minutes - 1:
            collection.insert_many(batch, ordered=False)
            batch = []
