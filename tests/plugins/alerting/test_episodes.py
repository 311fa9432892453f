"""One alert per episode, whoever evaluates and however often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.database.connection import Document
from core.observations.vital_signs import BLOOD_PRESSURE, BODY_TEMPERATURE, DIASTOLIC, GLUCOSE, SYSTOLIC
from plugins.alerting.handlers import announce_untold, close_late
from plugins.alerting.rules import breaches, default_limits
from tests.plugins.alerting.conftest import START, Watch, reading


def test_a_lasting_breach_is_one_alert(watch: Watch) -> None:
    for number in range(5):
        watch.see(number, 39.5 + number / 10)
    (alert,) = watch.alerts()
    assert alert["count"] == 5
    assert alert["value"] == pytest.approx(39.9)
    assert alert["first_at"] == START


def test_seeing_a_reading_again_changes_nothing(watch: Watch) -> None:
    watch.see(1, 39.5)
    watch.see(2, 39.6)
    before = watch.alerts()
    other = watch.again()
    other.observe([reading(watch.patient_id, 1, 39.5), reading(watch.patient_id, 2, 39.6)])
    assert watch.alerts() == before
    assert watch.platform.database.db.events.count_documents({"type": "alert_raised"}) == 1


def test_an_alert_that_a_crash_left_untold_is_told(watch: Watch) -> None:
    watch.see(1, 39.5)
    announce_untold(watch.platform, watch.store)
    assert watch.store.untold(10) == []
    events = watch.platform.database.db.events
    events.delete_many({"type": "alert_raised"})
    watch.platform.database.db.alerting_alerts.update_one({}, {"$set": {"untold": "alert_raised"}})
    for _round in range(2):
        announce_untold(watch.platform, watch.store)
    assert events.count_documents({"type": "alert_raised"}) == 1
    assert watch.store.untold(10) == []


def test_readings_of_one_batch_cost_one_change(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    watch.see(0, 39.5)
    changes: list[Any] = []
    change = watch.store.change
    monkeypatch.setattr(watch.store, "change", lambda *given, **more: changes.append(given) or change(*given, **more))
    watch.evaluator.observe([reading(watch.patient_id, n, 39.5 if n % 2 else 37.0) for n in range(1, 100)])
    (alert,) = watch.alerts()
    assert (alert["count"], alert["last_at"]) == (51, START + timedelta(minutes=99))
    assert len(changes) == 1


def test_a_batch_that_begins_before_the_episode_moves_its_beginning(watch: Watch) -> None:
    watch.see(5, 39.5)
    watch.again().observe([reading(watch.patient_id, number, 39.5) for number in range(3, 8)])
    (alert,) = watch.alerts()
    assert (alert["first_at"], alert["last_at"]) == (START + timedelta(minutes=3), START + timedelta(minutes=7))


def test_a_reading_from_before_the_end_resumes_nothing(watch: Watch) -> None:
    watch.see(1, 39.5)
    watch.see(3, 37.0)
    watch.see(2, 39.6)
    (alert,) = watch.alerts()
    assert (alert["condition_active"], alert["last_at"]) == (False, START + timedelta(minutes=2))


def test_a_late_breach_is_raised_as_over(watch: Watch) -> None:
    watch.see(9, 37.0)
    watch.see(2, 39.6)
    (alert,) = watch.alerts()
    assert (alert["status"], alert["condition_active"]) == ("active", False)


def test_an_alert_that_changes_under_the_evaluation_is_read_again(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.see(1, 39.5)
    open_among, other = watch.store.open_among, watch.again()

    def overtaken(keys: list[str]) -> dict[str, Document]:
        alerts = open_among(keys)
        monkeypatch.setattr(watch.store, "open_among", open_among)
        other.observe([reading(watch.patient_id, 3, 39.9)])
        return alerts

    monkeypatch.setattr(watch.store, "open_among", overtaken)
    watch.see(2, 39.6)
    (alert,) = watch.alerts()
    assert (alert["last_at"], alert["value"]) == (START + timedelta(minutes=3), pytest.approx(39.9))


def test_an_alert_stays_until_a_person_has_seen_it(watch: Watch) -> None:
    watch.see(1, 39.5)
    watch.see(2, 37.0)
    (alert,) = watch.alerts()
    assert (alert["status"], alert["condition_active"]) == ("active", False)
    watch.see(3, 39.6)
    (alert,) = watch.alerts()
    assert alert["condition_active"] is True


def test_an_acknowledged_alert_ends_when_the_value_is_back_and_the_next_breach_is_a_new_one(watch: Watch) -> None:
    watch.see(1, 39.5)
    watch.acknowledge()
    watch.see(2, 37.0)
    assert [alert["status"] for alert in watch.alerts()] == ["resolved"]
    watch.see(3, 39.5)
    assert [alert["status"] for alert in watch.alerts()] == ["resolved", "active"]


def test_a_worse_value_calls_again_after_an_acknowledgement(watch: Watch) -> None:
    limits = [{"code": BODY_TEMPERATURE, "low": 35.0, "high": 39.0, "critical_low": None, "critical_high": 40.0}]
    watch.store.set_limits(watch.patient_id, limits)
    watch.see(1, 39.5)
    watch.acknowledge()
    watch.see(2, 40.5)
    (alert,) = watch.alerts()
    assert (alert["status"], alert["priority"]) == ("active", "high")


def test_a_breach_that_arrives_after_a_later_episode_was_resolved_is_an_alert_marked_late(watch: Watch) -> None:
    watch.see(5, 39.5)
    watch.acknowledge()
    watch.see(6, 37.0)
    for number in (3, 4, 2, 3):
        watch.see(number, 39.4)
    late, first = watch.alerts()
    assert (first["first_at"], first["status"]) == (START + timedelta(minutes=5), "resolved")
    assert (late["first_at"], late["last_at"]) == (START + timedelta(minutes=2), START + timedelta(minutes=4))
    assert (late["late"], late["status"], late["condition_active"]) == (True, "active", False)
    assert late["history"][0]["action"] == "raised_late"
    # It leaves the time of the other alone, and is closed once somebody has seen it.
    watch.see(9, 39.5)
    assert [alert["count"] for alert in watch.alerts()] == [2, 1, 1]
    assert watch.store.change(late["_id"], {}, {"status": "acknowledged"})
    close_late(watch.platform, watch.store)
    assert [alert["status"] for alert in watch.alerts()] == ["resolved", "resolved", "active"]


def test_an_open_alert_does_not_reach_back_over_one_that_was_resolved(watch: Watch) -> None:
    watch.see(5, 39.5)
    watch.acknowledge()
    watch.see(6, 37.0)
    watch.see(20, 39.5)
    watch.see(10, 39.5)
    watch.see(3, 39.5)
    spans = [
        ((row["first_at"] - START).seconds // 60, (row["last_at"] - START).seconds // 60) for row in watch.alerts()
    ]
    assert spans == [(3, 3), (5, 5), (10, 20)]


def test_untrusted_and_quarantined_readings_do_not_alert(watch: Watch) -> None:
    watch.see(1, 41.0, flags=["questionable"])
    watch.see(2, 60.0, status="quarantined")
    assert watch.alerts() == []


def test_patients_have_limits_of_their_own(watch: Watch) -> None:
    watch.store.set_limits(
        watch.patient_id,
        [{"code": BODY_TEMPERATURE, "low": 35.0, "high": 37.0, "critical_low": None, "critical_high": None}],
    )
    watch.see(1, 37.5)
    assert [alert["limit"] for alert in watch.alerts()] == [37.0]


@pytest.mark.parametrize(
    ("code", "value", "priority"),
    [
        (BODY_TEMPERATURE, 39.0, None), (BODY_TEMPERATURE, 39.1, "medium"), (BODY_TEMPERATURE, 34.9, "medium"),
        (GLUCOSE, 70, None), (GLUCOSE, 69, "medium"), (GLUCOSE, 54, "medium"), (GLUCOSE, 53, "high"),
        (GLUCOSE, 250, "medium"), (GLUCOSE, 251, "high"),
    ],
)  # fmt: skip
def test_default_limits(code: str, value: float, priority: str | None) -> None:
    document = reading("p", 1, value, code=code)
    assert [breach.priority for breach in breaches(document, default_limits())] == ([priority] if priority else [])


def test_a_crisis_of_blood_pressure_is_of_high_priority() -> None:
    parts = [
        {"code": SYSTOLIC, "value": 180.0, "unit": "mm[Hg]"},
        {"code": DIASTOLIC, "value": 80.0, "unit": "mm[Hg]"},
    ]
    document = reading("p", 1, None, code=BLOOD_PRESSURE, unit=None, components=parts)
    assert [(b.code, b.priority) for b in breaches(document, default_limits())] == [(SYSTOLIC, "high")]


@pytest.mark.parametrize(("reason", "side"), [("positive-infinity", "high"), ("negative-infinity", "low")])
def test_a_meter_that_says_hi_or_lo_alerts_without_a_number(reason: str, side: str) -> None:
    document = reading("p", 1, None, code=GLUCOSE, data_absent_reason=reason)
    (breach,) = breaches(document, default_limits())
    assert (breach.breached, breach.priority, breach.value) == (side, "high", None)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.sampled_from([37.0, 39.5, 41.0]), min_size=1, max_size=12), cuts=st.sets(st.integers(0, 11)))
def test_every_breach_is_covered_by_exactly_one_episode(watch: Watch, values: list[float], cuts: set[int]) -> None:
    watch.platform.database.db.alerting_alerts.delete_many({})
    watch.evaluator = watch.again()
    batch: list[Document] = []
    for number, value in enumerate(values):
        batch.append(reading(watch.patient_id, number, value))
        if number in cuts:
            watch.evaluator.observe(batch)
            batch = []
    watch.evaluator.observe(batch)
    # Another process sees everything again, as after a crash.
    watch.again().observe([reading(watch.patient_id, number, value) for number, value in enumerate(values)])
    alerts = watch.alerts()
    for number, value in enumerate(values):
        at = START + timedelta(minutes=number)
        covering = [alert for alert in alerts if alert["first_at"] <= at <= alert["last_at"]]
        if value > 39.0:
            assert len(covering) == 1
    assert sum(alert["status"] != "resolved" for alert in alerts) <= 1
