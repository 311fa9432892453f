"""Every request reaches every channel, once, whatever fails on the way."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from core.access.principal import Principal
from core.people.store import User
from core.plugin_system.hookspecs import DeliveryError, Message, Receipt
from plugins.notifications.dispatcher import Dispatcher
from plugins.notifications.store import LEASE
from tests.plugins.notifications.conftest import HEADLINE, NAME, START, Browser, World
from tests.support import Cast


class Pager:
    """A vendor's channel. ``error``: what it raises next."""

    id = "pager"
    display = "Pager"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.busy = threading.Event()
        self._lock = threading.Lock()

    def reach(self, user: User) -> list[str]:
        return [f"pager of {user.username}"]

    def send(self, message: Message, address: str) -> Receipt:
        with self._lock:
            self.sent.append((message.id, address))
        self.busy.set()
        assert self.gate.wait(20)
        if self.error is not None:
            raise self.error
        return Receipt("77")


def test_a_request_goes_out_on_all_channels_at_once(world: World) -> None:
    world.reachable()
    world.handle(world.request())
    assert world.states() == {"web_push": "delivered", "email": "delivered", "sms": "delivered"}
    received = world.receivers
    assert (len(received.push.posted), len(received.mail.mails), len(received.sms.posted)) == (1, 1, 1)


def test_a_request_that_comes_again_is_one(world: World) -> None:
    world.reachable()
    for _time in range(2):
        world.handle(world.request(), world.request())
        world.again()
    world.run(seconds=1)
    assert len(world.rows()) == len({row["_id"] for row in world.rows()}) == 3
    assert len(world.receivers.mail.mails) == 1


def test_an_old_request_does_not_reach_a_new_address(world: World) -> None:
    world.reachable(push=False, phone=False)
    world.handle(world.request())
    world.reachable()
    world.handle(world.request())
    assert world.states() == {"email": "delivered"}


def test_no_payload_names_the_patient_or_says_what_happened(world: World) -> None:
    world.reachable()
    world.handle(world.request())
    pushed = world.browser.read(world.receivers.push.posted[0])
    mail = world.receivers.mail.mails[0]
    payloads = [
        " ".join(str(value) for value in pushed.values()),
        mail.as_string(),
        world.receivers.sms.posted[0].body.decode(),
    ]
    for payload in payloads:
        assert "A. E." in payload
        for secret in (*NAME.split(), HEADLINE, "temperature", "41.0"):
            assert secret not in payload
    # The record's id is in what only the browser can read.
    assert pushed["link"] == f"/patients/{world.cast.alice.id}"
    assert not any(world.cast.alice.id in payload for payload in payloads[1:])


def test_details_are_sent_where_the_installation_allows_it(world: World) -> None:
    world.platform.settings = world.platform.settings.model_copy(update={"notify_details": True})
    world.reachable(push=False, phone=False)
    world.handle(world.request())
    (mail,) = world.receivers.mail.mails
    assert mail["Subject"] == f"{HEADLINE}: A. E."
    assert "41.0 degrees" in mail.get_content()


def test_mail_is_delivered_once_after_ten_minutes_without_a_server(world: World) -> None:
    world.reachable(push=False, phone=False)
    world.receivers.mail.down()
    world.handle(world.request())
    for _second in range(150):
        world.run(seconds=4)
    (row,) = world.rows()
    assert (row["state"], row["error"][:14]) == ("waiting", "no mail server")
    # Exponential: not a hundred and fifty attempts.
    assert 7 <= row["attempts"] <= 12
    world.receivers.mail.up()
    for _minute in range(11):
        world.run(minutes=1)
    (row,) = world.rows()
    assert (row["state"], row["error"]) == ("delivered", None)
    assert len(world.receivers.mail.mails) == 1
    assert world.receivers.mail.mails[0]["Date"].datetime == START


def test_what_was_stored_before_a_kill_is_sent_after_it(world: World) -> None:
    world.reachable()
    world.store_only(world.request())
    world.again()
    world.run(seconds=1)
    assert set(world.states().values()) == {"delivered"}


def test_a_kill_between_sending_and_noting_repeats_the_same_message(world: World) -> None:
    world.reachable()
    world.handle(world.request())
    # As a kill leaves it: claimed, sent, not noted.
    world.deliveries.update_many(
        {}, {"$set": {"state": "sending", "next_attempt_at": world.now + LEASE}, "$unset": {"ended_at": ""}}
    )
    world.again()
    world.run(seconds=60)
    assert len(world.receivers.mail.mails) == 1
    world.run(seconds=61)
    received = world.receivers
    assert set(world.states().values()) == {"delivered"}
    assert len({mail["Message-ID"] for mail in received.mail.mails}) == 1 < len(received.mail.mails) == 2
    assert len({posted.headers["topic"] for posted in received.push.posted}) == 1
    assert len({posted.headers["idempotency-key"] for posted in received.sms.posted}) == 1


def test_a_request_that_a_kill_left_half_stored_is_completed(world: World) -> None:
    world.reachable()
    world.store_only(world.request())
    world.deliveries.delete_many({"channel": {"$ne": "email"}})
    world.platform.database.db["notifications_requests"].delete_many({})
    world.again()
    world.handle(world.request())
    assert len(world.rows(state="delivered")) == 3


@pytest.mark.parametrize("type", ["alert_acknowledged", "alert_resolved"])
def test_an_acknowledgement_cancels_every_channel(world: World, type: str) -> None:
    world.reachable()
    world.store_only(world.request(), world.request("other", about="al_2"))
    world.handle(world.dealt_with(type))
    assert {row["state"] for row in world.rows(about="al_1")} == {"cancelled"}
    assert {row["state"] for row in world.rows(about="al_2")} == {"delivered"}
    assert len(world.receivers.mail.mails) == 1


def test_an_acknowledgement_that_comes_again_spares_what_was_asked_for_after_it(world: World) -> None:
    world.reachable(push=False, phone=False)
    world.store_only(world.request())
    acknowledged = world.dealt_with()
    world.now += timedelta(seconds=5)
    worse = world.request("r2")
    world.store_only(acknowledged, worse, acknowledged)
    world.run()
    assert [(row["request_key"], row["state"]) for row in sorted(world.rows(), key=lambda row: row["request_key"])] == [
        ("r1", "cancelled"),
        ("r2", "delivered"),
    ]


def test_what_fails_while_it_is_acknowledged_is_not_tried_again(world: World) -> None:
    pager = Pager()
    pager.error = DeliveryError(True, "busy")
    pager.gate.clear()
    world.again([pager])
    world.store_only(world.request())
    world.dispatcher.wake()
    assert pager.busy.wait(10)
    world.store_only(world.dealt_with())
    pager.gate.set()
    assert world.dispatcher.wait_idle()
    assert world.states() == {"pager": "cancelled"}
    world.run(hours=1)
    assert len(pager.sent) == 1


def test_what_a_killed_worker_was_sending_when_it_was_acknowledged_is_cancelled(world: World) -> None:
    world.reachable(push=False, phone=False)
    world.store_only(world.request())
    assert world.store.claim(world.rows()[0], world.now)
    world.store_only(world.dealt_with())
    world.run(minutes=3)
    assert world.states() == {"email": "cancelled"}
    assert world.receivers.mail.mails == []


def test_after_a_day_a_delivery_is_a_dead_letter_that_admins_hear_of_once(world: World) -> None:
    world.reachable(push=False, phone=False)
    world.receivers.mail.down()
    world.handle(world.request())
    for _round in range(160):
        world.run(minutes=9.5)
        if world.states() == {"email": "failed"}:
            break
    assert timedelta(hours=24) <= world.now - START < timedelta(hours=24, minutes=20)
    world.receivers.mail.up()
    world.again()
    world.run(hours=1)
    assert world.states() == {"email": "failed"} and world.receivers.mail.mails == []
    (event,) = world.events("delivery_failed")
    assert event["topics"] == ["admins"]
    assert (event["data"]["channel"], event["data"]["about"]) == ("email", "al_1")
    assert NAME not in str(event) and "bob@" not in str(event)


def test_a_dead_letter_that_a_kill_left_untold_is_told(world: World) -> None:
    world.reachable(push=False, phone=False)
    world.store_only(world.request())
    claimed = world.store.claim(world.rows()[0], world.now)
    assert claimed
    world.store.failed(claimed, "gone", world.now)
    world.again()
    world.run()
    world.run()
    assert len(world.events("delivery_failed")) == 1


def test_what_waits_for_a_channel_that_was_taken_away_is_seen_in_the_end(world: World) -> None:
    world.again([Pager()])
    world.store_only(world.request())
    world.again([])
    world.run(hours=23)
    assert world.states() == {"pager": "waiting"}
    world.run(hours=2)
    assert world.states() == {"pager": "failed"}
    assert len(world.events("delivery_failed")) == 1


def test_an_address_that_is_refused_is_given_up_at_once(world: World) -> None:
    world.reachable(push=False, phone=False)
    world.receivers.mail.refusal = "550 no such mailbox"
    world.handle(world.request())
    assert world.states() == {"email": "failed"}
    assert world.events("delivery_failed")


def test_a_full_mailbox_is_tried_again(world: World) -> None:
    world.reachable(push=False, phone=False)
    world.receivers.mail.refusal = "452 mailbox full"
    world.handle(world.request())
    assert world.states() == {"email": "waiting"}
    world.receivers.mail.refusal = None
    world.run(seconds=3)
    assert world.states() == {"email": "delivered"}


def test_quiet_hours_hold_back_what_can_wait_and_never_what_is_urgent(world: World) -> None:
    bob = world.reachable(push=False, phone=False)
    world.contacts.set_wishes(bob.id, {}, {"start": "11:00", "end": "13:00", "time_zone": "UTC"})
    world.handle(world.request("urgent"), world.request("later", priority="medium"))
    assert [row["request_key"] for row in world.rows(state="delivered")] == ["urgent"]
    world.run(minutes=59)
    assert len(world.receivers.mail.mails) == 1
    world.run(minutes=1)
    assert len(world.rows(state="delivered")) == 2


def test_choices_are_kept_by_channel_and_priority(world: World) -> None:
    bob = world.reachable()
    off = {"high": True, "medium": False, "low": False}
    world.contacts.set_wishes(bob.id, {"email": off}, None)
    world.handle(world.request("m", priority="medium"), world.request("h", priority="high"))
    assert {(row["request_key"], row["channel"]) for row in world.rows()} == {
        ("m", "web_push"), ("h", "web_push"), ("h", "email"), ("h", "sms"),
    }  # fmt: skip


def test_nothing_is_sent_to_an_address_that_was_given_up_meanwhile(world: World) -> None:
    bob = world.reachable(push=False, phone=False)
    world.store_only(world.request())
    world.contacts.remove_address(bob.id, "email")
    world.run()
    assert world.states() == {"email": "cancelled"} and world.receivers.mail.mails == []


def test_nothing_is_sent_to_who_may_not_sign_in(world: World) -> None:
    bob = world.reachable(push=False, phone=False)
    world.store_only(world.request())
    world.platform.people.set_enabled(bob.id, False)
    world.run()
    world.handle(world.request("r2"))
    assert world.states() == {"email": "cancelled"} and len(world.rows()) == 1


def test_two_workers_never_send_the_same_delivery_twice(world: World) -> None:
    pager = Pager()
    world.again([pager])
    users = list(world.cast.users)
    world.store_only(*(world.request(f"r{number}", to=users) for number in range(20)))
    workers = [Dispatcher(world.platform, world.store, [pager]) for _number in range(3)]
    for worker in workers:
        worker.wake()
    for worker in workers:
        assert worker.wait_idle()
    assert len(pager.sent) == len(set(pager.sent)) == 20 * len(users)
    assert {row["attempts"] for row in world.rows()} == {1}


def test_a_delivery_that_is_being_sent_is_nobody_elses_until_its_lease_ends(world: World) -> None:
    pager = Pager()
    pager.gate.clear()
    world.again([pager])
    world.store_only(world.request())
    world.dispatcher.wake()
    assert pager.busy.wait(10)
    other = Dispatcher(world.platform, world.store, [pager])
    world.now += LEASE - timedelta(seconds=1)
    other.run()
    assert other.wait_idle()
    assert len(pager.sent) == 1
    pager.gate.set()
    assert world.dispatcher.wait_idle()
    assert world.states() == {"pager": "delivered"}


def test_a_slow_channel_holds_up_no_other(world: World) -> None:
    pager = Pager()
    pager.gate.clear()
    world.again([pager, *world.channels])
    world.reachable()
    requests = [world.request(f"r{number}") for number in range(10)]
    world.store_only(*requests)
    world.dispatcher.wake()
    others = {name: lane for name, lane in world.dispatcher._lanes.items() if name != "pager"}
    assert all(lane.wait_idle(20) for lane in others.values())
    assert len(world.receivers.mail.mails) == 10
    assert len(pager.sent) == 4
    pager.gate.set()
    assert world.dispatcher.wait_idle()
    assert len(pager.sent) == 10


def test_a_slow_address_holds_up_no_other_of_its_channel(world: World) -> None:
    bob, dana = (world.reachable(name, mail=False, phone=False) for name in ("bob", "dana"))
    other = Browser(f"{world.receivers.push.url}/push/2")
    world.contacts.subscribe(bob.id, other.endpoint, **other.keys, now=world.now)
    world.receivers.push.gate.clear()
    world.store_only(world.request())
    world.dispatcher.wake()
    assert world.receivers.push.arrived.acquire(timeout=10)
    world.store_only(world.request("r2", to=["dana"]))
    world.dispatcher.wake()
    assert world.receivers.push.arrived.acquire(timeout=10)
    world.receivers.push.gate.set()
    assert world.dispatcher.wait_idle()
    assert {row["user_id"] for row in world.rows(state="delivered")} == {bob.id, dana.id}


def test_what_is_urgent_goes_first(world: World) -> None:
    pager = Pager()
    world.again([pager])
    levels = ["low", "medium", "high", "low", "high"]
    world.store_only(*(world.request(f"r{number}", priority=level) for number, level in enumerate(levels)))
    found = world.store.due("pager", world.now, 100)
    assert [row["priority"] for row in found][:2] == ["high", "high"]


def test_admins_hear_of_what_was_given_up_and_others_do_not(world: World, app: Flask) -> None:
    heard = {}
    for name in ("ada", "bob"):
        user = world.cast.users[name]
        principal = Principal("user", user.id, user.username, user.name, user.roles)
        heard[name] = ("admins", "delivery") in world.platform.live.keys_for(principal, "me")
    assert heard == {"ada": True, "bob": False}


def test_a_channel_that_raises_what_it_likes_is_tried_again(world: World) -> None:
    pager = Pager()
    pager.error = RuntimeError(f"cannot page {NAME}")
    world.again([pager])
    world.handle(world.request())
    (row,) = world.rows()
    assert (row["state"], row["error"]) == ("waiting", "the channel failed: RuntimeError")
    pager.error = None
    world.run(seconds=3)
    (row,) = world.rows()
    assert (row["state"], row["receipt"]) == ("delivered", "77")


def test_a_channel_that_fails_at_telling_addresses_leaves_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pager = Pager()

    def fail(_user: User) -> list[str]:
        raise RuntimeError

    monkeypatch.setattr(pager, "reach", fail)
    world.again([pager, *world.channels])
    world.reachable(push=False, phone=False)
    world.handle(world.request())
    assert world.states() == {"email": "delivered"}


def test_a_channel_that_fails_for_a_minute_is_told_of_and_so_is_its_return(world: World) -> None:
    world.reachable(push=False)
    world.receivers.mail.down()
    world.handle(world.request())
    for _second in range(15):
        world.run(seconds=4)
    assert world.events("condition_raised") == []
    for _second in range(30):
        world.run(seconds=4)
    (raised,) = world.events("condition_raised")
    assert raised["topics"] == []
    wanted = {"key": "channel|email", "kind": "technical", "patient_id": None, "at": "2026-01-31T12:00:00.000Z"}
    assert wanted.items() <= raised["data"].items()
    assert world.events("condition_ended") == []
    world.receivers.mail.up()
    world.again()
    world.run(minutes=10)
    (ended,) = world.events("condition_ended")
    assert ended["data"]["key"] == "channel|email"
    world.receivers.mail.down()
    world.handle(world.request("r2"))
    for _second in range(40):
        world.run(seconds=4)
    assert len(world.events("condition_raised")) == 2


def test_refused_addresses_do_not_make_a_channel_fail(world: World) -> None:
    world.reachable(push=False, phone=False)
    world.receivers.mail.refusal = "550 no such mailbox"
    for number in range(5):
        world.handle(world.request(f"r{number}"))
        world.run(minutes=1)
    assert world.events("condition_raised") == []


def test_what_is_long_over_is_forgotten(world: World) -> None:
    world.reachable()
    world.handle(world.request())
    world.now += timedelta(days=29)
    world.dispatcher.forget()
    assert len(world.rows()) == 3
    world.now += timedelta(days=2)
    world.dispatcher.forget()
    assert world.rows() == []


def test_the_key_of_web_push_is_for_the_platform_alone(world: World) -> None:
    world.reachable(mail=False, phone=False)
    world.handle(world.request())
    file: Path = world.platform.settings.data_dir / "vapid_key.pem"
    assert file.stat().st_mode & 0o777 == 0o600


# -- who is reached ------------------------------------------------------------------------------
def told(world: World, type: str) -> list[dict[str, object]]:
    return [event["data"] for event in world.events(type)]


def test_it_is_told_once_who_has_an_address_and_who_has_none(world: World, cast: Cast) -> None:
    bob, dana = cast.users["bob"].id, cast.users["dana"].id
    world.reachable()
    for _time in range(2):
        world.handle(world.request(to=["bob", "dana"]))
    assert told(world, "notification_planned") == [
        {"key": "r1", "about": "al_1", "reached": [bob], "unreached": [dana]}
    ]


def test_somebody_whom_everything_fails_to_reach_is_told_of_and_so_is_the_first_that_gets_through(
    world: World, cast: Cast
) -> None:
    world.reachable(push=False, phone=False)
    world.receivers.mail.down()
    world.handle(world.request())
    assert world.events("person_unreached") == []
    for seconds in (5, 10, 20, 40, 1):
        world.run(seconds=seconds)
    bob = cast.users["bob"].id
    assert told(world, "person_unreached") == [{"key": "r1", "about": "al_1", "user_id": bob}]
    world.receivers.mail.up()
    world.run(minutes=11)
    assert world.states() == {"email": "delivered"}
    assert told(world, "person_reached") == [{"key": "r1", "about": "al_1", "user_id": bob}]


def test_an_address_that_is_gone_is_told_at_once_unless_another_works(world: World) -> None:
    pager = Pager()
    pager.error = DeliveryError(False, "the number is not in use")
    world.again([pager])
    world.handle(world.request())
    assert len(world.events("person_unreached")) == 1


def test_one_channel_that_works_is_enough(world: World) -> None:
    world.reachable(phone=False)
    world.receivers.mail.down()
    world.handle(world.request())
    for _round in range(6):
        world.run(minutes=1)
    assert world.states() == {"web_push": "delivered", "email": "waiting"}
    assert world.events("person_unreached") == []
