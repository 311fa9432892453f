from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plugins.escalation.handlers import Escalator
from plugins.escalation.ladder import SHIPPED
from plugins.escalation.store import EscalationStore
from tests.plugins.escalation.conftest import House, moment, shift, team
from tests.support import Caller

SignIn = Callable[[str], Caller]


@pytest.fixture
def ada(house: House, sign_in: SignIn) -> Caller:
    house.now = moment("2026-02-02T10:00")
    return sign_in("ada")


def test_an_admin_makes_a_team_and_everybody_at_work_sees_who_is_on_call(
    house: House, ada: Caller, sign_in: SignIn
) -> None:
    body = team(shift("nurse", [house.ids["bob"]], start="08:00", end="20:00"))
    made = ada.post("/on-call/teams", body)
    assert made.status_code == 201
    assert made.json["shifts"][0]["people"] == [{"id": house.ids["bob"], "name": "Bob"}]
    listed = sign_in("bob").get("/on-call/now").json["items"]
    assert [(row["role"], [person["name"] for person in row["people"]], row["until"]) for row in listed] == [
        ("nurse", ["Bob"], "2026-02-02T20:00:00.000Z"),
        ("doctor", [], None),
    ]
    query = "start=2026-02-02T00:00:00Z&end=2026-02-03T00:00:00Z"
    spans = ada.get(f"/on-call/teams/{made.json['id']}/layout?{query}").json["spans"]
    assert [len(span["people"]) for span in spans if span["role"] == "nurse"] == [0, 1, 0]


def test_two_admins_at_once_do_not_overwrite_each_other(house: House, ada: Caller) -> None:
    path = f"/on-call/teams/{ada.post('/on-call/teams', team()).json['id']}"
    assert ada.put(path, team(title="Second") | {"revision": 1}).json["revision"] == 2
    answer = ada.put(path, team(title="Third") | {"revision": 1})
    assert answer.status_code == 409
    assert ada.get("/on-call/teams").json["items"][0]["title"] == "Second"
    assert ada.delete(path).status_code == 204
    assert ada.delete(path).status_code == 404


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"shifts": [shift("nurse", ["nobody"])]}, "shifts"),
        ({"shifts": [shift("doctor", ["BOB"])]}, "shifts"),
        ({"shifts": [shift("nurse", ["BOB"]), shift("nurse", ["BOB"])]}, "shifts"),
        ({"shifts": [shift("nurse", ["BOB"], start="25:00")]}, "shifts"),
    ],
)
def test_a_team_that_cannot_be_is_refused_with_the_place(
    house: House, ada: Caller, change: dict[str, Any], where: str
) -> None:
    for item in change.get("shifts", ()):
        item["people"] = [house.ids["bob"] if user_id == "BOB" else user_id for user_id in item["people"]]
    answer = ada.post("/on-call/teams", team(**change))
    assert answer.status_code == 422
    assert answer.json["errors"][0]["loc"][-1 if where == "time_zone" else 0] in (where, "body")


def test_a_patient_and_a_ward_have_one_team(house: House, ada: Caller) -> None:
    ada.post("/on-call/teams", team(wards=["3"]))
    assert ada.post("/on-call/teams", team()).json["errors"][0]["loc"] == ["for_everybody"]
    second = ada.post("/on-call/teams", team(wards=["3"], for_everybody=False))
    assert second.json["errors"][0]["loc"] == ["wards"]


def test_a_nurse_covers_for_another_and_only_herself(house: House, ada: Caller, sign_in: SignIn) -> None:
    path = f"/on-call/teams/{ada.post('/on-call/teams', team(shift('nurse', [house.ids['bob']]))).json['id']}"
    nina = house.platform.people.add(username="nina", name="Nina", roles=["nurse"], password="correct horse battery")
    span = {"start": "2026-02-02T12:00:00Z", "end": "2026-02-02T14:00:00Z", "role": "nurse"}
    theirs = {"user_id": nina.id, "instead_of": house.ids["bob"]}
    assert sign_in("bob").post(f"{path}/cover", span | theirs).status_code == 403
    answer = sign_in("nina").post(f"{path}/cover", span | theirs | {"note": "dentist"})
    assert answer.status_code == 201
    (cover,) = answer.json["cover"]
    assert (cover["person"]["name"], cover["instead_of"]["name"], cover["by"]["name"]) == ("Nina", "Bob", "Nina")
    house.now = moment("2026-02-02T13:00")
    house.condition()
    assert {nina.id} == set(house.events("notification_requested")[0]["data"]["user_ids"])
    assert sign_in("bob").delete(f"{path}/cover/{cover['id']}").status_code == 403
    assert ada.delete(f"{path}/cover/{cover['id']}").json["cover"] == []
    assert ada.delete(f"{path}/cover/{cover['id']}").status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"end": "2026-02-02T11:59:00Z"}, {"end": "2026-02-02T09:00:00Z", "start": "2026-02-02T08:00:00Z"},
     {"role": "doctor"}, {"instead_of": "nobody"}],
)  # fmt: skip
def test_cover_that_cannot_be_is_refused(house: House, ada: Caller, change: dict[str, str]) -> None:
    path = f"/on-call/teams/{ada.post('/on-call/teams', team()).json['id']}"
    cover = {"start": "2026-02-02T12:00:00Z", "end": "2026-02-02T14:00:00Z", "role": "nurse"}
    assert ada.post(f"{path}/cover", cover | {"user_id": house.ids["bob"]} | change).status_code == 422


def test_ladders_are_edited_and_hold_for_the_next_alert(house: House, ada: Caller, sign_in: SignIn) -> None:
    shipped = ada.get("/escalation-ladders").json
    assert shipped == {"ladders": SHIPPED, "revision": 0}
    steps = [{"after_minutes": 0, "tell": ["all_doctors"]}]
    mine = [{"id": "all", "title": "All", "kinds": None, "priorities": None, "steps": steps, "repeat_minutes": 7}]
    assert sign_in("bob").put("/escalation-ladders", {"ladders": mine, "revision": 0}).status_code == 403
    assert ada.put("/escalation-ladders", {"ladders": mine, "revision": 0}).json["revision"] == 1
    assert ada.put("/escalation-ladders", {"ladders": mine, "revision": 0}).status_code == 409
    house.condition()
    assert house.asked() == [("00:00", {"dana"})]
    house.passes(minutes=8)
    assert house.asked()[1:] == [("07:00", {"dana"})]


def test_ladders_that_would_leave_a_high_alert_without_anybody_are_refused(ada: Caller) -> None:
    step = {"after_minutes": 0, "tell": ["all_doctors"]}
    low = {"id": "l", "title": "L", "kinds": None, "priorities": ["low"], "steps": [step], "repeat_minutes": None}
    assert ada.put("/escalation-ladders", {"ladders": [low], "revision": 0}).status_code == 422
    backwards = low | {"priorities": None, "steps": [step | {"after_minutes": 5}, step]}
    answer = ada.put("/escalation-ladders", {"ladders": [backwards], "revision": 0})
    assert answer.json["errors"][0]["loc"] == ["ladders", "0", "steps"]


def test_an_alert_says_how_far_it_has_climbed(house: House, sign_in: SignIn) -> None:
    house.condition()
    house.passes(minutes=6)
    path = f"/alerts/{house.alert()['id']}/escalation"
    climb = sign_in("bob").get(path).json
    assert [step["taken"] for step in climb["steps"]] == [True, True, False, False]
    assert climb["next_at"] == "2026-02-02T10:10:00.000Z"
    assert ({person["name"] for person in climb["told"]}, climb["reached"]) == ({"Bob", "Dana"}, True)
    assert sign_in("alice").get(path).status_code == 404
    assert sign_in("bob").get("/alerts/none/escalation").status_code == 404


def test_many_alerts_climb_in_one_round(house: House) -> None:
    for number in range(30):
        house.condition(f"k{number}")
    house.now = moment("2026-02-02T10:05")
    Escalator(house.platform, EscalationStore(house.platform.database)).advance()
    house.pump()
    assert len(house.events("escalation_stepped")) == 60
