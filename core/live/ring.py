"""The recent past, kept in memory so that a page that was away can catch up.

Event ids count up within one process: a page that comes back to another process, or after a restart,
fetches anew instead. Pure bookkeeping: no sockets, no database.
"""

from __future__ import annotations

import json
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class Entry:
    """One event. ``object`` is the permission's object ("observation"), the type's first word.

    ``render`` makes the data's JSON; it is called once, and only if a page hears the event.
    """

    position: int
    id: str
    topics: tuple[str, ...]
    object: str
    type: str
    render: Callable[[], str]
    _data: str | None = None

    def message(self, topic: str) -> str:
        """The JSON text a page receives, under the topic it asked for."""
        if self._data is None:
            self._data = self.render()
        return f'{{"id":"{self.id}","topic":{json.dumps(topic)},"type":"{self.type}","data":{self._data}}}'


class Ring:
    """The last ``size`` entries, addressable by event id."""

    def __init__(self, size: int = 10_000) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._next = 1
        self._run = secrets.token_hex(6)

    def append(self, topics: tuple[str, ...], type: str, render: Callable[[], str]) -> Entry:
        """Add the newest event."""
        number = self._next
        entry = Entry(number, f"{self._run}-{number}", topics, type.split("_", 1)[0], type, render)
        self._next += 1
        self._entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget everything: what comes next does not follow what was."""
        self._entries.clear()
        self._next = 1
        self._run = secrets.token_hex(6)

    @property
    def cursor(self) -> str:
        """What to hand to ``after`` later: the newest event's id, or that of the start."""
        return f"{self._run}-{self._next - 1}"

    def after(self, cursor: str) -> Iterator[Entry] | None:
        """The entries that came after ``cursor``; None if that is not known (any more)."""
        run, _, number = cursor.partition("-")
        if run != self._run or not number.isascii() or not number.isdigit():
            return None
        position = int(number)
        oldest = self._entries[0].position if self._entries else self._next
        if not oldest - 1 <= position < self._next:
            return None
        newer: list[Entry] = []
        for entry in reversed(self._entries):
            if entry.position <= position:
                break
            newer.append(entry)
        return reversed(newer)
