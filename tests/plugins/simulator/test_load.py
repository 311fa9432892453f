"""The figures that ``pmp simulate`` prints."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from plugins.simulator.load import Plan, Tally, percentile, report, report_lines, scenario_of

PLAN = Plan("http://127.0.0.1:8000", 3, 10.0, 2.0, 7, 2, ZoneInfo("UTC"))


def test_the_threads_figures_are_added_up() -> None:
    tallies = [
        Tally(frames=10, readings=20, latencies_ms=[5.0] * 9 + [100.0]),
        Tally(frames=5, readings=5, failed=1, latencies_ms=[1.0] * 5, problem="HTTP 503"),
    ]
    result = report(PLAN, tallies, 2.5, 9)
    assert (result["accepted_frames"], result["readings"], result["failed"]) == (15, 25, 1)
    assert result["readings_per_s"] == 10.0
    assert result["latency_ms"] == {"p50": 5.0, "p95": 100.0, "p99": 100.0, "max": 100.0}
    assert report_lines(result)[-1].endswith("HTTP 503")


def test_a_run_in_which_nothing_was_sent_has_no_latency() -> None:
    result = report(PLAN, [Tally()], 1.0, 0)
    assert result["latency_ms"]["p50"] is None and result["readings"] == 0
    assert percentile([], 0.5) is None


def test_every_simulated_patient_measures_whenever_asked() -> None:
    assert {scenario_of(number) for number in range(50)}.isdisjoint({"silent_device", "forgetful"})
