"""What the commands share: a platform to work on, and plain words when something is wrong."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
from collections.abc import Iterator
from typing import Any, NoReturn

import typer

from core.assembly import assemble, prepare
from core.audit.log import Entry
from core.database.embedded import CONNECTION_FILE, EmbeddedDatabase
from core.logs import configure_logging
from core.platform import Platform
from core.problems import ConfigurationError, Problem
from core.settings import Settings, load_settings


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """Turn the project's errors into one line on standard error and exit status 1."""
    try:
        yield
    except Problem as error:
        fail(error.detail)
    except ConfigurationError as error:
        fail(str(error))


def fail(text: str) -> NoReturn:
    """Say what is wrong and end with exit status 1."""
    typer.echo(f"pmp: {text}", err=True)
    raise typer.Exit(1)


def command_settings(**overrides: Any) -> Settings:
    """The settings, quiet enough for a command line."""
    settings = load_settings(**overrides)
    if "PMP_LOG_LEVEL" not in os.environ:
        settings = settings.model_copy(update={"log_level": "error"})
    configure_logging(settings)
    return settings


@contextlib.contextmanager
def opened_platform(settings: Settings | None = None) -> Iterator[Platform]:
    """A platform without threads, on the running database, or on one started just for this."""
    with plain_errors():
        settings = settings or command_settings()
        own = _own_database(settings)
        try:
            platform = assemble(settings)
            prepare(platform)
            try:
                yield platform
            finally:
                platform.close()
        finally:
            if own is not None:
                own.stop()


def note_operator(platform: Platform, action: str, obj: str, patient_id: str | None = None) -> None:
    """Record in the audit log what was done from the command line, and by which account of the machine."""
    try:
        account = getpass.getuser()
    except (KeyError, OSError):
        account = f"uid {os.getuid()}"
    platform.audit.record(
        Entry(
            actor_type="operator", actor_id=account, actor_name=account, roles=(), relation=None, action=action,
            object=obj, patient_id=patient_id, outcome="allowed", rule=None, address=None,
        )
    ).wait()  # fmt: skip


def _own_database(settings: Settings) -> EmbeddedDatabase | None:
    if settings.mongodb_uri is not None:
        return None
    database = EmbeddedDatabase(settings.data_dir)
    if (settings.data_dir / CONNECTION_FILE).exists() and database.is_held():
        return None
    database.start()
    return database


def print_json(value: Any, indent: int | None = None) -> None:
    """One JSON value on standard output: on one line, or with ``indent`` spaces a level."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str, indent=indent))
