"""What is missing on this machine, and how to get it: one clear line each."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from core.database.embedded import server_program
from core.portal import STATIC
from core.settings import Settings


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for. ``needed``: without it the platform does not run."""

    name: str
    ok: bool
    needed: bool
    text: str


def findings(settings: Settings) -> list[Finding]:
    """Look for everything that a running or developing machine wants."""
    return [
        _python(),
        _node(),
        _database(settings),
        _portal(),
        _program("chromium", "the browser tests", "apt-get install chromium"),
        _data_dir(settings),
    ]


def _python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    ok = sys.version_info >= (3, 11)
    return Finding("Python", ok, True, found if ok else f"{found} is too old; 3.11 or newer is needed")


def _node() -> Finding:
    node = shutil.which("node")
    if node is None:
        return Finding("Node", False, False, "only needed to build the portal; install Node 20 or newer")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    ok = version.startswith("v") and int(version[1:].split(".")[0]) >= 20
    return Finding("Node", ok, False, version if ok else f"{version} is too old; 20 or newer is needed")


def _database(settings: Settings) -> Finding:
    if settings.mongodb_uri is not None:
        return Finding("database", True, True, "PMP_MONGODB_URI is set")
    program = server_program()
    if program is None:
        return Finding(
            "database", False, True,
            "set PMP_MONGODB_URI, or pip install 'patient-monitoring-platform[embedded]' to try things out",
        )  # fmt: skip
    text = "embedded (SecantusDB, beta, GPL-2.0): for trying out and small set-ups; MongoDB 7 for production"
    return Finding("database", True, True, text)


def _portal() -> Finding:
    built = (STATIC / "index.html").is_file()
    return Finding("portal", built, True, "built" if built else "not built: run `make portal`")


def _program(name: str, purpose: str, how: str) -> Finding:
    path = shutil.which(name)
    return Finding(name, path is not None, False, path or f"only needed for {purpose}: {how}")


def _data_dir(settings: Settings) -> Finding:
    folder = Path(settings.data_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        return Finding("data folder", False, True, f"{folder} cannot be written: {error.strerror}")
    free_gb = shutil.disk_usage(folder).free / 1e9
    return Finding("data folder", free_gb > 1, True, f"{folder}, {free_gb:.0f} GB free")
