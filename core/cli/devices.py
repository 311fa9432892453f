"""``pmp device``."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli.context import fail, note_operator, opened_platform, print_json
from core.patients.store import Patient
from core.platform import Platform

device_app = typer.Typer(no_args_is_help=True)


@device_app.callback()
def devices() -> None:
    """Devices."""


def _patient(platform: Platform, name: str) -> Patient:
    """The patient with this id, or of the user with this sign-in name."""
    patient = platform.patients.get(name)
    if patient is None:
        person = platform.people.by_username(name)
        patient = platform.patients.of_user(person.id) if person else None
    if patient is None:
        fail(f"there is no patient {name}: give the patient's id or the sign-in name")
    return patient


@device_app.command("add")
def add(
    driver: Annotated[str, typer.Option(help="Driver id; see `pmp driver list`.")],
    patient: Annotated[str, typer.Option(help="The patient who holds it: sign-in name or patient id.")],
    name: Annotated[str | None, typer.Option(help="A name for people.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON (it always does).")] = True,
) -> None:
    """Register a device. Prints JSON with its id and key; the key is never shown again."""
    with opened_platform() as platform:
        record = platform.ingest.drivers.records.get(driver)
        if record is None:
            known = ", ".join(sorted(platform.ingest.drivers.records))
            fail(f"there is no driver {driver}; there are {known}")
        label = name or f"{record.manifest.vendor} {record.manifest.kind.replace('_', ' ')}".strip()
        holder = _patient(platform, patient)
        device, key = platform.devices.add(driver=driver, kind=record.manifest.kind, name=label, patient_id=holder.id)
        note_operator(platform, "device:create", f"device/{device.id}", holder.id)
    print_json({"id": device.id, "key": key, "name": device.name, "driver": driver, "patient_id": holder.id})


@device_app.command("list")
def list_devices(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the devices."""
    with opened_platform() as platform:
        rows = platform.devices.all_with_activity()
    if as_json:
        print_json(
            [
                {"id": row.id, "name": row.name, "driver": row.driver, "patient_id": row.patient_id,
                 "enabled": row.enabled, "last_seen_at": row.last_seen_at}
                for row in rows
            ]
        )  # fmt: skip
        return
    for row in rows:
        typer.echo(f"{row.id}  {row.driver:18} {row.patient_id or '-':20} {row.name}")
