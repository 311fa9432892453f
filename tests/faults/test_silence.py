"""Who is killed between storing and telling, or for good, leaves nothing untold; of two people one is the owner."""

from __future__ import annotations

import json
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from bench.storm import Listener, wait_for
from core.cli.context import opened_platform
from core.settings import load_settings
from device_drivers.thermometer.encoder import temperature_frame
from tests.support import Site, start_site, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = start_site(tmp_path / "data")
    yield site
    site.stop()


def workers(site: Site) -> list[psutil.Process]:
    """The living worker processes."""
    found = []
    for process in psutil.Process(site.process.pid).children(recursive=True):
        try:
            if " worker" in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def raise_alert(site: Site, token: str) -> Any:
    """A reading beyond its limit, and the alert it raises."""
    site.add_user("alice", "patient")
    device, key = site.add_device("thermometer", site.add_patient("alice"))
    frames = {"frames": [{"id": "f1", "payload": temperature_frame(39.5).hex()}]}
    status, said = site.call("POST", f"/devices/{device}/frames", key, frames)
    assert (status, said["accepted"]) == (200, ["f1"])
    return wait_until(lambda: site.call("GET", "/alerts?status=open", token)[1]["items"], 15, "the alert")[0]


def test_an_alert_stored_and_not_told_is_told_within_ten_seconds_of_the_next_worker(site: Site) -> None:
    site.add_user("bob", "nurse")
    token = site.token("bob")
    alert = raise_alert(site, token)
    settings = load_settings(environ={}, data_dir=site.data_dir)
    with opened_platform(settings) as platform:
        db = platform.database.db
        # What a kill between storing and telling leaves: the alert, and no word of it. No worker may be quicker.
        for process in workers(site):
            process.send_signal(signal.SIGSTOP)
        db.alerting_alerts.update_one({"_id": alert["id"]}, {"$set": {"untold": True}})
        db.events.delete_one({"_id": f"alert_raised|{alert['id']}"})
        listener = Listener(urlsplit(site.url).port or 80, token)
        for process in workers(site):
            process.kill()
        wait_until(
            lambda: any(process.status() != psutil.STATUS_STOPPED for process in workers(site)), 60, "the next worker"
        )
        began = time.monotonic()
        wait_for(lambda: alert["id"] in listener.heard, 60, "the alert to be told")
        took = time.monotonic() - began
        listener.close()
        assert took < 20, f"told {took:.1f} s after the start of a worker's process"
        wait_until(lambda: db.alerting_alerts.find_one({"_id": alert["id"], "untold": None}), 15, "the note")
        assert db.events.count_documents({"_id": f"alert_raised|{alert['id']}"}) == 1


def test_a_dead_worker_is_told_to_a_nurse_and_to_whoever_asks_for_readiness(site: Site) -> None:
    site.add_user("bob", "nurse")
    token = site.token("bob")
    listener = Listener(urlsplit(site.url).port or 80, token)
    # A stopped process does not beat, and nobody starts another in its place.
    stopped = workers(site)
    began = time.monotonic()
    for process in stopped:
        process.send_signal(signal.SIGSTOP)
    try:
        wait_for(lambda: bool(listener.heard), 60, "the technical alert on the socket")
        took = time.monotonic() - began
        ((_at, alert),) = listener.heard.values()
        assert (alert["kind"], alert["priority"], alert["title"]) == ("technical", "high", "No worker is running")
        listed = site.call("GET", "/alerts?status=open", token)[1]["items"]
        assert [row["id"] for row in listed] == [alert["id"]]
        assert not readiness(site).get("worker")
        assert took < 60
    finally:
        for process in stopped:
            process.send_signal(signal.SIGCONT)
    wait_until(lambda: site.call("GET", f"/alerts/{alert['id']}", token)[1]["status"] == "resolved", 60, "its end")
    listener.close()


def readiness(site: Site) -> Any:
    """What ``/readyz`` says of each part, ready or not."""

    try:
        with urllib.request.urlopen(f"{site.url}/readyz", timeout=5) as answer:
            return json.loads(answer.read())["checks"]
    except urllib.error.HTTPError as error:
        return json.loads(error.read())["checks"]


def test_of_two_who_acknowledge_at_once_one_owns_it_and_the_other_reads_who(site: Site) -> None:
    for name, role in (("bob", "nurse"), ("dana", "doctor")):
        site.add_user(name, role)
    tokens = {name: site.token(name) for name in ("bob", "dana")}
    alert = raise_alert(site, tokens["bob"])
    gate = threading.Barrier(len(tokens))
    answers: dict[str, tuple[int, Any]] = {}

    def acknowledge(name: str) -> None:
        gate.wait()
        answers[name] = site.call("POST", f"/alerts/{alert['id']}/acknowledge", tokens[name], {})

    threads = [threading.Thread(target=acknowledge, args=(name,)) for name in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (owner,) = [name for name, (status, _said) in answers.items() if status == 200]
    ((status, refusal),) = [answer for name, answer in answers.items() if name != owner]
    assert status == 409
    assert owner.title() in refusal["detail"]
    now = site.call("GET", f"/alerts/{alert['id']}", tokens["bob"])[1]
    assert now["acknowledged_by"]["name"] == now["assigned_to"]["name"] == owner.title()
