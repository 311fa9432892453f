"""A part of the platform that stands still is told by those that do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from core.events.log import Event
from core.platform import Platform, utc_now
from plugins.alerting.handlers import AlertEvaluator
from plugins.alerting.store import AlertStore
from plugins.alerting.watchdog import Watchdog
from tests.support import Caller, Cast

SignIn = Callable[[str], Caller]


class Site:
    """A clock to turn, a worker to kill, and a watchdog."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._at = utc_now()
        platform.clock = lambda: self._at
        platform.heartbeats._clock = lambda: self._at
        platform.feed.healthy = True
        self.store = AlertStore(platform.database, platform.clock)
        self.watchdog = Watchdog(platform, self.store)

    def pass_time(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)
        self.watchdog.look()

    def beat(self, *does: str) -> None:
        row = {"kind": "worker", "heartbeat_at": self._at, "started_at": self._at, "does": list(does)}
        self.platform.database.db.processes.replace_one({"_id": "worker:1"}, row, upsert=True)

    def hold(self, name: str, until: datetime) -> None:
        self.platform.database.db.leases.replace_one({"_id": name}, {"until": until}, upsert=True)

    def alerts(self) -> list[tuple[str, str]]:
        rows = self.platform.database.db.alerting_alerts.find({"kind": "technical"})
        return sorted((row["title"], row["status"]) for row in rows)


@pytest.fixture
def site(platform: Platform) -> Iterator[Site]:
    return Site(platform)


def test_a_dead_worker_is_an_alert_within_a_minute_and_it_ends_with_the_next_worker(site: Site) -> None:
    site.beat()
    for _round in range(3):
        site.pass_time(5)
        site.beat()
    assert site.alerts() == []
    # Dead from here on; the watchdog looks every five seconds.
    for _round in range(12):
        site.pass_time(5)
    assert site.alerts() == [("No worker is running", "active")]
    site.beat()
    site.pass_time(5)
    assert site.alerts() == [("No worker is running", "resolved")]


def test_a_site_that_starts_after_a_night_has_a_moment_to_wake(site: Site) -> None:
    site.pass_time(20)
    assert site.alerts() == []
    site.pass_time(10)
    assert site.alerts() == [("No worker is running", "active")]


def test_work_that_hangs_in_a_living_worker_is_told(site: Site) -> None:
    now = site.platform.clock
    site.hold("due:plans.tick", now() + timedelta(seconds=12))
    site.hold("due:of.a.removed.plugin", now() - timedelta(days=1))
    for _round in range(10):
        site.beat("due:plans.tick")
        site.pass_time(5)
    assert site.alerts() == [("Background work stands still", "active")]
    site.hold("due:plans.tick", now() + timedelta(seconds=12))
    site.beat("due:plans.tick")
    site.pass_time(5)
    assert site.alerts() == [("Background work stands still", "resolved")]


def test_a_handler_that_hangs_and_one_that_gave_up_are_told(site: Site) -> None:
    """A consumer that hangs in its handler goes on to renew its lease."""
    db, now = site.platform.database.db, site.platform.clock
    since = now()
    for _round in range(10):
        row = {"until": now() + timedelta(seconds=5), "waiting_since": since}
        db.event_cursors.replace_one({"_id": "alerting.catch_up"}, row, upsert=True)
        site.beat("alerting.catch_up")
        site.pass_time(5)
    assert site.alerts() == [("Background work stands still", "active")]
    db.event_cursors.update_one({"_id": "alerting.catch_up"}, {"$set": {"waiting_since": None}})
    db.dead_letters.insert_one({"_id": "x", "consumer": "escalation.alerts", "at": now()})
    site.beat("alerting.catch_up")
    site.pass_time(1)
    assert site.alerts() == [("Background work stands still", "resolved"), ("Events were given up", "active")]


def test_a_feed_that_is_down_for_a_moment_is_no_alert_and_one_that_stays_down_is(site: Site) -> None:
    for seconds in (20, 10):
        site.beat()
        site.pass_time(seconds)
    site.platform.feed.healthy = False
    for _round in range(3):
        site.beat()
        site.pass_time(5)
    assert site.alerts() == []
    site.platform.feed.healthy = True
    site.pass_time(1)
    site.platform.feed.healthy = False
    for _round in range(4):
        site.beat()
        site.pass_time(5)
    assert site.alerts() == [("Live updates stand still", "active")]


def test_readyz_says_what_does_not_work_and_still_serves(site: Site, client: FlaskClient) -> None:
    site.beat()
    assert client.get("/readyz").json["checks"] == {
        "database": True, "feed": True, "worker": True, "background": True, "channels": True,
    }  # fmt: skip
    site.pass_time(60)
    site.platform.database.db.notifications_channels.insert_one(
        {"_id": "email", "failing_since": site.platform.clock() - timedelta(minutes=2), "told": True}
    )
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (200, True)
    assert answer.json["checks"] == {
        "database": True, "feed": True, "worker": False, "background": False, "channels": False,
    }  # fmt: skip


def test_it_leaves_the_technical_alerts_of_others_alone(site: Site) -> None:
    at = site.platform.clock()
    data = {
        "key": "channel|email", "patient_id": None, "kind": "technical", "code": None, "priority": "medium",
        "title": "E-mail does not go out", "detail": None, "value": None, "unit": None, "at": at.isoformat(),
    }  # fmt: skip
    AlertEvaluator(site.platform, site.store).hold([Event("e", (), "condition_raised", data, at)])
    for _round in range(12):
        site.beat()
        site.pass_time(5)
    assert site.alerts() == [("E-mail does not go out", "active")]


def test_professionals_and_admins_see_it_and_patients_do_not(site: Site, sign_in: SignIn, cast: Cast) -> None:
    people = {name: sign_in(name) for name in ("bob", "ada", "alice", "frank")}
    site.pass_time(60)
    alert_id = site.platform.database.db.alerting_alerts.find_one({"kind": "technical"})["_id"]  # type: ignore[index]
    path = f"/alerts/{alert_id}"
    shown = people["bob"].get(path).json
    assert (shown["patient_id"], shown["patient_name"], shown["priority"]) == (None, "", "high")
    assert [alert["id"] for alert in people["bob"].get("/alerts?status=open").json["items"]] == [alert_id]
    assert people["ada"].get(path).status_code == 200
    assert [alert["id"] for alert in people["ada"].get("/alerts").json["items"]] == [alert_id]
    for name in ("alice", "frank"):
        assert people[name].get(path).status_code in (403, 404)
        listed = people[name].get("/alerts")
        assert listed.status_code == 403 or listed.json["items"] == []
        assert people[name].post(f"{path}/acknowledge").status_code in (403, 404)
    taken = people["bob"].post(f"{path}/acknowledge", {"note": "called IT"})
    assert taken.json["status"] == "acknowledged"
    assert people["ada"].post(f"{path}/assign", {"user_id": cast.users["dana"].id}).status_code == 200
    assert people["ada"].post(f"{path}/assign", {"user_id": cast.users["alice"].id}).status_code == 422
