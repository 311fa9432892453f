"""Patients and devices of the simulator, made through the API or found again."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from plugins.simulator.client import Api, Refused
from plugins.simulator.memory import KnownDevice, Memory


def patients_by_identifier(api: Api) -> dict[str, dict[str, Any]]:
    """The site's patients by hospital number."""
    return {row["identifier"]: row for row in api.items("/patients") if row["identifier"]}


def ensure_patient(api: Api, known: dict[str, dict[str, Any]], fields: dict[str, Any]) -> str:
    """The id of the patient with ``fields["identifier"]``, made if missing."""
    found = known.get(fields["identifier"])
    if found is None:
        found = known[fields["identifier"]] = api.send("POST", "/patients", fields)
    return str(found["id"])


def ensure_devices(
    url: str, token: str, memory: Memory, wanted: Sequence[tuple[str, str, str, str]]
) -> dict[str, KnownDevice]:
    """Devices with keys, by name in memory. ``wanted``: (name in memory, driver, device name, patient id).

    A device that the site does not know is registered; one whose key was lost gets a new key.
    """
    api = Api(url, token)
    listed = {row["id"]: row for row in api.items("/devices")}
    by_holder = {(row["patient_id"], row["driver"], row["name"]): row["id"] for row in listed.values()}
    api.close()

    def ensure(item: tuple[str, str, str, str]) -> tuple[str, KnownDevice]:
        slot, driver, name, patient_id = item
        known = memory.devices.get(slot)
        if known is not None and listed.get(known.id, {}).get("patient_id") == patient_id:
            return slot, known
        own = Api(url, token)
        existing = by_holder.get((patient_id, driver, name))
        try:
            if existing is not None:
                row = own.send("POST", f"/devices/{existing}/rotate-key", {})
            else:
                row = own.send("POST", "/devices", {"driver": driver, "name": name, "patient_id": patient_id})
        finally:
            own.close()
        return slot, KnownDevice(row["id"], row["key"])

    with ThreadPoolExecutor(4) as pool:
        devices = dict(pool.map(ensure, wanted))
    memory.devices |= devices
    memory.save()
    return devices


def ensure_user(api: Api, known: dict[str, dict[str, Any]], fields: dict[str, Any]) -> dict[str, Any]:
    """The user with ``fields["username"]``, made if missing."""
    found = known.get(fields["username"])
    if found is None:
        try:
            found = api.send("POST", "/users", fields)
        except Refused as error:
            if error.status != 409:
                raise
            found = next(
                row for row in api.items(f"/users?q={fields['username']}") if row["username"] == fields["username"]
            )
    known[fields["username"]] = found
    return found
