"""What people do with an alert, and what other plugins tell of."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.events.log import Event
from core.platform import Platform
from plugins.alerting.handlers import announce_untold, condition_handler, wake_snoozed
from tests.plugins.alerting.conftest import START, Watch
from tests.support import Caller, Cast

SignIn = Callable[[str], Caller]


@pytest.fixture
def alert_id(watch: Watch) -> str:
    watch.see(0, 39.5)
    (alert,) = watch.alerts()
    return str(alert["_id"])


def later(platform: Platform, by: timedelta) -> None:
    clock = platform.clock
    platform.clock = lambda: clock() + by


# -- one owner ---------------------------------------------------------------------------------
def test_of_two_who_acknowledge_at_once_one_owns_it_and_the_other_is_told_who(alert_id: str, sign_in: SignIn) -> None:
    callers = {name: sign_in(name) for name in ("bob", "dana")}
    answers: dict[str, Any] = {}

    def acknowledge(name: str) -> None:
        answers[name] = callers[name].post(f"/alerts/{alert_id}/acknowledge", {"actionable": True, "note": name})

    threads = [threading.Thread(target=acknowledge, args=(name,)) for name in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers.values()) == [200, 409]
    owner = next(name for name, answer in answers.items() if answer.status_code == 200)
    told = next(answer for answer in answers.values() if answer.status_code == 409).json
    alert = callers["bob"].get(f"/alerts/{alert_id}").json
    assert alert["acknowledged_by"]["name"] in told["detail"]
    assert alert["note"] == owner
    assert alert["actionable"] is True
    assert alert["assigned_to"] == alert["acknowledged_by"]


def test_what_was_done_and_not_told_because_of_a_crash_is_told_once(
    alert_id: str, sign_in: SignIn, watch: Watch, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web process dies after it stored an acknowledgement: without news of it the alert would go on calling."""
    bob = sign_in("bob")
    with monkeypatch.context() as patch:
        patch.setattr(platform.events, "publish_all", lambda *_given: (_ for _ in ()).throw(ConnectionError))
        assert bob.post(f"/alerts/{alert_id}/acknowledge", {}).status_code == 500
    for _round in range(2):
        announce_untold(platform, watch.store)
    events = platform.database.db.events
    (told,) = events.find({"type": "alert_acknowledged"})
    assert told["data"]["alert"]["status"] == "acknowledged"
    assert events.count_documents({"type": "alert_raised"}) == 1
    assert watch.store.untold(10) == []


# -- snoozing ----------------------------------------------------------------------------------
def test_a_snooze_holds_until_it_ends_and_then_the_alert_calls_again(
    alert_id: str, sign_in: SignIn, watch: Watch, platform: Platform
) -> None:
    bob = sign_in("bob")
    answer = bob.post(f"/alerts/{alert_id}/snooze", {"minutes": 30, "note": "in surgery"})
    assert answer.json["status"] == "snoozed"
    watch.see(1, 39.6)
    wake_snoozed(platform, watch.store)
    assert bob.get("/alerts?status=snoozed").json["items"][0]["id"] == alert_id
    later(platform, timedelta(minutes=29))
    wake_snoozed(platform, watch.again()._store)
    assert bob.get(f"/alerts/{alert_id}").json["status"] == "snoozed"
    later(platform, timedelta(minutes=2))
    # Another process than the one that was told of the snooze.
    wake_snoozed(platform, watch.again()._store)
    alert = bob.get(f"/alerts/{alert_id}").json
    assert (alert["status"], alert["snoozed_until"]) == ("active", None)
    assert [entry["action"] for entry in alert["history"]] == ["raised", "snoozed", "snooze_ended"]


def test_others_may_end_a_snooze(alert_id: str, sign_in: SignIn) -> None:
    assert sign_in("bob").post(f"/alerts/{alert_id}/snooze", {"minutes": 30}).status_code == 200
    dana = sign_in("dana")
    answer = dana.delete(f"/alerts/{alert_id}/snooze")
    assert answer.json["status"] == "active"
    assert answer.json["history"][-1]["by"]["name"].startswith("Dana")
    assert dana.delete(f"/alerts/{alert_id}/snooze").status_code == 409


def test_a_snoozed_alert_that_gets_worse_calls_at_once(alert_id: str, sign_in: SignIn, watch: Watch) -> None:
    rule = {"code": "8310-5", "low": 35.0, "high": 39.0, "critical_low": None, "critical_high": 40.0}
    watch.store.set_limits(watch.patient_id, [rule])
    bob = sign_in("bob")
    bob.post(f"/alerts/{alert_id}/snooze", {"minutes": 30})
    watch.evaluator._fresh_until = 0
    watch.see(1, 40.5)
    assert bob.get(f"/alerts/{alert_id}").json["status"] == "active"


def test_a_snoozed_alert_whose_condition_ends_is_resolved(alert_id: str, sign_in: SignIn, watch: Watch) -> None:
    bob = sign_in("bob")
    bob.post(f"/alerts/{alert_id}/snooze", {"minutes": 30})
    watch.see(1, 37.0)
    assert bob.get(f"/alerts/{alert_id}").json["status"] == "resolved"


def test_nobody_snoozes_for_longer_than_the_priority_allows(alert_id: str, sign_in: SignIn, watch: Watch) -> None:
    watch.platform.database.db.alerting_alerts.update_one({"_id": alert_id}, {"$set": {"priority": "high"}})
    bob = sign_in("bob")
    assert bob.post(f"/alerts/{alert_id}/snooze", {"minutes": 61}).status_code == 422
    assert bob.post(f"/alerts/{alert_id}/snooze", {"minutes": 60}).status_code == 200
    assert bob.post(f"/alerts/{alert_id}/snooze", {"minutes": 0}).status_code == 422


# -- assigning ---------------------------------------------------------------------------------
def test_an_alert_is_given_to_somebody_who_may_take_it_on(alert_id: str, sign_in: SignIn, cast: Cast) -> None:
    bob = sign_in("bob")
    dana = cast.users["dana"]
    answer = bob.post(f"/alerts/{alert_id}/assign", {"user_id": dana.id, "note": "your patient"})
    assert (answer.json["assigned_to"]["id"], answer.json["status"]) == (dana.id, "active")
    assert bob.post(f"/alerts/{alert_id}/assign", {"user_id": None}).json["assigned_to"] is None
    for user_id in (cast.users["charlie"].id, cast.users["alice"].id, "u_nobody"):
        assert bob.post(f"/alerts/{alert_id}/assign", {"user_id": user_id}).status_code == 422


def test_patients_and_strangers_change_nothing(alert_id: str, sign_in: SignIn) -> None:
    for name in ("alice", "charlie", "frank"):
        caller = sign_in(name)
        for action, body in (("snooze", {"minutes": 5}), ("assign", {"user_id": None}), ("acknowledge", {})):
            assert caller.post(f"/alerts/{alert_id}/{action}", body).status_code in (403, 404)


# -- conditions --------------------------------------------------------------------------------
class Teller:
    """Tells alerting of conditions, as another plugin does."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def tell(self, type: str, minute: int, **more: Any) -> None:
        data = {
            "key": "plan_1", "patient_id": self._watch.patient_id, "kind": "missed", "code": "85354-9",
            "priority": "medium", "title": "Blood pressure not measured", "detail": "Due at 08:00.", "value": None,
            "unit": None, "at": (START + timedelta(minutes=minute)).isoformat(),
        } | more  # fmt: skip
        # A handler of its own each time: nothing is kept in memory.
        handler = condition_handler(self._watch.platform, self._watch.store)
        handler.handle([Event("e", (), type, data, datetime.now().astimezone())])


@pytest.fixture
def teller(watch: Watch) -> Teller:
    return Teller(watch)


def test_a_condition_is_one_alert_until_it_ends(teller: Teller, watch: Watch, sign_in: SignIn) -> None:
    for _again in range(2):
        teller.tell("condition_raised", 0)
    (alert,) = watch.alerts()
    assert (alert["kind"], alert["title"], alert["count"]) == ("missed", "Blood pressure not measured", 1)
    shown = sign_in("bob").get(f"/alerts/{alert['_id']}").json
    assert (shown["detail"], shown["display"], shown["observation_id"]) == ("Due at 08:00.", "Blood pressure", None)
    teller.tell("condition_raised", 5, priority="high")
    assert [(alert["priority"], alert["count"]) for alert in watch.alerts()] == [("high", 2)]
    for _again in range(2):
        teller.tell("condition_ended", 9)
    assert [alert["status"] for alert in watch.alerts()] == ["resolved"]
    # What was told before comes again, as after a crash: it is over and stays so.
    teller.tell("condition_raised", 5)
    assert [alert["status"] for alert in watch.alerts()] == ["resolved"]
    teller.tell("condition_raised", 20)
    assert [alert["status"] for alert in watch.alerts()] == ["resolved", "active"]


def test_a_condition_that_latches_waits_for_a_person(teller: Teller, watch: Watch) -> None:
    teller.tell("condition_raised", 0, kind="score", latching=True)
    teller.tell("condition_ended", 9, kind="score", latching=True)
    assert [(alert["status"], alert["condition_active"]) for alert in watch.alerts()] == [("active", False)]


def test_conditions_and_readings_of_one_code_are_apart(teller: Teller, watch: Watch) -> None:
    watch.see(0, 39.5)
    teller.tell("condition_raised", 0, code="8310-5")
    watch.see(1, 37.0)
    assert sorted((alert["kind"], alert["condition_active"]) for alert in watch.alerts()) == [
        ("missed", True),
        ("out_of_range", False),
    ]


def test_limits_carry_their_manners_through_the_api(watch: Watch, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    rule = {
        "code": "8310-5", "low": 35.0, "high": 38.5, "critical_low": None, "critical_high": 40.0, "duration_s": 300,
        "hysteresis": 0.3, "latching": False, "rate": {"change": 1.5, "hours": 2, "direction": "up"},
    }  # fmt: skip
    path = f"/patients/{watch.patient_id}/alert-rules"
    assert bob.put(path, {"rules": [rule]}).status_code == 200
    (kept,) = [found for found in bob.get(path).json["rules"] if found["code"] == "8310-5"]
    assert {name: kept[name] for name in rule} == rule
    for bad in ({"duration_s": -1}, {"hysteresis": -0.1}, {"rate": {"change": 0, "hours": 1}}, {"hysteresis": 9}):
        assert bob.put(path, {"rules": [rule | bad]}).status_code == 422
