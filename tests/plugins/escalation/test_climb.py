"""Alerts climb: through the real alerting and notifications, on a clock that the test sets."""

from __future__ import annotations

import pytest

from plugins.escalation.ladder import ladder_for
from tests.plugins.escalation.conftest import House, moment, shift, team


def test_a_high_alert_climbs_its_ladder_to_the_end_and_is_repeated(house: House) -> None:
    house.store.add_team(team(shift("nurse", [house.ids["bob"]]), shift("doctor", [house.ids["dana"]])))
    house.condition()
    assert house.asked() == [("00:00", {"bob"})]
    house.passes(minutes=12)
    assert house.asked() == [
        ("00:00", {"bob"}),
        ("05:00", {"dana"}),
        ("10:00", {"bob", "dana"}),
    ]
    house.passes(minutes=9)
    assert house.asked()[3:] == [("15:00", {"bob", "dana"}), ("20:00", {"bob", "dana"})]
    house.passes(minutes=5)
    assert house.asked()[5:] == [("25:00", {"bob", "dana"})], "told again until somebody takes it on"
    alert = house.alert()
    assert [(step["action"], {person["name"] for person in step["people"]}) for step in alert["history"][1:]] == [
        ("told", {"Bob"}),
        ("escalated", {"Dana"}),
        ("escalated", {"Bob", "Dana"}),
        ("escalated", {"Bob", "Dana"}),
    ]
    assert alert["escalation_level"] == 4


def test_taking_it_on_stops_the_climb_and_its_deliveries(house: House) -> None:
    house.condition()
    house.passes(minutes=2)
    house.change("alert_acknowledged", status="acknowledged")
    house.passes(minutes=120)
    assert len(house.asked()) == 1
    assert house.run()["state"] == "held"
    assert "next_action_at" not in house.run()


def test_a_snooze_holds_and_its_end_begins_anew(house: House) -> None:
    house.condition()
    house.change("alert_acknowledged", status="snoozed")
    house.passes(minutes=30)
    assert len(house.asked()) == 1
    house.change("alert_updated", status="active")
    house.passes(minutes=6)
    assert [at for at, _who in house.asked()] == ["00:00", "30:00", "35:00"]


def test_worse_than_ever_begins_anew_on_the_steeper_ladder(house: House) -> None:
    house.condition(priority="low")
    house.passes(minutes=20)
    assert len(house.asked()) == 1, "low is told once"
    house.condition(priority="high")
    house.passes(minutes=6)
    assert [at for at, _who in house.asked()] == ["00:00", "20:00", "25:00"]


def test_easing_goes_on_as_it_was(house: House) -> None:
    house.condition(priority="high")
    house.passes(minutes=1)
    house.condition(priority="medium")
    house.passes(minutes=5)
    assert [at for at, _who in house.asked()] == ["00:00", "05:00"]


def test_what_is_over_by_itself_and_may_wait_is_not_repeated(house: House) -> None:
    house.condition(priority="medium", latching=True)
    house.passes(minutes=1)
    house.condition_ends()
    house.passes(minutes=90)
    assert len(house.asked()) == 1
    assert house.alert()["status"] == "active", "it is still there to be looked at"


def test_news_that_comes_late_changes_nothing(house: House) -> None:
    house.condition()
    early = house.alert()
    house.change("alert_acknowledged", status="acknowledged")
    house.platform.events.publish([], "alert_updated", {"alert": early})
    house.pump()
    assert house.run()["state"] == "held"


def test_a_restart_between_telling_and_noting_tells_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies after it published and before it stored the run: the next one finds the step due."""
    house.condition()
    house.passes(minutes=4, seconds=59)
    with monkeypatch.context() as patch:
        patch.setattr(type(house.store), "set_run", lambda *_arguments: (_ for _ in ()).throw(SystemExit))
        house.now = moment("2026-02-02T10:05")
        with pytest.raises(SystemExit):
            house.tick()
    house.tick()
    assert [at for at, _who in house.asked()] == ["00:00", "05:00"]
    assert [step["action"] for step in house.alert()["history"]] == ["raised", "told", "escalated"]


# -- who ---------------------------------------------------------------------------------------
def test_without_a_rota_every_nurse_is_told(house: House) -> None:
    house.condition()
    assert house.asked() == [("00:00", {"bob"})]


def test_an_empty_hour_of_the_rota_tells_every_nurse(house: House) -> None:
    house.store.add_team(team(shift("nurse", [house.ids["bob"]], start="20:00", end="21:00")))
    house.condition()
    assert house.asked() == [("00:00", {"bob"})]


def test_the_team_is_the_patients_then_the_wards_then_everybodys(house: House) -> None:
    ids = house.ids
    other = house.platform.people.add(username="nina", name="Nina", roles=["nurse"], password="correct horse battery")
    ids["nina"] = other.id
    house.store.add_team(team(shift("nurse", [ids["bob"]]), title="All"))
    ward = house.store.add_team(team(shift("nurse", [other.id]), title="Ward 3", for_everybody=False, wards=["3"]))
    house.condition("a")
    house.platform.patients.change(house.cast.alice.id, {"ward": "3"})
    house.condition("b")
    house.store.set_team(ward["_id"], {"wards": ["4"]}, None)
    house.store.set_team(ward["_id"], {"patient_ids": [house.cast.alice.id]}, None)
    house.condition("c")
    assert [house.asked(key)[0][1] for key in "abc"] == [{"bob"}, {"nina"}, {"nina"}]


def test_people_who_may_not_handle_alerts_are_not_told(house: House) -> None:
    house.platform.people.set_enabled(house.ids["bob"], False)
    house.condition()
    assert house.asked() == [("00:00", {"dana"})], "the next step did not wait: nobody could be told"


def test_who_is_assigned_is_told(house: House) -> None:
    house.condition()
    house.change("alert_updated", assigned_to={"id": house.ids["dana"], "name": "Dana"})
    assert house.asked() == [("00:00", {"bob"}), ("00:00", {"dana"})]


def test_missed_measurements_and_silent_devices_climb_other_ladders(house: House) -> None:
    house.condition("m", kind="missed", priority="medium")
    house.condition("d", kind="device_silent", priority="medium")
    house.passes(minutes=61)
    names = {user_id: name for name, user_id in house.ids.items()}
    rows = house.events("notification_requested")
    told = {
        (row["data"]["about"], row["at"].strftime("%H:%M")): {names[i] for i in row["data"]["user_ids"]} for row in rows
    }
    missed, device = house.alert("m", "missed")["id"], house.alert("d", "device_silent")["id"]
    assert told[missed, "10:00"] == {"bob"}
    assert told[missed, "11:00"] == {"dana"}
    assert told[device, "10:00"] == {"ada"}
    (asked,) = [row["data"] for row in house.events("notification_requested") if row["data"]["link"] == "/devices"]
    assert asked["patient_id"] is None, "who looks after devices does not learn whose it is"
    assert told[device, "11:00"] == {"bob"}


# -- nobody can be reached -----------------------------------------------------------------------
def test_nobody_reachable_climbs_at_once_and_then_raises_an_alarm_for_everybody(house: House) -> None:
    house.present = set()
    house.condition()
    house.passes(seconds=14)
    assert len(house.asked()) == 1
    house.passes(seconds=50)
    assert [who for _at, who in house.asked()] == [{"bob"}, {"dana"}, {"bob", "dana"}, {"bob", "dana"}]
    (alarm,) = house.alarms()
    assert (alarm["title"], alarm["priority"], alarm["status"]) == ("Nobody can be reached", "high", "active")
    assert house.asked(None)[0][1] == {"ada", "bob", "dana"}
    assert next(step["note"] for step in house.alert()["history"] if step["action"] == "escalated") == "unreachable"


def test_one_alarm_stands_for_many_alerts_and_ends_with_the_last(house: House) -> None:
    house.present = set()
    for key in ("a", "b", "c"):
        house.condition(key)
    house.passes(minutes=3)
    assert [alarm["status"] for alarm in house.alarms()] == ["active"]
    house.change("alert_acknowledged", "a", status="acknowledged")
    house.change("alert_acknowledged", "b", status="acknowledged")
    assert [alarm["status"] for alarm in house.alarms()] == ["active"]
    house.change("alert_acknowledged", "c", status="acknowledged")
    assert [alarm["status"] for alarm in house.alarms()] == ["resolved"]


def test_somebody_who_opens_the_portal_ends_the_alarm(house: House) -> None:
    house.present = set()
    house.condition()
    house.passes(minutes=3)
    house.present = {house.ids["bob"]}
    house.passes(minutes=1)
    assert [alarm["status"] for alarm in house.alarms()] == ["resolved"]
    assert house.run()["state"] == "running", "the alert itself still waits"


def test_what_is_over_and_may_wait_raises_no_alarm(house: House) -> None:
    house.present = set()
    house.condition(priority="medium", latching=True)
    house.passes(seconds=5)
    house.condition_ends()
    house.passes(minutes=90)
    assert house.alarms() == []


def test_an_address_reaches_until_it_fails(house: House) -> None:
    house.present = set()
    house.drops = {"notifications.deliver"}
    house.condition()
    about = house.alert()["id"]
    bob = house.ids["bob"]
    house.platform.events.publish(
        [], "notification_planned", {"key": "k", "about": about, "reached": [bob], "unreached": []}
    )
    house.pump()
    house.passes(minutes=1)
    assert len(house.asked()) == 1
    house.platform.events.publish([], "person_unreached", {"key": "k", "about": about, "user_id": bob})
    house.pump()
    house.passes(seconds=20)
    assert len(house.asked()) > 1


def test_what_is_low_and_alarms_themselves_raise_no_alarm(house: House) -> None:
    house.present = set()
    house.condition(priority="low")
    house.condition("t", kind="technical", patient_id=None, code=None)
    house.passes(minutes=30)
    assert [alarm["title"] for alarm in house.alarms()] == ["Temperature 39.9"]


# -- storms ------------------------------------------------------------------------------------
def test_a_storm_is_one_message_and_lasts_as_long_as_any_of_it_calls(house: House) -> None:
    for key in ("a", "b", "c"):
        house.drops = {"escalation.alerts"}
        house.condition(key, priority="medium")
        house.change("alert_updated", key, storm_id="st_1")
    house.drops = set()
    for key in ("a", "b", "c"):
        house.change("alert_updated", key)
    house.passes(minutes=16)
    told = [row["data"] for row in house.events("notification_requested")]
    assert [(data["title"], data["link"], data["patient_id"]) for data in told] == 2 * [
        ("Many alerts at once", "/alerts", None)
    ]
    for key in ("a", "b"):
        house.change("alert_acknowledged", key, status="acknowledged")
    house.passes(minutes=46)
    assert len(house.events("notification_requested")) > 2
    house.change("alert_acknowledged", "c", status="acknowledged")
    before = len(house.events("notification_requested"))
    house.passes(minutes=120)
    assert len(house.events("notification_requested")) == before


def test_an_alert_of_a_storm_that_becomes_urgent_climbs_alone(house: House) -> None:
    house.drops = {"escalation.alerts"}
    house.condition(priority="medium")
    house.change("alert_updated", storm_id="st_1")
    house.drops = set()
    house.change("alert_updated")
    assert house.asked() == []
    house.change("alert_updated", storm_id=None, priority="high")
    assert house.asked() == [("00:00", {"bob"})]
    storm = house.store.run("storm|st_1")
    assert storm is not None
    assert storm["state"] == "held", "nothing of the storm calls any more"


# -- ladders -----------------------------------------------------------------------------------
def test_an_alert_that_no_ladder_is_for_climbs_the_steepest() -> None:
    only_low = [{"id": "x", "kinds": None, "priorities": ["low"], "steps": [], "repeat_minutes": None}]
    assert ladder_for(only_low, "out_of_range", "high")["id"] == "high"


def test_what_is_over_is_forgotten_after_a_week(house: House) -> None:
    house.condition()
    house.change("alert_resolved", status="resolved")
    house.store.forget(moment("2026-02-08T10:00"))
    assert house.run()["state"] == "over"
    house.store.forget(moment("2026-02-10T10:00"))
    assert house.store.run(house.alert()["id"]) is None
