"""``pmp audit``."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli.context import opened_platform, print_json

audit_app = typer.Typer(no_args_is_help=True)


@audit_app.callback()
def audit() -> None:
    """The audit log."""


@audit_app.command("verify")
def verify(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check that no entry of the audit log was changed, removed or reordered. Exit status 1 if one was."""
    with opened_platform() as platform:
        report = platform.audit.verify()
    if as_json:
        findings = [{"number": item.number, "problem": item.problem} for item in report.findings]
        print_json({"ok": report.ok, "entries": report.entries, "findings": findings})
    elif report.ok:
        typer.echo(f"{report.entries} entries, unbroken")
    else:
        for item in report.findings:
            typer.echo(f"entry {item.number}: {item.problem}")
    if not report.ok:
        raise typer.Exit(1)
