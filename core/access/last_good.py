"""The last good policy, on disk."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class LastGood:
    """The override files that were last in force, kept so that a restart amid a mistake does not open access."""

    def __init__(self, data_dir: Path, folder: Path) -> None:
        name = hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:12]
        self._path = data_dir / f"policy_last_good_{name}.json"

    def exists(self) -> bool:
        """Whether anything was kept, be it that there were no override files."""
        return isinstance(self._load().get("files"), dict)

    def read(self) -> dict[str, str]:
        """File names to texts; none if nothing was kept."""
        kept = self._load().get("files")
        return {str(name): str(text) for name, text in kept.items()} if isinstance(kept, dict) else {}

    def known(self) -> frozenset[tuple[str, str]]:
        """The (object, action) pairs that existed then: what a plugin declares that cannot be loaded now is no typo."""
        kept = self._load().get("known")
        pairs = kept if isinstance(kept, list) else []
        return frozenset((str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, list) and len(pair) == 2)

    def write(self, texts: Mapping[str, str], known: Iterable[tuple[str, str]] = ()) -> None:
        """Keep these instead. Several processes may: each writes the whole file at once."""
        content = {"files": dict(texts), "known": [list(pair) for pair in sorted(known)]}
        if self._load() == content:
            return
        part = self._path.with_suffix(f".{secrets.token_hex(4)}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.touch(mode=0o600)
            part.write_text(json.dumps(content), encoding="utf-8")
            part.replace(self._path)
        except OSError as error:
            log.warning("policy_not_kept", error=type(error).__name__)

    def _load(self) -> dict[str, Any]:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}
