"""People say how they are reached; professionals see who was told; admins see what failed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.app import create_app
from core.assembly import assemble
from core.events.log import Event
from core.processes.worker import Worker
from core.settings import Settings, load_settings
from plugins.notifications.confirmation import CODES_PER_HOUR
from tests.plugins.notifications.conftest import SMS_SECRET, Browser, World
from tests.support import PASSWORD, Caller, wait_until

SignIn = Callable[[str], Caller]
SETTINGS, TESTS = "/me/notifications/settings", "/me/notifications/test"


@pytest.fixture
def world(world: World, app: Flask) -> World:
    """The world, and its application."""
    return world


def code_of(text: str) -> str:
    found = re.search(r"\b(\d{6})\b", text)
    assert found
    return found.group(1)


def mailed_code(world: World) -> str:
    return code_of(world.receivers.mail.mails[-1].get_content())


def subscription(browser: Browser) -> dict[str, Any]:
    return {"endpoint": browser.endpoint, "expirationTime": None, "keys": browser.keys}


def test_settings_start_with_all_channels_and_text_messages_for_what_is_urgent(world: World, sign_in: SignIn) -> None:
    found = sign_in("bob").get(SETTINGS).json
    chosen = {item["channel"]: (item["high"], item["medium"], item["low"]) for item in found["channels"]}
    assert chosen == {"web_push": (True,) * 3, "email": (True,) * 3, "sms": (True, False, False)}
    assert not any(item["reachable"] for item in found["channels"])
    assert (found["quiet_hours"], found["email"], found["push_subscriptions"]) == (None, None, [])


def test_choices_are_kept(world: World, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    body = {
        "channels": [{"channel": "email", "high": True, "medium": False, "low": False}],
        "quiet_hours": {"start": "22:00", "end": "07:00", "time_zone": "Europe/Zurich"},
    }
    assert bob.put(SETTINGS, body).status_code == 200
    found = bob.get(SETTINGS).json
    assert found["quiet_hours"] == body["quiet_hours"]
    assert [item["medium"] for item in found["channels"] if item["channel"] == "email"] == [False]
    assert sign_in("dana").get(SETTINGS).json["quiet_hours"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"channels": [{"channel": "pigeon", "high": True, "medium": True, "low": True}], "quiet_hours": None},
        {"channels": [{"channel": "sms", "high": True, "medium": True, "low": True}] * 2, "quiet_hours": None},
        {"channels": [], "quiet_hours": {"start": "24:00", "end": "07:00", "time_zone": "UTC"}},
        {"channels": [], "quiet_hours": {"start": "22:00", "end": "07:00", "time_zone": "../etc/passwd"}},
    ],
)
def test_choices_that_make_no_sense_are_refused(world: World, sign_in: SignIn, body: dict[str, Any]) -> None:
    assert sign_in("bob").put(SETTINGS, body).status_code == 422


def test_an_address_holds_once_its_code_is_confirmed(world: World, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    assert bob.post("/me/email", {"address": "bob@example.org"}).status_code == 204
    assert bob.get(SETTINGS).json["email"] is None
    code = mailed_code(world)
    assert sign_in("charlie").post("/me/email/confirm", {"code": code}).status_code == 422
    assert bob.post("/me/email/confirm", {"code": code}).status_code == 204
    assert bob.get(SETTINGS).json["email"] == "bob@example.org"
    assert bob.post("/me/email/confirm", {"code": code}).status_code == 422
    assert bob.delete("/me/email").status_code == 204
    assert bob.get(SETTINGS).json["email"] is None
    assert bob.delete("/me/email").status_code == 404


def test_a_number_is_confirmed_the_same_way(world: World, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    assert bob.post("/me/phone", {"number": "+41791234567"}).status_code == 204
    (posted,) = world.receivers.sms.posted
    assert bob.post("/me/phone/confirm", {"code": code_of(posted.body.decode())}).status_code == 204
    assert bob.get(SETTINGS).json["phone"] == "+41791234567"
    assert bob.delete("/me/phone").status_code == 204


def test_a_code_ends_after_a_quarter_of_an_hour(world: World, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    bob.post("/me/email", {"address": "bob@example.org"})
    world.now += timedelta(minutes=15)
    assert bob.post("/me/email/confirm", {"code": mailed_code(world)}).status_code == 422


def test_a_code_cannot_be_guessed(world: World, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    bob.post("/me/email", {"address": "bob@example.org"})
    code = mailed_code(world)
    for number in range(6):
        wrong = f"{(int(code) + number + 1) % 1_000_000:06}"
        assert bob.post("/me/email/confirm", {"code": wrong}).status_code == 422
    assert bob.post("/me/email/confirm", {"code": code}).status_code == 422


def test_codes_are_sent_a_few_times_an_hour(world: World, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    for number in range(CODES_PER_HOUR):
        assert bob.post("/me/email", {"address": f"b{number}@example.org"}).status_code == 204
    assert bob.post("/me/email", {"address": "other@example.org"}).status_code == 429
    assert bob.delete("/me/email").status_code == 404
    assert bob.post("/me/email", {"address": "other@example.org"}).status_code == 429
    assert sign_in("dana").post("/me/email", {"address": "dana@example.org"}).status_code == 204
    world.now += timedelta(hours=1, seconds=1)
    assert sign_in("bob").post("/me/email", {"address": "other@example.org"}).status_code == 204


def test_only_the_last_code_counts(world: World, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    bob.post("/me/email", {"address": "victim@example.org"})
    bob.post("/me/email", {"address": "bob@example.org"})
    assert bob.post("/me/email/confirm", {"code": mailed_code(world)}).status_code == 204
    assert bob.get(SETTINGS).json["email"] == "bob@example.org"


def test_a_code_that_cannot_be_sent_is_said_so(world: World, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    world.receivers.mail.refusal = "550 no such mailbox"
    assert bob.post("/me/email", {"address": "bob@example.org"}).status_code == 422
    world.receivers.mail.down()
    assert bob.post("/me/email", {"address": "bob@example.org"}).status_code == 503


@pytest.mark.parametrize("address", ["bob", "bob@", "a b@example.org", "bob@example.org\nBcc: x@y.z", "bob@localhost"])
def test_addresses_that_are_none_are_refused(world: World, sign_in: SignIn, address: str) -> None:
    assert sign_in("bob").post("/me/email", {"address": address}).status_code == 422
    assert world.receivers.mail.mails == []


def test_a_browser_subscribes_and_leaves(world: World, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    key = bob.get("/notifications/vapid-key").json["key"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{87}", key)
    made = bob.post("/me/push-subscriptions", subscription(world.browser))
    assert made.status_code == 201 and made.json["service"] == "127.0.0.1"
    assert bob.post("/me/push-subscriptions", subscription(world.browser)).json["id"] == made.json["id"]
    assert len(bob.get(SETTINGS).json["push_subscriptions"]) == 1
    path = f"/me/push-subscriptions/{made.json['id']}"
    assert sign_in("charlie").delete(path).status_code == 404
    assert bob.delete(path).status_code == 204
    assert bob.delete(path).status_code == 404


def test_a_browser_is_the_last_persons_who_subscribed_there(world: World, sign_in: SignIn) -> None:
    bob, dana = sign_in("bob"), sign_in("dana")
    bob.post("/me/push-subscriptions", subscription(world.browser))
    world.store_only(world.request())
    dana.post("/me/push-subscriptions", subscription(world.browser))
    assert bob.get(SETTINGS).json["push_subscriptions"] == []
    world.run()
    assert world.states() == {"web_push": "cancelled"} and world.receivers.push.posted == []


def test_subscriptions_are_limited_and_checked(world: World, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    for number in range(20):
        body = subscription(Browser(f"https://push.example/{number}"))
        assert bob.post("/me/push-subscriptions", body).status_code == 201
    assert bob.post("/me/push-subscriptions", subscription(Browser("https://push.example/x"))).status_code == 409
    wrong = subscription(world.browser) | {"keys": {"p256dh": "A" * 87, "auth": "A" * 22}}
    assert sign_in("dana").post("/me/push-subscriptions", wrong).status_code == 422


def test_a_token_cannot_lead_notifications_elsewhere(world: World, app: Flask, sign_in: SignIn) -> None:
    secret = sign_in("bob").post("/me/tokens", {"name": "script"}).json["token"]
    client = app.test_client()
    bearer = {"Authorization": f"Bearer {secret}"}
    for path, body in (
        ("email", {"address": "thief@example.org"}),
        ("phone", {"number": "+41791234567"}),
        ("push-subscriptions", subscription(world.browser)),
    ):
        assert client.post(f"/api/v1/me/{path}", json=body, headers=bearer).status_code == 403, path
    assert client.get(f"/api/v1{SETTINGS}", headers=bearer).status_code == 200


def test_professionals_see_who_was_told_of_an_alert(world: World, sign_in: SignIn) -> None:
    world.reachable(phone=False)
    world.handle(world.request(to=["bob", "dana"]), world.request("x", about="al_2"))
    found = sign_in("dana").get("/alerts-deliveries?alert_id=al_1")
    assert {(item["user_name"], item["channel"], item["state"]) for item in found.json["items"]} == {
        ("Bob", "email", "delivered"), ("Bob", "web_push", "delivered"),
    }  # fmt: skip
    assert [item["user_name"] for item in found.json["unreached"]] == ["Dana"]
    assert "example.org" not in found.text
    assert sign_in("alice").get("/alerts-deliveries?alert_id=al_1").status_code == 403
    assert sign_in("ada").get("/alerts-deliveries?alert_id=al_1").status_code == 403


def test_who_may_not_see_a_patient_does_not_see_who_was_told(
    world: World, sign_in: SignIn, settings: Settings, tmp_path: Path
) -> None:
    world.reachable()
    world.handle(world.request(to=["bob", "dana"]))
    world.platform.patients.set_care_team(world.cast.alice.id, [world.cast.users["bob"].id])
    folder = tmp_path / "policy"
    folder.mkdir()
    (folder / "narrow.csv").write_text("p, professional, *, *, outsider, deny\n")
    narrow = assemble(load_settings(environ={}, **settings.model_dump() | {"policy_dir": folder}))
    try:
        client = create_app(narrow.settings, narrow)
        seen = {}
        for name in ("bob", "dana"):
            browser = client.test_client()
            browser.post("/api/v1/auth/login", json={"username": name, "password": PASSWORD})
            found = browser.get("/api/v1/alerts-deliveries?alert_id=al_1").json
            seen[name] = (len(found["items"]), len(found["unreached"]))
        assert seen == {"bob": (3, 1), "dana": (0, 0)}
    finally:
        narrow.close()


def test_admins_see_what_failed_with_masked_addresses(world: World, sign_in: SignIn) -> None:
    world.reachable(push=False, phone=False)
    world.receivers.mail.refusal = "550 no such mailbox"
    for number in range(5):
        world.handle(world.request(f"r{number}"))
    ada = sign_in("ada")
    seen, cursor = [], ""
    while True:
        page = ada.get(f"/notifications/failed?limit=2{cursor}").json
        seen += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len({item["id"] for item in seen}) == 5
    assert seen[0]["address"] == "b…@example.org" and "status 550" in seen[0]["error"]
    assert sign_in("bob").get("/notifications/failed").status_code == 403


def test_without_a_mail_server_an_address_cannot_be_given(settings: Settings, world: World) -> None:
    kept = settings.model_dump() | {"smtp_url": None, "sms_webhook_url": None}
    plain = assemble(load_settings(environ={}, **kept))
    try:
        browser = create_app(plain.settings, plain).test_client()
        token = browser.post("/api/v1/auth/login", json={"username": "bob", "password": PASSWORD}).json["csrf_token"]
        for path, body in (("email", {"address": "b@example.org"}), ("phone", {"number": "+41791234567"})):
            answer = browser.post(f"/api/v1/me/{path}", json=body, headers={"X-CSRF-Token": token})
            assert answer.status_code == 409, path
        assert SMS_SECRET not in browser.get(f"/api/v1{SETTINGS}").text
    finally:
        plain.close()


def test_a_worker_sends_what_is_published_at_once(world: World) -> None:
    world.reachable()
    worker = Worker(world.platform)
    worker.start()
    try:
        event = world.request()
        world.platform.events.publish([], event.type, event.data, key=event.id)
        wait_until(lambda: set(world.states().values()) == {"delivered"} and len(world.rows()) == 3, what="delivery")
    finally:
        worker.stop()


def test_a_person_sends_themselves_a_test_everywhere_they_are_reached(world: World, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    assert bob.post(TESTS, {}).status_code == 409
    world.reachable(mail=False)
    body = {
        "channels": [{"channel": "sms", "high": False, "medium": True, "low": True}],
        "quiet_hours": {"start": "00:00", "end": "23:59", "time_zone": "UTC"},
    }
    assert bob.put(SETTINGS, body).status_code == 200
    sent = bob.post(TESTS, {})
    assert (sent.status_code, sent.json) == (202, {"channels": ["Browser"]})
    (stored,) = world.events("notification_requested")
    world.handle(Event(stored["_id"], (), stored["type"], stored["data"], world.now))
    assert world.states() == {"web_push": "delivered"}
    pushed = world.browser.read(world.receivers.push.posted[0])
    assert (pushed["kind"], pushed["title"]) == ("test", "Test notification")
    assert pushed["link"] == "/account?tab=notifications"


def test_tests_are_sent_twice_a_minute_at_the_most(world: World, sign_in: SignIn) -> None:
    world.reachable(mail=False, phone=False)
    bob = sign_in("bob")
    assert [bob.post(TESTS, {}).status_code for _time in range(3)] == [202, 429, 429]
    world.now += timedelta(seconds=30)
    assert [bob.post(TESTS, {}).status_code for _time in range(2)] == [202, 429]
    assert len(world.events("notification_requested")) == 2


def test_how_alerts_sound_is_kept_and_what_is_urgent_is_never_silent(world: World, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    assert bob.get(SETTINGS).json["sound"] == {"volume": 80, "low": True}
    nothing: dict[str, Any] = {"channels": [], "quiet_hours": None}
    chosen = {"volume": 40, "low": False}
    assert bob.put(SETTINGS, nothing | {"sound": chosen}).json["sound"] == chosen
    assert bob.put(SETTINGS, nothing).json["sound"] == chosen
    assert bob.put(SETTINGS, nothing | {"sound": {"volume": 0, "low": False}}).status_code == 422
    assert sign_in("dana").get(SETTINGS).json["sound"] == {"volume": 80, "low": True}


def test_a_browser_knows_itself_in_the_list(world: World, sign_in: SignIn) -> None:
    bob = sign_in("bob")
    made = bob.post("/me/push-subscriptions", subscription(world.browser) | {"name": "Chrome on Linux"}).json
    assert made["name"] == "Chrome on Linux"
    assert made["browser"] == hashlib.sha256(world.browser.endpoint.encode()).hexdigest()[:32]
    # A renewal by the browser itself gives no name.
    bob.post("/me/push-subscriptions", subscription(world.browser))
    assert bob.get(SETTINGS).json["push_subscriptions"] == [made]
