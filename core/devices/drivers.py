"""The drivers that plugins contribute: in process for ours, in a child process for third parties'.

A driver that keeps failing is quarantined in every process; its frames are kept, not decoded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from core.database.connection import Database
from core.devices.driver import DecodeError, DeviceDriver, DriverManifest, Frame, Reading
from core.devices.driver_host import DriverFault, DriverHost, DriverUnavailable
from core.events.feed import Change
from core.plugin_system.loader import Plugins

log = structlog.get_logger(__name__)

COLLECTION = "driver_states"
#: This many faults (not refusals of bad frames) in a row quarantine a driver.
MAX_FAULTS = 3


class _Decoder(Protocol):
    def decode(self, frame: Frame) -> list[Reading]: ...


@dataclass
class DriverRecord:
    """A driver, where it comes from and how it fares."""

    manifest: DriverManifest
    origin: str
    plugin_id: str
    builtin: bool
    decoder: _Decoder
    status: str = "active"
    error: str | None = None
    faults: int = 0


class _InProcess:
    """A built-in driver, called directly."""

    def __init__(self, driver: DeviceDriver) -> None:
        self._driver = driver

    def decode(self, frame: Frame) -> list[Reading]:
        return list(self._driver.decode(frame))


class DriverRegistry:
    """All drivers by id."""

    def __init__(self, plugins: Plugins, database: Database | None, clock: Callable[[], datetime]) -> None:
        self._states = database.db[COLLECTION] if database else None
        self._clock = clock
        self._lock = threading.Lock()
        self._hosts: list[DriverHost] = []
        self.records: dict[str, DriverRecord] = {}
        for plugin, driver in plugins.contributions("device_drivers"):
            manifest = driver.manifest
            if manifest.id in self.records:
                plugins.quarantine(plugin.id, f"a driver named {manifest.id} exists already")
                continue
            decoder: _Decoder = _InProcess(driver)
            if not plugin.builtin:
                host = DriverHost(plugin.entry_point, manifest.id)
                self._hosts.append(host)
                decoder = host
            self.records[manifest.id] = DriverRecord(manifest, plugin.origin, plugin.id, plugin.builtin, decoder)
        self.reload()

    def reload(self) -> None:
        """Read which drivers are quarantined."""
        if self._states is None:
            return
        states = {row["_id"]: row for row in self._states.find({})}
        for driver_id, record in self.records.items():
            state = states.get(driver_id)
            record.status = state["status"] if state else "active"
            record.error = state.get("error") if state else None

    def on_change(self, change: Change) -> None:
        """Follow another process's verdicts."""
        if change.collection == COLLECTION:
            self.reload()

    def decode(self, driver_id: str, frame: Frame) -> list[Reading]:
        """Decode one frame.

        Raises DecodeError if the frame is not the driver's, DriverUnavailable if the driver is
        unknown, quarantined, or fails.
        """
        record = self.records.get(driver_id)
        if record is None:
            raise DriverUnavailable(f"the driver {driver_id} is not installed")
        if record.status != "active":
            raise DriverUnavailable(f"the driver {driver_id} is quarantined")
        try:
            readings = record.decoder.decode(frame)
        except DecodeError:
            record.faults = 0
            raise
        except DriverUnavailable as error:
            self.quarantine(driver_id, str(error))
            raise
        except Exception as error:
            self._count_fault(record, error)
            raise DriverUnavailable(f"the driver {driver_id} failed on this frame") from error
        record.faults = 0
        return readings

    def _count_fault(self, record: DriverRecord, error: Exception) -> None:
        kind = str(error) if isinstance(error, DriverFault) else type(error).__name__
        log.warning("driver_fault", driver=record.manifest.id, error=kind)
        with self._lock:
            record.faults += 1
            if record.faults < MAX_FAULTS:
                return
        self.quarantine(record.manifest.id, f"failed {MAX_FAULTS} times in a row: {kind}")

    def quarantine(self, driver_id: str, error: str) -> None:
        """Stop using a driver, in every process, until an admin enables it again."""
        record = self.records[driver_id]
        record.status, record.error = "quarantined", error[:300]
        log.error("driver_quarantined", driver=driver_id, error=record.error)
        if self._states is not None:
            state = {"status": "quarantined", "error": record.error, "at": self._clock()}
            self._states.update_one({"_id": driver_id}, {"$set": state}, upsert=True)

    def enable(self, driver_id: str) -> None:
        """Give a quarantined driver another chance."""
        record = self.records[driver_id]
        record.status, record.error, record.faults = "active", None, 0
        if self._states is not None:
            self._states.update_one({"_id": driver_id}, {"$set": {"status": "active", "error": None}}, upsert=True)

    def close(self) -> None:
        """End the child processes."""
        for host in self._hosts:
            host.close()
