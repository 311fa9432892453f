"""Plans, what is due and templates over HTTP, as each role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.observations.vital_signs import BLOOD_PRESSURE, BODY_WEIGHT, SYSTOLIC
from core.platform import Platform
from tests.plugins.measurement_plans.conftest import Ward, moment, plan_item
from tests.support import Caller, Cast

SignIn = Callable[[str], Caller]
EVENING = {"kind": "times_of_day", "times": ["08:00", "20:00"]}


def given(**changes: Any) -> dict[str, Any]:
    return {"id": "bp", "code": BLOOD_PRESSURE, "schedule": EVENING} | changes


def consent(platform: Platform, cast: Cast) -> None:
    platform.database.db.consents.insert_one(
        {"_id": "c", "patient_id": cast.alice.id, "family_user_id": cast.users["frank"].id, "categories": ["vitals"]}
    )


def test_a_plan_is_written_and_read(cast: Cast, sign_in: SignIn, platform: Platform) -> None:
    bob, path = sign_in("bob"), f"/patients/{cast.alice.id}/measurement-plan"
    empty = {"items": [], "revision": 0, "changed_at": None, "changed_by": None, "time_zone": "UTC"}
    assert bob.get(path).json == empty
    written = bob.put(path, {"items": [given(id=None), given(code=SYSTOLIC, end="2199-01-01", tell="nobody")]})
    assert written.status_code == 200, written.text
    assert written.json == bob.get(path).json
    first, second = written.json["items"]
    assert first["id"] != second["id"] == "bp"
    assert (first["start"], first["end"]) == (platform.clock().date().isoformat(), None)
    assert (second["code"], second["display"]) == (BLOOD_PRESSURE, "Blood pressure")
    assert (written.json["revision"], written.json["changed_by"]["name"]) == (1, "Bob")
    # What was read can be sent back, less what only the answer holds.
    again = [{name: value for name, value in item.items() if name != "display"} for item in written.json["items"]]
    assert bob.put(path, {"items": again}).json["items"] == written.json["items"]


def test_a_plan_that_was_changed_meanwhile_is_not_overwritten(cast: Cast, sign_in: SignIn) -> None:
    bob, dana, path = sign_in("bob"), sign_in("dana"), f"/patients/{cast.alice.id}/measurement-plan"
    assert bob.put(path, {"items": [given()], "revision": 0}).status_code == 200
    assert dana.put(path, {"items": [], "revision": 0}).status_code == 409
    assert dana.put(path, {"items": [given(grace_minutes=30)], "revision": 1}).json["revision"] == 2
    assert bob.put(path, {"items": [], "revision": 1}).status_code == 409
    assert bob.get(path).json["items"][0]["grace_minutes"] == 30
    assert bob.put(path, {"items": []}).json["revision"] == 3


@pytest.mark.parametrize(
    "item",
    [
        given(code="1234-5"), given(schedule={"kind": "rrule", "rrule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;BYHOUR=8"}),
        given(schedule={"kind": "times_of_day", "times": []}),
        given(schedule={"kind": "times_of_day", "times": ["8:00"]}),
        given(schedule={"kind": "every_hours", "hours": 0, "from": "08:00"}), given(schedule={"kind": "now"}),
        given(start="2026-05-01", end="2026-04-30"), given(start="1826-05-01"), given(grace_minutes=0),
        given(tell="everybody"), given(id="a|b"), given(more=1),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_followed_is_refused(cast: Cast, sign_in: SignIn, item: dict[str, Any]) -> None:
    answer = sign_in("bob").put(f"/patients/{cast.alice.id}/measurement-plan", {"items": [item]})
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_an_id_that_is_given_twice_is_refused(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("bob").put(f"/patients/{cast.alice.id}/measurement-plan", {"items": [given(), given()]})
    assert answer.status_code == 422


def test_each_kind_of_schedule_is_taken(cast: Cast, sign_in: SignIn) -> None:
    schedules = [
        {"kind": "times_of_day", "times": ["08:00"], "weekdays": ["mon", "fri"]},
        {"kind": "every_hours", "hours": 6, "from": "08:00"},
        {"kind": "rrule", "rrule": "FREQ=WEEKLY;BYDAY=MO;BYHOUR=8"},
    ]
    items = [given(id=str(number), schedule=schedule) for number, schedule in enumerate(schedules)]
    answer = sign_in("bob").put(f"/patients/{cast.alice.id}/measurement-plan", {"items": items})
    assert [item["schedule"] for item in answer.json["items"]] == schedules


def test_what_is_due_today_in_four_lists(ward: Ward, sign_in: SignIn) -> None:
    alice, path = sign_in("alice"), f"/patients/{ward.alice.id}/due"
    ward.platform.patients.change(ward.alice.id, {"time_zone": "Europe/Berlin"})
    weight = plan_item(id="weight", code=BODY_WEIGHT, schedule={"kind": "times_of_day", "times": ["10:00"]})
    ward.plan(plan_item(), weight)

    def lists() -> dict[str, list[str]]:
        found = alice.get(path).json
        return {name: [f"{item['item_id']} {item['due_at'][11:16]}" for item in items] for name, items in found.items()}

    # 07:00 in Berlin.
    assert lists() == {"now": ["bp 07:00"], "next": ["weight 09:00", "bp 19:00"], "done": [], "missed": []}
    ward.now = moment("2026-02-02T06:30")
    reading = ward.reading("2026-02-02T06:30")
    assert lists() == {"now": [], "next": ["weight 09:00", "bp 19:00"], "done": ["bp 07:00"], "missed": []}
    ward.through("2026-02-02T10:30")
    assert lists() == {"now": [], "next": ["bp 19:00"], "done": ["bp 07:00"], "missed": ["weight 09:00"]}
    (done,) = alice.get(path).json["done"]
    assert done == {
        "item_id": "bp", "code": BLOOD_PRESSURE, "display": "Blood pressure", "due_at": "2026-02-02T07:00:00.000Z",
        "until": "2026-02-02T08:00:00.000Z", "state": "fulfilled", "instructions": "Sit down first.",
        "observation_id": reading["_id"], "device": None,
    }  # fmt: skip
    # Half past midnight in Berlin: another day.
    ward.through("2026-02-02T23:30")
    assert lists() == {"now": [], "next": ["bp 07:00", "weight 09:00", "bp 19:00"], "done": [], "missed": []}


def test_what_may_still_be_measured_after_midnight_is_shown(ward: Ward, sign_in: SignIn) -> None:
    ward.plan(plan_item(schedule={"kind": "times_of_day", "times": ["23:30"]}))
    ward.through("2026-02-03T00:10")
    found = sign_in("alice").get(f"/patients/{ward.alice.id}/due").json
    assert [item["due_at"][:16] for item in found["now"]] == ["2026-02-02T23:30"]
    assert [item["due_at"][:16] for item in found["next"]] == ["2026-02-03T23:30"]


def test_each_role_sees_and_does_what_it_may(platform: Platform, cast: Cast, sign_in: SignIn) -> None:
    plan, due = f"/patients/{cast.alice.id}/measurement-plan", f"/patients/{cast.alice.id}/due"
    assert sign_in("dana").put(plan, {"items": [given()]}).status_code == 200
    reads = {"alice": 200, "bob": 200, "dana": 200, "frank": 404, "charlie": 404, "ada": 404}
    for name, status in reads.items():
        person = sign_in(name)
        assert (person.get(plan).status_code, person.get(due).status_code) == (status, status), name
        written = person.put(plan, {"items": [given()]}).status_code
        assert written == (200 if name in ("bob", "dana") else 404), name
    consent(platform, cast)
    frank = sign_in("frank")
    assert (frank.get(plan).status_code, frank.get(due).status_code) == (200, 200)
    assert frank.put(plan, {"items": []}).status_code == 404


def test_templates_are_shipped_changed_and_deleted_by_admins(cast: Cast, sign_in: SignIn) -> None:
    ada, bob = sign_in("ada"), sign_in("bob")

    def titles() -> list[str]:
        return [item["title"] for item in bob.get("/plan-templates").json["items"]]

    assert titles() == [
        "Diabetes: glucose four times a day",
        "Heart failure: weight each morning",
        "Hypertension: blood pressure twice daily for 7 days",
    ]
    (shipped,) = [item for item in bob.get("/plan-templates").json["items"] if item["id"] == "hypertension"]
    assert [(item["code"], item["days"]) for item in shipped["items"]] == [(BLOOD_PRESSURE, 7)]
    own = {"title": "Own", "items": [{"code": BODY_WEIGHT, "schedule": EVENING, "days": 3}]}
    assert ada.put("/plan-templates/own", own).json["items"][0]["days"] == 3
    # A shipped template can be sent back as it was read, under another title.
    changed = {"title": "Blood pressure", "items": shipped["items"]}
    assert ada.put("/plan-templates/hypertension", changed).status_code == 200
    assert ada.delete("/plan-templates/diabetes").status_code == 204
    assert titles() == ["Blood pressure", "Heart failure: weight each morning", "Own"]
    assert ada.delete("/plan-templates/diabetes").status_code == 404
    assert ada.delete("/plan-templates/own").status_code == 204
    assert ada.put("/plan-templates/own", {"title": "Own", "items": []}).status_code == 422
    assert ada.put("/plan-templates/diabetes", own).status_code == 200
    assert titles() == ["Blood pressure", "Heart failure: weight each morning", "Own"]


def test_only_admins_edit_templates(cast: Cast, sign_in: SignIn) -> None:
    own = {"title": "Own", "items": [{"code": BODY_WEIGHT, "schedule": EVENING}]}
    for name, reads in {"alice": 403, "bob": 200, "dana": 200, "frank": 403, "charlie": 403, "ada": 200}.items():
        person = sign_in(name)
        assert person.get("/plan-templates").status_code == reads, name
        edited = 200 if name == "ada" else 403
        assert person.put("/plan-templates/own", own).status_code == edited, name
        if name != "ada":
            assert person.delete("/plan-templates/own").status_code == 403, name


# -- preview and adherence -------------------------------------------------------------------------
def test_a_preview_says_the_next_five_times_on_the_patients_clock(sign_in: SignIn, ward: Ward) -> None:
    ward.now = moment("2026-03-28T12:00")
    body = {"item": given(), "time_zone": "Europe/Berlin"}
    answer = sign_in("bob").post("/measurement-plans/preview", body)
    assert answer.status_code == 200, answer.text
    # The clocks go forward in between.
    assert [time[5:16] for time in answer.json["times"]] == [
        "03-28T19:00", "03-29T06:00", "03-29T18:00", "03-30T06:00", "03-30T18:00",
    ]  # fmt: skip


def test_a_preview_of_what_ends_is_shorter_and_of_what_is_wrong_names_the_field(sign_in: SignIn, ward: Ward) -> None:
    dana, path = sign_in("dana"), "/measurement-plans/preview"
    ends = dana.post(path, {"item": given(end="2026-02-02"), "time_zone": "UTC"})
    assert ends.json["times"] == ["2026-02-02T08:00:00.000Z", "2026-02-02T20:00:00.000Z"]
    wrong = {"kind": "rrule", "rrule": "FREQ=SECONDLY"}
    refused = dana.post(path, {"item": given(schedule=wrong), "time_zone": "UTC"})
    assert (refused.status_code, refused.json["errors"][0]["loc"]) == (422, ["item", "schedule"])


def test_adherence_counts_by_item_and_day(sign_in: SignIn, ward: Ward) -> None:
    ward.plan(plan_item())
    ward.at("2026-02-02T09:00")
    ward.now = moment("2026-02-02T20:10")
    ward.reading("2026-02-02T20:05")
    ward.at("2026-02-03T09:00")
    path = f"/patients/{ward.alice.id}/measurement-plan/adherence"
    for name in ("bob", "alice"):
        (item,) = sign_in(name).get(path).json["items"]
        assert (item["display"], item["fulfilled"], item["missed"]) == ("Blood pressure", 1, 2)
        assert item["days"] == [
            {"day": "2026-02-02", "fulfilled": 1, "missed": 1},
            {"day": "2026-02-03", "fulfilled": 0, "missed": 1},
        ]
    (today,) = sign_in("bob").get(f"{path}?days=1").json["items"]
    assert len(today["days"]) == 1


def test_what_is_due_names_the_patients_device_for_it(sign_in: SignIn, ward: Ward) -> None:
    ward.plan(plan_item(), plan_item(id="weight", code=BODY_WEIGHT))
    ward.platform.devices.add(
        driver="blood_pressure", kind="blood_pressure", name="Kitchen cuff", patient_id=ward.alice.id
    )
    due = sign_in("alice").get(f"/patients/{ward.alice.id}/due").json
    assert {entry["display"]: entry["device"] for entry in due["next"]} == {
        "Blood pressure": "Kitchen cuff", "Body weight": None,
    }  # fmt: skip
