"""Ten thousand readings in one burst, fifty of the alerts urgent: each of these is seen at once, none is grouped away.

How many seconds that takes is measured by the benchmark (``python -m bench --only g``), not asserted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench.storm import HIGH, PATIENTS, Listener, burst, register, wait_for
from core.cli.context import opened_platform
from core.settings import load_settings
from tests.support import Site, start_site

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = start_site(tmp_path / "data")
    yield site
    site.stop()


def test_every_urgent_alert_of_a_storm_is_listed_and_announced(site: Site) -> None:
    site.add_user("bob", "nurse")
    token = site.token("bob")
    with opened_platform(load_settings(environ={}, data_dir=site.data_dir)) as platform:
        devices = register(platform, PATIENTS)
    listener = Listener(urlsplit(site.url).port or 80, token)
    burst(site.url, devices, HIGH)
    wait_for(lambda: len(listener.of("high")) >= HIGH, 120, "the urgent alerts on the socket")
    wait_for(lambda: len(listener.heard) >= PATIENTS * 5, 240, "all alerts on the socket")
    listener.close()
    status, listed = site.call("GET", "/alerts?status=open&grouped=true&limit=500", token)
    assert status == 200
    urgent = [alert for alert in listed["items"] if alert["priority"] == "high"]
    heard = {alert_id for alert_id, (_at, alert) in listener.heard.items() if alert["priority"] == "high"}
    assert len(heard) == HIGH
    assert {alert["id"] for alert in urgent} == heard
    assert {alert["storm_id"] for alert in urgent} == {None}
    # The rest is a few sums and, at the most, what came before it was known to be a storm.
    assert sum(storm["count"] for storm in listed["storms"]) + len(listed["items"]) == PATIENTS * 5
    (storm, *_others) = listed["storms"]
    status, said = site.call("POST", "/alerts/acknowledge", token, {"ids": storm["waiting"], "note": "known"})
    assert (status, sorted(said["acknowledged"])) == (200, sorted(storm["waiting"]))
