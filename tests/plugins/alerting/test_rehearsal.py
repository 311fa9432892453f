"""A rehearsal raises what the live evaluation would have raised, writes nothing, and is quick."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.database.connection import Document
from core.observations.vital_signs import BODY_TEMPERATURE, BODY_WEIGHT, HEART_RATE
from core.platform import Platform
from plugins.alerting.rehearsal import mark_lost, replay
from plugins.alerting.rehearse import rehearse
from plugins.alerting.rule_sets import RuleSet, rule_set
from tests.plugins.alerting.conftest import START, Watch, reading
from tests.plugins.alerting.test_combinations import INFECTION, read
from tests.support import Caller

SignIn = Callable[[str], Caller]


def limits(code: str = BODY_TEMPERATURE, **more: Any) -> Document:
    rule = {"code": code, "low": 35.0, "high": 39.0, "critical_low": None, "critical_high": 40.0, "latching": False}
    return rule | more


def rules_of(*rules: Document, **more: Any) -> RuleSet:
    return rule_set({"rules": list(rules), **more}, [])


def episodes(values: list[float], rules: RuleSet, step: int = 1) -> list[tuple[int, int, str, float | None]]:
    documents = [reading("p", number * step, value) for number, value in enumerate(values)]
    end = START + timedelta(minutes=len(values) * step)

    def minute(at: Any) -> int:
        return int((at - START).total_seconds() // 60)

    return [(minute(e.first_at), minute(e.until), e.priority, e.peak) for e in replay(documents, rules, end)]


def test_a_stretch_of_breaches_is_one_episode_with_its_peak() -> None:
    found = episodes([37.0, 39.2, 39.6, 39.1, 37.0, 40.2, 39.5, 37.0, 34.0], rules_of(limits()))
    assert found == [(1, 3, "medium", 39.6), (5, 6, "high", 40.2), (8, 8, "medium", 34.0)]


def test_duration_and_hysteresis_thin_out_alerts() -> None:
    values = [39.2, 38.9, 39.2, 38.9, 39.2, 39.2, 39.2, 39.2, 38.4]
    assert len(episodes(values, rules_of(limits()))) == 3
    assert episodes(values, rules_of(limits(hysteresis=0.5))) == [(0, 7, "medium", 39.2)]
    assert episodes(values, rules_of(limits(duration_s=180))) == [(4, 7, "medium", 39.2)]


def test_changes_combinations_and_silences_are_rehearsed() -> None:
    day = 24 * 60
    documents = [
        reading("p", number * day, kg, code=BODY_WEIGHT, unit="kg") for number, kg in enumerate((70.0, 71.0, 72.5))
    ]
    documents += [read("p", 2 * day + 1, HEART_RATE, 120), read("p", 2 * day + 2, BODY_TEMPERATURE, 38.5)]
    rules = rules_of(
        limits(HEART_RATE, low=None, high=None, critical_high=None),
        combinations=[INFECTION],
        stale=[{"code": BODY_WEIGHT, "hours": 20.0, "priority": "low"}],
    )
    found = replay(documents, rules, START + timedelta(days=2, hours=10))
    assert [(episode.kind, episode.priority, episode.over) for episode in found] == [
        ("stale", "low", True), ("stale", "low", True), ("change", "medium", False), ("combination", "high", False),
    ]  # fmt: skip


def test_what_wider_limits_would_not_have_told_is_marked() -> None:
    documents = [reading("p", number, value) for number, value in enumerate((39.2, 37.0, 40.5, 37.0, 41.5))]
    end = START + timedelta(hours=1)
    before = replay(documents, rules_of(limits()), end)
    mark_lost(before, replay(documents, rules_of(limits(high=40.8, critical_high=41.0)), end))
    assert [(episode.priority, episode.lost) for episode in before] == [
        ("medium", True), ("high", True), ("high", False),
    ]  # fmt: skip
    mark_lost(before, replay(documents, rules_of(limits(high=38.0)), end))
    assert not any(episode.lost for episode in before)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.sampled_from([37.0, 38.7, 39.2, 39.6, 40.5, 34.0]), min_size=1, max_size=14),
    duration_s=st.sampled_from([0, 60, 180]),
    hysteresis=st.sampled_from([0.0, 0.5]),
)
def test_a_rehearsal_raises_what_was_raised(
    watch: Watch, values: list[float], duration_s: int, hysteresis: float
) -> None:
    db = watch.platform.database.db
    for name in ("alerting_alerts", "observations", "latest_observations"):
        db[name].delete_many({})
    watch.platform.observations._pending_latest.clear()
    rule = limits(duration_s=duration_s, hysteresis=hysteresis)
    watch.store.set_limits(watch.patient_id, [rule])
    watch.evaluator = watch.again()
    for number, value in enumerate(values):
        watch.platform.observations.insert([reading(watch.patient_id, number, value)])
        watch.see(number, value)
    documents = [reading("p", number, value) for number, value in enumerate(values)]
    rehearsed = replay(documents, rules_of(rule), START + timedelta(hours=1))
    told = [(alert["first_at"], alert["last_at"], alert["worst"]) for alert in watch.alerts()]
    assert [(episode.first_at, episode.until, episode.priority) for episode in rehearsed] == told


@pytest.fixture
def month(platform: Platform, watch: Watch) -> Platform:
    """Thirty days of a reading each quarter of an hour."""
    platform.clock = lambda: START + timedelta(days=30)
    batch = [
        reading(watch.patient_id, 15 * number, 118 + 8 * ((number * 79) % 101) / 101, code=HEART_RATE, unit="/min")
        for number in range(2_880)
    ]
    platform.observations.insert(batch)
    platform.observations.note_latest(batch[-1:])
    return platform


def test_a_month_is_rehearsed_day_by_day(month: Platform, watch: Watch) -> None:
    present = watch.store.rules.rule_set_of(watch.patient_id)
    edited = rules_of(limits(HEART_RATE, low=50, high=125, critical_high=None))
    found = rehearse(month, watch.patient_id, present, edited)
    assert found["readings"] == 2_880
    assert found["before"]["total"] > found["after"]["total"] > 0
    assert len(found["before"]["days"]) == 31
    assert sum(day["medium"] for day in found["before"]["days"]) == found["before"]["medium"]


def test_a_professional_rehearses_and_nothing_is_written(platform: Platform, watch: Watch, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    platform.clock = lambda: START + timedelta(days=1)
    documents = [reading(watch.patient_id, number, value) for number, value in enumerate((39.5, 37.0, 40.5, 37.0))]
    platform.observations.insert(documents)
    platform.observations.note_latest(documents)
    path = f"/patients/{watch.patient_id}/alert-rules"
    holds = bob.get(path).json
    before = {name: platform.database.db[name].count_documents({}) for name in ("alerting_alerts", "alerting_rules")}
    answer = bob.post(f"{path}/rehearse", {"rules": [limits(high=41.0, critical_high=None)]})
    assert answer.status_code == 200
    assert (answer.json["before"]["total"], answer.json["after"]["total"]) == (2, 0)
    assert [episode["peak"] for episode in answer.json["before"]["episodes"]] == [39.5, 40.5]
    assert answer.json["before"]["lost_high"] == 0
    assert bob.get(path).json == holds
    assert before == {name: platform.database.db[name].count_documents({}) for name in before}
    assert bob.post(f"{path}/rehearse", {"rules": [limits(high=20.0)]}).status_code == 422
