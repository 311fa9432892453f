"""``pmp driver``: which drivers there are, whether one keeps its promises, and a start for a new one."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import structlog
import typer

from core.devices.drivers import DriverRegistry
from core.plugin_system.loader import load_plugins
from core.problems import PmpError
from device_drivers.conformance import (
    DEFAULT_TIMEOUT_S,
    ConformanceReport,
    check_entry_point,
    find_entry_point,
)
from device_drivers.kit.scaffold import new_driver

driver_app = typer.Typer(no_args_is_help=True, help="Device drivers.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@driver_app.callback()
def drivers() -> None:
    """Device drivers."""
    # What goes wrong with a plugin is in the answer; the log would only mix with it.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _fail(text: str) -> NoReturn:
    typer.echo(f"pmp: {text}", err=True)
    raise typer.Exit(1)


@driver_app.command("list")
def list_drivers(as_json: AsJson = False) -> None:
    """List the installed drivers, and the plugins that cannot be used."""
    try:
        rows = _rows()
    except PmpError as error:
        _fail(str(error))
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        note = f"  {row['error']}" if row["error"] else ""
        typer.echo(
            f"{row['id']:20} {row['kind'] or '-':16} {row['vendor'] or '-':16} {row['status']:12} {row['origin']}{note}"
        )


def _rows() -> list[dict[str, Any]]:
    plugins = load_plugins()
    registry = DriverRegistry(plugins, None, lambda: datetime.now(UTC))
    rows: list[dict[str, Any]] = [
        {
            "id": record.manifest.id,
            "kind": record.manifest.kind,
            "vendor": record.manifest.vendor,
            "models": list(record.manifest.models),
            "status": record.status,
            "error": record.error,
            "origin": record.origin,
            "builtin": record.builtin,
        }
        for record in registry.records.values()
    ]
    registry.close()
    rows += [
        {
            "id": record.id, "kind": None, "vendor": None, "models": [], "status": record.status,
            "error": record.error, "origin": record.origin, "builtin": record.builtin,
        }
        for record in plugins.records.values()
        if record.status == "quarantined"
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (not row["builtin"], row["id"]))


@driver_app.command("check")
def check(
    driver: Annotated[str, typer.Argument(help="Id of an installed driver, or an entry point (package.module).")],
    path: Annotated[
        Path | None,
        typer.Option(help="A folder to import from: DRIVER is a module there.", file_okay=False, exists=True),
    ] = None,
    timeout_s: Annotated[float, typer.Option(help="Seconds for each driver.", min=1)] = DEFAULT_TIMEOUT_S,
    as_json: AsJson = False,
) -> None:
    """Run the conformance kit. Exit status 1 if a check fails."""
    if path is not None:
        sys.path.insert(0, str(path.resolve()))
    is_entry_point = path is not None or "." in driver or ":" in driver
    try:
        entry_point = driver if is_entry_point else find_entry_point(driver)
    except LookupError as error:
        _fail(str(error))
    reports = check_entry_point(entry_point, timeout_s)
    if not is_entry_point:
        reports = [report for report in reports if report.driver_id in (driver, "?")]
    if as_json:
        typer.echo(json.dumps([asdict(report) for report in reports]))
    else:
        for report in reports:
            _print(report)
    if not reports:
        _fail(f"{driver} has no drivers")
    if not all(report.passed for report in reports):
        raise typer.Exit(1)


def _print(report: ConformanceReport) -> None:
    for check in report.checks:
        word = "FAILED" if not check.passed else "warning" if check.warning else "ok"
        typer.echo(f"{word:8} {check.name}{': ' if check.detail else ''}{check.detail}")
    typer.echo(f"{report.driver_id}: {'passed' if report.passed else 'FAILED'}")


@driver_app.command("new")
def new(
    driver: Annotated[str, typer.Argument(help="Id: lower-case letters, digits and underscores, as in acme_t1.")],
    directory: Annotated[Path, typer.Option(help="Where to make the folder.", file_okay=False)] = Path(),
    vendor: Annotated[str, typer.Option(help="Who makes the device.")] = "Acme",
    as_json: AsJson = False,
) -> None:
    """Start a driver: a package to install with pip, with captured frames and a test."""
    try:
        files = new_driver(driver, vendor, directory)
    except (ValueError, FileExistsError) as error:
        _fail(str(error))
    if as_json:
        typer.echo(json.dumps([str(file) for file in files]))
        return
    folder = files[0].parent
    typer.echo(f"{folder}/ is ready. Next: pip install -e {folder} && pmp driver check {driver}")
