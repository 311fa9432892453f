"""The live socket over a real server: in order, resumable, closed when permission goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket
from flask import Flask
from werkzeug.serving import BaseWSGIServer

from core.platform import Platform
from device_drivers.thermometer.encoder import temperature_frame
from tests.support import PASSWORD, Cast, Sender, wait_until


class Page:
    """An open page: signed in, with its socket."""

    def __init__(self, app: Flask, server: BaseWSGIServer, username: str) -> None:
        client = app.test_client()
        answer = client.post("/api/v1/auth/login", json={"username": username, "password": PASSWORD})
        self.csrf_token = answer.json["csrf_token"]
        self.client = client
        self._cookie = f"pmp_session={client.get_cookie('pmp_session').value}"  # type: ignore[union-attr]
        self._address = f"127.0.0.1:{server.server_port}"
        self.socket = self.connect()

    def connect(self) -> websocket.WebSocket:
        self.socket = websocket.create_connection(
            f"ws://{self._address}/api/v1/live", cookie=self._cookie, origin=f"http://{self._address}", timeout=10
        )
        return self.socket

    def subscribe(self, *topics: str, after: str | None = None) -> list[dict[str, Any]]:
        """Subscribe; everything up to the last topic's answer."""
        message: dict[str, Any] = {"subscribe": list(topics)}
        if after is not None:
            message["after"] = after
        self.socket.send(json.dumps(message))
        received: list[dict[str, Any]] = []
        answered = 0
        while answered < len(topics):
            received.append(self.next())
            answered += received[-1]["type"] in ("subscribed", "refused")
        return received

    def next(self) -> dict[str, Any]:
        return json.loads(self.socket.recv())  # type: ignore[no-any-return]

    def until(self, type: str) -> dict[str, Any]:
        while True:
            message = self.next()
            if message["type"] == type:
                return message


Open = Callable[[str], Page]


@pytest.fixture
def open_page(app: Flask, server: BaseWSGIServer) -> Iterator[Open]:
    pages: list[Page] = []

    def open_page(username: str) -> Page:
        pages.append(Page(app, server, username))
        return pages[-1]

    yield open_page
    for page in pages:
        page.socket.close()


def fever(device: Sender, name: str) -> None:
    assert device.post({"id": name, "payload": temperature_frame(39.5).hex()}).status_code == 200


def test_a_reading_and_its_alert_reach_the_open_pages_of_those_who_may_see_them(
    cast: Cast, device_of: Callable[..., Sender], open_page: Open
) -> None:
    bob, alice, charlie = open_page("bob"), open_page("alice"), open_page("charlie")
    assert bob.subscribe("patients", "alerts")[-1]["type"] == "subscribed"
    alice.subscribe(f"patients/{cast.alice.id}")
    refused = charlie.subscribe(f"patients/{cast.alice.id}", "alerts", "patients")
    assert [message["type"] for message in refused] == ["refused", "subscribed", "subscribed"]
    fever(device_of("thermometer", cast.alice.id), "f1")
    reading = bob.until("observation_recorded")
    assert reading["topic"] == "patients"
    assert reading["data"]["observation"]["value"] == 39.5
    assert bob.until("alert_raised")["data"]["alert"]["patient_id"] == cast.alice.id
    assert alice.until("alert_raised")["topic"] == f"patients/{cast.alice.id}"
    # Charlie hears his own reading, and nothing of Alice's before it.
    fever(device_of("thermometer", cast.charlie.id), "f2")
    first = charlie.until("observation_recorded")
    assert first["data"]["observation"]["patient_id"] == cast.charlie.id


def test_a_page_that_was_away_catches_up_without_loss_or_repetition(
    cast: Cast, device_of: Callable[..., Sender], open_page: Open
) -> None:
    device = device_of("thermometer", cast.alice.id)
    bob = open_page("bob")
    bob.subscribe("patients")
    fever(device, "f0")
    last = bob.until("observation_recorded")["id"]
    bob.socket.close()
    for number in range(1, 6):
        fever(device, f"f{number}")
    bob.connect()
    received = bob.subscribe("patients", after=last)
    missed = [m["data"]["observation"]["id"] for m in received if m["type"] == "observation_recorded"]
    assert [name.split(".")[1] for name in missed] == ["if1", "if2", "if3", "if4", "if5"]
    fever(device, "f6")
    assert bob.until("observation_recorded")["data"]["observation"]["id"].split(".")[1] == "if6"


def test_an_unknown_place_is_answered_with_reset(cast: Cast, open_page: Open) -> None:
    bob = open_page("bob")
    for after in ("gone-17", "", "x", "0-0"):
        assert bob.subscribe("patients", after=after)[0]["type"] == "reset"


def test_signing_out_closes_the_open_socket(cast: Cast, open_page: Open) -> None:
    bob = open_page("bob")
    bob.subscribe("patients")
    bob.client.post("/api/v1/auth/logout", headers={"X-CSRF-Token": bob.csrf_token})
    opcode, data = bob.socket.recv_data()
    assert opcode == websocket.ABNF.OPCODE_CLOSE
    assert int.from_bytes(data[:2], "big") == 4401


def test_leaving_the_care_team_narrows_what_a_socket_hears(
    platform: Platform, cast: Cast, open_page: Open, tmp_path: Any
) -> None:
    deny = "p, nurse, observation, read, any_patient, deny\n"
    bob = open_page("bob")
    bob.subscribe(f"patients/{cast.alice.id}", "patients")
    policy = platform.access.policy
    policy._folder = tmp_path
    (tmp_path / "closed.csv").write_text(deny)
    policy.reload()
    assert bob.until("closed")["topic"] == "patients"


def test_garbage_closes_only_its_sender(cast: Cast, open_page: Open, platform: Platform) -> None:
    good, bad = open_page("bob"), open_page("dana")
    good.subscribe("patients")
    bad.socket.send("{not json")
    assert bad.socket.recv_data()[0] == websocket.ABNF.OPCODE_CLOSE
    wait_until(lambda: len(platform.live) == 1, what="the bad page to leave")
    assert good.subscribe("me")[0]["type"] == "subscribed"
