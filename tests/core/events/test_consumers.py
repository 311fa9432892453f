"""Consumers: in order, at least once, with their own place, retries and dead letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from core.events.consumers import EventConsumer
from core.events.log import Event
from core.platform import Platform
from core.plugin_system.hookspecs import EventHandler
from tests.support import wait_until

Run = Callable[[Callable[[Sequence[Event]], None]], EventConsumer]


@pytest.fixture
def run(platform: Platform) -> Iterator[Run]:
    """Runs a consumer of the events of type "thing_happened"."""
    started: list[EventConsumer] = []

    def run(handle: Callable[[Sequence[Event]], None]) -> EventConsumer:
        handler = EventHandler("test.consumer", frozenset({"thing_happened"}), handle)
        consumer = EventConsumer(platform.database, handler, platform.observations, platform.clock)
        consumer.start()
        started.append(consumer)
        return consumer

    yield run
    for consumer in started:
        consumer.stop()


def happen(platform: Platform, *numbers: int) -> None:
    for number in numbers:
        platform.events.publish(["x"], "thing_happened", {"n": number})
        platform.events.publish(["x"], "other_happened", {"n": number})


def test_events_arrive_in_order_also_those_from_before_the_start(platform: Platform, run: Run) -> None:
    seen: list[int] = []
    happen(platform, 0, 1)
    run(lambda events: seen.extend(event.data["n"] for event in events))
    wait_until(lambda: 1 in seen, what="the first events")
    happen(platform, 2, 3, 4)
    wait_until(lambda: 4 in seen, what="all events")
    assert list(dict.fromkeys(seen)) == [0, 1, 2, 3, 4]


def test_a_successor_goes_on_where_the_predecessor_stopped(platform: Platform, run: Run) -> None:
    first: list[int] = []
    consumer = run(lambda events: first.extend(event.data["n"] for event in events))
    happen(platform, 0)
    # The first may come by looking back; the second comes by the stream, whose place is kept.
    wait_until(lambda: 0 in first, what="the first event")
    happen(platform, 1)
    wait_until(lambda: 1 in first, what="the second event")
    consumer.stop()
    happen(platform, 2, 3)
    second: list[int] = []
    run(lambda events: second.extend(event.data["n"] for event in events))
    wait_until(lambda: 3 in second, what="the rest")
    assert second == [2, 3]


def test_an_event_that_cannot_be_handled_is_put_aside_and_the_rest_goes_on(
    platform: Platform, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.events.consumers.MAX_ATTEMPTS", 2)
    seen: list[int] = []

    def handle(events: Sequence[Event]) -> None:
        if any(event.data["n"] == 1 for event in events):
            raise ValueError("poison")
        seen.extend(event.data["n"] for event in events)

    run(handle)
    happen(platform, 0, 1, 2)
    wait_until(lambda: {0, 2} <= set(seen), what="the other events")
    (letter,) = wait_until(lambda: list(platform.database.db.dead_letters.find({})), what="the dead letter")
    assert (letter["consumer"], letter["error"]) == ("test.consumer", "ValueError")


def test_two_processes_share_the_work_and_do_it_once(platform: Platform, run: Run) -> None:
    seen: list[int] = []
    for _process in range(2):
        run(lambda events: seen.extend(event.data["n"] for event in events))
    happen(platform, 0)
    # At the start an event may come twice: from looking back and from the stream.
    wait_until(lambda: 0 in seen, what="the first event")
    happen(platform, *range(1, 20))
    wait_until(lambda: 19 in seen, what="all events")
    assert [number for number in seen if number] == list(range(1, 20))
