"""A small HTTP client: one keep-alive connection, JSON in and out, patient with a busy server."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any
from urllib.parse import urlsplit

_TIMEOUT_S = 30.0


class Refused(Exception):
    """The server answered, and the answer is no. ``status`` is the HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Unreachable(Exception):
    """The server did not answer, or cannot now."""


class Api:
    """Calls under /api/v1 of one site, with one bearer token. Not thread-safe: one per thread."""

    def __init__(self, url: str, token: str | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not the address of a site: {url}")
        maker = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = maker(parts.hostname, parts.port, timeout=_TIMEOUT_S)
        self.token = token
        self._cookie: str | None = None
        self._csrf: str | None = None

    def sign_in(self, username: str, password: str) -> None:
        """Use a session of this person from now on."""
        self.token = None
        me, headers = self._exchange("POST", "/auth/login", {"username": username, "password": password})
        self._csrf = me["csrf_token"]
        cookies = [value.partition(";")[0] for value in headers.get_all("Set-Cookie") or ()]
        self._cookie = "; ".join(cookies)

    def get(self, path: str) -> Any:
        """GET; the body."""
        return self._patiently("GET", path, None)

    def send(self, method: str, path: str, body: Any) -> Any:
        """POST, PUT or PATCH; the body of the answer."""
        return self._patiently(method, path, body)

    def items(self, path: str) -> list[dict[str, Any]]:
        """All items of a list that pages by cursor."""
        found: list[dict[str, Any]] = []
        cursor = None
        joint = "&" if "?" in path else "?"
        while True:
            page = self.get(f"{path}{joint}limit=500" + (f"&cursor={cursor}" if cursor else ""))
            found += page["items"]
            cursor = page.get("next")
            if cursor is None:
                return found

    def post_frames(self, device_id: str, key: str, frames: list[dict[str, Any]]) -> dict[str, Any]:
        """Send a device's frames with its key, once. Raises Unreachable or Refused."""
        answer, _headers = self._exchange("POST", f"/devices/{device_id}/frames", {"frames": frames}, key)
        return dict(answer)

    def post_frames_patiently(self, device_id: str, key: str, frames: list[dict[str, Any]]) -> dict[str, Any]:
        """Send frames; where the server cannot take them now, again: their ids make that safe."""
        return dict(self._patiently("POST", f"/devices/{device_id}/frames", {"frames": frames}, key))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _patiently(self, method: str, path: str, body: Any, key: str | None = None) -> Any:
        for attempt in range(8):
            try:
                return self._exchange(method, path, body, key)[0]
            except Unreachable:
                if attempt == 7:
                    raise
                time.sleep(min(0.2 * 2**attempt, 5.0))
        raise AssertionError("unreachable")

    def _exchange(
        self, method: str, path: str, body: Any, key: str | None = None
    ) -> tuple[Any, http.client.HTTPMessage]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        bearer = key or self.token
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        elif self._cookie is not None:
            headers["Cookie"] = self._cookie
            headers["X-CSRF-Token"] = self._csrf or ""
        data = json.dumps(body).encode() if body is not None else None
        try:
            self._connection.request(method, f"/api/v1{path}", data, headers)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        if response.status in (429, 502, 503, 504):
            raise Unreachable(f"HTTP {response.status}")
        if response.status >= 400:
            raise Refused(response.status, f"{method} {path}: {response.status} {text[:300].decode(errors='replace')}")
        return (json.loads(text) if text else None), response.headers
