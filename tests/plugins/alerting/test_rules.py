"""How long, how far back, how fast: what makes an episode of readings, and what ends it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.observations.vital_signs import BODY_TEMPERATURE, BODY_WEIGHT, HEART_RATE
from plugins.alerting.rules import Rate, change_beyond, default_limits, title_of
from tests.plugins.alerting.conftest import START, Watch, reading


def rule(code: str = BODY_TEMPERATURE, **more: Any) -> dict[str, Any]:
    return {"code": code, "low": 35.0, "high": 39.0, "critical_low": None, "critical_high": 40.0} | more


def store(watch: Watch, number: int, value: float, **more: Any) -> None:
    """As ``see``, with the reading in the database too."""
    watch.platform.observations.insert([reading(watch.patient_id, number, value, **more)])
    watch.see(number, value, **more)


def test_a_breach_that_must_last_is_raised_when_it_has_lasted(watch: Watch) -> None:
    watch.store.set_limits(watch.patient_id, [rule(duration_s=600)])
    for number in (0, 4, 8):
        store(watch, number, 39.5)
    assert watch.alerts() == []
    store(watch, 10, 39.5)
    (alert,) = watch.alerts()
    assert (alert["first_at"], alert["last_at"]) == (START, START + timedelta(minutes=10))


def test_a_reading_within_the_limit_begins_the_wait_anew(watch: Watch) -> None:
    watch.store.set_limits(watch.patient_id, [rule(duration_s=600)])
    for number, value in ((0, 39.5), (6, 37.0), (8, 39.5), (12, 39.5)):
        store(watch, number, value)
    assert watch.alerts() == []
    store(watch, 18, 39.5)
    assert [alert["first_at"] for alert in watch.alerts()] == [START + timedelta(minutes=8)]


def test_a_critical_value_does_not_wait(watch: Watch) -> None:
    watch.store.set_limits(watch.patient_id, [rule(duration_s=600)])
    store(watch, 0, 40.1)
    assert [alert["priority"] for alert in watch.alerts()] == ["high"]


def test_a_value_just_within_the_limit_does_not_end_the_episode(watch: Watch) -> None:
    watch.store.set_limits(watch.patient_id, [rule(hysteresis=0.5)])
    watch.see(0, 39.2)
    watch.see(1, 38.8)
    assert [alert["condition_active"] for alert in watch.alerts()] == [True]
    watch.see(2, 38.4)
    assert [alert["condition_active"] for alert in watch.alerts()] == [False]


def test_an_alert_that_does_not_latch_resolves_by_itself_and_leaves_a_trace(watch: Watch) -> None:
    watch.store.set_limits(watch.patient_id, [rule(latching=False)])
    watch.see(0, 39.2)
    watch.see(1, 37.0)
    (alert,) = watch.alerts()
    assert (alert["status"], "open_key" in alert) == ("resolved", False)
    assert alert["history"][-1]["note"] == "back in range"
    watch.see(2, 39.2)
    assert [alert["status"] for alert in watch.alerts()] == ["resolved", "active"]


def test_an_alert_that_is_over_within_a_batch_leaves_no_open_key(watch: Watch) -> None:
    watch.store.set_limits(watch.patient_id, [rule(latching=False)])
    watch.evaluator.observe([reading(watch.patient_id, n, 39.5 if n % 2 else 37.0) for n in range(6)])
    assert [alert["status"] for alert in watch.alerts()] == ["resolved", "resolved", "active"]


def test_severity_rises_and_falls_and_only_a_new_height_calls_again(watch: Watch) -> None:
    watch.store.set_limits(watch.patient_id, [rule()])
    seen = []
    for number, value in enumerate((39.5, 40.5, 39.4)):
        watch.see(number, value)
        seen.append(watch.alerts()[0]["priority"])
    assert seen == ["medium", "high", "medium"]
    watch.acknowledge()
    watch.see(4, 40.6)
    (alert,) = watch.alerts()
    assert (alert["status"], alert["priority"]) == ("acknowledged", "high")
    assert [entry["action"] for entry in alert["history"]] == ["raised", "worsened", "eased", "worsened"]


# -- change ------------------------------------------------------------------------------------
def weights(watch: Watch, *kilograms: float) -> list[dict[str, Any]]:
    for day, value in enumerate(kilograms):
        store(watch, day * 1440, value, code=BODY_WEIGHT, unit="kg")
    return [alert for alert in watch.alerts() if alert["kind"] == "change"]


def test_two_kilograms_more_in_three_days_alert(watch: Watch) -> None:
    (alert,) = weights(watch, 70.0, 70.8, 71.6, 72.2)
    assert alert["title"] == "Body weight up more than 2 kg in 3 days"
    assert (alert["value"], alert["limit"]) == (72.2, 72.0)


@pytest.mark.parametrize(
    "kilograms", [(70.0, 70.8, 71.6, 72.0), (70.0, 71.0, 71.5, 71.9, 72.2), (74.0, 73.0, 72.0, 71.0)]
)
def test_less_or_slower_or_a_loss_does_not(watch: Watch, kilograms: tuple[float, ...]) -> None:
    assert weights(watch, *kilograms) == []


def test_a_change_ends_when_the_span_has_passed(watch: Watch) -> None:
    (alert,) = weights(watch, 70.0, 72.5, 72.5, 72.5, 72.5)
    assert alert["condition_active"] is False


def test_a_change_and_a_limit_are_two_alerts(watch: Watch) -> None:
    watch.store.set_limits(
        watch.patient_id,
        [
            rule(
                HEART_RATE, low=50, high=100, critical_high=None, rate={"change": 30, "hours": 1.0, "direction": "both"}
            )
        ],
    )
    store(watch, 0, 70, code=HEART_RATE, unit="/min")
    store(watch, 5, 110, code=HEART_RATE, unit="/min")
    assert sorted(alert["kind"] for alert in watch.alerts()) == ["change", "out_of_range"]


@pytest.mark.parametrize(
    ("value", "earlier", "direction", "breached"),
    [
        (72.0, [70.0], "up", None), (72.01, [70.0], "up", "rise"), (68.0, [70.5], "up", None),
        (68.0, [70.5], "down", "fall"), (68.0, [70.5], "both", "fall"), (70.3, [68.2, 70.0], "both", "rise"),
        (70.0, [], "both", None),
    ],
)  # fmt: skip
def test_change_beyond(value: float, earlier: list[float], direction: Any, breached: str | None) -> None:
    breach = change_beyond(BODY_WEIGHT, value, earlier, Rate(2.0, 72.0, direction))
    assert (breach and breach.breached) == breached


def test_the_default_of_weight_is_a_gain() -> None:
    breach = change_beyond(BODY_WEIGHT, 80, [70], default_limits()[BODY_WEIGHT].rate or Rate(0, 0))
    assert breach is not None
    assert "kg in 3 days" in title_of(breach)
