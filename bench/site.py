"""The installation under measurement: embedded database, web and worker as real processes, in a folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from pymongo import MongoClient

from core.assembly import assemble, prepare
from core.database.embedded import CONNECTION_FILE, EmbeddedDatabase
from core.platform import Platform
from core.settings import Settings, load_settings

PASSWORD = "bench mark 2026 password"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and its children so far."""
    total = 0.0
    process = psutil.Process(pid)
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            total += times.user + times.system
    return total


def rss_bytes(pid: int) -> int:
    """Resident memory of a process and its children."""
    process = psutil.Process(pid)
    return sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))


@dataclass
class Device:
    """A registered device, its key and its holder."""

    id: str
    key: str
    patient_id: str


@dataclass
class Site:
    """A running installation."""

    data_dir: Path
    port: int
    settings: Settings
    database: EmbeddedDatabase
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    devices: dict[str, list[Device]] = field(default_factory=dict)
    nurse_token: str = ""

    @property
    def url(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def web_pid(self) -> int:
        """The web process (gunicorn's parent)."""
        return self.processes["web"].pid

    def start(self, name: str, *command: str) -> None:
        """Start one of ``pmp``'s processes."""
        log = (self.data_dir / f"{name}.log").open("ab")
        environment = {**os.environ, "PMP_DATA_DIR": str(self.data_dir), "PMP_LOG_LEVEL": "warning"}
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "core.cli", *command], env=environment, stdout=log, stderr=log
        )
        log.close()

    def stop(self, name: str) -> None:
        """Stop a process, by force if it does not listen."""
        process = self.processes.pop(name, None)
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def wait_until_served(self, path: str = "/healthz", timeout_s: float = 60.0) -> None:
        """Return once ``path`` answers 200."""
        wait_for(f"{self.url}{path}", timeout_s)

    def get(self, path: str, token: str | None = None) -> Any:
        """GET an API path as the nurse."""
        request = urllib.request.Request(f"{self.url}/api/v1{path}")  # noqa: S310
        request.add_header("Authorization", f"Bearer {token or self.nurse_token}")
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    @contextlib.contextmanager
    def platform(self) -> Iterator[Platform]:
        """A platform on the same database, for preparing data."""
        platform = assemble(self.settings)
        try:
            yield platform
        finally:
            platform.close()

    def peer_client(self) -> MongoClient[dict[str, Any]]:
        """The bare driver on the same server, as durable as the platform."""
        uri = json.loads((self.data_dir / CONNECTION_FILE).read_text())["uri"]
        return MongoClient(uri, directConnection=True, retryWrites=False, w="majority", journal=True, maxPoolSize=100)

    def settle(self, timeout_s: float = 60.0) -> None:
        """Wait until consumers have caught up: until our processes use little CPU."""
        pids = [process.pid for process in self.processes.values()]
        if self.database.process is not None:
            pids.append(self.database.process.pid)
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            before = sum(map(cpu_s, pids))
            time.sleep(0.5)
            if sum(map(cpu_s, pids)) - before < 0.1:
                return


def wait_for(url: str, timeout_s: float) -> None:
    """Return once ``url`` answers 200. Raises TimeoutError."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"{url} did not answer within {timeout_s:.0f} s")


@contextlib.contextmanager
def running_site(patients: int = 8) -> Iterator[Site]:
    """A site with a nurse, ``patients`` patients, and devices of three drivers each."""
    data_dir = Path(tempfile.mkdtemp(prefix="pmp-bench-"))
    settings = load_settings(environ={}, data_dir=data_dir, log_level="warning")
    database = EmbeddedDatabase(data_dir)
    database.start()
    site = Site(data_dir, free_port(), settings, database)
    try:
        _populate(site, patients)
        site.start("web", "web", "--port", str(site.port))
        site.start("worker", "worker")
        site.wait_until_served()
        yield site
    finally:
        for name in ("web", "worker"):
            site.stop(name)
        database.stop()
        shutil.rmtree(data_dir, ignore_errors=True)


def _populate(site: Site, patients: int) -> None:
    with site.platform() as platform:
        prepare(platform)
        nurse = platform.people.add(username="bob", name="Bob", roles=["nurse"], password=PASSWORD)
        site.nurse_token = platform.access.sessions.make_token(nurse, "bench", 1)[1]
        for number in range(patients):
            patient = platform.patients.add(
                {
                    "name": f"Patient {number}", "birth_date": "1950-01-01", "sex": "unknown",
                    "time_zone": "UTC", "identifier": f"B-{number}",
                }
            )  # fmt: skip
            for driver in ("heart_rate", "thermometer", "pulse_oximeter"):
                kind = platform.ingest.drivers.records[driver].manifest.kind
                device, key = platform.devices.add(driver=driver, kind=kind, name=driver, patient_id=patient.id)
                site.devices.setdefault(driver, []).append(Device(device.id, key, patient.id))
