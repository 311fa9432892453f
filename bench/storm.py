"""(g) ten thousand readings in one burst: how soon the fifty urgent ones are seen.

Every patient's gateway sends at once what it had kept: 20 readings of five vital signs, each beyond its limit. That is
an alert per patient and sign; of fifty patients one of them is of high priority.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import websocket

from bench.rows import Row, percentile
from bench.site import Device, Site
from core.observations.vital_signs import (
    BODY_TEMPERATURE,
    GLUCOSE,
    HEART_RATE,
    OXYGEN_SATURATION,
    RESPIRATORY_RATE,
)
from core.platform import Platform
from device_drivers.generic_json.encoder import json_frame

GROUP = "(g) a storm: 10 000 readings at once, 2 500 alerts, 50 of them of high priority"
PATIENTS, HIGH, ROUNDS = 500, 50, 4
_BEYOND = {HEART_RATE: 130, RESPIRATORY_RATE: 33, BODY_TEMPERATURE: 39.4, GLUCOSE: 200, OXYGEN_SATURATION: 86}
_UNITS = {
    HEART_RATE: "/min", RESPIRATORY_RATE: "/min", BODY_TEMPERATURE: "Cel", GLUCOSE: "mg/dL", OXYGEN_SATURATION: "%",
}  # fmt: skip
_CRITICAL = 78


def register(platform: Platform, patients: int = PATIENTS) -> list[Device]:
    """A gateway for each of ``patients`` new patients."""
    devices = []
    for number in range(patients):
        fields = {"name": f"Storm {number}", "birth_date": "1950-01-01", "sex": "unknown", "time_zone": "UTC"}
        patient = platform.patients.add(fields)
        device, key = platform.devices.add(
            driver="generic_json", kind="gateway", name=f"gateway {number}", patient_id=patient.id
        )
        devices.append(Device(device.id, key, patient.id))
    return devices


def is_urgent(index: int, patients: int, high: int) -> bool:
    """Which of the patients are badly off: spread over the whole burst, the last among them."""
    return (index + 1) * high // patients > index * high // patients


def frames_of(index: int, urgent: bool) -> list[dict[str, Any]]:
    """What a gateway sends."""
    values = {**_BEYOND, OXYGEN_SATURATION: _CRITICAL} if urgent else _BEYOND
    return [
        {"id": f"s{index}-{again}-{code}", "payload": json_frame(code, value, _UNITS[code]).hex()}
        for again in range(ROUNDS)
        for code, value in values.items()
    ]


def burst(url: str, devices: Sequence[Device], high: int, connections: int = 16) -> float:
    """Send everything; the seconds until the last of it was acknowledged. Raises RuntimeError if some was not."""
    address = urlsplit(url).netloc
    bodies = [
        json.dumps({"frames": frames_of(index, is_urgent(index, len(devices), high))}) for index in range(len(devices))
    ]
    refused: list[Any] = []

    def send(first: int) -> None:
        connection = http.client.HTTPConnection(address, timeout=60)
        for index in range(first, len(devices), connections):
            device = devices[index]
            headers = {"Authorization": f"Bearer {device.key}", "Content-Type": "application/json"}
            connection.request("POST", f"/api/v1/devices/{device.id}/frames", bodies[index], headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != 200 or json.loads(content)["rejected"]:
                refused.append(content[:300])
        connection.close()

    threads = [threading.Thread(target=send, args=(first,)) for first in range(connections)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        raise RuntimeError(f"{len(refused)} requests were refused: {refused[0]!r}")
    return time.monotonic() - began


@dataclass
class Listener:
    """A nurse's page: when it heard of which alert."""

    port: int
    token: str
    heard: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._socket = websocket.create_connection(
            f"ws://127.0.0.1:{self.port}/api/v1/live", header=[f"Authorization: Bearer {self.token}"], timeout=30
        )
        self._socket.send(json.dumps({"subscribe": ["alerts"]}))
        while json.loads(self._socket.recv())["type"] != "subscribed":
            pass
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                text = self._socket.recv()
            except websocket.WebSocketTimeoutException:
                continue
            except (websocket.WebSocketException, OSError):
                return
            message = json.loads(text) if text else {}
            if message.get("type") == "alert_raised":
                alert = message["data"]["alert"]
                self.heard.setdefault(alert["id"], (time.monotonic(), alert))

    def of(self, *priorities: str) -> list[float]:
        """The moments at which alerts of these priorities were heard of."""
        return sorted(at for at, alert in list(self.heard.values()) if alert["priority"] in priorities)

    def close(self) -> None:
        """Close the page."""
        self._socket.close()
        self._thread.join(5)


def wait_for(condition: Callable[[], bool], timeout_s: float, what: str) -> None:
    """Raises TimeoutError if ``condition`` does not become true."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.01)


def measure_storm(site: Site, quick: bool) -> list[Row]:
    """From the first reading sent until an open page and the list know of all that is urgent."""
    patients, high = (100, 10) if quick else (PATIENTS, HIGH)
    with site.platform() as platform:
        devices = register(platform, patients)
    site.settle()
    listener = Listener(site.port, site.nurse_token)
    listed: list[float] = []

    def look() -> None:
        while not listed:
            found = site.get("/alerts?status=open&priority=high&limit=500")["items"]
            if len(found) >= high:
                listed.append(time.monotonic())
            time.sleep(0.1)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    began = time.monotonic()
    took = burst(site.url, devices, high)
    everything = patients * len(_BEYOND)
    wait_for(lambda: len(listener.of("high")) >= high, 120, "the urgent alerts")
    looking.join(60)
    wait_for(lambda: len(listener.of("high", "medium", "low")) >= everything, 240, "all alerts")
    urgent = listener.of("high")
    rest = listener.of("medium", "low")
    listener.close()
    limit = None if quick else 5.0
    note = "quick run" if quick else ""
    return [
        Row(GROUP, "acknowledged to the gateways", took, "s"),
        Row(GROUP, "urgent, on the live socket, the first", urgent[0] - began, "s"),
        Row(GROUP, "urgent, on the live socket, half", percentile(urgent, 0.5) - began, "s"),
        Row(GROUP, "urgent, on the live socket, all", urgent[-1] - began, "s", limit, note=note),
        Row(GROUP, "urgent, in the list, all", listed[0] - began, "s", limit, note=note),
        Row(GROUP, "the others, on the live socket, all", rest[-1] - began, "s"),
    ]
