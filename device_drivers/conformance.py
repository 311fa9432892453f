"""The conformance kit: does a driver keep the promises that the platform relies on?

``check_driver`` for a vendor's tests, ``check_entry_point`` for one that may not even import, and
``python -m device_drivers.conformance ENTRY_POINT_OR_DRIVER_ID``, which prints the reports as JSON.
The driver runs in a child process that is ended when it takes too long: a driver that hangs fails its
checks, and never hangs the one who checks.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import selectors
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from importlib.metadata import entry_points
from typing import Any

from core.devices.driver import DeviceDriver
from core.devices.driver_child import find_plugin
from core.plugin_system.markers import PROJECT_NAME
from core.plugin_system.probe import probe

DEFAULT_TIMEOUT_S = 60.0
IMPORT_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Check:
    """One promise. ``warning``: kept as far as it could be checked, but the detail is worth reading."""

    name: str
    passed: bool
    detail: str = ""
    warning: bool = False


@dataclass(frozen=True, slots=True)
class ConformanceReport:
    """What became of all checks of a driver."""

    driver_id: str
    passed: bool
    checks: list[Check] = field(default_factory=list)


def check_driver(driver: DeviceDriver, timeout_s: float = DEFAULT_TIMEOUT_S) -> ConformanceReport:
    """Check a driver in a forked child process, which is ended after ``timeout_s``."""
    driver_id = str(getattr(getattr(driver, "manifest", None), "id", "?"))
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        # What others hung onto the collector reads clocks, and would be taken for the driver.
        gc.callbacks.clear()
        os.close(reader)
        _run_child(driver, writer)
    os.close(writer)
    try:
        lines, in_time = _read_lines(reader, timeout_s)
    finally:
        os.close(reader)
        # Ended or not, its number is its own until it is waited for.
        os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
    return _report(driver_id, lines, in_time, status, timeout_s)


def check_entry_point(entry_point: str, timeout_s: float = DEFAULT_TIMEOUT_S) -> list[ConformanceReport]:
    """Check all drivers of the plugin at ``package.module[:attribute]``; it need not be importable."""
    result = probe(entry_point, min(IMPORT_TIMEOUT_S, timeout_s))
    if not result.ok:
        return [ConformanceReport("?", False, [Check("import", False, result.error or "cannot be imported")])]
    module = "device_drivers.conformance"
    command = [sys.executable, "-m", module, "--entry-point", entry_point, "--timeout", str(timeout_s)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environment, check=False,
    )  # fmt: skip
    try:
        return [_report_of(item) for item in json.loads(done.stdout.splitlines()[-1])]
    except (ValueError, IndexError, KeyError, TypeError):
        text = f"the check ended with exit status {done.returncode}"
        return [ConformanceReport("?", False, [Check("import", False, text)])]


def find_entry_point(driver_id: str) -> str:
    """The entry point of the installed plugin that has this driver. Raises LookupError."""
    broken = ""
    # One of that name most likely has it; each is tried in a child process before it is imported here.
    for point in sorted(entry_points(group=PROJECT_NAME), key=lambda point: point.name != driver_id):
        result = probe(point.value)
        if not result.ok:
            broken = broken or f"; the plugin {point.name} cannot be imported: {result.error}"
            continue
        offer = getattr(find_plugin(point.value), "device_drivers", None)
        if offer is not None and any(driver.manifest.id == driver_id for driver in offer()):
            return point.value
    raise LookupError(f"there is no driver {driver_id}{broken}")


def _run_child(driver: DeviceDriver, writer: int) -> None:
    from device_drivers.conformance_checks import CHECKS

    status = 1
    try:
        os.setpgid(0, 0)
        with os.fdopen(writer, "w", buffering=1) as out:
            for name, check in CHECKS:
                out.write(json.dumps({"begun": name}) + "\n")
                for line in check(driver):
                    out.write(json.dumps(asdict(line)) + "\n")
            out.write(json.dumps({"done": True}) + "\n")
        status = 0
    except BaseException:
        # The child shares the parent's stack below this frame, which it must never return into.
        traceback.print_exc()
    finally:
        os._exit(status)


def _read_lines(reader: int, timeout_s: float) -> tuple[list[dict[str, Any]], bool]:
    deadline = time.monotonic() + timeout_s
    received = bytearray()
    in_time = True
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        while True:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not selector.select(left_s):
                in_time = False
                break
            chunk = os.read(reader, 65_536)
            if not chunk:
                break
            received += chunk
    return [json.loads(line) for line in received.split(b"\n")[:-1]], in_time


def _report(
    driver_id: str, lines: list[dict[str, Any]], in_time: bool, status: int, timeout_s: float
) -> ConformanceReport:
    checks = [Check(**line) for line in lines if "name" in line]
    if not any("done" in line for line in lines):
        begun = [line["begun"] for line in lines if "begun" in line] or ["start"]
        how = f"did not finish within {timeout_s:g} s"
        if in_time:
            by = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"status {os.WEXITSTATUS(status)}"
            how = f"ended its process ({by})"
        checks.append(Check(begun[-1], False, f"the driver {how}"))
    return ConformanceReport(driver_id, all(check.passed for check in checks), checks)


def _report_of(item: dict[str, Any]) -> ConformanceReport:
    return ConformanceReport(item["driver_id"], item["passed"], [Check(**check) for check in item["checks"]])


def main(arguments: list[str]) -> int:
    """Check what is named and print the reports as one line of JSON; exit status 1 if any check failed."""
    parser = argparse.ArgumentParser(prog="python -m device_drivers.conformance")
    parser.add_argument("subject", help="an entry point (package.module[:attribute]), or the id of a driver")
    parser.add_argument("--timeout", type=float, default=DEFAULT_TIMEOUT_S, help="seconds for each driver")
    parser.add_argument("--entry-point", action="store_true", help="the subject is an entry point in any case")
    chosen = parser.parse_args(arguments)
    is_entry_point = chosen.entry_point or "." in chosen.subject or ":" in chosen.subject
    only = None if is_entry_point else chosen.subject
    try:
        entry_point = chosen.subject if is_entry_point else find_entry_point(chosen.subject)
        drivers = [driver for driver in find_plugin(entry_point).device_drivers() if only in (None, driver.manifest.id)]
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    reports = [check_driver(driver, chosen.timeout) for driver in drivers]
    print(json.dumps([asdict(report) for report in reports]))
    return 0 if reports and all(report.passed for report in reports) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
