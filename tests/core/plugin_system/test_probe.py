"""A plugin that raises, exits, crashes or hangs at import does so in a child process, and is told apart."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import psutil
import pytest

from core.plugin_system.probe import probe

GOOD = """
print("hello")
import threading, time
from device_drivers import DriverManifest, hookimpl

class Vendor:
    manifest = DriverManifest(id="vendor", kind="thermometer", vendor="Acme")
    def decode(self, frame):
        return iter(())

@hookimpl
def device_drivers():
    return [Vendor()]

threading.Thread(target=time.sleep, args=(60,)).start()

class Holder:
    class Inner:
        pass
"""

BAD = {
    "raises": ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
    "exits": ("import sys; sys.exit(0)", "ended the process with exit status 0"),
    "leaves": ("import os; os._exit(0)", "ended the process with exit status 0"),
    "crashes": ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "ended the process with signal 11"),
    "missing": ("import not_installed_anywhere", "ModuleNotFoundError: No module named 'not_installed_anywhere'"),
    "listless": ("def device_drivers(): raise ValueError('none')", "ValueError: none"),
    "nameless": (
        "def device_drivers(): return [object()]",
        "AttributeError: 'object' object has no attribute 'manifest'",
    ),
}


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, (text, _reason) in BAD.items():
        (tmp_path / f"plugin_{name}.py").write_text(text)
    (tmp_path / "plugin_good.py").write_text(GOOD)
    (tmp_path / "plugin_hangs.py").write_text(
        f"import os, time\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        "if os.fork() == 0:\n    time.sleep(60)\nwhile True: time.sleep(1)"
    )
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize("entry_point", ["plugin_good", "plugin_good:Holder.Inner", " plugin_good : Holder "])
def test_a_good_plugin_passes(modules: Path, entry_point: str) -> None:
    result = probe(entry_point, timeout_s=30)
    assert (result.ok, result.error) == (True, None)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_plugin_is_told_from_a_good_one_by_its_reason(modules: Path, name: str) -> None:
    result = probe(f"plugin_{name}", timeout_s=30)
    assert (result.ok, result.error) == (False, BAD[name][1])


def test_a_missing_module_or_attribute_is_told(modules: Path) -> None:
    assert probe("nowhere", timeout_s=30).error == "ModuleNotFoundError: No module named 'nowhere'"
    assert "has no attribute 'x'" in (probe("plugin_good:x", timeout_s=30).error or "")


def test_a_plugin_that_hangs_is_ended_with_all_that_it_started(modules: Path) -> None:
    begun = time.monotonic()
    result = probe("plugin_hangs", timeout_s=2)
    assert (result.ok, result.error) == (False, "did not finish importing within 2 s")
    assert time.monotonic() - begun < 10
    group = int((modules / "pid").read_text())
    assert _ends(group), "something of the plugin still runs"


def _ends(group: int, timeout_s: float = 10.0) -> bool:
    """Whether all processes of a group end; one that nobody has waited for yet has ended too."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        running = []
        for process in psutil.process_iter(["pid", "status"]):
            with contextlib.suppress(ProcessLookupError):
                if os.getpgid(process.info["pid"]) == group and process.info["status"] != psutil.STATUS_ZOMBIE:
                    running.append(process)
        if not running:
            return True
        psutil.wait_procs(running, timeout=0.2)
    return False
