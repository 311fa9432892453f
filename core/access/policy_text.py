"""Policy files as text: the rules in them, and what is wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ROLES = frozenset({"patient", "nurse", "doctor", "family", "admin", "device"})
RELATIONS = frozenset({"any", "any_patient", "self", "care_team", "outsider", "own"})
CATEGORIES = ("vitals", "alerts", "messages", "appointments", "recordings", "transcripts")
_CONSENT = frozenset(f"consented:{category}" for category in CATEGORIES)

Rule = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong in a policy file. Lines count from 1; 0 is the file as a whole."""

    line: int
    message: str


def parse(
    text: str, known: frozenset[tuple[str, str]] | None, groups: Iterable[str]
) -> tuple[list[Rule], list[Mistake]]:
    """The rules of a policy text, and what is wrong with it.

    known: the (object, action) pairs that exist, None to accept any. groups: group names of other files.
    """
    rules: list[Rule] = []
    mistakes: list[Mistake] = []
    names = ROLES | set(groups) | groups_in(text)
    objects = {name for name, _action in known} if known is not None else None
    for number, fields in _lines(text):
        problem = _problem(fields[0], fields, names, known, objects)
        if problem is not None:
            mistakes.append(Mistake(number, problem))
        else:
            rules.append(tuple(fields))
    return rules, mistakes


def groups_in(text: str) -> set[str]:
    """The groups of roles that a policy text names."""
    return {fields[2] for _number, fields in _lines(text) if fields[0] == "g" and len(fields) == 3}


def _lines(text: str) -> list[tuple[int, list[str]]]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            found.append((number, [part.strip() for part in stripped.split(",")]))
    return found


def _problem(
    kind: str,
    fields: list[str],
    names: frozenset[str] | set[str],
    known: frozenset[tuple[str, str]] | None,
    objects: set[str] | None,
) -> str | None:
    if kind == "g":
        if len(fields) != 3 or fields[1] not in ROLES or not fields[2]:
            return "expected: g, role, group"
        return None
    if kind != "p":
        return f"a line starts with p or g, not {kind[:20]!r}"
    if len(fields) != 6:
        return "expected: p, role, object, action, relation, allow or deny"
    _p, role, obj, action, relation, effect = fields
    if role not in names:
        return f"unknown role {role[:40]!r}"
    if effect not in ("allow", "deny"):
        return f"the effect is allow or deny, not {effect[:20]!r}"
    if relation not in RELATIONS and relation not in _CONSENT:
        return f"unknown relation {relation[:40]!r}"
    if known is not None and objects is not None:
        if obj != "*" and obj not in objects:
            return f"unknown object {obj[:40]!r}"
        if action != "*" and not any(known_action == action and obj in ("*", name) for name, known_action in known):
            return f"unknown action {action[:40]!r} of {obj[:40]}"
    return None
