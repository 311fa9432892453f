"""Ten thousand readings in one burst, fifty of the alerts urgent: each of these is seen at once, none is grouped away.

How many seconds that takes is measured by the benchmark (``python -m bench --only g``), not asserted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bench.storm import HIGH, PATIENTS, Listener, burst, register, wait_for
from core.cli.context import opened_platform
from core.settings import load_settings
from tests.support import Site, start_site, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = start_site(tmp_path / "data")
    yield site
    site.stop()


def is_urgent(alert: dict[str, Any]) -> bool:
    return bool(alert["priority"] == "high" and alert["kind"] == "out_of_range")


def patiently(site: Site, token: str) -> Any:
    """The open alerts; None while the machine is too busy with the storm to answer."""
    try:
        status, listed = site.call("GET", "/alerts?status=open&grouped=true&limit=500", token)
    except TimeoutError:
        return None
    assert status == 200
    return listed


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
    listed = wait_until(lambda: patiently(site, token), timeout_s=180, what="the list of alerts")
    # Beside them the platform itself may say that nobody can be reached, for nobody has a page open.
    urgent = [alert for alert in listed["items"] if is_urgent(alert)]
    heard = {alert_id for alert_id, (_at, alert) in listener.heard.items() if is_urgent(alert)}
    assert len(heard) == HIGH
    assert {alert["id"] for alert in urgent} == heard
    assert {alert["storm_id"] for alert in urgent} == {None}
    # The rest is a few sums and, at the most, what came before it was known to be a storm.
    of_patients = [alert for alert in listed["items"] if alert["patient_id"] is not None]
    assert sum(storm["count"] for storm in listed["storms"]) + len(of_patients) >= PATIENTS * 5
    (storm, *_others) = listed["storms"]
    some = storm["waiting"][:200]
    status, said = site.call("POST", "/alerts/acknowledge", token, {"ids": some, "note": "known"})
    assert (status, sorted(said["acknowledged"])) == (200, sorted(some))
