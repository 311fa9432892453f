"""Pages of lists, in memory and in the database."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from core.observations.vital_signs import HEART_RATE
from core.paging import decode_cursor, encode_cursor, page_of
from core.problems import Invalid
from tests.support import Caller, Cast

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


def test_a_place_in_time_comes_back_as_it_was() -> None:
    at = datetime(2026, 3, 29, 1, 30, 0, 123_000, tzinfo=UTC)
    assert decode_cursor(encode_cursor(at, "o_1|ä")) == (at, "o_1|ä")


@pytest.mark.parametrize(
    "text", ["[]", '["2026-01-01T00:00:00", "o"]', '["2026-01-01T00:00:00+00:00", 1]', '["x", "o"]', "1", "{"]
)
def test_what_is_no_place_in_time_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        decode_cursor(base64.urlsafe_b64encode(text.encode()).decode())


def test_a_patients_observations_are_paged_to_the_end(cast: Cast, sign_in: Callable[[str], Caller]) -> None:
    nurse = sign_in("bob")
    path = f"/patients/{cast.alice.id}/observations"
    for value in range(60, 65):
        assert nurse.post(path, {"code": HEART_RATE, "value": value, "unit": "/min"}).status_code == 201
    seen: list[float] = []
    cursor: str | None = None
    for _page in range(3):
        answer = nurse.get(f"{path}?limit=2" + (f"&cursor={cursor}" if cursor else "")).json
        seen += [item["value"] for item in answer["items"]]
        cursor = answer["next"]
    assert sorted(seen) == [60, 61, 62, 63, 64]
    assert cursor is None
    assert nurse.get(f"{path}?cursor=!!!").status_code == 422
