"""Rules over several measurements: what fires them, what does not, and that the order does not matter."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.database.connection import Document
from core.observations.vital_signs import (
    BLOOD_PRESSURE,
    BODY_TEMPERATURE,
    BODY_WEIGHT,
    GLUCOSE,
    HEART_RATE,
    OXYGEN_SATURATION,
    SYSTOLIC,
)
from plugins.alerting.combinations import combination_of, tracks_of, verdicts
from tests.plugins.alerting.conftest import START, Watch, reading

HALF_HOUR, FOUR_HOURS = 1800, 4 * 3600
UNITS = {HEART_RATE: "/min", BODY_TEMPERATURE: "Cel", BODY_WEIGHT: "kg", OXYGEN_SATURATION: "%", GLUCOSE: "mg/dL"}


def condition(code: str, operator: str, value: float, max_age_s: int, **more: Any) -> Document:
    return {"code": code, "operator": operator, "value": value, "max_age_s": max_age_s, "hours": None} | more


INFECTION: Document = {
    "id": "infection", "title": "Fast pulse with fever or low pressure", "priority": "high", "at_least": 2,
    "enabled": True, "latching": True,
    "conditions": [
        condition(HEART_RATE, "above", 100, HALF_HOUR, required=True),
        condition(BODY_TEMPERATURE, "above", 38.0, FOUR_HOURS, required=False),
        condition(SYSTOLIC, "below", 100, FOUR_HOURS, required=False),
    ],
}  # fmt: skip
WATER: Document = INFECTION | {
    "id": "water", "title": "Weight is rising and saturation falling",
    "conditions": [
        condition(BODY_WEIGHT, "risen", 1.5, 172_800, hours=72.0, required=True),
        condition(OXYGEN_SATURATION, "fallen", 3, 86_400, hours=72.0, required=True),
    ],
}  # fmt: skip


def read(patient_id: str, minute: int, code: str, value: float | None, **more: Any) -> Document:
    document = reading(patient_id, minute, value, code=code, unit=UNITS.get(code), **more)
    return document | {"_id": f"{code}.{minute}"}


def pressure(patient_id: str, minute: int, systolic: float) -> Document:
    parts = [{"code": SYSTOLIC, "value": systolic, "unit": "mm[Hg]"}]
    return read(patient_id, minute, BLOOD_PRESSURE, None, components=parts)


class Bedside:
    """Stores readings as ingest does, and shows the alerts of combinations."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.patient_id = watch.patient_id

    def rule(self, rule: Document) -> None:
        self.watch.store.rules.set_own(self.patient_id, {"combinations": [rule]})
        self.watch.evaluator._fresh_until = 0

    def take(self, *documents: Document) -> None:
        self.watch.platform.observations.insert(list(documents))
        self.watch.platform.observations.note_latest(documents)
        self.watch.evaluator.observe(documents)

    def see(self, minute: int, code: str, value: float | None, **more: Any) -> None:
        self.take(read(self.patient_id, minute, code, value, **more))

    def alerts(self) -> list[Document]:
        return [alert for alert in self.watch.alerts() if alert["kind"] == "combination"]


@pytest.fixture
def bedside(watch: Watch) -> Bedside:
    found = Bedside(watch)
    found.rule(INFECTION)
    return found


def test_several_signs_together_are_one_alert_of_its_own_priority_and_title(bedside: Bedside) -> None:
    bedside.see(0, BODY_TEMPERATURE, 38.4)
    assert bedside.alerts() == []
    for minute in range(1, 6):
        bedside.see(minute, HEART_RATE, 104)
    (alert,) = bedside.alerts()
    assert (alert["title"], alert["priority"], alert["code"]) == (INFECTION["title"], "high", None)
    assert alert["detail"] == "Heart rate 104 /min; Body temperature 38.4 Cel."
    assert (alert["first_at"], alert["last_at"]) == (START + timedelta(minutes=1), START + timedelta(minutes=5))
    bedside.take(pressure(bedside.patient_id, 6, 92))
    (alert,) = bedside.alerts()
    assert alert["detail"] == "Heart rate 104 /min; Body temperature 38.4 Cel; Systolic blood pressure 92 mm[Hg]."
    bedside.see(7, HEART_RATE, 90)
    assert [alert["condition_active"] for alert in bedside.alerts()] == [False]


def test_a_required_condition_and_one_of_the_others_do(bedside: Bedside) -> None:
    bedside.take(pressure(bedside.patient_id, 0, 92))
    bedside.see(1, BODY_TEMPERATURE, 39.0)
    assert bedside.alerts() == []
    bedside.see(2, HEART_RATE, 101)
    assert len(bedside.alerts()) == 1


def test_a_stale_input_fires_nothing_and_ends_nothing(bedside: Bedside) -> None:
    bedside.see(0, HEART_RATE, 120)
    bedside.see(31, BODY_TEMPERATURE, 39.0)
    assert bedside.alerts() == []
    bedside.see(32, HEART_RATE, 120)
    assert [alert["condition_active"] for alert in bedside.alerts()] == [True]
    # The pulse is too old to be known: nobody can say that the condition is over.
    bedside.see(120, BODY_TEMPERATURE, 38.5)
    assert [alert["condition_active"] for alert in bedside.alerts()] == [True]
    # Whatever the pulse is: without fever it cannot hold.
    bedside.see(121, BODY_TEMPERATURE, 37.0)
    assert [alert["condition_active"] for alert in bedside.alerts()] == [False]


def test_untrusted_inputs_do_not_count(bedside: Bedside) -> None:
    bedside.see(0, BODY_TEMPERATURE, 39.0, flags=["questionable"])
    bedside.see(1, HEART_RATE, 120)
    assert bedside.alerts() == []


def test_a_combination_that_is_switched_off_is_silent(bedside: Bedside) -> None:
    bedside.rule(INFECTION | {"enabled": False})
    bedside.see(0, BODY_TEMPERATURE, 39.0)
    bedside.see(1, HEART_RATE, 119)
    assert bedside.alerts() == []


def test_a_rising_weight_with_falling_saturation(bedside: Bedside) -> None:
    bedside.rule(WATER)
    day = 24 * 60
    for number, (weight, saturation) in enumerate([(70.0, 96), (70.9, 95), (71.6, 94), (71.7, 92)]):
        bedside.see(number * day, BODY_WEIGHT, weight)
        bedside.see(number * day + 5, OXYGEN_SATURATION, saturation)
    (alert,) = bedside.alerts()
    assert alert["first_at"] == START + timedelta(minutes=3 * day + 5)
    assert "up more than 1.5 kg in 3 days" in alert["detail"]


def test_a_meter_beyond_its_range_counts_as_beyond_every_value(bedside: Bedside) -> None:
    sugar = [condition(GLUCOSE, "above", 300, 600), condition(HEART_RATE, "above", 100, 600)]
    bedside.rule(INFECTION | {"conditions": sugar})
    bedside.see(0, GLUCOSE, None, data_absent_reason="positive-infinity")
    bedside.see(1, HEART_RATE, 110)
    assert [alert["detail"] for alert in bedside.alerts()] == ["Glucose beyond the meter's range; Heart rate 110 /min."]


def test_what_is_told_late_is_raised_as_over(bedside: Bedside) -> None:
    bedside.see(900, HEART_RATE, 80)
    bedside.take(read(bedside.patient_id, 1, HEART_RATE, 120), read(bedside.patient_id, 2, BODY_TEMPERATURE, 39.0))
    assert [(alert["status"], alert["condition_active"]) for alert in bedside.alerts()] == [("active", False)]


def test_readings_within_the_limits_cost_no_query(bedside: Bedside, monkeypatch: pytest.MonkeyPatch) -> None:
    bedside.see(0, HEART_RATE, 80)
    monkeypatch.setattr(bedside.watch.platform.observations, "between", None)
    bedside.watch.evaluator.observe([read(bedside.patient_id, minute, HEART_RATE, 80) for minute in range(1, 9)])


def test_a_batch_and_the_same_readings_one_by_one_and_again_come_to_the_same(bedside: Bedside) -> None:
    for order in itertools.permutations(range(3)):
        bedside.watch.platform.database.db.alerting_alerts.delete_many({})
        bedside.watch.platform.database.db.observations.delete_many({})
        bedside.watch.evaluator = bedside.watch.again()
        documents = [
            read(bedside.patient_id, 0, HEART_RATE, 120),
            read(bedside.patient_id, 5, BODY_TEMPERATURE, 39.0),
            read(bedside.patient_id, 9, HEART_RATE, 118),
        ]
        for index in order:
            bedside.take(documents[index])
        bedside.watch.again().observe(documents)
        (alert,) = bedside.alerts()
        assert (alert["first_at"], alert["last_at"]) == (START + timedelta(minutes=5), START + timedelta(minutes=9))
        assert alert["condition_active"], order


def test_what_seemed_over_at_its_last_moment_holds_again_when_a_newer_input_of_that_time_comes(
    bedside: Bedside,
) -> None:
    for minute, code, value in [
        (40, BODY_TEMPERATURE, 39.0), (16, HEART_RATE, 120), (24, HEART_RATE, 80), (32, HEART_RATE, 120),
    ]:  # fmt: skip
        bedside.take(read(bedside.patient_id, minute, code, value))
    (alert,) = bedside.alerts()
    assert (alert["status"], alert["condition_active"], alert["ended_at"]) == ("active", True, None)


VALUES = {HEART_RATE: [80.0, 120.0], BODY_TEMPERATURE: [37.0, 39.0]}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    given_=st.lists(
        st.sampled_from([(code, value) for code, values in VALUES.items() for value in values]), min_size=1, max_size=8
    ),
    seed=st.randoms(use_true_random=False),
)
def test_in_any_order_each_moment_at_which_it_holds_is_covered_once_and_the_end_is_right(
    bedside: Bedside, given_: list[tuple[str, float]], seed: Any
) -> None:
    db = bedside.watch.platform.database.db
    for name in ("alerting_alerts", "observations", "latest_observations"):
        db[name].delete_many({})
    bedside.watch.platform.observations._pending_latest.clear()
    bedside.watch.evaluator = bedside.watch.again()
    # Eight minutes apart: a pulse is too old at the fourth reading after it.
    documents = [read(bedside.patient_id, 8 * number, *what) for number, what in enumerate(given_)]
    shuffled = list(documents)
    seed.shuffle(shuffled)
    for document in shuffled:
        bedside.take(document)
    bedside.watch.again().observe(shuffled)
    rule = combination_of(INFECTION, "patient")
    truth = list(verdicts(rule, tracks_of(documents, rule.codes), START))
    alerts = bedside.alerts()
    for verdict in truth:
        covering = [alert for alert in alerts if alert["first_at"] <= verdict.at <= alert["last_at"]]
        if verdict.holds:
            assert len(covering) == 1
    assert sum("open_key" in alert for alert in alerts) <= 1
    known = [verdict.holds for verdict in truth if verdict.holds is not None]
    if alerts and known:
        assert alerts[-1]["condition_active"] == known[-1]
