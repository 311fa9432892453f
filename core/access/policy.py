"""The policy: text files, checked, compiled into a Casbin enforcer, reloaded when they change.

A folder's files override the shipped ones: a file of the same name replaces, another name adds. A set
with an error is refused whole; the last good one stays in force.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import casbin
import structlog
from casbin.model import Model

from core.access.last_good import LastGood
from core.access.policy_text import CATEGORIES, Mistake, Rule, groups_in, parse

log = structlog.get_logger(__name__)

#: Twice this, and the time to compile, is less than a second.
_POLL_S = 0.3
MAX_FILE_BYTES = 1_000_000
#: Differs from whatever the folder looks like.
_NEVER = object()
#: The sets of relations that can hold at once, as few as possible in each: what more of them allow, one of these does.
_SITUATIONS = (
    frozenset({"any"}),
    frozenset({"any", "own"}),
    *(
        frozenset({"any", "any_patient", relation})
        for relation in ("outsider", "self", "care_team", *(f"consented:{category}" for category in CATEGORIES))
    ),
)


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy file as it is. ``origin``: core, plugin or override."""

    name: str
    origin: str
    text: str
    mistakes: tuple[Mistake, ...] = ()

    @property
    def error(self) -> str | None:
        """All mistakes in a line; None if there are none."""
        return "; ".join(f"line {m.line}: {m.message}" if m.line else m.message for m in self.mistakes) or None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a request, the rule that decided and the relation it named."""

    allowed: bool
    rule: str | None
    relation: str | None


@dataclass
class _Compiled:
    enforcer: Any
    rules: list[Rule]
    groups: dict[str, set[str]]
    cache: dict[tuple[Any, ...], Decision] = field(default_factory=dict)


def _compile(rules: list[Rule]) -> _Compiled:
    model = Model()
    model.load_model_from_text(files(__package__).joinpath("model.conf").read_text())
    enforcer = casbin.Enforcer(model)
    enforcer.add_function("holds", lambda held, wanted: wanted in held)
    enforcer.add_function("fits", lambda asked, wanted: wanted in ("*", asked))
    permissions = [list(rule[1:]) for rule in dict.fromkeys(rules) if rule[0] == "p"]
    if permissions:
        enforcer.add_policies(permissions)
    groups: dict[str, set[str]] = {}
    for rule in rules:
        if rule[0] == "g":
            groups.setdefault(rule[1], set()).add(rule[2])
    return _Compiled(enforcer, [rule for rule in rules if rule[0] == "p"], groups)


class Policy:
    """The policy in force in this process. Thread-safe."""

    def __init__(
        self,
        shipped: Mapping[str, tuple[str, str]],
        folder: Path | None,
        clock: Callable[[], datetime],
        last_good: LastGood | None = None,
    ) -> None:
        """``shipped``: file name to (origin, text). A mistake in a shipped file is an error here."""
        self._shipped = dict(shipped)
        self._folder = folder
        self._clock = clock
        self._last_good = last_good
        self._listeners: list[Callable[[], None]] = []
        self._on_refusal: list[Callable[[str, str], None]] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._fingerprint: object = _NEVER
        rules: list[Rule] = []
        shipped_groups = set().union(*(groups_in(text) for _origin, text in self._shipped.values()))
        for name, (origin, text) in self._shipped.items():
            found, mistakes = parse(text, None, shipped_groups)
            if mistakes:
                raise ValueError(f"{origin} policy {name}: line {mistakes[0].line}: {mistakes[0].message}")
            rules += found
        self.known = frozenset((rule[2], rule[3]) for rule in rules if rule[0] == "p")
        # A plugin that cannot be loaded today must not make a mistake of the rules about its objects.
        self._nameable = self.known | (last_good.known() if last_good is not None else frozenset())
        self._compiled = _compile(rules)
        self.files = [PolicyFile(name, origin, text) for name, (origin, text) in self._shipped.items()]
        self.loaded_at = clock()
        if not self.reload():
            self._restore()

    # -- loading -------------------------------------------------------------------------------
    def reload(self) -> bool:
        """Read the folder again if it changed. Returns whether a new policy is in force."""
        fingerprint = self._look()
        if fingerprint == self._fingerprint:
            return False
        texts = self._shipped_files()
        if self._folder is not None and not self._folder.is_dir():
            # Not the same as an empty folder: what it narrows must not open because a disk is away.
            texts[""] = PolicyFile(str(self._folder), "override", "", (Mistake(0, "the folder does not exist"),))
        for path in self._override_paths():
            try:
                if path.stat().st_size > MAX_FILE_BYTES:
                    raise ValueError("the file is too long")
                text = path.read_text(encoding="utf-8")
            except (OSError, ValueError) as error:
                mistake = Mistake(0, f"cannot be read: {error}")
                texts[path.name] = PolicyFile(path.name, "override", "", (mistake,))
                continue
            texts[path.name] = PolicyFile(path.name, "override", text)
        if self._look() != fingerprint:
            # It is being written. What was read may be half of it.
            return False
        self._fingerprint = fingerprint
        return self._apply(list(texts.values()))

    def _shipped_files(self) -> dict[str, PolicyFile]:
        return {name: PolicyFile(name, origin, text) for name, (origin, text) in self._shipped.items()}

    def _restore(self) -> None:
        """At a start with a mistake in the folder: the overrides that were in force before.

        If none were kept, what the folder's files forbid, as far as it can be read: never more than the shipped policy.
        """
        texts = self._shipped_files()
        for name, text in (self._last_good.read() if self._last_good else {}).items():
            texts[name] = PolicyFile(name, "override", text)
        kept, mistakes = self._parse(texts.values())
        if mistakes or self._last_good is None or not self._last_good.exists():
            kept, _none = self._parse(self._shipped_files().values())
            groups = set().union(*(groups_in(file.text) for file in self.files))
            for file in self.files:
                if file.origin == "override":
                    readable, _mistakes = parse(file.text, self._nameable, groups)
                    kept += [rule for rule in readable if rule[0] == "p" and rule[5] == "deny"]
        self._compiled = _compile(kept)

    def _parse(self, found: Iterable[PolicyFile]) -> tuple[list[Rule], bool]:
        """All rules of these files, and whether there is a mistake in any."""
        found = list(found)
        groups = set().union(*(groups_in(file.text) for file in found))
        parsed = [parse(file.text, self._nameable, groups) for file in found]
        return [rule for rules, _mistakes in parsed for rule in rules], any(mistakes for _rules, mistakes in parsed)

    def _keep(self) -> None:
        if self._last_good is not None and not any(file.error for file in self.files):
            overrides = {file.name: file.text for file in self.files if file.origin == "override"}
            self._last_good.write(overrides, self._nameable)

    def _apply(self, found: list[PolicyFile]) -> bool:
        groups = set().union(*(groups_in(file.text) for file in found))
        rules: list[Rule] = []
        checked: list[PolicyFile] = []
        for file in found:
            parsed, mistakes = parse(file.text, self._nameable, groups)
            rules += parsed
            checked.append(PolicyFile(file.name, file.origin, file.text, file.mistakes + tuple(mistakes)))
        self.files = checked
        refused = [file for file in checked if file.error]
        if refused:
            for file in refused:
                log.error("policy_refused", file=file.name, error=file.error)
                for listener in self._on_refusal:
                    listener(file.name, file.error or "")
            return False
        self._compiled = _compile(rules)
        self.loaded_at = self._clock()
        if self._thread is not None:
            self._keep()
        for changed in self._listeners:
            changed()
        return True

    def _override_paths(self) -> list[Path]:
        if self._folder is None:
            return []
        return sorted(path for path in self._folder.glob("*.csv") if not path.name.startswith("."))

    def _look(self) -> object:
        if self._folder is not None and not self._folder.is_dir():
            return None
        found = []
        for path in self._override_paths():
            try:
                stat = path.stat()
            except OSError:
                continue
            found.append((path.name, stat.st_mtime_ns, stat.st_size, stat.st_ino))
        return tuple(found)

    def start(self) -> None:
        """Watch the folder, in a thread.

        What looks new is applied when it looks the same a moment later: a file that is rewritten in place is empty in
        between, and an empty file is a valid one that forbids nothing.
        """

        def watch() -> None:
            before: object = _NEVER
            while not self._stop.wait(_POLL_S):
                try:
                    now = self._look()
                    if now == before:
                        self.reload()
                    before = now
                except Exception as error:
                    # The database may be away when a listener asks it: the next look applies the files again.
                    log.warning("policy_watch_failed", error=type(error).__name__)
                    self._fingerprint = _NEVER

        if self._folder is not None:
            self._keep()
            self._thread = threading.Thread(target=watch, name="pmp-policy", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(2)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when a new policy is in force."""
        self._listeners.append(listener)

    def on_refusal(self, listener: Callable[[str, str], None]) -> None:
        """Call ``listener`` with a file's name and its mistakes when it is refused."""
        self._on_refusal.append(listener)

    # -- deciding ------------------------------------------------------------------------------
    def decide(self, roles: frozenset[str], obj: str, action: str, relations: frozenset[str]) -> Decision:
        """Whether someone with ``roles`` may do ``action`` to ``obj``, given the relations that hold."""
        compiled = self._compiled
        key = (roles, obj, action, relations)
        known = compiled.cache.get(key)
        if known is None:
            if len(compiled.cache) > 20_000:
                compiled.cache.clear()
            known = compiled.cache[key] = self._enforce(compiled, *key)
        return known

    def _enforce(
        self, compiled: _Compiled, roles: frozenset[str], obj: str, action: str, relations: frozenset[str]
    ) -> Decision:
        held = roles.union(*(compiled.groups.get(role, set()) for role in roles))
        request = (set(held), obj, action, set(relations))
        allowed, rule = compiled.enforcer.enforce_ex(*request)
        if not rule and not allowed:
            return Decision(False, None, None)
        return Decision(bool(allowed), "p, " + ", ".join(rule) if rule else None, rule[3] if rule else None)

    def may_somewhere(self, roles: frozenset[str], obj: str, action: str) -> bool:
        """Whether there are relations that would allow it: for lists that keep only what the caller may see."""
        compiled = self._compiled
        held = roles.union(*(compiled.groups.get(role, set()) for role in roles))
        named: dict[str, set[str]] = {"allow": set(), "deny": set()}
        for _p, role, rule_object, rule_action, relation, effect in compiled.rules:
            if role in held and rule_object in ("*", obj) and rule_action in ("*", action):
                named[effect].add(relation)
        return any(named["allow"] & held_now and not named["deny"] & held_now for held_now in _SITUATIONS)

    def check(self, text: str) -> list[Mistake]:
        """What is wrong with a policy text, against this installation's objects and actions."""
        groups = {group for held in self._compiled.groups.values() for group in held}
        return parse(text, self._nameable, groups)[1]

    def permissions_of(self, roles: frozenset[str]) -> list[str]:
        """What the roles may do in some relation, as ``object:action``."""
        return sorted(f"{obj}:{action}" for obj, action in self.known if self.may_somewhere(roles, obj, action))

    @property
    def rule_count(self) -> int:
        """How many rules are in force."""
        return len(self._compiled.rules)
