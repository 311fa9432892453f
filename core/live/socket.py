"""The live socket's route: origin-checked, signed in, one thread a page."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, g, json, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server

from core.access.guard import is_own_origin
from core.access.permission import ANY_SIGNED_IN, Permission
from core.http import API_PREFIX
from core.live.connection import PING_FRAME, Connection, raw_socket
from core.live.hub import Page
from core.platform import Platform
from core.problems import Denied

MAX_MESSAGE_BYTES = 16_384
MAX_TOPICS = 600
_PING_EVERY_S = 20.0
_POLL_S = 0.25
CLOSE_SESSION_ENDED = 4401
CLOSE_POLICY = 1008


def live_blueprint(platform: Platform) -> Blueprint:
    """The blueprint with ``GET /api/v1/live``."""
    blueprint = Blueprint("live", __name__, url_prefix=API_PREFIX)
    permissions: dict[str, Permission] = {"live.live": ANY_SIGNED_IN}
    blueprint.permissions = permissions  # type: ignore[attr-defined]

    @blueprint.before_request
    def refuse_foreign_pages() -> None:
        """A page of another site must not open a socket with this person's cookie."""
        origin = request.headers.get("Origin")
        if origin is None and "pmp_session" not in request.headers.get("Cookie", ""):
            return
        if origin is None or not is_own_origin(origin, request.host, platform.settings.public_url):
            raise Denied("The live socket answers only to this site's own pages.")

    sock = Sock(blueprint)

    @sock.route("/live")  # type: ignore[untyped-decorator]
    def live(ws: Server) -> None:
        _serve(platform, ws)

    return blueprint


def _serve(platform: Platform, ws: Server) -> None:
    page = Page(principal=g.principal, connection=Connection(raw_socket(ws)))
    platform.live.join(page)
    next_ping = time.monotonic() + _PING_EVERY_S
    try:
        while not page.connection.broken:
            # A session may have ended between sign-in and join, or while the feed was away.
            if page.close_reason is not None:
                ws.close(CLOSE_SESSION_ENDED, page.close_reason)
                return
            message = ws.receive(timeout=0.02 if page.connection.waiting else _POLL_S)
            if message is not None:
                _obey(platform, page, message)
            page.connection.flush()
            if time.monotonic() >= next_ping:
                next_ping = time.monotonic() + _PING_EVERY_S
                page.connection.send(PING_FRAME)
                platform.live.recheck_expiry(page)
    except ConnectionClosed:
        pass
    except _BadMessage as error:
        ws.close(CLOSE_POLICY, str(error))
    finally:
        platform.live.leave(page)


class _BadMessage(ValueError):
    """The client sent something that is not of the protocol."""


def _topics(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > MAX_TOPICS:
        raise _BadMessage("expected a list of topics")
    if not all(isinstance(item, str) and 0 < len(item) <= 200 for item in value):
        raise _BadMessage("a topic is a short text")
    return list(dict.fromkeys(value))


def _obey(platform: Platform, page: Page, message: str | bytes) -> None:
    if len(message) > MAX_MESSAGE_BYTES:
        raise _BadMessage("message too long")
    try:
        body = json.loads(message)
    except ValueError:
        raise _BadMessage("expected JSON") from None
    if not isinstance(body, dict):
        raise _BadMessage("expected an object")
    if "unsubscribe" in body:
        platform.live.unsubscribe(page, _topics(body["unsubscribe"]))
    if "subscribe" in body:
        after = body.get("after")
        if after is not None and not isinstance(after, str):
            raise _BadMessage("after is an event id")
        topics = _topics(body["subscribe"])
        if len(set(page.topics) | set(topics)) > MAX_TOPICS:
            raise _BadMessage("too many topics")
        platform.live.subscribe(page, topics, after)
        record_subscriptions(platform, page, topics)


def record_subscriptions(platform: Platform, page: Page, topics: list[str]) -> None:
    """Write to the audit log which patient's stream was opened, or refused."""
    for topic in topics:
        kind, _, patient_id = topic.partition("/")
        if kind == "patients":
            platform.access.record_topic(page.principal, topic, patient_id or None, topic in page.topics)
