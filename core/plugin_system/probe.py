"""Trying a third party's plugin in a child process before it is let into ours.

What raises, exits, crashes or hangs at import does so there.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass

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
