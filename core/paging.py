"""Paging by opaque cursors: over an ordering key in lists held in memory, over (time, id) in stored ones."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from core.problems import Invalid

Item = TypeVar("Item")
_NOT_OURS = "The cursor is not one of this list."


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


def encode_cursor(at: datetime, identity: str) -> str:
    """An opaque place in a list ordered by (time, id)."""
    return _encode(json.dumps([at.isoformat(), identity]))


def decode_cursor(cursor: str) -> tuple[datetime, str]:
    """The place that ``encode_cursor`` made. Raises Invalid for anything else."""
    try:
        at, identity = json.loads(_decode(cursor))
        moment = datetime.fromisoformat(at)
    except (ValueError, TypeError):
        raise Invalid(_NOT_OURS) from None
    if moment.tzinfo is None or not isinstance(identity, str):
        raise Invalid(_NOT_OURS)
    return moment, identity


def _encode(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _decode(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        raise Invalid(_NOT_OURS) from None
