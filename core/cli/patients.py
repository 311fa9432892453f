"""``pmp patient``."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from core.cli.context import fail, note_operator, opened_platform, print_json

patient_app = typer.Typer(no_args_is_help=True)


@patient_app.callback()
def patients() -> None:
    """Patients."""


@patient_app.command("add")
def add(
    user: Annotated[str, typer.Option(help="Sign-in name of the patient's user.")],
    birth_date: Annotated[str, typer.Option(help="Birth date, YYYY-MM-DD.")],
    sex: Annotated[str, typer.Option(help="female, male, other or unknown.")] = "unknown",
    ward: Annotated[str | None, typer.Option(help="Ward.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Add the patient record of a user. Prints the patient's id."""
    try:
        born = date.fromisoformat(birth_date)
    except ValueError:
        fail("--birth-date must be a date, as in 1946-02-01")
    if born > date.today() or sex not in {"female", "male", "other", "unknown"}:
        fail("the birth date lies in the future, or --sex is not female, male, other or unknown")
    with opened_platform() as platform:
        person = platform.people.by_username(user)
        if person is None:
            fail(f"there is no user {user}")
        patient = platform.patients.add(
            {
                "name": person.name,
                "birth_date": born.isoformat(),
                "user_id": person.id,
                "sex": sex,
                "ward": ward,
                "time_zone": platform.settings.time_zone,
            }
        )
        platform.people.link_patient(person.id, patient.id)
        platform.access.announce_change(person.id)
        note_operator(platform, "patient:create", f"patient/{patient.id}", patient.id)
    if as_json:
        print_json({"id": patient.id, "name": patient.name, "user_id": person.id})
    else:
        typer.echo(patient.id)
