"""The checks of the conformance kit. They run in a child process that ``conformance`` may end any time.

Each takes the driver and yields what it found. They change this process (audit hooks, timers, limits),
which is why nothing but such a child may run them.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import resource
import signal
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.devices.driver import CapturedFrame, DecodeError, DeviceDriver, DriverManifest, Frame, Reading
from core.devices.driver_wire import MAX_READINGS, reading_from_json, reading_to_json
from core.observations.plausibility import judge
from core.observations.units import UnitError, to_canonical
from core.observations.vital_signs import canonical, get
from device_drivers.conformance import Check

RECEIVED_AT = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
#: Wall-clock time after which a frame counts as hanging; CPU time that a frame may take.
HANG_S = 1.0
FRAME_CPU_S = 0.1
MEMORY_BYTES = 64 * 1024 * 1024
FUZZ_FRAMES = 2_000
ENOUGH_FAILURES = 50
LARGEST_PAYLOAD = 65_536

_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")
_UUID16 = re.compile(r"[0-9A-F]{4}")
_TRANSPORTS = {"http", "ble", "mqtt"}

_NO_FRAMES = "no captured frames"


class _HangError(BaseException):
    """Not an Exception, so that a driver that catches those cannot catch it."""


def decode(driver: DeviceDriver, frame: Frame) -> list[Reading] | None:
    """The readings of a frame; None if the driver refuses it. Raises _HangError, or what the driver raises."""
    readings: list[Reading] = []
    with _time_limit():
        try:
            for reading in driver.decode(frame):
                readings.append(reading)
                if len(readings) > MAX_READINGS:
                    raise OverflowError(f"yields more than {MAX_READINGS} readings")
        except DecodeError:
            return None
    return readings


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    def give_up(_number: int, _stack: Any) -> None:
        raise _HangError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, HANG_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _captured(driver: DeviceDriver) -> Sequence[CapturedFrame]:
    offer = getattr(driver, "captured_frames", None)
    return tuple(offer()) if offer else ()


def _frame_of(captured: CapturedFrame) -> Frame:
    return Frame(captured.payload, RECEIVED_AT, captured.characteristic, context=captured.context)


# -- manifest -------------------------------------------------------------------------------------
def check_manifest(driver: DeviceDriver) -> Iterator[Check]:
    """The manifest is complete, and everything in it is known."""
    wrong = []
    manifest = getattr(driver, "manifest", None)
    if not isinstance(manifest, DriverManifest):
        yield Check("manifest", False, "manifest must be a DriverManifest")
        return
    if not isinstance(manifest.id, str) or not _ID.fullmatch(manifest.id):
        wrong.append("id must be lower-case letters, digits and underscores, starting with a letter")
    wrong += [
        f"{name} is empty"
        for name in ("kind", "vendor", "version")
        if not isinstance(getattr(manifest, name), str) or not getattr(manifest, name)
    ]
    for name in ("models", "transports", "services", "characteristics", "codes"):
        value = getattr(manifest, name)
        if isinstance(value, str) or not all(isinstance(item, str) for item in value):
            wrong.append(f"{name} must be a list of texts")
    if not wrong:
        unknown = set(manifest.transports) - _TRANSPORTS
        if unknown or not manifest.transports:
            wrong.append(f"transports must be of {', '.join(sorted(_TRANSPORTS))}")
        numbers = [*manifest.services, *manifest.characteristics]
        wrong += [f"{item!r} is not four upper-case hex digits" for item in numbers if not _UUID16.fullmatch(item)]
        beat = manifest.heartbeat_s
        if beat is not None and (not isinstance(beat, int) or isinstance(beat, bool) or beat < 1):
            wrong.append("heartbeat_s must be a whole number of seconds above 0, or None")
        wrong += [f"code {code!r} is not in the table of vital signs" for code in manifest.codes if not get(code)]
    if not callable(getattr(driver, "decode", None)):
        wrong.append("there is no decode")
    yield Check("manifest", not wrong, "; ".join(wrong))


# -- captured frames ------------------------------------------------------------------------------
def check_captured_frames(driver: DeviceDriver) -> Iterator[Check]:
    """Captured frames decode to what they must, and bad ones are refused."""
    frames = _captured(driver)
    if not frames:
        yield Check("captured frames", True, f"{_NO_FRAMES}: nothing shows that it decodes real ones", warning=True)
        return
    wrong = []
    for captured in frames:
        try:
            found = decode(driver, _frame_of(captured))
        except (Exception, _HangError) as error:
            wrong.append(f"{captured.name}: {_what(error)}")
            continue
        expected = None if captured.readings is None else [_comparable(item) for item in captured.readings]
        if (None if found is None else [_comparable(item) for item in found]) != expected:
            wrong.append(f"{captured.name}: expected {_said(captured.readings)}, got {_said(found)}")
    detail = "; ".join(wrong) if wrong else f"{len(frames)} frames"
    yield Check("captured frames", not wrong, detail[:2_000])
    if any(captured.readings for captured in frames) and all(captured.readings is not None for captured in frames):
        yield Check("refused frames", True, "no captured frame shows what is refused", warning=True)


def _comparable(reading: Reading) -> Reading:
    return replace(reading, components=tuple(reading.components), flags=tuple(reading.flags), meta=dict(reading.meta))


def _said(readings: Sequence[Reading] | None) -> str:
    if readings is None:
        return "a refusal"
    return ", ".join(f"{item.code} {item.value} {item.unit}" for item in readings) or "nothing"


def _what(error: BaseException) -> str:
    if isinstance(error, _HangError):
        return f"did not finish within {HANG_S:g} s"
    return f"raised {type(error).__name__}"


# -- what readings say ----------------------------------------------------------------------------
def check_codes_and_units(driver: DeviceDriver) -> Iterator[Check]:
    """Codes are in the table and in the manifest, units convert, and every reading says something."""
    wrong: list[str] = []
    implausible: list[str] = []
    count = 0
    declared = {canonical(code) for code in driver.manifest.codes}
    for captured, readings in _decoded(driver):
        for reading in readings:
            count += 1
            wrong += [f"{captured.name}: {text}" for text in _reading_faults(reading, declared)]
            reason = _implausible(reading)
            if reason and not wrong:
                implausible.append(f"{captured.name}: {reason}")
    if not count:
        yield Check("codes and units", True, _NO_FRAMES, warning=True)
        return
    yield Check("codes and units", not wrong, "; ".join(wrong)[:2_000] or f"{count} readings")
    yield Check("plausible values", True, "; ".join(implausible)[:2_000], warning=bool(implausible))


def _decoded(driver: DeviceDriver) -> Iterator[tuple[CapturedFrame, list[Reading]]]:
    for captured in _captured(driver):
        # What a frame must decode to is another check's matter.
        with contextlib.suppress(Exception, _HangError):
            yield captured, decode(driver, _frame_of(captured)) or []


def _reading_faults(reading: Reading, declared: set[str]) -> Iterator[str]:
    sign = get(reading.code)
    if sign is None:
        yield f"code {reading.code!r} is not in the table of vital signs"
        return
    if declared and sign.code not in declared:
        yield f"code {reading.code} is not in the manifest"
    if sign.components:
        given = [part.code for part in reading.components]
        if not set(sign.required_components) <= set(given) <= set(sign.components) or len(given) != len(set(given)):
            yield f"{sign.display} needs {', '.join(sign.required_components)}, and each part once"
    elif sign.coded:
        if reading.value_code not in sign.coded and not reading.data_absent_reason:
            yield f"value_code must be of {', '.join(sign.coded)}"
    else:
        yield from _number_faults(reading.code, reading.value, reading.unit, reading.data_absent_reason)
    for part in reading.components:
        yield from _number_faults(part.code, part.value, part.unit, part.data_absent_reason)


def _number_faults(code: str, value: float | None, unit: str | None, reason: str | None) -> Iterator[str]:
    if value is None:
        if not reason:
            yield f"{code} has neither a value nor a data_absent_reason"
        return
    try:
        to_canonical(code, value, unit or "")
    except UnitError as error:
        yield str(error)


def _implausible(reading: Reading) -> str | None:
    def stored(code: str, value: float | None, unit: str | None) -> float | None:
        return None if value is None else to_canonical(code, value, unit or "")[1]

    try:
        parts = {part.code: stored(part.code, part.value, part.unit) for part in reading.components}
        return judge(reading.code, stored(reading.code, reading.value, reading.unit), parts)
    except UnitError:
        return None


# -- fuzzing --------------------------------------------------------------------------------------
def check_fuzzing(driver: DeviceDriver) -> Iterator[Check]:
    """Whatever the bytes, there are proper readings or a DecodeError, quickly, and the same again."""
    wrong: dict[str, str] = {}
    changed = ""
    slowest_s = 0.0
    failures = 0
    for frame in _fuzz_frames(driver):
        begun = time.process_time()
        try:
            found = decode(driver, frame)
            for reading in found or ():
                reading_from_json(_through_json(reading))
        except (Exception, _HangError) as error:
            wrong.setdefault(_what(error), _hex(frame))
            failures += 1
            if isinstance(error, _HangError) or failures >= ENOUGH_FAILURES:
                break
            continue
        slowest_s = max(slowest_s, time.process_time() - begun)
        if slowest_s > FRAME_CPU_S:
            break
        if found and not changed and decode(driver, frame) != found:
            changed = _hex(frame)
    detail = "; ".join(f"{what} for {example}" for what, example in wrong.items())
    yield Check("fuzzing", not wrong, detail[:2_000] or f"{FUZZ_FRAMES} random and mutated frames")
    repeatable = "" if not changed else f"decoded {changed} twice, differently"
    yield Check("same bytes, same readings", not changed, repeatable)
    quick = slowest_s <= FRAME_CPU_S
    yield Check("time for a frame", quick, f"slowest: {slowest_s * 1000:.1f} ms, allowed: {FRAME_CPU_S * 1000:.0f} ms")


def _through_json(reading: Reading) -> Any:
    return json.loads(json.dumps(reading_to_json(reading)))


def _hex(frame: Frame) -> str:
    text = frame.payload[:40].hex().upper() or "no bytes"
    return f"{frame.characteristic or '-'}:{text}{'…' if len(frame.payload) > 40 else ''}"


def _fuzz_frames(driver: DeviceDriver) -> Iterator[Frame]:
    # Seeded, so that a failure comes again.
    chance = random.Random(20601)  # noqa: S311
    characteristics = [None, "0000", *driver.manifest.characteristics]
    frames = [captured for captured in _captured(driver) if len(captured.payload) <= LARGEST_PAYLOAD]
    yield Frame(b"", RECEIVED_AT)
    for size in (1_000, LARGEST_PAYLOAD):
        for characteristic in characteristics:
            yield Frame(chance.randbytes(size), RECEIVED_AT, characteristic)
    for _ in range(FUZZ_FRAMES):
        yield Frame(chance.randbytes(chance.randrange(40)), RECEIVED_AT, chance.choice(characteristics))
        if frames:
            origin = chance.choice(frames)
            payload = _mutated(chance, origin.payload)
            yield Frame(payload, RECEIVED_AT, origin.characteristic, context=origin.context)


def _mutated(chance: random.Random, payload: bytes) -> bytes:
    changed = bytearray(payload)
    for _ in range(chance.randint(1, 3)):
        kind = chance.randrange(4)
        at = chance.randrange(len(changed) + 1)
        if kind == 0:
            del changed[at:]
        elif kind == 1:
            changed[at:at] = chance.randbytes(chance.randint(1, 4))
        elif at < len(changed):
            changed[at] = chance.randrange(256) if kind == 2 else changed[at] ^ (1 << chance.randrange(8))
    return bytes(changed)


# -- purity ---------------------------------------------------------------------------------------
_FORBIDDEN_EVENTS = (
    "open", "socket.", "subprocess.", "os.", "shutil.", "tempfile.", "urllib.", "ctypes.", "sqlite3.",
    "signal.pthread_kill", "webbrowser.", "glob.", "http.", "ftplib.", "smtplib.", "pty.", "fcntl.", "syslog.",
)  # fmt: skip
_FORBIDDEN_CALLS = {
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep",
             "localtime", "gmtime", "process_time"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "posix": {"urandom", "getrandom", "getpid", "fork", "_exit", "write", "read"},
    "Random": {"random", "getrandbits", "seed"},
    "SystemRandom": {"random", "getrandbits"},
}  # fmt: skip


def check_purity(driver: DeviceDriver) -> Iterator[Check]:
    """Decoding touches neither files nor the network, and asks neither clock nor chance."""
    chance = random.Random(11073)  # noqa: S311
    frames = [_frame_of(captured) for captured in _captured(driver)]
    frames += [Frame(chance.randbytes(size), RECEIVED_AT) for size in range(30)]
    # What it imports at its first frame is not what it does at each.
    for frame in frames:
        with contextlib.suppress(Exception, _HangError):
            decode(driver, frame)
    seen: set[str] = set()
    armed = [False]
    _watch(seen, armed)
    for frame in frames:
        try:
            with contextlib.suppress(Exception), _time_limit():
                armed[0] = True
                # Without the counting of ``decode``, whose own calls would be seen too.
                for _reading in driver.decode(frame):
                    pass
        except _HangError:
            break
        finally:
            armed[0] = False
    sys.setprofile(None)
    yield Check("purity", not seen, f"while decoding: {', '.join(sorted(seen))}"[:500] if seen else "")


def _watch(seen: set[str], armed: list[bool]) -> None:
    def audit(event: str, _arguments: Any) -> None:
        if armed[0] and event.startswith(_FORBIDDEN_EVENTS):
            seen.add(event)

    def profile(_frame: Any, event: str, function: Any) -> None:
        if not armed[0] or event != "c_call":
            return
        owner = getattr(function, "__self__", None)
        place = getattr(owner, "__name__", None) or type(owner).__name__
        if getattr(function, "__name__", "") in _FORBIDDEN_CALLS.get(place, ()):
            seen.add(f"{place}.{function.__name__}")

    sys.addaudithook(audit)
    sys.setprofile(profile)


# -- memory ---------------------------------------------------------------------------------------
def check_memory(driver: DeviceDriver) -> Iterator[Check]:
    """Decoding stays within bounds, for large payloads too."""
    characteristics = [None, *driver.manifest.characteristics]
    frames = [_frame_of(captured) for captured in _captured(driver)]
    frames += [Frame(b"\xff" * LARGEST_PAYLOAD, RECEIVED_AT, characteristic) for characteristic in characteristics]
    frames += [Frame(b"[" * LARGEST_PAYLOAD, RECEIVED_AT)]
    tracemalloc.start()
    for frame in frames:
        with contextlib.suppress(Exception, _HangError):
            decode(driver, frame)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    allowed = MEMORY_BYTES // 1024
    yield Check("memory", peak <= MEMORY_BYTES, f"peak: {peak // 1024} KiB, allowed: {allowed} KiB")


def limit_memory(_driver: DeviceDriver) -> Iterator[Check]:
    """Not a check: keeps a driver that eats memory from eating this machine's."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return iter(())
    used = int(statm.read_text().split()[0]) * resource.getpagesize()
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + 8 * MEMORY_BYTES, hard))
    return iter(())


#: In this order. The audit hook of the purity check stays until the process ends.
CHECKS: tuple[tuple[str, Callable[[DeviceDriver], Iterator[Check]]], ...] = (
    ("limits", limit_memory),
    ("manifest", check_manifest),
    ("captured frames", check_captured_frames),
    ("codes and units", check_codes_and_units),
    ("fuzzing", check_fuzzing),
    ("memory", check_memory),
    ("purity", check_purity),
)
