"""Running a third party's driver in a child process, with limits on time, memory and CPU.

The child speaks JSON lines, so nothing of it is ever executed here. A child that hangs or dies is
replaced; one that hangs, or dies again and again, makes the driver unavailable.
"""

from __future__ import annotations

import base64
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.devices.driver import Component, DecodeError, Frame, Reading
from core.problems import PmpError

MAX_ANSWER_BYTES = 1_000_000
MAX_READINGS = 1_000
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

    def decode(self, frame: Frame) -> list[Reading]:
        """Decode a frame.

        Raises DecodeError as the driver does; DriverFault if it fails otherwise; DriverUnavailable if
        it hangs, or its process dies again and again.
        """
        with self._lock:
            answer = self._ask(_frame_to_json(frame))
        if "decode_error" in answer:
            raise DecodeError(str(answer["decode_error"])[:300])
        if "fault" in answer:
            raise DriverFault(str(answer["fault"])[:200])
        try:
            return [_reading_from_json(item) for item in answer["readings"][:MAX_READINGS]]
        except (KeyError, TypeError, ValueError) as error:
            raise DriverFault(f"gave something that is no reading ({type(error).__name__})") from None

    def close(self) -> None:
        """End the child process."""
        with self._lock:
            self._end()

    # -- the child -----------------------------------------------------------------------------
    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        child = self._running()
        assert child.stdin is not None
        try:
            child.stdin.write(json.dumps(question).encode() + b"\n")
            child.stdin.flush()
            line = self._read_line(child, self._timeout_s)
        except (BrokenPipeError, EOFError):
            self._died()
            raise DriverFault("its process ended while decoding") from None
        except TimeoutError:
            self._end()
            raise DriverUnavailable(
                f"the driver {self._driver_id} did not answer within {self._timeout_s:g} s"
            ) from None
        self._deaths = 0
        return _object(line)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._end()
        command = [sys.executable, "-m", "core.devices.driver_child", self._entry_point, self._driver_id]
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            ready = _object(self._read_line(self._child, _START_TIMEOUT_S))
        except (EOFError, TimeoutError):
            self._end()
            raise DriverUnavailable(f"the driver {self._driver_id} could not be started") from None
        if ready.get("ready") is not True:
            self._end()
            raise DriverUnavailable(f"the driver {self._driver_id} could not be started: {ready.get('error')}")
        return self._child

    @staticmethod
    def _read_line(child: subprocess.Popen[bytes], timeout_s: float) -> bytes:
        assert child.stdout is not None
        deadline = time.monotonic() + timeout_s
        received = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while not received.endswith(b"\n"):
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise TimeoutError
                chunk = os.read(child.stdout.fileno(), 65_536)
                if not chunk or len(received) > MAX_ANSWER_BYTES:
                    raise EOFError
                received += chunk
        return bytes(received)

    def _died(self) -> None:
        self._end()
        self._deaths += 1
        if self._deaths >= MAX_DEATHS:
            self._deaths = 0
            raise DriverUnavailable(f"the driver {self._driver_id}'s process ended {MAX_DEATHS} times in a row")

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    # What it did not read is lost with it.
                    pass


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        raise DriverFault("its process wrote something that is no answer") from None
    if not isinstance(value, dict):
        raise DriverFault("its process wrote something that is no answer")
    return value


# -- the language between the processes -----------------------------------------------------------
def _frame_to_json(frame: Frame) -> dict[str, Any]:
    return {
        "payload": base64.b64encode(frame.payload).decode(),
        "received_at": frame.received_at.isoformat(),
        "characteristic": frame.characteristic,
        "encoding": frame.encoding,
        "context": {key: base64.b64encode(value).decode() for key, value in frame.context.items()},
    }


def frame_from_json(value: Mapping[str, Any]) -> Frame:
    """The frame that was sent to the child."""
    return Frame(
        payload=base64.b64decode(value["payload"]),
        received_at=datetime.fromisoformat(value["received_at"]),
        characteristic=value["characteristic"],
        encoding=value["encoding"],
        context={key: base64.b64decode(item) for key, item in value["context"].items()},
    )


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """A reading as the child sends it."""
    return {
        "code": reading.code,
        "value": reading.value,
        "unit": reading.unit,
        "effective_at": reading.effective_at.isoformat() if reading.effective_at else None,
        "components": [[part.code, part.value, part.unit, part.data_absent_reason] for part in reading.components],
        "data_absent_reason": reading.data_absent_reason,
        "value_code": reading.value_code,
        "device_time": reading.device_time,
        "device_clock": reading.device_clock.isoformat() if reading.device_clock else None,
        "flags": list(reading.flags),
        "body_site": reading.body_site,
        "method": reading.method,
        "sequence": reading.sequence,
        "user_index": reading.user_index,
        "battery_percent": reading.battery_percent,
    }


def _reading_from_json(value: Mapping[str, Any]) -> Reading:
    effective_at = _time(value["effective_at"])
    if effective_at is not None and effective_at.tzinfo is None:
        raise ValueError("effective_at needs a zone")
    return Reading(
        code=_text(value["code"]) or "",
        value=_number(value["value"]),
        unit=_text(value["unit"]),
        effective_at=effective_at,
        components=tuple(
            Component(_text(code) or "", _number(number), _text(unit) or "", _text(reason))
            for code, number, unit, reason in value["components"]
        ),
        data_absent_reason=_text(value["data_absent_reason"]),
        value_code=_text(value["value_code"]),
        device_time=_text(value["device_time"]),
        device_clock=_time(value["device_clock"]),
        flags=tuple(_text(flag) or "" for flag in value["flags"][:20]),
        body_site=_text(value["body_site"]),
        method=_text(value["method"]),
        sequence=_whole(value["sequence"]),
        user_index=_whole(value["user_index"]),
        battery_percent=_whole(value["battery_percent"]),
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 200:
        raise TypeError("expected a short text")
    return value


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("expected a number")
    return float(value)


def _whole(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**53:
        raise TypeError("expected a whole number")
    return value


def _time(value: Any) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
