"""``pmp simulate``: N patients whose devices together send R readings a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.platform import utc_now
from device_drivers.physiology import SCENARIOS, sample
from plugins.simulator.client import Api, Refused, Unreachable
from plugins.simulator.frames import frame_of, readings_per_frame
from plugins.simulator.memory import KnownDevice, remembered
from plugins.simulator.registry import ensure_devices, ensure_patient, patients_by_identifier
from plugins.simulator.schedule import fraction
from plugins.simulator.ward import DEVICE_NAMES

#: Scenarios whose patients measure whenever asked.
_STEADY = tuple(name for name in SCENARIOS if name not in ("silent_device", "forgetful"))


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. rate: readings per second, all devices together. seconds None: until interrupted."""

    url: str
    patients: int
    rate: float
    seconds: float | None
    seed: int
    threads: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Sender:
    """One simulated device."""

    number: int
    scenario: str
    driver: str
    device: KnownDevice


@dataclass
class Tally:
    """What one thread counted."""

    frames: int = 0
    readings: int = 0
    duplicates: int = 0
    rejected: int = 0
    failed: int = 0
    latencies_ms: list[float] = field(default_factory=list)
    problem: str | None = None


def scenario_of(number: int) -> str:
    """The scenario of patient ``number``."""
    return _STEADY[number % len(_STEADY)]


def run_load(plan: Plan, token: str, data_dir: Path) -> dict[str, Any]:
    """Make or find the patients and devices, send for a while, and report."""
    senders = _senders(plan, token, data_dir)
    tallies = [Tally() for _ in range(plan.threads)]
    stop = threading.Event()
    began = time.monotonic()
    threads = [
        threading.Thread(target=_send, args=(plan, senders, index, tally, stop, began), daemon=True)
        for index, tally in enumerate(tallies)
    ]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt:
        stop.set()
        for thread in threads:
            thread.join(10)
    return report(plan, tallies, time.monotonic() - began, len(senders))


def _senders(plan: Plan, token: str, data_dir: Path) -> list[Sender]:
    memory = remembered(data_dir / "simulator.json", plan.url, plan.seed)
    api = Api(plan.url, token)
    known = patients_by_identifier(api)
    wanted = []
    for number in range(1, plan.patients + 1):
        identifier = f"SIM-{plan.seed}-{number:05d}"
        fields = {
            "name": f"Simulated {number:05d}",
            "birth_date": f"{1930 + int(60 * fraction(plan.seed, number))}-06-15",
            "identifier": identifier,
            "ward": "Simulator",
        }
        patient_id = ensure_patient(api, known, fields)
        scenario = scenario_of(number)
        for driver in SCENARIOS[scenario].drivers:
            name = f"{DEVICE_NAMES[driver]} {number:05d}"
            wanted.append((number, scenario, f"{identifier}/{driver}", driver, name, patient_id))
    api.close()
    found = ensure_devices(
        plan.url, token, memory, [(slot, driver, name, patient) for _n, _s, slot, driver, name, patient in wanted]
    )
    return [Sender(number, scenario, driver, found[slot]) for number, scenario, slot, driver, _name, _p in wanted]


def _send(plan: Plan, senders: Sequence[Sender], index: int, tally: Tally, stop: threading.Event, began: float) -> None:
    """Thread ``index`` speaks for every ``threads``-th device, at its share of the rate."""
    mine = senders[index :: plan.threads]
    if not mine:
        return
    share = plan.rate * sum(readings_per_frame(s.driver) for s in mine)
    share /= sum(readings_per_frame(s.driver) for s in senders)
    api = Api(plan.url)
    due = began + fraction(plan.seed, index) / share
    turn = 0
    while not stop.is_set():
        sender = mine[turn % len(mine)]
        turn += 1
        if plan.seconds is not None and due > began + plan.seconds:
            break
        if stop.wait(max(0.0, due - time.monotonic())):
            break
        due += readings_per_frame(sender.driver) / share
        # Time lost to a slow site is lost: the report shows the rate that was reached.
        due = max(due, time.monotonic() - 1.0)
        try:
            _send_one(plan, api, sender, tally, turn)
        except Refused as error:
            tally.problem = str(error)
            tally.failed += 1
    api.close()


def _send_one(plan: Plan, api: Api, sender: Sender, tally: Tally, turn: int) -> None:
    now = utc_now()
    values = sample(sender.scenario, plan.seed, sender.number, now.astimezone(plan.zone))
    frame = frame_of(sender.driver, values, now, plan.zone)
    # A device that is asked twice in a millisecond still means two measurements.
    frame["id"] += f"-{turn:x}"
    started = time.perf_counter()
    try:
        answer = api.post_frames(sender.device.id, sender.device.key, [frame])
    except Unreachable as error:
        tally.problem = str(error)
        tally.failed += 1
        time.sleep(0.2)
        return
    tally.latencies_ms.append((time.perf_counter() - started) * 1000)
    tally.frames += len(answer["accepted"])
    tally.readings += len(answer["accepted"]) * readings_per_frame(sender.driver)
    tally.duplicates += len(answer["duplicates"])
    tally.rejected += len(answer["rejected"])


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which ``share`` of the sorted ``values`` lie; None if there are none."""
    if not values:
        return None
    return values[min(len(values) - 1, int(len(values) * share))]


def report(plan: Plan, tallies: Sequence[Tally], took_s: float, devices: int) -> dict[str, Any]:
    """The figures of a run."""
    latencies = sorted(latency for tally in tallies for latency in tally.latencies_ms)
    readings = sum(tally.readings for tally in tallies)
    return {
        "patients": plan.patients,
        "devices": devices,
        "seconds": round(took_s, 2),
        "accepted_frames": sum(tally.frames for tally in tallies),
        "readings": readings,
        "readings_per_s": round(readings / took_s, 2) if took_s else 0.0,
        "wanted_per_s": plan.rate,
        "duplicates": sum(tally.duplicates for tally in tallies),
        "rejected": sum(tally.rejected for tally in tallies),
        "failed": sum(tally.failed for tally in tallies),
        "problem": next((tally.problem for tally in tallies if tally.problem), None),
        "latency_ms": {
            name: None if (value := percentile(latencies, share)) is None else round(value, 2)
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
        },
    }


def report_lines(result: dict[str, Any]) -> list[str]:
    """The figures for people."""
    latency = result["latency_ms"]
    lines = [
        f"{result['patients']} patients, {result['devices']} devices, {result['seconds']} s",
        f"readings stored   {result['readings']} ({result['readings_per_s']}/s; wanted {result['wanted_per_s']}/s)",
        f"frames            {result['accepted_frames']} accepted, {result['duplicates']} duplicate, "
        f"{result['rejected']} rejected, {result['failed']} failed",
        f"latency ms        p50 {latency['p50']}, p95 {latency['p95']}, p99 {latency['p99']}, max {latency['max']}",
    ]
    return [*lines, f"last problem      {result['problem']}"] if result["problem"] else lines
