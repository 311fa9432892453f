"""Others can see who is not reached; receivers are left alone as long as they ask; what is dealt with goes nowhere."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from core.http import format_time
from core.people.store import User
from core.plugin_system.hookspecs import DeliveryError, Message, Receipt
from plugins.notifications.rules import asked_delay_s, wait_s
from tests.plugins.notifications.conftest import START, World


class Busy:
    """A vendor's channel that is busy, and says for how long."""

    id = "busy"
    display = "Busy"

    def __init__(self, retry_after_s: float | None) -> None:
        self.error: DeliveryError | None = DeliveryError(True, "busy", retry_after_s)
        self.attempts = 0

    def reach(self, user: User) -> list[str]:
        return [user.username]

    def send(self, message: Message, address: str) -> Receipt:
        self.attempts += 1
        if self.error is not None:
            raise self.error
        return Receipt("1")


def told(world: World, type: str) -> list[dict[str, Any]]:
    return [event["data"] for event in world.events(type)]


# -- Retry-After -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        (format_datetime(START + timedelta(seconds=90), usegmt=True), 90.0),
        ("Sat, 31 Jan 2026 12:01:30 -0000", 90.0),
        (format_datetime(START - timedelta(days=1), usegmt=True), 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5e9", None),
        ("", None),
        (None, None),
    ],
)
def test_what_a_receiver_asks_for(header: str | None, seconds: float | None) -> None:
    assert asked_delay_s(header, START) == seconds


@pytest.mark.parametrize(
    ("attempts", "asked_s", "wait"),
    [
        (1, None, 2.0),
        (1, 1.0, 2.0),
        (1, 90.0, 90.0),
        (20, 90.0, 600.0),
        (1, 99_999.0, 3600.0),
        (1, float("inf"), 3600.0),
    ],
)
def test_the_longer_of_both_waits_holds_up_to_an_hour(attempts: int, asked_s: float | None, wait: float) -> None:
    assert wait_s(attempts, 0.5, asked_s) == wait


@pytest.mark.parametrize("channel", ["web_push", "sms"])
def test_no_attempt_comes_earlier_than_a_receiver_asked_for(world: World, channel: str) -> None:
    world.reachable(mail=False, push=channel == "web_push", phone=channel == "sms")
    receiver = world.receivers.push if channel == "web_push" else world.receivers.sms
    receiver.status, receiver.retry_after = 429, "300"
    world.handle(world.request())
    receiver.status, receiver.retry_after = 201, None
    world.run(seconds=299)
    assert (world.states(), len(receiver.posted)) == ({channel: "waiting"}, 1)
    world.run(seconds=1)
    assert (world.states(), len(receiver.posted)) == ({channel: "delivered"}, 2)


def test_a_vendors_channel_may_ask_too_and_an_hour_is_the_most(world: World) -> None:
    busy = Busy(retry_after_s=1_000_000)
    world.again([busy])
    world.handle(world.request())
    world.run(minutes=59)
    assert busy.attempts == 1
    world.run(minutes=1)
    assert busy.attempts == 2


# -- who is reached ----------------------------------------------------------------------------
def test_each_request_says_once_whom_it_reaches(world: World) -> None:
    bob = world.reachable("bob", push=False, phone=False)
    dana = world.cast.users["dana"]
    for _time in range(2):
        world.handle(world.request(to=["bob", "dana", "bob"]))
        world.again()
    (event,) = world.events("notification_planned")
    assert event["topics"] == []
    assert event["data"] == {"key": "r1", "about": "al_1", "reached": [bob.id], "unreached": [dana.id]}


def test_a_request_that_a_kill_left_half_planned_still_says_whom_it_reaches(world: World) -> None:
    bob = world.reachable("bob", push=False, phone=False)
    world.store_only(world.request())
    world.platform.database.db["notifications_requests"].delete_many({})
    world.platform.database.db.events.delete_many({"type": "notification_planned"})
    world.again()
    world.handle(world.request())
    assert [data["reached"] for data in told(world, "notification_planned")] == [[bob.id]]


def test_a_person_is_unreached_when_the_last_delivery_to_them_has_failed(world: World) -> None:
    bob = world.reachable(push=False)
    world.receivers.sms.status = 422
    world.receivers.mail.down()
    world.handle(world.request(priority="medium"), world.request("r2"))
    # The mail may still get through, and the text message of the medium one is not wanted.
    assert {row["state"] for row in world.rows(channel="email")} == {"waiting"}
    assert told(world, "person_unreached") == []
    world.receivers.mail.refusal = "550 no such mailbox"
    world.receivers.mail.up()
    world.run(seconds=5)
    # Of two pushes at once, the later one may find the browser's subscription removed already.
    assert {row["state"] for row in world.rows()} <= {"failed", "cancelled"}
    world.again()
    world.run(seconds=1)
    unreached = sorted(told(world, "person_unreached"), key=lambda data: str(data["key"]))
    assert unreached == [{"key": key, "about": "al_1", "user_id": bob.id} for key in ("r1", "r2")]
    assert all(event["topics"] == [] for event in world.events("person_unreached"))
    assert len(world.events("delivery_failed")) == len(world.rows(state="failed")) >= 3


def test_who_got_it_on_one_channel_is_reached(world: World) -> None:
    world.reachable(phone=False)
    world.receivers.push.status = 503
    world.handle(world.request())
    for _round in range(40):
        world.run(minutes=1)
    assert world.states() == {"web_push": "waiting", "email": "delivered"}
    assert told(world, "person_unreached") == []


@pytest.mark.parametrize("retry_after_s", [None, 3600.0])
def test_what_is_urgent_and_fails_for_a_minute_leaves_its_person_unreached(
    world: World, retry_after_s: float | None
) -> None:
    busy = Busy(retry_after_s)
    world.again([busy])
    world.handle(world.request())
    for _second in range(59):
        world.run(seconds=1)
    assert told(world, "person_unreached") == []
    world.run(seconds=1)
    bob = world.cast.users["bob"]
    assert told(world, "person_unreached") == [{"key": "r1", "about": "al_1", "user_id": bob.id}]
    busy.error = None
    world.run(hours=1)
    world.run(hours=1)
    assert world.states() == {"busy": "delivered"}
    assert len(told(world, "person_unreached")) == 1


def test_what_can_wait_may_fail_for_longer(world: World) -> None:
    world.again([Busy(None)])
    world.handle(world.request(priority="medium"))
    for _minute in range(60):
        world.run(minutes=1)
    assert told(world, "person_unreached") == []


def test_who_took_the_alert_on_makes_nobody_unreached(world: World) -> None:
    world.again([Busy(None)])
    world.handle(world.request())
    world.handle(world.dealt_with())
    world.run(minutes=5)
    assert world.states() == {"busy": "cancelled"}
    assert told(world, "person_unreached") == []


def test_an_address_that_was_taken_away_leaves_its_person_unreached(world: World) -> None:
    bob = world.reachable(push=False, phone=False)
    world.store_only(world.request())
    world.contacts.remove_address(bob.id, "email")
    world.run()
    assert world.states() == {"email": "cancelled"}
    assert [data["user_id"] for data in told(world, "person_unreached")] == [bob.id]
    assert world.events("delivery_failed") == []


def test_a_kill_before_telling_does_not_keep_it_untold(world: World) -> None:
    world.reachable(push=False, phone=False)
    world.store_only(world.request())
    claimed = world.store.claim(world.rows()[0], world.now)
    assert claimed
    world.store.failed(claimed, "gone", world.now)
    world.again()
    world.run()
    assert len(told(world, "person_unreached")) == 1


# -- dealt with before it was asked for --------------------------------------------------------
def test_a_request_that_comes_in_after_its_alert_was_acknowledged_goes_nowhere(world: World) -> None:
    world.reachable()
    late = world.request()
    world.now += timedelta(seconds=1)
    world.handle(world.dealt_with())
    world.handle(late)
    assert set(world.states().values()) == {"cancelled"}
    assert world.receivers.mail.mails == [] == world.receivers.push.posted


def test_what_was_decided_before_the_acknowledgement_and_published_after_it_goes_nowhere(world: World) -> None:
    world.reachable()
    decided_at = format_time(world.now)
    world.now += timedelta(seconds=1)
    world.handle(world.dealt_with())
    world.now += timedelta(seconds=1)
    world.handle(world.request(requested_at=decided_at))
    assert set(world.states().values()) == {"cancelled"}


@pytest.mark.parametrize("requested_at", [None, "2100-01-01T00:00:00Z", "2026-01-01T00:00:00", "yesterday", 7])
def test_what_is_asked_for_after_the_acknowledgement_goes_out(world: World, requested_at: object) -> None:
    world.reachable()
    world.handle(world.dealt_with())
    world.now += timedelta(seconds=1)
    world.handle(world.request(requested_at=requested_at))
    assert set(world.states().values()) == {"delivered"}
    assert {row["requested_at"] for row in world.rows()} == {world.now}


def test_what_was_dealt_with_is_forgotten_with_its_requests(world: World) -> None:
    world.handle(world.dealt_with())
    world.now += timedelta(days=31)
    world.dispatcher.forget()
    assert world.store.dealt_with_at("al_1") is None
