"""What is not documented does not exist: hooks, settings, commands."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import typer

from core.cli.main import add_plugin_commands, app
from core.plugin_system import hookspecs
from core.plugin_system.loader import load_plugins
from core.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


def signature(hook: object) -> str:
    """A hook's signature as the documentation writes it."""
    found = inspect.signature(hook)  # type: ignore[arg-type]
    parameters = ", ".join(f"{p.name}: {p.annotation}" for p in found.parameters.values())
    return f"`{hook.__name__}({parameters}) -> {found.return_annotation}`"  # type: ignore[attr-defined]


def test_every_hook_is_documented_with_its_exact_signature_and_no_other() -> None:
    headings = set(re.findall(r"^### (`.+`)$", (DOCS / "hooks.md").read_text(), re.M))
    assert headings == {signature(hook) for hook in hookspecs.HOOKS}


def test_every_hook_is_used_by_a_plugin_of_ours() -> None:
    used = {hook for record in load_plugins().records.values() if record.builtin for hook in record.hooks}
    assert {hook.__name__ for hook in hookspecs.HOOKS} == used


def test_every_setting_is_documented() -> None:
    text = (DOCS / "operations.md").read_text()
    documented = set(re.findall(r"`PMP_([A-Z_]+)`", text))
    assert {name.upper() for name in Settings.model_fields} <= documented
    assert documented <= {name.upper() for name in Settings.model_fields} | {"CONFIG", "LOG_LEVEL"}


def commands(application: typer.Typer, prefix: str = "pmp") -> set[str]:
    """Every command of a typer application, as typed."""
    found = set()
    for command in application.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "").replace("_", "-")
        found.add(f"{prefix} {name}")
    for group in application.registered_groups:
        assert group.typer_instance is not None
        found |= commands(group.typer_instance, f"{prefix} {group.name}")
    return found


def test_every_command_is_documented() -> None:
    add_plugin_commands()
    text = (DOCS / "operations.md").read_text()
    missing = [
        name for name in sorted(commands(app)) if f"`{name}" not in text and f"`{name.rsplit(' ', 1)[0]}" not in text
    ]
    assert missing == []
