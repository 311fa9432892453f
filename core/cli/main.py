"""The commands of ``pmp``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from core.access.setup import setup_code
from core.app import describe_api
from core.cli.audit import audit_app
from core.cli.context import command_settings, opened_platform, plain_errors, print_json
from core.cli.devices import device_app
from core.cli.doctor import findings
from core.cli.patients import patient_app
from core.cli.people import token_app, user_app
from core.cli.plugins import plugin_app
from core.cli.policy import policy_app
from core.database.backup import back_up, restore
from core.logs import configure_logging
from core.platform import Platform
from core.plugin_system.loader import load_plugins
from core.problems import PmpError
from core.processes.supervisor import Supervisor
from core.processes.web import run_web
from core.processes.worker import run_worker
from core.settings import Settings, load_settings

app = typer.Typer(
    name="pmp",
    help="Patient monitoring platform.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(user_app, name="user", help="People who sign in.")
app.add_typer(token_app, name="token", help="Personal access tokens.")
app.add_typer(patient_app, name="patient", help="Patients.")
app.add_typer(device_app, name="device", help="Devices.")
app.add_typer(plugin_app, name="plugin", help="Plugins.")
app.add_typer(policy_app, name="policy", help="Who may do what.")
app.add_typer(audit_app, name="audit", help="The audit log.")

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def up(
    demo: Annotated[bool, typer.Option("--demo", help="With demo data and demo accounts.")] = False,
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Run everything: database, web and worker, restarted when they die. Ctrl-C stops all."""
    with plain_errors():
        settings = command_settings(demo=True if demo else None)
        supervisor = Supervisor(settings, host, port, lambda text: typer.echo(text))
        supervisor.start_database()

        def ready() -> None:
            typer.echo(f"\n  Ready: {supervisor.local_url}\n")
            with opened_platform(settings) as platform:
                _say_how_to_sign_in(platform)

        raise typer.Exit(supervisor.run(ready))


def _say_how_to_sign_in(platform: Platform) -> None:
    if platform.settings.demo:
        typer.echo("  Admitting the demo's patients. The accounts to sign in with follow in a moment …\n")
    elif platform.people.count() == 0:
        typer.echo("  Nobody can sign in yet. Open the page and use this set-up code:")
        typer.echo(f"  {setup_code(platform.settings)}\n")


@app.command()
def web(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(help="Web processes.", min=1, max=64)] = 1,
) -> None:
    """Run the web process alone."""
    with plain_errors():
        # Gunicorn reads the command line too; it must not see ours.
        sys.argv = ["pmp"]
        run_web(load_settings(), host, port, workers)


@app.command()
def worker() -> None:
    """Run the worker process alone."""
    with plain_errors():
        run_worker(load_settings())


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what is missing on this machine, and how to get it."""
    with plain_errors():
        found = findings(command_settings())
    if as_json:
        print_json([item.__dict__ for item in found])
    else:
        for item in found:
            typer.echo(f"{'ok     ' if item.ok else 'MISSING'}  {item.name}: {item.text}")
    if any(not item.ok and item.needed for item in found):
        raise typer.Exit(1)


@app.command()
def openapi() -> None:
    """Print the OpenAPI description of the API."""
    with opened_platform() as platform:
        print_json(describe_api(platform.settings, platform), indent=2)


@app.command()
def backup(file: Path, as_json: AsJson = False) -> None:
    """Write all data to FILE."""
    with opened_platform() as platform:
        count = back_up(platform.database, file)
    print_json({"file": str(file), "documents": count}) if as_json else typer.echo(f"{count} documents in {file}")


@app.command(name="restore")
def restore_command(file: Path, as_json: AsJson = False) -> None:
    """Read all data from FILE into an empty database."""
    with opened_platform() as platform:
        count = restore(platform.database, file)
    print_json({"documents": count}) if as_json else typer.echo(f"{count} documents restored")


def add_plugin_commands() -> None:
    """Commands that plugins contribute; a plugin cannot replace one of ours."""
    taken = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    taken |= {group.name for group in app.registered_groups if group.name}
    for _plugin, (name, typer_app) in load_plugins(probe_cache=load_settings().data_dir).contributions("cli_commands"):
        if name in taken:
            continue
        taken.add(name)
        app.add_typer(typer_app, name=name)


def main() -> None:
    """Entry point."""
    # Until the settings are read: only what fails, and never on standard output.
    configure_logging(Settings(log_level="error"))
    own = {group.name for group in app.registered_groups}
    own |= {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    if len(sys.argv) < 2 or sys.argv[1] not in own:
        # Plugins take time to load; our own commands do not wait for theirs.
        try:
            add_plugin_commands()
        except PmpError as error:
            # Typer does not run yet, so nobody else turns this into one line.
            typer.echo(f"pmp: {error}", err=True)
            raise SystemExit(1) from None
    app()
