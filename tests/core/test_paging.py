"""Pages of lists in memory."""

from __future__ import annotations

import pytest

from core.paging import page_of
from core.problems import Invalid

NAMES = ["ada", "bob", "cäsar", "dana", "erik"]


def page(limit: int, cursor: str | None) -> tuple[list[str], str | None]:
    return page_of(NAMES, limit, cursor, lambda name: name)


def test_pages_follow_each_other_to_the_end() -> None:
    first, cursor = page(2, None)
    second, cursor = page(2, cursor)
    third, end = page(2, cursor)
    assert first + second + third == NAMES
    assert end is None


@pytest.mark.parametrize("cursor", ["!!!", "\u00e4", "a", "/w==", "YWRh\n"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        page(2, cursor)
