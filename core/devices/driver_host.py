"""Running a third party's driver in a child process, with limits on time, memory and CPU.

The child speaks JSON lines (``driver_wire``), so nothing of it is ever executed here. A child that hangs
or dies is replaced; one that hangs, or dies again and again, makes the driver unavailable.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from core.devices.driver import DecodeError, Frame, Reading
from core.devices.driver_wire import frame_to_json, readings_from_json
from core.problems import PmpError

MAX_ANSWER_BYTES = 1_000_000
MAX_DEATHS = 3
_START_TIMEOUT_S = 10.0


class DriverFault(PmpError):
    """The driver failed on a frame in a way that no driver should."""


class DriverUnavailable(PmpError):
    """The driver cannot be used."""


class DriverHost:
    """One child process for one driver. Thread-safe; frames are decoded one at a time."""

    def __init__(self, entry_point: str, driver_id: str, timeout_s: float = 1.0) -> None:
        self._entry_point = entry_point
        self._driver_id = driver_id
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._deaths = 0
        self._asked = 0

    def decode(self, frame: Frame) -> list[Reading]:
        """Decode a frame.

        Raises DecodeError as the driver does; DriverFault if it fails otherwise; DriverUnavailable if
        it hangs, or its process dies again and again.
        """
        with self._lock:
            answer = self._ask(frame_to_json(frame))
        if "decode_error" in answer:
            raise DecodeError(str(answer["decode_error"])[:300])
        if "fault" in answer:
            raise DriverFault(str(answer["fault"])[:200])
        try:
            return readings_from_json(answer["readings"])
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise DriverFault(f"gave something that is no reading ({type(error).__name__})") from None

    def close(self) -> None:
        """End the child process."""
        with self._lock:
            self._end()

    # -- the child -----------------------------------------------------------------------------
    def _ask(self, frame: dict[str, Any]) -> dict[str, Any]:
        child = self._running()
        self._asked += 1
        question = json.dumps({"number": self._asked, "frame": frame}).encode() + b"\n"
        try:
            deadline = time.monotonic() + self._timeout_s
            _write(child, question, deadline)
            answer = _object(_read_line(child, deadline))
        except (BrokenPipeError, EOFError):
            self._died()
            raise DriverFault("its process ended while decoding") from None
        except TimeoutError:
            self._end()
            raise DriverUnavailable(
                f"the driver {self._driver_id} did not answer within {self._timeout_s:g} s"
            ) from None
        except ValueError:
            self._died()
            raise DriverFault("its process wrote something that is no answer") from None
        if answer.get("number") != self._asked:
            self._died()
            raise DriverFault("its process answered something that was not asked")
        self._deaths = 0
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._end()
        command = [sys.executable, "-m", "core.devices.driver_child", self._entry_point, self._driver_id]
        # Neither the settings nor the secrets of this process are the driver's business.
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment, start_new_session=True, bufsize=0,
        )  # fmt: skip
        self._child = child
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
        try:
            ready = _object(_read_line(child, time.monotonic() + _START_TIMEOUT_S))
        except (EOFError, TimeoutError, ValueError):
            ready = {}
        if ready.get("ready") is not True:
            self._end()
            reason = f": {ready['error']}"[:200] if "error" in ready else ""
            raise DriverUnavailable(f"the driver {self._driver_id} could not be started{reason}")
        return child

    def _died(self) -> None:
        self._end()
        self._deaths += 1
        if self._deaths >= MAX_DEATHS:
            self._deaths = 0
            raise DriverUnavailable(f"the driver {self._driver_id}'s process failed {MAX_DEATHS} times in a row")

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        # The whole session: what the driver started ends with it. A reaped child's number may be another's.
        if child.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


def _write(child: subprocess.Popen[bytes], data: bytes, deadline: float) -> None:
    assert child.stdin is not None
    left = memoryview(data)
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdin, selectors.EVENT_WRITE)
        while left:
            _wait(selector, deadline)
            left = left[os.write(child.stdin.fileno(), left[:65_536]) :]


def _read_line(child: subprocess.Popen[bytes], deadline: float) -> bytes:
    assert child.stdout is not None
    received = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while not received.endswith(b"\n"):
            _wait(selector, deadline)
            chunk = os.read(child.stdout.fileno(), 65_536)
            if not chunk or len(received) > MAX_ANSWER_BYTES:
                raise EOFError
            received += chunk
    return bytes(received)


def _wait(selector: selectors.BaseSelector, deadline: float) -> None:
    left_s = deadline - time.monotonic()
    if left_s <= 0 or not selector.select(left_s):
        raise TimeoutError


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value
