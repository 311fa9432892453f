"""The conformance kit lets good drivers pass and finds each broken promise, hanging and crashing included."""

from __future__ import annotations

import ctypes
import os
import random
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from device_drivers import CapturedFrame, DecodeError, DriverManifest, Frame, Reading
from device_drivers.conformance import Check, ConformanceReport, check_driver, check_entry_point, find_entry_point

MANIFEST = DriverManifest(id="acme_t1", kind="thermometer", vendor="Acme", codes=["8310-5"])
READING = Reading("8310-5", 37.6, "Cel")
GOOD_FRAME = CapturedFrame("good", b"T\x0e\xb0", readings=(READING,))


def good(frame: Frame) -> Iterator[Reading]:
    if len(frame.payload) != 3 or frame.payload[:1] != b"T":
        raise DecodeError("expected 3 bytes starting with 'T'")
    yield replace(READING, value=int.from_bytes(frame.payload[1:], "big") / 100)


class Vendor:
    """A driver made of a function and its frames."""

    def __init__(
        self,
        decode: Callable[[Frame], Iterator[Reading]] = good,
        frames: Sequence[CapturedFrame] = (GOOD_FRAME,),
        manifest: Any = MANIFEST,
    ) -> None:
        self._decode = decode
        self._frames = frames
        self.manifest = manifest

    def decode(self, frame: Frame) -> Iterator[Reading]:
        return self._decode(frame)

    def captured_frames(self) -> Sequence[CapturedFrame]:
        return self._frames


class Smallest:
    """What a vendor writes at least."""

    manifest = DriverManifest(id="acme_t1", kind="thermometer", vendor="Acme", models=["T1"], transports=["http"])

    def decode(self, frame: Frame) -> Iterator[Reading]:
        if len(frame.payload) != 3 or frame.payload[:1] != b"T":
            raise DecodeError("expected 3 bytes starting with 'T'")
        yield Reading("8310-5", int.from_bytes(frame.payload[1:], "big") / 100, "Cel")


def failed(report: ConformanceReport) -> dict[str, str]:
    return {check.name: check.detail for check in report.checks if not check.passed}


def the(report: ConformanceReport, name: str) -> Check:
    return next(check for check in report.checks if check.name == name)


@pytest.mark.parametrize(
    "driver_id",
    ["thermometer", "heart_rate", "blood_pressure", "pulse_oximeter", "glucometer", "weight_scale", "generic_json"],
)
def test_a_built_in_driver_conforms(bench: Any, driver_id: str) -> None:
    report = check_driver(bench.drivers[driver_id])
    assert report.passed and report.driver_id == driver_id, failed(report)
    assert [check.name for check in report.checks] == [
        "manifest", "captured frames", "codes and units", "plausible values", "fuzzing",
        "same bytes, same readings", "time for a frame", "memory", "purity",
    ]  # fmt: skip


def test_the_smallest_driver_passes_with_a_word_about_its_missing_frames() -> None:
    report = check_driver(Smallest())
    assert report.passed, failed(report)
    assert the(report, "captured frames").warning
    assert "no captured frames" in the(report, "captured frames").detail


@pytest.mark.parametrize(
    ("manifest", "detail"),
    [
        (replace(MANIFEST, id="Acme T1"), "id must be lower-case"),
        (replace(MANIFEST, vendor=""), "vendor is empty"),
        (replace(MANIFEST, transports=["pigeon"]), "transports must be of ble, http, mqtt"),
        (replace(MANIFEST, characteristics=["0x2A1C"]), "'0x2A1C' is not four upper-case hex digits"),
        (replace(MANIFEST, codes=["0000-0"]), "code '0000-0' is not in the table"),
        (replace(MANIFEST, models="T1"), "models must be a list of texts"),
        (replace(MANIFEST, heartbeat_s=0), "heartbeat_s must be"),
        (replace(MANIFEST, heartbeat_s=1.5), "heartbeat_s must be"),
        ({"id": "acme_t1"}, "manifest must be a DriverManifest"),
    ],
)
def test_a_faulty_manifest_fails(manifest: Any, detail: str) -> None:
    assert detail in failed(check_driver(Vendor(manifest=manifest)))["manifest"]


@pytest.mark.parametrize(
    ("captured", "detail"),
    [
        (CapturedFrame("x", b"T\x0e\xb1", readings=(READING,)), "expected 8310-5 37.6 Cel, got 8310-5 37.61 Cel"),
        (CapturedFrame("x", b"T\x0e\xb0"), "expected a refusal, got 8310-5 37.6 Cel"),
        (CapturedFrame("x", b"T\x0e", readings=(READING,)), "expected 8310-5 37.6 Cel, got a refusal"),
    ],
)
def test_a_captured_frame_that_decodes_otherwise_fails(captured: CapturedFrame, detail: str) -> None:
    assert detail in failed(check_driver(Vendor(frames=(captured,))))["captured frames"]


@pytest.mark.parametrize(
    ("reading", "detail"),
    [
        (Reading("0000-0", 37.6, "Cel"), "code '0000-0' is not in the table"),
        (Reading("8867-4", 60.0, "/min"), "code 8867-4 is not in the manifest"),
        (Reading("8310-5", 37.6, "kg"), "'kg' is not a unit of body temperature"),
        (Reading("8310-5", None, "Cel"), "neither a value nor a data_absent_reason"),
    ],
)
def test_a_reading_that_the_platform_cannot_store_fails(reading: Reading, detail: str) -> None:
    frames = (CapturedFrame("x", b"", readings=(reading,)),)
    assert detail in failed(check_driver(Vendor(lambda frame: iter((reading,)), frames)))["codes and units"]


def test_an_implausible_captured_value_is_a_warning() -> None:
    reading = Reading("8310-5", 99.0, "Cel")
    frames = (CapturedFrame("x", b"", readings=(reading,)),)
    report = check_driver(Vendor(lambda frame: iter((reading,)), frames))
    assert report.passed and "above what is possible" in the(report, "plausible values").detail


def _raises(frame: Frame) -> Iterator[Reading]:
    yield replace(READING, value=float(frame.payload[1]))


def _nan(frame: Frame) -> Iterator[Reading]:
    yield replace(READING, value=float("nan"))


def _hangs_on_fifty(frame: Frame) -> Iterator[Reading]:
    while len(frame.payload) == 30:
        pass
    yield from good(frame)


def _many(frame: Frame) -> Iterator[Reading]:
    while True:
        yield READING


@pytest.mark.parametrize(
    ("decode", "detail"),
    [
        (_raises, "raised IndexError for -:no bytes"),
        (_nan, "raised ValueError"),
        (_hangs_on_fifty, "did not finish within 1 s"),
        (_many, "raised OverflowError"),
    ],
)
def test_fuzzing_finds_what_fails_on_odd_bytes(decode: Callable[[Frame], Iterator[Reading]], detail: str) -> None:
    assert detail in failed(check_driver(Vendor(decode, ())))["fuzzing"]


def test_a_driver_that_remembers_is_not_pure() -> None:
    count = [0]

    def counts(frame: Frame) -> Iterator[Reading]:
        count[0] += 1
        yield replace(READING, sequence=count[0])

    assert "twice, differently" in failed(check_driver(Vendor(counts, ())))["same bytes, same readings"]


def test_a_slow_driver_fails() -> None:
    def slow(frame: Frame) -> Iterator[Reading]:
        if len(frame.payload) == 20:
            end = time.process_time() + 0.15
            while time.process_time() < end:
                pass
        yield from good(frame)

    assert "allowed: 100 ms" in failed(check_driver(Vendor(slow), timeout_s=120))["time for a frame"]


def test_a_driver_that_eats_memory_fails() -> None:
    def eats(frame: Frame) -> Iterator[Reading]:
        bytearray(len(frame.payload) * 2_000)
        yield from good(frame)

    assert "allowed: 65536 KiB" in failed(check_driver(Vendor(eats, ())))["memory"]


def _opens(frame: Frame) -> None:
    with open(os.devnull, encoding="ascii"):
        pass


def _connects(frame: Frame) -> None:
    with socket.socket() as made:
        made.close()


def _calls_c(frame: Frame) -> None:
    ctypes.CDLL(None)


@pytest.mark.parametrize(
    ("impure", "detail"),
    [
        (_opens, "open"),
        (_connects, "socket."),
        (_calls_c, "ctypes."),
        (lambda frame: os.listdir("/"), "os.listdir"),
        (lambda frame: time.time(), "time.time"),
        (lambda frame: datetime.now(UTC), "datetime.now"),
        (lambda frame: random.random(), "Random.random"),
        (lambda frame: os.urandom(1), "posix.urandom"),
    ],
)
def test_a_driver_that_looks_beyond_its_bytes_is_not_pure(impure: Callable[[Frame], Any], detail: str) -> None:
    def decode(frame: Frame) -> Iterator[Reading]:
        impure(frame)
        yield READING

    assert detail in failed(check_driver(Vendor(decode, ())))["purity"]


def test_a_driver_that_cannot_be_stopped_by_a_signal_is_ended() -> None:
    def sleeps(frame: Frame) -> Iterator[Reading]:
        # Catches even what the kit throws at it.
        while True:
            try:
                time.sleep(60)
            except BaseException:  # noqa: S112
                continue
        yield READING

    begun = time.monotonic()
    report = check_driver(Vendor(sleeps), timeout_s=3)
    assert time.monotonic() - begun < 15
    assert failed(report) == {"captured frames": "the driver did not finish within 3 s"}


def test_a_driver_that_ends_its_process_fails() -> None:
    def leaves(frame: Frame) -> Iterator[Reading]:
        os._exit(5)

    assert failed(check_driver(Vendor(leaves))) == {"captured frames": "the driver ended its process (status 5)"}


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("raise RuntimeError('broken')", "RuntimeError: broken"),
        ("while True: pass", "did not finish importing within 3 s"),
        ("import os; os._exit(4)", "ended the process with exit status 4"),
    ],
)
def test_a_driver_that_cannot_be_imported_fails_in_plain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, detail: str
) -> None:
    (tmp_path / "vendor_broken.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    (report,) = check_entry_point("vendor_broken", timeout_s=3)
    assert failed(report) == {"import": detail}


def test_an_entry_point_is_checked_from_outside() -> None:
    (report,) = check_entry_point("device_drivers.thermometer")
    assert report.passed and report.driver_id == "thermometer"


def test_an_installed_driver_is_found_by_its_id() -> None:
    assert find_entry_point("weight_scale") == "device_drivers.weight_scale"
