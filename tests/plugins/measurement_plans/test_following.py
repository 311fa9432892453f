"""Reminders, fulfilment, misses: each once, whoever is killed when."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core.database.connection import Document
from core.observations.vital_signs import BLOOD_PRESSURE, BODY_TEMPERATURE, BODY_WEIGHT
from core.platform import Platform
from device_drivers.thermometer.encoder import temperature_frame
from plugins.measurement_plans.handlers import PlanKeeper
from plugins.measurement_plans.store import PlanStore
from tests.plugins.measurement_plans.conftest import Ward, moment, plan_item
from tests.support import Cast, Sender


def consent(platform: Platform, cast: Cast) -> None:
    platform.database.db.consents.insert_one(
        {"_id": "c", "patient_id": cast.alice.id, "family_user_id": cast.users["frank"].id, "categories": ["vitals"]}
    )


# -- the course of one occurrence ------------------------------------------------------------------
def test_the_patient_is_reminded_twice_then_it_is_missed_once(ward: Ward, platform: Platform, cast: Cast) -> None:
    consent(platform, cast)
    ward.plan(plan_item())
    ward.at("2026-02-02T07:59")
    assert ward.count() == (0, 0, 0)
    ward.at("2026-02-02T08:00")
    first, alice = ward.told("notification_requested"), cast.users["alice"].id
    assert [note["user_ids"] for note in first] == [[alice]]
    assert first[0]["text"] == "Blood pressure is due at 08:00. Sit down first."
    assert "Alice" not in json.dumps(first)
    ward.at("2026-02-02T08:30")
    second = ward.told("notification_requested")[1]
    assert set(second["user_ids"]) == {alice, cast.users["frank"].id}
    ward.at("2026-02-02T09:00")
    (condition,) = ward.told("condition_raised")
    assert condition | {"detail": ""} == {
        "key": f"missed|{ward.alice.id}|bp", "patient_id": ward.alice.id, "kind": "missed", "code": BLOOD_PRESSURE,
        "priority": "medium", "title": "Blood pressure not measured", "detail": "", "value": None, "unit": None,
        "at": "2026-02-02T09:00:00.000Z",
    }  # fmt: skip
    ward.through("2026-02-02T19:50")
    assert ward.count() == (2, 1, 0)
    assert ward.history() == [("02-02 08:00", "missed")]
    assert ward.due()["due_at"] == moment("2026-02-02T20:00")


def test_a_reading_in_the_window_fulfils_and_nobody_is_reminded(ward: Ward) -> None:
    ward.plan(plan_item())
    ward.now = moment("2026-02-02T07:05")
    reading = ward.reading("2026-02-02T07:00")
    ward.through("2026-02-02T12:00")
    assert ward.count() == (0, 0, 0)
    row = ward.db.measurement_plans_history.find_one({})
    assert row is not None
    assert (row["outcome"], row["observation_id"], row["at"]) == ("fulfilled", reading["_id"], reading["effective_at"])


@pytest.mark.parametrize(
    "changes",
    [
        {"flags": ["questionable"]}, {"status": "quarantined"}, {"code": BODY_WEIGHT},
        {"effective_at": moment("2026-02-02T06:59")}, {"effective_at": moment("2026-02-02T09:00:01")},
    ],
)  # fmt: skip
def test_what_is_no_such_reading_in_time_fulfils_nothing(ward: Ward, changes: Document) -> None:
    ward.plan(plan_item())
    ward.now = moment("2026-02-02T08:10")
    ward.reading("2026-02-02T08:05", **changes)
    ward.at("2026-02-02T09:00")
    assert ward.history() == [("02-02 08:00", "missed")]


def test_one_reading_counts_once_where_windows_overlap(ward: Ward) -> None:
    schedule = {"kind": "every_hours", "hours": 1, "from": "08:00"}
    ward.plan(plan_item(schedule=schedule, start="2026-02-02"))
    ward.now = moment("2026-02-02T08:10")
    reading = ward.reading("2026-02-02T08:05")
    for _again in range(3):
        ward.keeper.observe([reading])
    assert ward.history() == [("02-02 08:00", "fulfilled")]
    ward.through("2026-02-02T10:00")
    assert ward.history() == [("02-02 08:00", "fulfilled"), ("02-02 09:00", "missed")]
    # The next one in the same hour counts for the next occurrence.
    ward.reading("2026-02-02T10:00")
    assert ward.history() == [("02-02 08:00", "fulfilled"), ("02-02 09:00", "fulfilled")]


def test_a_reading_whose_event_was_lost_is_found_before_anybody_is_told(ward: Ward) -> None:
    ward.plan(plan_item())
    ward.reading("2026-02-02T07:30", heard=False)
    ward.at("2026-02-02T08:00")
    ward.at("2026-02-02T09:00")
    assert ward.count() == (0, 0, 0)
    assert ward.history() == [("02-02 08:00", "fulfilled")]


def test_a_late_report_turns_missed_into_fulfilled_and_ends_the_condition(ward: Ward) -> None:
    ward.plan(plan_item())
    ward.through("2026-02-02T09:30")
    assert ward.count() == (2, 1, 0)
    reading = ward.reading("2026-02-02T08:20")
    ward.keeper.observe([reading])
    assert ward.history() == [("02-02 08:00", "fulfilled")]
    (ended,) = ward.told("condition_ended")
    assert ended["key"] == f"missed|{ward.alice.id}|bp"
    ward.through("2026-02-02T10:30")
    assert ward.count() == (2, 1, 1)


def test_a_later_reading_ends_the_condition_and_the_miss_stays_on_record(ward: Ward) -> None:
    ward.plan(plan_item())
    ward.through("2026-02-02T09:30")
    ward.reading("2026-02-02T09:20", code=BODY_WEIGHT)
    assert ward.count()[2] == 0
    ward.reading("2026-02-02T09:25")
    assert ward.count()[2] == 1
    assert ward.history() == [("02-02 08:00", "missed")]


def test_the_next_miss_raises_the_same_condition_again(ward: Ward) -> None:
    ward.plan(plan_item())
    ward.through("2026-02-02T21:30")
    assert len({condition["key"] for condition in ward.told("condition_raised")}) == 1
    assert ward.count() == (4, 2, 0)
    ward.reading("2026-02-02T21:10")
    assert ward.count() == (4, 2, 1)


def test_an_item_that_tells_nobody_is_missed_in_silence(ward: Ward) -> None:
    ward.plan(plan_item(tell="nobody"))
    ward.through("2026-02-02T09:30")
    assert ward.count() == (2, 0, 0)
    assert ward.history() == [("02-02 08:00", "missed")]


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", "2026-03-29"), ("Europe/Berlin", "2026-10-25"),
        ("America/New_York", "2026-03-08"), ("America/New_York", "2026-11-01"),
    ],
)  # fmt: skip
def test_across_a_change_of_clocks_nothing_is_missed_or_doubled(
    ward: Ward, in_zone: Callable[[str], None], zone: str, change: str
) -> None:
    in_zone(zone)
    day = moment(change)
    ward.now = day - timedelta(days=2)
    # At half past two the clocks jump or come twice.
    times = {"kind": "times_of_day", "times": ["01:30", "02:30", "14:00"], "weekdays": None}
    days = {"start": f"{day - timedelta(days=1):%F}", "end": f"{day + timedelta(days=1):%F}"}
    ward.plan(plan_item(schedule=times, grace_minutes=20, window_before_minutes=5, **days))
    while ward.now < day + timedelta(days=3):
        ward.now += timedelta(minutes=10)
        ward.keeper.tick()
        due_at = ward.due()["due_at"]
        if due_at == ward.now:
            ward.reading(due_at.isoformat()[:19])
    history = ward.history()
    assert {outcome for _due, outcome in history} == {"fulfilled"}
    assert len(history) == 9
    assert ward.count()[1:] == (0, 0)


# -- by whom ---------------------------------------------------------------------------------------
def test_a_device_and_a_person_fulfil_alike(
    app: Flask, platform: Platform, cast: Cast, device_of: Callable[..., Sender], sign_in: Callable[[str], Any]
) -> None:
    store = PlanStore(platform.database)
    keeper = PlanKeeper(platform, store)
    # Whatever the time of day, the next two occurrences are open.
    schedule = {"kind": "every_hours", "hours": 1, "from": "00:00"}
    item = plan_item(code=BODY_TEMPERATURE, schedule=schedule, window_before_minutes=1440)
    store.set_plan(cast.alice.id, [item], {"id": "u", "name": "Dana"}, platform.clock(), None)
    keeper.sync(cast.alice.id)
    observations = platform.database.db.observations
    frame = {"id": "f1", "payload": temperature_frame(36.8).hex(), "characteristic": "2A1C"}
    assert device_of("thermometer", cast.alice.id).post(frame).get_json()["accepted"] == ["f1"]
    keeper.observe(list(observations.find({})))
    body = {"code": BODY_TEMPERATURE, "value": 36.9, "unit": "Cel"}
    assert sign_in("alice").post(f"/patients/{cast.alice.id}/observations", body).status_code == 201
    keeper.observe(list(observations.find({})))
    rows = list(platform.database.db.measurement_plans_history.find({}).sort("due_at", 1))
    assert [row["outcome"] for row in rows] == ["fulfilled", "fulfilled"]
    assert [platform.observations.get(row["observation_id"])["source"] for row in rows] == ["device", "manual"]


# -- who is to blame -------------------------------------------------------------------------------
def own_device(ward: Ward, driver: str = "blood_pressure") -> str:
    kind = ward.platform.ingest.drivers.records[driver].manifest.kind
    device, _key = ward.platform.devices.add(driver=driver, kind=kind, name="Cuff", patient_id=ward.alice.id)
    return device.id


def heard(ward: Ward, device_id: str, at: str, battery_percent: int | None = None) -> None:
    ward.platform.devices.note_seen(device_id, moment(at), battery_percent)
    ward.platform.devices.flush_seen()


def beats(ward: Ward, heartbeat_s: int | None, driver: str = "blood_pressure") -> None:
    """Let the driver's devices beat."""
    records = ward.platform.ingest.drivers.records
    records[driver] = replace(records[driver], manifest=replace(records[driver].manifest, heartbeat_s=heartbeat_s))


@pytest.mark.parametrize(
    ("heartbeat_s", "seen", "battery", "kind"),
    [
        # A device that talks only when somebody measures.
        (None, None, None, "missed"),
        (None, "2026-02-01T06:30", 80, "missed"),
        (None, "2026-02-01T06:30", 10, "device_silent"),
        (None, "2026-02-02T07:30", 11, "missed"),
        # One that beats.
        (1800, None, None, "device_silent"),
        (1800, "2026-02-02T08:29", 80, "device_silent"),
        (1800, "2026-02-02T08:30", 80, "missed"),
        (1800, "2026-02-02T08:45", None, "missed"),
        (1800, "2026-02-02T08:45", 10, "device_silent"),
    ],
)
def test_a_silent_device_is_told_from_a_patient_who_did_not_measure(
    ward: Ward, heartbeat_s: int | None, seen: str | None, battery: int | None, kind: str
) -> None:
    beats(ward, heartbeat_s)
    device_id = own_device(ward)
    if seen is not None:
        heard(ward, device_id, seen, battery)
    ward.plan(plan_item())
    ward.at("2026-02-02T09:00")
    (condition,) = ward.told("condition_raised")
    assert condition["kind"] == kind
    assert condition["key"] == f"{kind}|{ward.alice.id}|bp"
    assert (condition["title"] == "Blood pressure monitor silent") is (kind == "device_silent")


@pytest.mark.parametrize(("flags", "kind"), [(["clock_unset"], "device_silent"), ([], "missed")])
def test_a_device_whose_clock_was_wrong_at_its_last_reading_counts_as_silent(
    ward: Ward, flags: list[str], kind: str
) -> None:
    device_id = own_device(ward)
    ward.reading("2026-02-01T12:00", flags=flags, device={"id": device_id})
    ward.platform.observations.flush_latest()
    heard(ward, device_id, "2026-02-01T12:00")
    ward.plan(plan_item())
    ward.at("2026-02-02T09:00")
    (condition,) = ward.told("condition_raised")
    assert condition["kind"] == kind
    assert ("its clock is wrong" in condition["detail"]) is bool(flags)


def test_only_an_enabled_device_for_the_measurement_that_the_patient_holds_can_be_silent(ward: Ward) -> None:
    beats(ward, 60)
    beats(ward, 60, "thermometer")
    own_device(ward, "thermometer")
    off, gone = own_device(ward), own_device(ward)
    ward.platform.devices.change(off, {"enabled": False})
    ward.platform.devices.assign(gone, None)
    ward.plan(plan_item())
    ward.at("2026-02-02T09:00")
    assert [condition["kind"] for condition in ward.told("condition_raised")] == ["missed"]


def test_one_device_that_speaks_is_enough(ward: Ward) -> None:
    beats(ward, 3600)
    own_device(ward)
    heard(ward, own_device(ward), "2026-02-02T08:30")
    ward.plan(plan_item())
    ward.at("2026-02-02T09:00")
    assert [condition["kind"] for condition in ward.told("condition_raised")] == ["missed"]


def test_a_condition_of_the_other_kind_replaces_the_first(ward: Ward) -> None:
    beats(ward, 3600)
    device_id = own_device(ward)
    ward.plan(plan_item())
    ward.at("2026-02-02T09:00")
    heard(ward, device_id, "2026-02-02T20:30")
    ward.at("2026-02-02T21:00")
    assert [condition["kind"] for condition in ward.told("condition_raised")] == ["device_silent", "missed"]
    assert [condition["kind"] for condition in ward.told("condition_ended")] == ["device_silent"]
    assert ward.due()["condition"]["kind"] == "missed"


# -- crashes ---------------------------------------------------------------------------------------
class Killed(BaseException):
    """The process ends here."""


WRITES = ("move", "record", "close_outboxes", "publish_all")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("nth", range(9))
@pytest.mark.parametrize(
    ("write", "one_by_one"), [*((write, True) for write in WRITES), ("publish_all", False), ("settle", False)]
)
def test_being_killed_before_or_after_any_write_repeats_and_loses_nothing(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, write: str, one_by_one: bool, nth: int, after: bool
) -> None:
    if one_by_one:
        monkeypatch.setattr(ward.store, "settle", lambda *_: False)
    owner: Any = ward.platform.events if write == "publish_all" else ward.store
    original, calls = getattr(owner, write), [0]

    def deadly(*given: Any, **named: Any) -> Any:
        calls[0] += 1
        dies = calls[0] == nth + 1
        if dies and not after:
            raise Killed
        result = original(*given, **named)
        if dies:
            raise Killed
        return result

    ward.plan(plan_item())
    monkeypatch.setattr(owner, write, deadly)
    killed = 0
    late = None
    while ward.now < moment("2026-02-02T21:30"):
        ward.now += timedelta(minutes=15)
        try:
            ward.keeper.tick()
            if ward.now >= moment("2026-02-02T10:00"):
                late = late or ward.reading("2026-02-02T08:20", heard=False)
                # At least once: an event that was not handled comes again.
                ward.keeper.observe([late])
        except Killed:
            killed += 1
    ward.keeper.tick()
    assert killed == (calls[0] > nth)
    assert ward.count() == (4, 2, 1)
    assert ward.history() == [("02-02 08:00", "fulfilled"), ("02-02 20:00", "missed")]
    assert [condition["at"][11:16] for condition in ward.told("condition_raised")] == ["09:00", "21:00"]
    assert ward.due()["outbox"] == []


def test_being_killed_while_a_plan_changes_leaves_it_to_the_next_tick(ward: Ward) -> None:
    ward.plan(plan_item())
    items = [plan_item(id="weight", code=BODY_WEIGHT)]
    ward.store.set_plan(ward.alice.id, items, {"id": "u", "name": "Dana"}, ward.now, None)
    ward.keeper.tick()
    assert ward.due()["item"]["id"] == "weight"
    assert ward.store.unsynced(5) == []


@pytest.mark.parametrize("write", ["settle", "move"])
def test_two_who_tick_at_once_tell_once(ward: Ward, monkeypatch: pytest.MonkeyPatch, write: str) -> None:
    if write == "move":
        monkeypatch.setattr(ward.store, "settle", lambda *_: False)
    ward.plan(plan_item())
    ward.now = moment("2026-02-02T09:00")
    store, original, overtaken = PlanStore(ward.platform.database), getattr(ward.store, write), [False]

    def overtake(*given: Any) -> Any:
        if not overtaken[0]:
            overtaken[0] = True
            PlanKeeper(ward.platform, store).tick()
        return original(*given)

    monkeypatch.setattr(ward.store, write, overtake)
    ward.keeper.tick()
    assert ward.count() == (0, 1, 0)
    assert ward.due()["due_at"] == moment("2026-02-02T20:00")


@pytest.mark.parametrize("write", ["settle", "move"])
def test_a_reading_that_comes_while_the_tick_decides_is_not_lost(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    if write == "move":
        monkeypatch.setattr(ward.store, "settle", lambda *_: False)
    ward.plan(plan_item())
    ward.now = moment("2026-02-02T09:00")
    original, came = getattr(ward.store, write), [False]

    def overtaken(*given: Any) -> Any:
        if not came[0]:
            came[0] = True
            ward.reading("2026-02-02T08:59")
        return original(*given)

    monkeypatch.setattr(ward.store, write, overtaken)
    ward.keeper.tick()
    assert ward.count() == (0, 0, 0)
    assert ward.history() == [("02-02 08:00", "fulfilled")]


# -- outages ---------------------------------------------------------------------------------------
def test_after_a_long_outage_the_past_is_on_record_and_one_condition_is_raised(ward: Ward) -> None:
    ward.plan(plan_item())
    ward.reading("2026-02-10T20:10", heard=False)
    ward.at("2026-02-20T12:00")
    assert ward.count() == (0, 1, 0)
    history = ward.history()
    assert len(history) == 37
    assert [due for due, outcome in history if outcome == "fulfilled"] == ["02-10 20:00"]
    assert ward.told("condition_raised")[0]["at"] == "2026-02-20T09:00:00.000Z"
    assert ward.due()["due_at"] == moment("2026-02-20T20:00")


def test_an_outage_of_many_occurrences_is_settled_in_parts_and_still_raises_one(ward: Ward) -> None:
    schedule = {"kind": "every_hours", "hours": 1, "from": "00:00"}
    ward.plan(plan_item(schedule=schedule, window_before_minutes=10, grace_minutes=10))
    ward.at("2026-02-14T12:30")
    assert ward.count() == (0, 1, 0)
    assert len(ward.history()) == 12 * 24 + 6


def test_after_an_outage_what_was_measured_since_raises_nothing(ward: Ward) -> None:
    ward.plan(plan_item())
    ward.reading("2026-02-05T11:00", heard=False)
    ward.at("2026-02-05T12:00")
    assert ward.count() == (0, 0, 0)
    assert {outcome for _due, outcome in ward.history()} == {"missed"}


def test_after_a_short_outage_the_second_reminder_is_the_only_one(ward: Ward) -> None:
    ward.plan(plan_item())
    ward.at("2026-02-02T08:40")
    assert [note["priority"] for note in ward.told("notification_requested")] == ["medium"]


# -- what a tick costs -----------------------------------------------------------------------------
class Counting:
    """A collection that counts the documents which its find gives."""

    def __init__(self, collection: Any) -> None:
        self._collection = collection
        self.read = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)

    def find(self, *given: Any, **more: Any) -> Any:
        return _CountingCursor(self, self._collection.find(*given, **more))


class _CountingCursor:
    def __init__(self, counting: Counting, cursor: Any) -> None:
        self._counting, self._cursor = counting, cursor

    def sort(self, *given: Any) -> _CountingCursor:
        return _CountingCursor(self._counting, self._cursor.sort(*given))

    def limit(self, count: int) -> _CountingCursor:
        return _CountingCursor(self._counting, self._cursor.limit(count))

    def __iter__(self) -> Any:
        for document in self._cursor:
            self._counting.read += 1
            yield document


def test_a_tick_reads_only_what_is_due(ward: Ward) -> None:
    ward.plan(plan_item())
    (template,) = ward.db.measurement_plans_due.find({})
    later = {"next_action_at": moment("2026-02-03T08:00"), "due_at": moment("2026-02-03T08:00")}
    ward.db.measurement_plans_due.insert_many([template | later | {"_id": f"p{n}|bp"} for n in range(500)])
    ward.db.measurement_plans_plans.insert_many([{"_id": f"p{n}", "items": [], "revision": 1} for n in range(500)])
    counters = {name: Counting(getattr(ward.store, name)) for name in ("_due", "_plans", "_history")}
    for name, counter in counters.items():
        setattr(ward.store, name, counter)
    ward.at("2026-02-02T07:00")
    assert {name: counter.read for name, counter in counters.items()} == {"_due": 0, "_plans": 0, "_history": 0}
    ward.at("2026-02-02T08:00")
    # Once to decide, once to tell.
    assert {name: counter.read for name, counter in counters.items()} == {"_due": 2, "_plans": 0, "_history": 0}


def test_an_item_that_cannot_be_followed_holds_up_no_other(ward: Ward, cast: Cast) -> None:
    ward.plan(plan_item())
    ward.plan(plan_item(), patient_id=cast.charlie.id)
    ward.db.measurement_plans_due.update_one({"patient_id": cast.charlie.id}, {"$unset": {"item.instructions": ""}})
    ward.at("2026-02-02T08:00")
    assert [note["patient_id"] for note in ward.told("notification_requested")] == [ward.alice.id]


# -- changes of the plan ---------------------------------------------------------------------------
def test_removing_an_item_ends_its_condition_and_cancels_what_is_open(ward: Ward) -> None:
    ward.plan(plan_item())
    ward.through("2026-02-02T19:30")
    ward.plan()
    assert ward.count() == (2, 1, 1)
    assert ward.history() == [("02-02 08:00", "missed"), ("02-02 20:00", "cancelled")]
    assert list(ward.db.measurement_plans_due.find({})) == []
    ward.through("2026-02-02T22:00")
    assert ward.count() == (2, 1, 1)


def test_an_item_that_is_disabled_rests_until_it_is_enabled(ward: Ward) -> None:
    ward.plan(plan_item(enabled=False))
    assert list(ward.db.measurement_plans_due.find({})) == []
    ward.now = moment("2026-02-02T08:10")
    ward.plan(plan_item())
    assert ward.due()["due_at"] == moment("2026-02-02T20:00")


def test_other_words_do_not_disturb_what_is_waited_for(ward: Ward) -> None:
    ward.plan(plan_item())
    ward.at("2026-02-02T08:10")
    ward.plan(plan_item(instructions="Lie down first."))
    due = ward.due()
    assert (due["step"], due["due_at"]) == ("remind_again", moment("2026-02-02T08:00"))
    ward.through("2026-02-02T08:40")
    assert ward.told("notification_requested")[1]["text"].endswith("Lie down first.")
    assert ward.count() == (2, 0, 0)


def test_a_longer_grace_holds_for_what_is_open(ward: Ward) -> None:
    ward.plan(plan_item())
    ward.at("2026-02-02T08:10")
    ward.plan(plan_item(grace_minutes=120))
    ward.through("2026-02-02T09:50")
    assert ward.count()[1] == 0
    ward.at("2026-02-02T10:00")
    assert ward.count() == (2, 1, 0)


def test_other_times_cancel_what_is_open_and_repeat_nothing_that_was_done(ward: Ward) -> None:
    ward.plan(plan_item())
    ward.now = moment("2026-02-02T19:30")
    ward.reading("2026-02-02T07:30")
    ward.keeper.tick()
    ward.reading("2026-02-02T19:30")
    assert ward.due()["due_at"] == moment("2026-02-03T08:00")
    ward.plan(plan_item(grace_minutes=30))
    assert ward.due()["due_at"] == moment("2026-02-03T08:00")
    ward.at("2026-02-03T08:10")
    noon = {"kind": "times_of_day", "times": ["12:00"], "weekdays": None}
    ward.plan(plan_item(schedule=noon))
    assert ward.due()["due_at"] == moment("2026-02-03T12:00")
    assert ward.history()[-1] == ("02-03 08:00", "cancelled")


def test_another_measurement_under_the_same_id_is_another_item(ward: Ward) -> None:
    ward.plan(plan_item())
    ward.through("2026-02-02T09:30")
    ward.plan(plan_item(code=BODY_WEIGHT))
    assert ward.count()[2] == 1
    assert (ward.due()["item"]["code"], ward.due()["condition"]) == (BODY_WEIGHT, None)


def test_a_plan_that_has_ended_asks_for_nothing_more(ward: Ward) -> None:
    ward.plan(plan_item(end="2026-02-02"))
    ward.through("2026-02-04T12:00", timedelta(minutes=30))
    due = ward.due()
    assert (due["state"], "next_action_at" in due) == ("over", False)
    assert ward.history() == [("02-02 08:00", "missed"), ("02-02 20:00", "missed")]
    # Its condition is still ended by a reading.
    ward.reading("2026-02-04T11:00")
    assert ward.count()[2] == 1


def test_a_patient_who_moves_is_asked_by_the_new_clock(ward: Ward, in_zone: Callable[[str], None]) -> None:
    ward.plan(plan_item())
    in_zone("America/New_York")
    ward.at("2026-02-02T08:00")
    assert ward.count() == (0, 0, 0)
    assert ward.due()["due_at"] == moment("2026-02-02T13:00")
