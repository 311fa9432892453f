"""A third party's driver may raise, crash, lie or hang: the platform goes on, and says what happened."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.devices.driver import DecodeError, Frame
from core.devices.driver_host import MAX_DEATHS, DriverFault, DriverHost, DriverUnavailable

MODULE = """
import os, sys, time
from datetime import UTC, datetime
from device_drivers import Component, DecodeError, DriverManifest, Reading

class Vendor:
    manifest = DriverManifest(id="vendor", kind="thermometer", vendor="Acme")

    def decode(self, frame):
        word = frame.payload.decode()
        if word == "refuse":
            raise DecodeError("no frame of mine")
        if word == "raise":
            raise RuntimeError("the secret 36.6")
        if word == "exit":
            sys.exit(0)
        if word == "crash":
            os._exit(3)
        if word == "hang":
            while True:
                pass
        if word == "sleep":
            time.sleep(60)
        if word == "print":
            print("{}", flush=True)
            os.write(1, b"noise")
        if word == "eat":
            bytearray(8 << 30)
        if word == "nan":
            yield Reading("8310-5", float("nan"), "Cel")
        if word == "text":
            yield Reading("8310-5", "37", "Cel")
        if word == "naive":
            yield Reading("8310-5", 37.0, "Cel", effective_at=datetime(2026, 1, 1))
        if word == "none":
            yield None
        if word == "many":
            for _ in range(5000):
                yield Reading("8310-5", 37.0, "Cel")
        if word == "write":
            with open("/tmp/should-not-be", "w") as file:
                file.write("x" * 100_000)
        if word == "secret":
            yield Reading("8310-5", float("PMP_SECRET_KEY" in os.environ), "Cel")
        if word == "stray":
            for descriptor in range(3, 20):
                try:
                    os.write(descriptor, b'{"number": 1, "readings": []}\\n')
                except OSError:
                    pass
        yield Reading(
            "85354-9", None, None, effective_at=datetime(2026, 1, 1, tzinfo=UTC), flags=("demo",), sequence=7,
            components=[Component("8480-6", 120, "mm[Hg]"), Component("8478-0", None, "mm[Hg]", "error")],
            device_clock=datetime(2026, 1, 1), note=frame.characteristic, meta={"size": len(frame.payload)},
        )

class Plugin:
    def device_drivers(self):
        return [Vendor()]

def device_drivers():
    return [Vendor()]

plugin = Plugin()
"""


def frame(word: str) -> Frame:
    return Frame(word.encode(), datetime(2026, 1, 1, tzinfo=UTC), "2A35")


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., DriverHost]]:
    (tmp_path / "vendor_module.py").write_text(MODULE)
    (tmp_path / "broken_module.py").write_text("raise RuntimeError('broken')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PMP_SECRET_KEY", "not the driver's business")
    hosts: list[DriverHost] = []

    def start(entry_point: str = "vendor_module", driver_id: str = "vendor", timeout_s: float = 10.0) -> DriverHost:
        hosts.append(DriverHost(entry_point, driver_id, timeout_s))
        return hosts[-1]

    yield start
    for host in hosts:
        host.close()


def child_of(host: DriverHost) -> int:
    assert host._child is not None
    return host._child.pid


@pytest.mark.parametrize("entry_point", ["vendor_module", "vendor_module:plugin"])
def test_a_reading_comes_back_whole(start: Callable[..., DriverHost], entry_point: str) -> None:
    (reading,) = start(entry_point).decode(frame("ok"))
    assert reading.code == "85354-9"
    assert [(part.code, part.value, part.data_absent_reason) for part in reading.components] == [
        ("8480-6", 120.0, None),
        ("8478-0", None, "error"),
    ]
    assert reading.effective_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert reading.device_clock == datetime(2026, 1, 1)
    assert (reading.flags, reading.sequence, reading.note, reading.meta) == (("demo",), 7, "2A35", {"size": 2})


def test_a_refusal_is_a_refusal(start: Callable[..., DriverHost]) -> None:
    with pytest.raises(DecodeError, match="no frame of mine"):
        start().decode(frame("refuse"))


def test_an_exception_is_a_fault_that_tells_its_type_and_no_more(start: Callable[..., DriverHost]) -> None:
    host = start()
    for word, kind in (
        ("raise", "RuntimeError"),
        ("exit", "SystemExit"),
        ("eat", "MemoryError"),
        ("none", "AttributeError"),
    ):
        with pytest.raises(DriverFault) as caught:
            host.decode(frame(word))
        assert str(caught.value) == kind
    before = child_of(host)
    assert host.decode(frame("ok")) and child_of(host) == before


@pytest.mark.parametrize("word", ["nan", "text", "naive"])
def test_what_is_no_proper_reading_is_a_fault(start: Callable[..., DriverHost], word: str) -> None:
    with pytest.raises(DriverFault, match="no reading"):
        start().decode(frame(word))


def test_too_many_readings_are_a_fault(start: Callable[..., DriverHost]) -> None:
    with pytest.raises(DriverFault, match="more than 1000 readings"):
        start().decode(frame("many"))


def test_what_a_driver_prints_does_not_mix_with_its_answers(start: Callable[..., DriverHost]) -> None:
    host = start()
    assert len(host.decode(frame("print"))) == len(host.decode(frame("ok"))) == 1


def test_an_answer_that_was_not_asked_for_is_a_fault_and_the_next_frame_works(
    start: Callable[..., DriverHost],
) -> None:
    host = start()
    assert host.decode(frame("ok"))
    with pytest.raises(DriverFault):
        host.decode(frame("stray"))
    assert host.decode(frame("ok"))


def test_a_driver_cannot_write_files_and_does_not_see_our_secrets(start: Callable[..., DriverHost]) -> None:
    host = start()
    with pytest.raises(DriverFault, match="OSError"):
        host.decode(frame("write"))
    assert host.decode(frame("secret"))[0].value == 0.0


def test_a_crash_is_a_fault_and_the_next_frame_gets_a_new_process(start: Callable[..., DriverHost]) -> None:
    host = start()
    host.decode(frame("ok"))
    first = child_of(host)
    with pytest.raises(DriverFault, match="ended while decoding"):
        host.decode(frame("crash"))
    assert host.decode(frame("ok"))
    assert child_of(host) != first


def test_crash_after_crash_makes_the_driver_unavailable(start: Callable[..., DriverHost]) -> None:
    host = start()
    for _ in range(MAX_DEATHS - 1):
        with pytest.raises(DriverFault):
            host.decode(frame("crash"))
    with pytest.raises(DriverUnavailable, match=f"failed {MAX_DEATHS} times"):
        host.decode(frame("crash"))


@pytest.mark.parametrize("word", ["hang", "sleep"])
def test_a_hang_ends_in_time_and_makes_the_driver_unavailable(start: Callable[..., DriverHost], word: str) -> None:
    host = start(timeout_s=0.3)
    host._timeout_s = 10.0
    host.decode(frame("ok"))
    host._timeout_s = 0.3
    child = child_of(host)
    begun = time.monotonic()
    with pytest.raises(DriverUnavailable, match=r"did not answer within 0\.3 s"):
        host.decode(frame(word))
    assert time.monotonic() - begun < 5
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@pytest.mark.parametrize(
    ("entry_point", "driver_id", "reason"),
    [
        ("broken_module", "vendor", "RuntimeError"),
        ("no_such_module", "vendor", "ModuleNotFoundError"),
        ("vendor_module", "other", "LookupError"),
    ],
)
def test_a_driver_that_cannot_start_is_unavailable(
    start: Callable[..., DriverHost], entry_point: str, driver_id: str, reason: str
) -> None:
    with pytest.raises(DriverUnavailable, match=f"could not be started: {reason}"):
        start(entry_point, driver_id).decode(frame("ok"))


def test_threads_share_one_process_and_get_their_own_answers(start: Callable[..., DriverHost]) -> None:
    host = start()
    barrier = threading.Barrier(8)

    def ask(size: int) -> int:
        barrier.wait()
        return int(host.decode(frame("x" * size))[0].meta["size"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(100, 108))) == list(range(100, 108))


def test_a_large_frame_fits_through_the_pipe(start: Callable[..., DriverHost]) -> None:
    assert start().decode(frame("x" * 65_536))[0].meta["size"] == 65_536


def test_a_closed_host_leaves_no_process_behind(start: Callable[..., DriverHost]) -> None:
    host = start()
    host.decode(frame("ok"))
    child = child_of(host)
    host.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
