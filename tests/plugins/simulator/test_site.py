"""The two commands against a real installation."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from plugins.simulator.client import Api, Refused
from plugins.simulator.ward import PATIENTS, USERS
from tests.support import Site, start_site, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
PASSWORDS = {user.username: user.password for user in USERS}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = start_site(tmp_path_factory.mktemp("demo"), "--demo")
    yield site
    site.stop()


def memory_of(site: Site) -> dict[str, Any]:
    try:
        return dict(json.loads((site.data_dir / "demo.json").read_text()))
    except (OSError, ValueError):
        return {}


def signed_in(site: Site, username: str) -> Api:
    api = Api(site.url)
    api.sign_in(username, PASSWORDS[username])
    return api


def filled(site: Site) -> dict[str, Any]:
    def done() -> dict[str, Any] | None:
        memory = memory_of(site)
        return memory if memory.get("history_sent") else None

    return dict(wait_until(done, 300, "30 days of history"))


def age(time_text: str) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(time_text)


def test_the_ward_is_filled_and_lives(demo: Site) -> None:
    filled(demo)
    assert {account["username"] for account in signed_in(demo, "bob").get("/auth/options")["demo_accounts"]} == {
        user.username for user in USERS if user.shown
    }
    nurse = signed_in(demo, "bob")
    board = nurse.get("/board?limit=500")["items"]
    assert len(board) == len(PATIENTS)
    alice = next(row for row in board if row["patient"]["name"] == "Alice Berger")
    assert "85354-9" in alice["latest"]
    silent = next(row for row in board if row["patient"]["name"] == "Walter Krüger")
    assert age(silent["last_contact_at"]) > timedelta(hours=6)
    patient_id = alice["patient"]["id"]
    start = (datetime.now(UTC) - timedelta(days=31)).isoformat().replace("+00:00", "Z")
    end = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    series = nurse.get(f"/patients/{patient_id}/series?code=8480-6&points=500&start={start}&end={end}")
    assert (series["t"][-1] - series["t"][0]) / 86_400_000 > 28

    def newest() -> str:
        rows = nurse.get("/board?limit=500")["items"]
        return max(str(row["last_contact_at"]) for row in rows if row["last_contact_at"])

    before = newest()
    wait_until(lambda: newest() > before, 60, "a live reading")


def test_each_sees_what_is_theirs(demo: Site) -> None:
    filled(demo)
    alice = signed_in(demo, "alice").get("/auth/me")["patient_id"]
    assert signed_in(demo, "frank").get(f"/patients/{alice}/latest")["items"]
    for stranger in ("charlie", "ada"):
        with pytest.raises(Refused) as refused:
            signed_in(demo, stranger).get(f"/patients/{alice}/latest")
        assert refused.value.status == 404
    erik = signed_in(demo, "erik").get("/auth/me")
    assert set(erik["roles"]) == {"doctor", "patient"}
    assert erik["patient_id"]


def test_a_restart_goes_on_with_the_same_devices_and_stores_nothing_twice(demo: Site) -> None:
    before = filled(demo)
    demo_process = next(
        child
        for child in psutil.Process(demo.process.pid).children(recursive=True)
        if "demo" in child.cmdline() and "--url" in child.cmdline()
    )
    began = time.monotonic()
    demo_process.send_signal(signal.SIGTERM)
    wait_until(lambda: not demo_process.is_running() or demo_process.status() == psutil.STATUS_ZOMBIE, 5, "its end")
    assert time.monotonic() - began < 2
    wait_until(lambda: memory_of(demo)["sent_until"] > before["sent_until"], 60, "the demo to go on")
    after = memory_of(demo)
    assert after["devices"] == before["devices"] and after["anchor"] == before["anchor"]
    assert len(signed_in(demo, "bob").get("/board?limit=500")["items"]) == len(PATIENTS)


def test_simulated_devices_send_at_the_wanted_rate(demo: Site) -> None:
    filled(demo)
    arguments = ("simulate", "--patients", "3", "--rate", "20", "--seconds", "4", "--url", demo.url, "--json")
    result = json.loads(demo.pmp(*arguments))
    assert result["failed"] == result["rejected"] == result["duplicates"] == 0
    assert 12 <= result["readings_per_s"] <= 28
    again = json.loads(demo.pmp(*arguments))
    assert again["devices"] == result["devices"] and again["rejected"] == 0
    found = signed_in(demo, "bob").items("/patients?ward=Simulator")
    assert len(found) == 3


def test_the_demo_command_refuses_a_site_that_is_no_demo(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PMP_DEMO"}
    done = subprocess.run(
        [sys.executable, "-m", "core.cli", "demo"], capture_output=True, text=True, timeout=60, check=False,
        env={**environment, "PMP_DATA_DIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "pmp up --demo" in done.stderr
