"""The recent past of the feed, kept in memory so that a page that was away can catch up.

Pure bookkeeping: no sockets, no database.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. ``object`` is the permission's object ("observation"), the type's first word."""

    position: int
    id: str
    topics: tuple[str, ...]
    object: str
    type: str
    data_json: str

    def message(self, topic: str) -> str:
        """The JSON text a page receives, under the topic it asked for."""
        return f'{{"id":"{self.id}","topic":"{topic}","type":"{self.type}","data":{self.data_json}}}'


class Ring:
    """The last ``size`` entries, addressable by event id."""

    def __init__(self, size: int = 20_000) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._position_of: dict[str, int] = {}
        self._next = 0
        self._origin = self._new_origin()

    @staticmethod
    def _new_origin() -> str:
        return f"o{secrets.token_hex(8)}"

    def append(self, event_id: str, topics: tuple[str, ...], type: str, data_json: str) -> Entry:
        """Add the newest event."""
        if len(self._entries) == self._entries.maxlen:
            self._position_of.pop(self._entries[0].id, None)
        entry = Entry(self._next, event_id, topics, type.split("_", 1)[0], type, data_json)
        self._next += 1
        self._entries.append(entry)
        self._position_of[event_id] = entry.position
        return entry

    def clear(self) -> None:
        """Forget everything: what comes next does not follow what was."""
        self._entries.clear()
        self._position_of.clear()
        self._origin = self._new_origin()

    @property
    def cursor(self) -> str:
        """What to hand to ``after`` later: the newest event's id, or a mark of the empty start."""
        return self._entries[-1].id if self._entries else self._origin

    def after(self, cursor: str) -> Iterator[Entry] | None:
        """The entries that came after ``cursor``; None if that is not known any more."""
        if cursor == self._origin and (not self._entries or self._entries[0].position == 0):
            return iter(tuple(self._entries))
        position = self._position_of.get(cursor)
        if position is None:
            return None
        newer: list[Entry] = []
        for entry in reversed(self._entries):
            if entry.position <= position:
                break
            newer.append(entry)
        return reversed(newer)
