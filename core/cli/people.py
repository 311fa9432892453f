"""``pmp user`` and ``pmp token``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from core.cli.context import fail, note_operator, opened_platform, print_json
from core.people.store import User
from core.platform import Platform

user_app = typer.Typer(no_args_is_help=True)
token_app = typer.Typer(no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Roles = Annotated[list[str] | None, typer.Option(help="patient, nurse, doctor, family or admin; may be repeated.")]


@user_app.callback()
def users() -> None:
    """People who sign in."""


@token_app.callback()
def tokens() -> None:
    """Personal access tokens."""


def _known(platform: Platform, username: str) -> User:
    user = platform.people.by_username(username)
    if user is None:
        fail(f"there is no user {username}")
    return user


def _print(user: User, as_json: bool) -> None:
    if as_json:
        body = {"id": user.id, "username": user.username, "name": user.name, "roles": sorted(user.roles)}
        print_json({**body, "enabled": user.enabled, "patient_id": user.patient_id})
    else:
        state = "" if user.enabled else "  disabled"
        typer.echo(f"{user.id}  {user.username:20} {', '.join(sorted(user.roles)):24} {user.name}{state}")


@user_app.command("add")
def add(
    username: Annotated[str, typer.Argument(metavar="NAME", help="Sign-in name.")],
    role: Annotated[list[str], typer.Option(help="patient, nurse, doctor, family or admin; may be repeated.")],
    name: Annotated[str | None, typer.Option(help="Full name.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add a user."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if not username.replace(".", "").replace("-", "").replace("_", "").replace("@", "").isalnum():
        fail("a sign-in name has letters, digits and . _ @ - only")
    with opened_platform() as platform:
        user = platform.people.add(username=username, name=name or username, roles=role, password=password)
        note_operator(platform, "user:create", f"user/{user.id}")
    _print(user, as_json)


@user_app.command("roles")
def roles(
    username: Annotated[str, typer.Argument(metavar="NAME", help="Sign-in name.")],
    add: Roles = None,
    remove: Roles = None,
    as_json: AsJson = False,
) -> None:
    """Give roles to a user, or take them. All sessions of the person end."""
    with opened_platform() as platform:
        user = _known(platform, username)
        held = (user.roles | set(add or ())) - set(remove or ())
        if held != user.roles:
            user = platform.people.set_roles(user.id, held)
            platform.access.announce_change(user.id)
            note_operator(platform, "user:update", f"user/{user.id}/roles")
    _print(user, as_json)


@user_app.command("list")
def list_users(as_json: AsJson = False) -> None:
    """List the users."""
    with opened_platform() as platform:
        found = platform.people.matching(None)
    if as_json:
        print_json([{"id": u.id, "username": u.username, "name": u.name, "roles": sorted(u.roles)} for u in found])
        return
    for user in found:
        _print(user, False)


@user_app.command("disable")
def disable(
    username: Annotated[str, typer.Argument(metavar="NAME", help="Sign-in name.")], as_json: AsJson = False
) -> None:
    """Keep a user out. All sessions of the person end."""
    _set_enabled(username, False, as_json)


@user_app.command("enable")
def enable(
    username: Annotated[str, typer.Argument(metavar="NAME", help="Sign-in name.")], as_json: AsJson = False
) -> None:
    """Let a user in again."""
    _set_enabled(username, True, as_json)


def _set_enabled(username: str, enabled: bool, as_json: bool) -> None:
    with opened_platform() as platform:
        user = platform.people.set_enabled(_known(platform, username).id, enabled)
        platform.access.announce_change(user.id)
        note_operator(platform, "user:update", f"user/{user.id}/{'enable' if enabled else 'disable'}")
    _print(user, as_json)


@user_app.command("password")
def password(
    username: Annotated[str, typer.Argument(metavar="NAME", help="Sign-in name.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Set a user's password. All sessions of the person end."""
    if password_stdin:
        secret = sys.stdin.readline().rstrip("\n")
    else:
        secret = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    with opened_platform() as platform:
        user = platform.people.set_password(_known(platform, username).id, secret)
        platform.access.announce_change(user.id)
        note_operator(platform, "user:update", f"user/{user.id}/password")
    _print(user, as_json)


@token_app.command("create")
def create_token(
    user: Annotated[str, typer.Option(help="Sign-in name.")],
    days: Annotated[int, typer.Option(help="How long it lasts.", min=1, max=366)] = 90,
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    as_json: AsJson = False,
) -> None:
    """Make a personal access token. Prints it once, and nothing else."""
    with opened_platform() as platform:
        owner = _known(platform, user)
        row, secret = platform.access.sessions.make_token(owner, name, days)
        note_operator(platform, "token:create", f"user/{owner.id}/token/{row['_id']}")
    if as_json:
        print_json({"id": row["_id"], "token": secret, "expires_at": row["expires_at"].isoformat()})
    else:
        typer.echo(secret)
