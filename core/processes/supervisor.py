"""The supervisor behind ``pmp up``: the database, web and worker, restarted when they die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field

from core.database.embedded import EmbeddedDatabase
from core.settings import Settings

_GRACE_S = 15.0


@dataclass
class Child:
    """One supervised process."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    not_before: float = field(default=0.0)


class Supervisor:
    """Starts the parts, restarts what dies, stops all cleanly."""

    def __init__(self, settings: Settings, host: str, port: int, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._host = host
        self._port = port
        self._say = say
        self._stop = threading.Event()
        self._database: EmbeddedDatabase | None = None
        self._children = [
            Child("web", [*_pmp(), "web", "--host", host, "--port", str(port)]),
            Child("worker", [*_pmp(), "worker"]),
        ]
        if settings.demo:
            self._children.append(Child("demo", [*_pmp(), "demo", "--url", self.local_url]))

    @property
    def local_url(self) -> str:
        """Where this machine reaches the site."""
        host = "127.0.0.1" if self._host in ("0.0.0.0", "::") else self._host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self._port}"

    def start_database(self) -> None:
        """Start the embedded database unless another one is set."""
        if self._settings.mongodb_uri is None:
            self._say("Starting the embedded database …")
            self._database = EmbeddedDatabase(self._settings.data_dir)
            self._database.start()

    def run(self, on_ready: Callable[[], None]) -> int:
        """Run until told to stop. ``on_ready`` is called once the site answers."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        threading.Thread(target=self._announce, args=(on_ready,), daemon=True).start()
        try:
            while not self._stop.is_set():
                self._keep_database()
                for child in self._children:
                    self._keep(child)
                self._stop.wait(0.2)
        finally:
            self._shut_down()
        return 0

    def _announce(self, on_ready: Callable[[], None]) -> None:
        while not self._stop.wait(0.1):
            try:
                with urllib.request.urlopen(f"{self.local_url}/healthz", timeout=2):  # noqa: S310
                    on_ready()
                    return
            except (OSError, urllib.error.URLError):
                continue

    def _keep_database(self) -> None:
        database = self._database
        if database is None or database.process is None or database.process.poll() is None:
            return
        self._say("The database stopped; starting it again.")
        try:
            database.restart()
        except Exception as error:
            self._say(f"The database does not start: {error}")
            self._stop.wait(2)

    def _keep(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            if child.process.poll() is None:
                if now - child.started > 30:
                    child.failures = 0
                return
            code = child.process.returncode
            child.process = None
            if code == 0 and child.name == "demo":
                child.not_before = float("inf")
                return
            child.failures += 1
            # The first restart is at once: patients are being watched.
            delay = 0.0 if child.failures == 1 else min(0.5 * 2**child.failures, 15.0)
            child.not_before = now + delay
            self._say(f"{child.name} stopped (exit {code}); starting it again.")
        if now < child.not_before:
            return
        child.started = now
        child.process = subprocess.Popen(child.command, env=self._environment(), start_new_session=True)

    def _environment(self) -> dict[str, str]:
        environment = dict(os.environ)
        environment["PMP_DATA_DIR"] = str(self._settings.data_dir.absolute())
        # This terminal is for people; who wants every line sets PMP_LOG_LEVEL.
        environment.setdefault("PMP_LOG_LEVEL", "warning")
        if self._settings.demo:
            environment["PMP_DEMO"] = "true"
        return environment

    def _shut_down(self) -> None:
        for child in reversed(self._children):
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + _GRACE_S
        for child in self._children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        if self._database is not None:
            self._database.stop()


def _pmp() -> list[str]:
    return [sys.executable, "-m", "core.cli"]
