"""What the simulator remembers between runs: device keys and how far it has come. A file, mode 0600."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass
class KnownDevice:
    """A registered device and its key."""

    id: str
    key: str


@dataclass
class Memory:
    """The file's content.

    anchor: when the demo was made; its courses and its history are counted from there. sent_until: up
    to when live readings have been sent. history_sent: whether what came before ``anchor`` has been.
    devices: by "patient's identifier/driver".
    """

    path: Path
    url: str
    seed: int
    anchor: datetime | None = None
    sent_until: datetime | None = None
    history_sent: bool = False
    devices: dict[str, KnownDevice] = field(default_factory=dict)

    def save(self) -> None:
        """Write the file, whole or not at all."""
        content: dict[str, Any] = {
            "url": self.url,
            "seed": self.seed,
            "anchor": self.anchor.isoformat() if self.anchor else None,
            "sent_until": self.sent_until.isoformat() if self.sent_until else None,
            "history_sent": self.history_sent,
            "devices": {name: asdict(device) for name, device in self.devices.items()},
        }
        temporary = self.path.with_suffix(".new")
        temporary.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(content, file)
        temporary.replace(self.path)


def remembered(path: Path, url: str, seed: int) -> Memory:
    """What ``path`` holds of this site and seed; nothing if it is of another, unreadable or not there."""
    memory = Memory(path, url, seed)
    try:
        content = json.loads(path.read_text())
        if content["url"] != url or content["seed"] != seed:
            return memory
        memory.anchor = _time(content["anchor"])
        memory.sent_until = _time(content["sent_until"])
        memory.history_sent = content["history_sent"]
        memory.devices = {name: KnownDevice(**device) for name, device in content["devices"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return Memory(path, url, seed)
    return memory


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
