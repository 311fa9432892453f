"""Many alerts at once are one storm; what is urgent is never part of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from core.observations.vital_signs import GLUCOSE, HEART_RATE
from core.platform import Platform
from plugins.alerting.handlers import AlertEvaluator
from tests.plugins.alerting.conftest import Watch, reading
from tests.support import Caller, Cast

SignIn = Callable[[str], Caller]


def storm(watch: Watch, medium: int = 30, high: int = 3, evaluator: AlertEvaluator | None = None) -> None:
    """One batch: ``medium`` patients with a quick pulse, and then ``high`` ones with too much sugar."""
    documents = []
    for number in range(medium + high):
        value, code = (130.0, HEART_RATE) if number < medium else (300.0, GLUCOSE)
        documents.append(reading(f"p{number}", number, value, code=code, device={"id": f"d{number % 4}"}))
    (evaluator or watch.evaluator).observe(documents)


def test_urgent_alerts_are_announced_first_and_belong_to_no_storm(watch: Watch) -> None:
    storm(watch)
    raised = [row["data"]["alert"] for row in watch.platform.database.db.events.find({"type": "alert_raised"})]
    assert [alert["priority"] for alert in raised] == ["high"] * 3 + ["medium"] * 30
    assert {alert["storm_id"] for alert in raised[:3]} == {None}
    assert len({alert["storm_id"] for alert in raised[3:]}) == 1
    assert raised[3]["storm_id"] is not None


def test_what_is_put_off_is_raised_after_what_is_urgent(watch: Watch) -> None:
    evaluator = AlertEvaluator(watch.platform, watch.store, later=True)
    storm(watch, evaluator=evaluator)
    evaluator.settle()
    raised = [row["data"]["alert"] for row in watch.platform.database.db.events.find({"type": "alert_raised"})]
    assert [alert["priority"] for alert in raised] == ["high"] * 3 + ["medium"] * 30


def test_a_storm_costs_no_more_writes_than_one_alert(watch: Watch) -> None:
    inserts: list[int] = []
    store_many = watch.store.raise_alerts
    watch.store.raise_alerts = lambda given: inserts.append(len(given)) or store_many(given)  # type: ignore
    storm(watch, 200, 5)
    assert inserts == [5, 200]


def test_a_few_alerts_are_no_storm_and_those_of_the_last_minute_join_one(watch: Watch, platform: Platform) -> None:
    storm(watch, 15, 0)
    assert {alert.get("storm_id") for alert in watch.alerts()} == {None}
    watch.evaluator.observe([reading(f"q{number}", number, 39.5) for number in range(10)])
    assert len({alert.get("storm_id") for alert in watch.alerts()}) == 1
    clock = platform.clock
    platform.clock = lambda: clock() + timedelta(minutes=2)
    watch.evaluator = watch.again()
    watch.see(50, 39.5)
    assert watch.alerts()[-1].get("storm_id") is None


def test_an_alert_that_becomes_urgent_leaves_its_storm(watch: Watch) -> None:
    watch.evaluator.observe([reading(f"p{number}", number, 200.0, code=GLUCOSE) for number in range(30)])
    watch.evaluator.observe([reading("p7", 40, 300.0, code=GLUCOSE)])
    left = [alert for alert in watch.alerts() if alert.get("storm_id") is None]
    assert [(alert["patient_id"], alert["priority"]) for alert in left] == [("p7", "high")]


def test_the_list_gives_a_storm_as_a_sum_and_urgent_alerts_one_by_one(watch: Watch, sign_in: SignIn) -> None:
    storm(watch)
    bob = sign_in("bob")
    listed = bob.get("/alerts?status=open&grouped=true").json
    assert [alert["priority"] for alert in listed["items"]] == ["high"] * 3
    (summed,) = listed["storms"]
    assert (summed["count"], summed["patients"], summed["devices"], summed["priority"]) == (30, 30, 4, "medium")
    assert summed["parts"] == [{"title": "Heart rate above range", "count": 30}]
    opened = bob.get(f"/alerts?status=open&storm_id={summed['id']}").json["items"]
    assert sorted(alert["id"] for alert in opened) == sorted(summed["waiting"])
    assert bob.get("/alerts?status=open").json["storms"] == []
    assert len(bob.get("/alerts?status=open&priority=high").json["items"]) == 3


def test_a_storm_is_acknowledged_at_once_but_nothing_urgent_with_it(watch: Watch, sign_in: SignIn) -> None:
    storm(watch)
    bob, dana = sign_in("bob"), sign_in("dana")
    ids = [alert["_id"] for alert in watch.alerts()]
    urgent = {alert["_id"] for alert in watch.alerts() if alert["priority"] == "high"}
    taken = next(alert_id for alert_id in ids if alert_id not in urgent)
    assert dana.post(f"/alerts/{taken}/acknowledge", {}).status_code == 200
    said = bob.post("/alerts/acknowledge", {"ids": [*ids, "al_none"], "note": "gateway restarted"}).json
    assert set(said["left"]) == urgent | {taken, "al_none"}
    for alert in watch.alerts():
        if alert["_id"] in said["acknowledged"]:
            assert (alert["status"], alert["assigned_to"]["name"], alert["note"]) == (
                "acknowledged", "Bob", "gateway restarted",
            )  # fmt: skip
            assert alert["history"][-1]["by"]["name"] == "Bob"
    owner = next(alert for alert in watch.alerts() if alert["_id"] == taken)["assigned_to"]
    assert owner["name"] == "Dana"
    assert watch.platform.database.db.events.count_documents({"type": "alert_acknowledged"}) == 30


def test_only_who_may_acknowledge_one_may_acknowledge_many(watch: Watch, sign_in: SignIn, cast: Cast) -> None:
    watch.see(1, 39.5)
    (alert,) = watch.alerts()
    for name in ("alice", "charlie", "frank"):
        answer = sign_in(name).post("/alerts/acknowledge", {"ids": [alert["_id"]]})
        assert answer.status_code == 403 or answer.json["acknowledged"] == []
    assert [alert["status"] for alert in watch.alerts()] == ["active"]
