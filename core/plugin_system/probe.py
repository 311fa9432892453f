"""Trying a third party's plugin in a child process before it is let into ours.

What raises, exits, crashes or hangs at import does so there.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

# The last word is a number that the plugin cannot know, for one that ends the process with status 0 has
# not been imported. Leaving by _exit does not wait for threads that the plugin may have started.
_CHILD = """
import os, sys, traceback
word, entry_point = sys.stdin.read().split("\\n")
sys.path[:] = sys.argv[1:]
status = 1
try:
    module, _, attribute = entry_point.partition(":")
    import importlib
    found = importlib.import_module(module.strip())
    for name in filter(None, attribute.strip().split(".")):
        found = getattr(found, name)
    if hasattr(found, "device_drivers"):
        for driver in found.device_drivers():
            driver.manifest.id
    os.write(2, ("\\n" + word).encode())
    status = 0
except SystemExit as error:
    status = error.code if isinstance(error.code, int) else bool(error.code)
except BaseException:
    os.write(2, traceback.format_exc().encode(errors="replace"))
os._exit(status)
"""
_MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Whether the plugin can be imported, and if not, why."""

    ok: bool
    error: str | None = None


def probe(entry_point: str, timeout_s: float = 5.0) -> ProbeResult:
    """Import ``package.module[:attribute]`` in a child process, and let it name its drivers."""
    word = secrets.token_hex(16)
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, *sys.path],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
        )  # fmt: skip
        assert child.stdin is not None
        with contextlib.suppress(BrokenPipeError), child.stdin as pipe:
            pipe.write(f"{word}\n{entry_point.strip()}".encode())
        try:
            status = child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            return ProbeResult(False, f"did not finish importing within {timeout_s:g} s")
        said.seek(0, os.SEEK_END)
        said.seek(max(0, said.tell() - 4_096))
        lines = [line for line in said.read().decode(errors="replace").splitlines() if line.strip()]
    if status == 0 and lines[-1:] == [word]:
        return ProbeResult(True)
    ended = f"signal {-status}" if status < 0 else f"exit status {status}"
    # Only an exception that nobody caught leaves status 1 and its text as the last line.
    reason = lines[-1] if status == 1 and lines else f"ended the process with {ended}"
    return ProbeResult(False, reason[:_MAX_REASON])


class Prober:
    """Probes plugins, and remembers the results in ``folder`` until a plugin's file changes."""

    def __init__(self, folder: Path | None, timeout_s: float) -> None:
        self._file = folder / "plugin_probes.json" if folder is not None else None
        self._timeout_s = timeout_s

    def probe(self, entry_point: EntryPoint) -> ProbeResult:
        """The result for a plugin: remembered, or found out now."""
        key = _fingerprint(entry_point)
        known = self._read()
        if key is not None and key in known:
            return ProbeResult(known[key] is None, known[key])
        result = probe(entry_point.value, self._timeout_s)
        if key is not None:
            self._write({**self._read(), key: None if result.ok else result.error})
        return result

    def _read(self) -> dict[str, str | None]:
        if self._file is None:
            return {}
        try:
            found = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, known: dict[str, str | None]) -> None:
        if self._file is None:
            return
        # Another process may write at the same time; the worst is that a plugin is tried again.
        temporary = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(known))
            temporary.replace(self._file)


def _fingerprint(entry_point: EntryPoint) -> str | None:
    """What changes when the plugin does: its version and its file's time and size."""
    try:
        spec = importlib.util.find_spec(entry_point.module.partition(".")[0])
        stat = os.stat(spec.origin) if spec is not None and spec.origin else None
    except (ImportError, OSError, ValueError):
        return None
    if stat is None:
        return None
    version = entry_point.dist.version if entry_point.dist else ""
    return f"{entry_point.name}|{entry_point.value}|{version}|{stat.st_mtime_ns}|{stat.st_size}"
