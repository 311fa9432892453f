"""Callers of every kind, a real server, and a live page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket
from flask import Flask
from werkzeug.serving import BaseWSGIServer

from tests.support import PASSWORD


class Page:
    """A signed-in browser and its live socket."""

    def __init__(self, app: Flask, server: BaseWSGIServer, username: str) -> None:
        self.client = app.test_client()
        answer = self.client.post("/api/v1/auth/login", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.csrf_token = answer.get_json()["csrf_token"]
        self.user_id = answer.get_json()["id"]
        cookie = self.client.get_cookie("pmp_session")
        assert cookie is not None
        self.cookie = f"pmp_session={cookie.value}"
        self.address = f"127.0.0.1:{server.server_port}"
        self.socket = websocket.create_connection(
            f"ws://{self.address}/api/v1/live", cookie=self.cookie, origin=f"http://{self.address}", timeout=10
        )

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Call the API as this page does."""
        return self.client.post(f"/api/v1{path}", json=body, headers={"X-CSRF-Token": self.csrf_token})

    def subscribe(self, *topics: str) -> None:
        """Subscribe, and wait until each topic is accepted."""
        self.socket.send(json.dumps({"subscribe": list(topics)}))
        waiting = set(topics)
        while waiting:
            message = self.next()
            if message["type"] == "subscribed":
                waiting.discard(message["topic"])

    def next(self) -> dict[str, Any]:
        """The next message."""
        message: dict[str, Any] = json.loads(self.socket.recv())
        return message

    def close_code(self, within_s: float) -> int:
        """The code with which the server closes the socket; fails if that takes longer."""
        self.socket.settimeout(within_s)
        while True:
            opcode, data = self.socket.recv_data(control_frame=True)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return int.from_bytes(data[:2], "big")


@pytest.fixture
def open_page(app: Flask, server: BaseWSGIServer) -> Iterator[Callable[[str], Page]]:
    """Opens pages of signed-in people."""
    pages: list[Page] = []

    def open_page(username: str) -> Page:
        pages.append(Page(app, server, username))
        return pages[-1]

    yield open_page
    for page in pages:
        page.socket.close()
