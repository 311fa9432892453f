"""The last good policy, on disk."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)


class LastGood:
    """The override files that were last in force, kept so that a restart amid a mistake does not open access."""

    def __init__(self, data_dir: Path, folder: Path) -> None:
        name = hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:12]
        self._path = data_dir / f"policy_last_good_{name}.json"

    def read(self) -> dict[str, str]:
        """File names to texts; none if nothing was kept."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(name): str(text) for name, text in kept.items()} if isinstance(kept, dict) else {}

    def write(self, texts: Mapping[str, str]) -> None:
        """Keep these instead. Several processes may: each writes the whole file at once."""
        if self.read() == dict(texts):
            return
        part = self._path.with_suffix(f".{secrets.token_hex(4)}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.touch(mode=0o600)
            part.write_text(json.dumps(dict(texts)), encoding="utf-8")
            part.replace(self._path)
        except OSError as error:
            log.warning("policy_not_kept", error=type(error).__name__)
