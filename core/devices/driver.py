"""The driver interface: what a device driver receives, yields and declares.

Not here: transport, keys, units, plausibility, storage. A driver is pure: bytes in, readings out,
no I/O and no clock. Vendors import these names from ``device_drivers``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable


class DecodeError(ValueError):
    """The frame is not what the driver expects. The text is shown to the sender and to staff."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message of a device, as it arrived.

    payload: the bytes; for JSON frames, their UTF-8 text.
    received_at: aware UTC, when the gateway or the server received it.
    characteristic: Bluetooth characteristic in four upper-case hex digits ("2A35"), if known.
    context: frames that arrived with this one and belong to it, by characteristic
        (a glucose measurement 2A18 and its context 2A34).
    """

    payload: bytes
    received_at: datetime
    characteristic: str | None = None
    encoding: str = "hex"
    context: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a panel: the systolic of a blood pressure. ``value`` None needs ``data_absent_reason``."""

    code: str
    value: float | None
    unit: str
    data_absent_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One decoded measurement.

    code: LOINC. value: number in ``unit`` (UCUM, any convertible unit), or None with a
    ``data_absent_reason`` (FHIR code, such as "positive-infinity" for a meter's HI).
    effective_at: aware UTC if the frame tells it, else None (the core uses the receive time).
    device_time: the device's own clock as it said it, naive ISO text, unknown parts left out
    ("2012-12-05T11:50:27", "--12-05T11:50:27" for an unknown year).
    device_clock: the same as a naive datetime when all parts are known; the core turns it into
    ``effective_at`` in the device's zone after judging the clock.
    value_code: a coded value (ACVPU "A", "C", "V", "P", "U") instead of a number.
    flags: what the device says of the reading: "questionable", "invalid", "demo", "testing", ...
    A reading flagged "invalid", "questionable", "demo" or "testing" is kept and never alerts.
    sequence: the device's record number, if any. user_index: the device's user slot, if any.
    battery_percent: 0 to 100 if the frame tells it. note: free text that came with the reading.
    meta: what else the device says of it; plain JSON values.
    """

    code: str
    value: float | None
    unit: str | None
    effective_at: datetime | None = None
    components: Sequence[Component] = ()
    data_absent_reason: str | None = None
    value_code: str | None = None
    device_time: str | None = None
    device_clock: datetime | None = None
    flags: tuple[str, ...] = ()
    body_site: str | None = None
    method: str | None = None
    sequence: int | None = None
    user_index: int | None = None
    battery_percent: int | None = None
    note: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DriverManifest:
    """What a driver is.

    id: unique, ``[a-z][a-z0-9_]*``. kind: "thermometer", "heart_rate", "blood_pressure", ...
    transports: "http", "ble", "mqtt". services and characteristics: Bluetooth 16-bit numbers in hex.
    codes: the LOINC codes it can yield (informative). clock: "none", "local" (naive device clock,
    the default for Bluetooth time stamps) or "utc".
    heartbeat_s: a device that sends something at least this often, in seconds, measured or not; one that is
        not heard for so long is silent. None: it talks only when somebody measures.
    """

    id: str
    kind: str
    vendor: str
    models: Sequence[str] = ()
    transports: Sequence[str] = ("http",)
    version: str = "1"
    services: Sequence[str] = ()
    characteristics: Sequence[str] = ()
    codes: Sequence[str] = ()
    description: str = ""
    heartbeat_s: int | None = None


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """A frame captured from a device and what it must decode to; ``readings`` None: must be refused."""

    name: str
    payload: bytes
    characteristic: str | None = None
    readings: tuple[Reading, ...] | None = None
    context: Mapping[str, bytes] = field(default_factory=dict)


@runtime_checkable
class DeviceDriver(Protocol):
    """A driver: a manifest and one pure function.

    It may also offer ``captured_frames() -> Sequence[CapturedFrame]`` for the conformance kit.
    """

    manifest: DriverManifest

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Yield the readings of one frame, or raise DecodeError."""
        ...
