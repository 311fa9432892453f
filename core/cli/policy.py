"""``pmp policy``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.access.policy_api import explain as explain_decision
from core.cli.context import command_settings, opened_platform, plain_errors, print_json

policy_app = typer.Typer(no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@policy_app.callback()
def policies() -> None:
    """Who may do what."""


@policy_app.command("check")
def check(
    folder: Annotated[Path | None, typer.Argument(help="Folder of policy files; PMP_POLICY_DIR if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check policy files. Exit status 1 if one has a mistake."""
    with plain_errors():
        settings = command_settings(policy_dir=folder)
    with opened_platform(settings) as platform:
        files = platform.access.policy.files
    if as_json:
        rows = [{"line": m.line, "message": m.message, "file": file.name} for file in files for m in file.mistakes]
        print_json({"ok": not rows, "files": [file.name for file in files], "errors": rows})
    else:
        for file in files:
            for mistake in file.mistakes:
                typer.echo(f"{file.name}:{mistake.line}: {mistake.message}")
            if not file.mistakes:
                typer.echo(f"{file.name}: ok ({file.origin})")
    if any(file.mistakes for file in files):
        raise typer.Exit(1)


@policy_app.command("explain")
def explain(
    user: Annotated[str, typer.Option(help="Sign-in name.")],
    action: Annotated[str, typer.Option(help="object:action, as observation:read.")],
    about: Annotated[str | None, typer.Option("--object", help="patient/ID, where it is about a patient.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a user may do something, and the rule that decides."""
    with opened_platform() as platform:
        found = explain_decision(platform, user, action, about)
    if as_json:
        print_json(found)
        return
    rule = found["rule"] or "no rule allows it"
    typer.echo(f"{found['decision']}: {rule}")
    typer.echo(f"roles: {', '.join(map(str, found['roles']))}")  # type: ignore[call-overload]
    typer.echo(f"relations: {', '.join(map(str, found['relations']))}")  # type: ignore[call-overload]
