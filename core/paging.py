"""Paging of lists that are held in memory, by an opaque cursor over an ordering key."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import TypeVar

from core.problems import Invalid

Item = TypeVar("Item")


def page_of(
    items: Sequence[Item], limit: int, cursor: str | None, key: Callable[[Item], str]
) -> tuple[list[Item], str | None]:
    """The page after ``cursor`` of ``items`` (ordered by ``key``), and the next cursor or None."""
    start = 0
    if cursor is not None:
        after = _decode(cursor)
        start = next((index for index, item in enumerate(items) if key(item) > after), len(items))
    page = list(items[start : start + limit])
    more = start + limit < len(items)
    return page, _encode(key(page[-1])) if more and page else None


def _encode(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _decode(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        raise Invalid("The cursor is not one of this list.") from None
