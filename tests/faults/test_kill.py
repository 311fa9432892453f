"""Database, web and worker are killed while readings arrive at full speed: nothing acknowledged is lost.

A ledger notes every frame that was acknowledged. Afterwards each is there exactly once, and each breach
lies within an alert.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from core.cli.context import opened_platform
from core.settings import load_settings
from device_drivers.thermometer.encoder import temperature_frame
from tests.support import Site, start_site, wait_until

SECONDS = 60
SENDERS = 6
KILL_EVERY_S = 6.0

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = start_site(tmp_path / "data")
    yield site
    site.stop()


class Ledger:
    """What was acknowledged: frame id to whether its value breaks the limit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.acknowledged: dict[str, tuple[str, bool]] = {}

    def note(self, frame_ids: list[str], device: str, breach: bool) -> None:
        with self._lock:
            for frame_id in frame_ids:
                self.acknowledged[frame_id] = (device, breach)


def send_until(end: float, site: Site, device: tuple[str, str], name: str, ledger: Ledger) -> None:
    """Send frames one after another; repeat a frame until it is acknowledged."""
    address = urlsplit(site.url).netloc
    rng = random.Random(name)
    connection = http.client.HTTPConnection(address, timeout=20)
    number = 0
    while time.monotonic() < end:
        breach = rng.random() < 0.2
        frame_id = f"{name}-{number}"
        frame = {"id": frame_id, "payload": temperature_frame(39.5 if breach else 37.0).hex()}
        body = json.dumps({"frames": [frame]})
        headers = {"Authorization": f"Bearer {device[1]}", "Content-Type": "application/json"}
        while True:
            try:
                connection.request("POST", f"/api/v1/devices/{device[0]}/frames", body, headers)
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                connection = http.client.HTTPConnection(address, timeout=20)
                time.sleep(0.1)
                continue
            if answer.status == 200:
                said = json.loads(content)
                assert not said["rejected"], said
                ledger.note(said["accepted"] + said["duplicates"], device[0], breach)
                break
            assert answer.status in (502, 503), content
            time.sleep(0.1)
        number += 1
    connection.close()


def victims(site: Site) -> dict[str, list[psutil.Process]]:
    """The processes of the site by part."""
    found: dict[str, list[psutil.Process]] = {"web": [], "worker": [], "database": []}
    for process in psutil.Process(site.process.pid).children(recursive=True):
        try:
            command = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if "secantusd" in command:
            found["database"].append(process)
        elif " worker" in command:
            found["worker"].append(process)
        elif " web" in command:
            found["web"].append(process)
    return found


def kill(part: str, site: Site) -> int:
    """``kill -9`` a part; how many processes that were."""
    processes = victims(site)[part]
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    return len(processes)


def register(site: Site) -> list[tuple[str, str]]:
    """A patient with a thermometer for each sender: the devices' ids and keys."""
    devices = []
    with opened_platform(load_settings(environ={}, data_dir=site.data_dir)) as platform:
        for index in range(SENDERS):
            fields = {"name": f"P{index}", "birth_date": "1946-02-01", "sex": "unknown", "time_zone": "UTC"}
            patient = platform.patients.add(fields)
            device, key = platform.devices.add(
                driver="thermometer", kind="thermometer", name="t", patient_id=patient.id
            )
            devices.append((device.id, key))
    return devices


def test_nothing_acknowledged_is_lost_and_every_breach_has_its_alert(site: Site) -> None:
    devices = register(site)
    ledger = Ledger()
    end = time.monotonic() + SECONDS
    senders = [
        threading.Thread(target=send_until, args=(end, site, device, f"s{index}", ledger))
        for index, device in enumerate(devices)
    ]
    for sender in senders:
        sender.start()
    killed: Counter[str] = Counter()
    parts = ["web", "worker", "database"]
    while time.monotonic() < end - KILL_EVERY_S:
        time.sleep(KILL_EVERY_S)
        part = parts[sum(killed.values()) % 3]
        killed[part] += kill(part, site) > 0
    for sender in senders:
        sender.join(120)
        assert not sender.is_alive()
    assert min(killed[part] for part in parts) >= 2, killed
    assert len(ledger.acknowledged) > 200
    settings = load_settings(environ={}, data_dir=site.data_dir)
    with opened_platform(settings) as platform:
        db = platform.database.db
        stored: Counter[str] = Counter(row["frame"]["id"] for row in db.observations.find({}, {"frame.id": 1}))
        lost = [name for name in ledger.acknowledged if stored[name] != 1]
        assert lost == []
        assert max(stored.values()) == 1

        def uncovered() -> list[Any]:
            return without_alert(db, ledger)

        with contextlib.suppress(AssertionError):
            wait_until(lambda: not uncovered(), 60, "every breach to have its alert")
        assert uncovered() == []
        raised = Counter(row["data"]["alert"]["id"] for row in db.events.find({"type": "alert_raised"}))
        assert set(raised) == {row["_id"] for row in db.alerting_alerts.find({}, {"_id": 1})}
        assert set(raised.values()) == {1}
        assert platform.audit.verify().ok


def without_alert(db: Any, ledger: Ledger) -> list[Any]:
    """Acknowledged breaches that no alert covers, or more than one."""
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    for alert in db.alerting_alerts.find({}):
        spans.setdefault(alert["patient_id"], []).append((alert["first_at"], alert["last_at"]))
    missing = []
    for row in db.observations.find({}, {"frame.id": 1, "value": 1, "patient_id": 1, "effective_at": 1}):
        if row["frame"]["id"] not in ledger.acknowledged or row["value"] <= 39.0:
            continue
        covering = [s for s in spans.get(row["patient_id"], []) if s[0] <= row["effective_at"] <= s[1]]
        if len(covering) != 1:
            missing.append((row["frame"]["id"], len(covering)))
    return missing
