"""The ledger of alerts: the same from any order of events and any number of tellings, and what it says."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events.log import Event
from core.http import format_time
from core.platform import Platform
from plugins.alerting.burden import Tally, line_of, report
from plugins.alerting.ledger import BurdenLedger, LedgerKeeper
from tests.plugins.alerting.conftest import START, reading
from tests.support import Caller, Cast

SignIn = Callable[[str], Caller]
PERSON = {"id": "u", "name": "Bob"}


def alert(patient_id: str | None, number: int = 0, after_s: float | None = None, **more: Any) -> dict[str, Any]:
    """An alert as its events carry it; answered after so many seconds."""
    raised = START + timedelta(minutes=number)
    history = [{"action": "raised", "at": format_time(raised), "by": None}]
    if after_s is not None:
        history.append({"action": "acknowledged", "at": format_time(raised + timedelta(seconds=after_s)), "by": PERSON})
    return {
        "id": f"al_{number}", "patient_id": patient_id, "kind": "out_of_range", "code": "8867-4", "title": "High",
        "priority": "medium", "raised_at": format_time(raised), "resolved_at": None, "actionable": None,
        "history": history,
    } | more  # fmt: skip


class Books:
    def __init__(self, platform: Platform, cast: Cast) -> None:
        self.platform = platform
        platform.clock = lambda: START + timedelta(hours=3)
        self.alice = cast.alice.id
        self.ledger = BurdenLedger(platform.database)

    def tell(self, *events: tuple[str, dict[str, Any]]) -> None:
        # A process of its own each time: nothing is kept in memory.
        keeper = LedgerKeeper(self.platform, self.ledger)
        keeper.take_alerts([Event("e", (), type, {"alert": data}, START) for type, data in events])

    def measure(self, *documents: dict[str, Any]) -> None:
        keeper = LedgerKeeper(self.platform, self.ledger)
        keeper.take_readings([Event("e", (), "observation_recorded", {"observation": d}, START) for d in documents])

    def sheets(self) -> list[dict[str, Any]]:
        return sorted(self.ledger.sheets("2026-01-01", None), key=lambda sheet: sheet["_id"])


@pytest.fixture
def books(platform: Platform, cast: Cast) -> Books:
    return Books(platform, cast)


def test_events_in_any_order_and_again_come_to_the_same(books: Books) -> None:
    answered = alert(books.alice, after_s=120, actionable=True)
    ended = answered | {"resolved_at": format_time(START + timedelta(seconds=600)), "priority": "low"}
    events = [("alert_raised", alert(books.alice)), ("alert_acknowledged", answered), ("alert_resolved", ended)]
    seen = []
    for order in itertools.permutations(events):
        books.platform.database.db.alerting_burden.delete_many({})
        for event in order:
            books.tell(event)
        books.tell(*events)
        seen.append(books.sheets())
    assert all(sheets == seen[0] for sheets in seen)
    (sheet,) = seen[0]
    line = sheet["alerts"]["al_0"]
    assert (line["priority"], line["answered_s"], line["ended_s"], line["actionable"]) == ("medium", 120, 600, True)


def test_a_patient_day_is_a_day_of_readings_or_alerts(books: Books) -> None:
    books.measure(*[reading(books.alice, number, 37.0) for number in range(5)])
    books.measure(reading(books.alice, 24 * 60, 37.0), reading(books.alice, 48 * 60, 37.0, flags=["demo"]))
    assert [sheet["day"] for sheet in books.sheets()] == ["2026-01-31", "2026-02-01"]
    books.tell(("alert_raised", alert(books.alice)), ("alert_raised", alert(None, 1)))
    assert [len(sheet.get("alerts", {})) for sheet in books.sheets()] == [1, 0]


@pytest.mark.parametrize(
    ("priority", "answered_s", "ended_s", "judged", "in_time"),
    [
        ("high", 300, None, 1, 1), ("high", 301, None, 1, 0), ("medium", 900, None, 1, 1), ("medium", 901, None, 1, 0),
        ("low", 3600, None, 1, 1), ("low", 3601, None, 1, 0), ("high", None, 299, 0, 0), ("high", None, 400, 1, 0),
        ("low", None, None, 1, 0),
    ],
)  # fmt: skip
def test_in_time(priority: str, answered_s: float | None, ended_s: float | None, judged: int, in_time: int) -> None:
    line = {"priority": priority, "raised_at": START, "answered_s": answered_s, "ended_s": ended_s}
    tally = Tally()
    tally.add({k: v for k, v in line.items() if v is not None}, "p", START + timedelta(hours=2))
    assert (tally.judged, tally.in_time) == (judged, in_time)


@given(
    answers=st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(["high", "low"]), st.integers(0, 7200)), max_size=9
    )
)
def test_rows_add_up_to_the_total(answers: list[tuple[str, str, int]]) -> None:
    sheets: dict[str, dict[str, Any]] = {
        name: {"day": "2026-01-31", "patient_id": name, "ward": None, "alerts": {}} for name in "ab"
    }
    for number, (name, priority, after_s) in enumerate(answers):
        line = line_of("alert_raised", alert(name, number, after_s, priority=priority))
        sheets[name]["alerts"][str(number)] = line
    for by in ("rule", "patient", "ward"):
        found = report(sheets.values(), by, START + timedelta(days=1))  # type: ignore[arg-type]
        assert found.total.alerts == len(answers) == sum(row.alerts for row in found.rows.values())
        assert found.total.in_time == sum(row.in_time for row in found.rows.values())
        assert found.total.patient_days == 2 == found.days["2026-01-31"].patient_days


def test_the_report_says_how_many_and_how_they_were_answered(books: Books, sign_in: SignIn) -> None:
    books.platform.patients.change(books.alice, {"ward": "West"})
    books.measure(reading(books.alice, 0, 37.0), reading(books.alice, -24 * 60, 37.0))
    for number, after_s, actionable in ((0, 60, True), (1, 2000, False), (2, 600, None), (3, None, None)):
        books.tell(("alert_raised", alert(books.alice, number, after_s, actionable=actionable)))
    bob, ada = sign_in("bob"), sign_in("ada")
    found = bob.get("/alarm-burden?days=7&by=rule").json
    total = found["total"]
    assert (total["alerts"], total["patient_days"], total["per_patient_day"]) == (4, 2, 2.0)
    assert (total["in_time"], total["actionable"], total["median_answer_s"]) == (0.5, 0.5, 600)
    assert [row["name"] for row in found["rows"]] == ["Heart rate: out of range"]
    assert found["rows"][0]["busiest_patient"] == books.alice
    assert [(day["day"], day["alerts"]) for day in found["trend"]][-2:] == [("2026-01-30", 0), ("2026-01-31", 4)]
    assert len(found["trend"]) == 7
    assert [row["name"] for row in ada.get("/alarm-burden?by=ward").json["rows"]] == ["West"]
    assert [row["key"] for row in ada.get("/alarm-burden?by=patient").json["rows"]] == [books.alice]
    assert bob.get("/alarm-burden?days=31").status_code == 422
    assert bob.get("/alarm-burden?days=90&by=patient").json["total"]["alerts"] == 4


def test_a_report_reads_the_ledger_only(books: Books, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = sign_in("bob")
    books.tell(("alert_raised", alert(books.alice)))
    books.platform.database.db.alerting_alerts.drop()
    assert bob.get("/alarm-burden").json["total"]["alerts"] == 1


def test_who_reaches_some_patients_only_sees_these(
    books: Books, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = sign_in("bob")
    books.tell(("alert_raised", alert(books.alice)), ("alert_raised", alert("p_other", 1)))
    assert bob.get("/alarm-burden").json["total"]["alerts"] == 2
    monkeypatch.setattr(books.platform.access, "visible_patients", lambda *_given: frozenset({books.alice}))
    assert bob.get("/alarm-burden").json["total"]["alerts"] == 1
