"""Trying a third party's plugin in a child process before it is let into ours.

What raises, exits, crashes or hangs at import does so there.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

_CHILD = """
import sys
sys.path[:0] = sys.argv[2:]
module, _, attribute = sys.argv[1].partition(":")
import importlib
found = importlib.import_module(module)
for name in filter(None, attribute.split(".")):
    found = getattr(found, name)
if hasattr(found, "device_drivers"):
    list(found.device_drivers())
"""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Whether the plugin can be imported, and if not, why."""

    ok: bool
    error: str | None = None


def probe(entry_point: str, timeout_s: float = 5.0) -> ProbeResult:
    """Import ``package.module[:attribute]`` in a child process, and let it name its drivers."""
    command = [sys.executable, "-c", _CHILD, entry_point.strip(), *sys.path]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        return ProbeResult(False, f"did not finish importing within {timeout_s:g} s")
    if done.returncode == 0:
        return ProbeResult(True)
    lines = [line for line in done.stderr.strip().splitlines() if line.strip()]
    reason = lines[-1] if lines else f"ended the process with exit status {done.returncode}"
    return ProbeResult(False, reason[:300])
