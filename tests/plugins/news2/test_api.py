"""The score over HTTP, for those who may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.http import format_time
from core.platform import Platform
from plugins.news2.api import ScoreHistory, ScoreOut
from plugins.news2.store import ScoreStore
from tests.support import Caller, Cast

SignIn = Callable[[str], Caller]
ENTRIES: list[dict[str, Any]] = [
    {"code": "9279-1", "value": 22, "unit": "/min"},
    {"code": "59408-5", "value": 90, "unit": "%"},
    {"code": "3151-8", "value": 2, "unit": "L/min"},
    {"code": "8867-4", "value": 70, "unit": "/min"},
    {"code": "67775-7", "value_code": "A"},
    {"code": "8310-5", "value": 100.58, "unit": "[degF]"},
    {
        "code": "85354-9",
        "components": [
            {"code": "8480-6", "value": 120, "unit": "mm[Hg]"},
            {"code": "8462-4", "value": 80, "unit": "mm[Hg]"},
        ],
    },
]
#: The chart's order.
CODES = ["9279-1", "2708-6", "3151-8", "8480-6", "8867-4", "67775-7", "8310-5"]


@pytest.fixture
def measured(sign_in: SignIn, cast: Cast) -> datetime:
    """Alice's full set, as Bob entered it a minute ago: 2 + 3 + 2 + 1 points."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    bob = sign_in("bob")
    for entry in ENTRIES:
        made = bob.post(f"/patients/{cast.alice.id}/observations", {**entry, "effective_at": format_time(at)})
        assert made.status_code == 201, made.text
    return at


def score_url(cast: Cast) -> str:
    return f"/patients/{cast.alice.id}/score"


@pytest.mark.parametrize("name", ["bob", "dana", "alice"])
def test_professionals_and_the_patient_see_the_score(
    sign_in: SignIn, cast: Cast, measured: datetime, name: str
) -> None:
    seen = sign_in(name).get(score_url(cast))
    assert seen.status_code == 200
    ScoreOut.model_validate_json(seen.text)
    told = seen.json
    assert (told["score"], told["scale"], told["missing"], told["stale"]) == (8, 1, [], [])
    assert told["response"].startswith("Emergency response")
    assert told["next_observation_at"] is not None
    assert told["not_applicable"] is None
    assert [item["code"] for item in told["inputs"]] == CODES
    assert [item["points"] for item in told["inputs"]] == [2, 3, 2, 0, 0, 0, 1]
    pressure, alert = told["inputs"][3], told["inputs"][5]
    assert pressure["display"] == "Systolic blood pressure"
    assert (pressure["value"], pressure["unit"], pressure["effective_at"]) == (120, "mm[Hg]", format_time(measured))
    assert 60 <= pressure["age_s"] < 180
    assert (alert["value"], alert["unit"]) == ("A", None)


@pytest.mark.parametrize("name", ["charlie", "frank", "ada"])
@pytest.mark.parametrize("route", ["score", "score/history"])
def test_others_do_not_see_that_there_is_one(sign_in: SignIn, cast: Cast, name: str, route: str) -> None:
    assert sign_in(name).get(f"/patients/{cast.alice.id}/{route}").status_code == 404
    assert sign_in("bob").get(f"/patients/nobody/{route}").status_code == 404


def test_consented_family_see_the_score(sign_in: SignIn, platform: Platform, cast: Cast) -> None:
    platform.database.db["consents"].insert_one(
        {
            "_id": "c", "patient_id": cast.alice.id, "family_user_id": cast.users["frank"].id,
            "categories": ["vitals"], "revoked_at": None, "expires_at": None,
        }
    )  # fmt: skip
    frank = sign_in("frank")
    assert frank.get(score_url(cast)).status_code == 200
    assert frank.get(f"{score_url(cast)}/history").status_code == 200


def test_without_readings_all_inputs_are_missing(sign_in: SignIn, cast: Cast) -> None:
    assert sign_in("alice").get(score_url(cast)).json == {
        "score": None, "scale": 1, "inputs": [], "missing": CODES, "stale": [], "response": None,
        "next_observation_at": None, "not_applicable": None,
    }  # fmt: skip


def test_what_went_stale_is_shown_without_points(
    sign_in: SignIn, platform: Platform, cast: Cast, measured: datetime
) -> None:
    bob = sign_in("bob")
    later = measured + timedelta(hours=12, minutes=2)
    platform.clock = lambda: later
    told = bob.get(score_url(cast)).json
    assert (told["score"], told["missing"], told["stale"], told["response"]) == (None, [], CODES, None)
    assert {item["points"] for item in told["inputs"]} == {None}


def test_a_doctor_orders_the_second_scale(sign_in: SignIn, cast: Cast, measured: datetime) -> None:
    assert sign_in("bob").patch(f"/patients/{cast.alice.id}", {"spo2_scale": 2}).status_code == 403
    dana = sign_in("dana")
    assert dana.patch(f"/patients/{cast.alice.id}", {"spo2_scale": 2}).status_code == 200
    told = dana.get(score_url(cast)).json
    assert (told["score"], told["scale"]) == (5, 2)


@pytest.mark.parametrize(
    ("changes", "reason"), [({"birth_date": "2020-05-01"}, "under 16"), ({"risks": ["Pregnancy"]}, "pregnancy")]
)
def test_it_says_for_whom_it_is_not(
    sign_in: SignIn, cast: Cast, measured: datetime, changes: dict[str, Any], reason: str
) -> None:
    bob = sign_in("bob")
    assert bob.patch(f"/patients/{cast.alice.id}", changes).status_code == 200
    told = bob.get(score_url(cast)).json
    assert (told["score"], told["not_applicable"], told["response"]) == (None, reason, None)


def test_the_history_is_of_the_range_oldest_first(sign_in: SignIn, platform: Platform, cast: Cast) -> None:
    store = ScoreStore(platform.database)
    now = platform.clock()
    for days, score in ((9, 1), (2, 7), (1, None), (0, 3)):
        fields = {"score": score, "scale": 1, "points": {"9279-1": score} if score else {}, "times": {}}
        store.keep(cast.alice.id, now - timedelta(days=days), fields)
        store.keep(cast.charlie.id, now - timedelta(days=days), fields)
    alice = sign_in("alice")
    answer = alice.get(f"{score_url(cast)}/history")
    ScoreHistory.model_validate_json(answer.text)
    week = answer.json["items"]
    assert [item["score"] for item in week] == [7, None, 3]
    assert week[0] == {"at": format_time(now - timedelta(days=2)), "score": 7, "scale": 1, "points": {"9279-1": 7}}
    span = {"start": format_time(now - timedelta(days=10)), "end": format_time(now - timedelta(days=1))}
    some = alice.get(f"{score_url(cast)}/history", query_string=span).json["items"]
    assert [item["score"] for item in some] == [1, 7]
    assert [row["score"] for row in store.between(cast.alice.id, now - timedelta(days=10), now, 1)] == [None]


def test_a_range_that_ends_before_it_starts_is_refused(sign_in: SignIn, cast: Cast) -> None:
    span = {"start": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z"}
    assert sign_in("bob").get(f"{score_url(cast)}/history", query_string=span).status_code == 422
