"""Reading the body of ``POST /devices/{id}/frames``: what is a frame, and what is not one.

Pure. A body that is not a list of frames is refused whole; one bad frame is refused alone.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.problems import Invalid

MAX_FRAMES = 1_000
MAX_PAYLOAD_BYTES = 65_536
MAX_ID_LENGTH = 200
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CHARACTERISTIC = re.compile(r"[0-9A-Fa-f]{4}")
_FIELDS = {"id", "received_at", "encoding", "payload", "characteristic", "context"}


@dataclass(frozen=True, slots=True)
class IncomingFrame:
    """One frame of a request. ``label`` names it in the answer; ``error`` says why it is refused."""

    label: str
    client_id: str | None
    payload: bytes
    encoding: str
    characteristic: str | None
    received_at: datetime | None
    context: dict[str, bytes]
    error: str | None = None


def read_body(body: bytes) -> list[IncomingFrame]:
    """The frames of a request body. Raises Invalid if it is not ``{"frames": [...]}``."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("The body is not JSON.") from None
    frames = parsed.get("frames") if isinstance(parsed, dict) else None
    if not isinstance(frames, list) or set(parsed) != {"frames"}:
        raise Invalid('Expected an object with "frames", a list.')
    if not frames:
        raise Invalid("There are no frames.")
    if len(frames) > MAX_FRAMES:
        raise Invalid(f"At most {MAX_FRAMES} frames in one request.")
    return [_read_frame(item, index) for index, item in enumerate(frames)]


class _BadFrame(ValueError):
    pass


def _read_frame(item: Any, index: int) -> IncomingFrame:
    label = f"#{index}"
    try:
        if not isinstance(item, dict):
            raise _BadFrame("a frame is an object")
        client_id = item.get("id")
        if client_id is not None:
            if not isinstance(client_id, str) or not 0 < len(client_id) <= MAX_ID_LENGTH:
                raise _BadFrame(f"id must be a text of 1 to {MAX_ID_LENGTH} characters")
            if not client_id.isprintable():
                raise _BadFrame("id must be printable text")
            label = client_id
        unknown = set(item) - _FIELDS
        if unknown:
            raise _BadFrame(f"unknown field {sorted(unknown)[0]!r}"[:120])
        encoding = item.get("encoding", "hex")
        payload = _payload(encoding, item.get("payload"))
        characteristic = item.get("characteristic")
        if characteristic is not None and not _is_characteristic(characteristic):
            raise _BadFrame('characteristic must be four hex digits, as in "2A35"')
        return IncomingFrame(
            label,
            client_id,
            payload,
            encoding,
            characteristic.upper() if characteristic else None,
            _received_at(item.get("received_at")),
            _context(item.get("context"), encoding),
        )
    except _BadFrame as error:
        return IncomingFrame(label, None, b"", "hex", None, None, {}, str(error))


def _is_characteristic(value: Any) -> bool:
    return isinstance(value, str) and _CHARACTERISTIC.fullmatch(value) is not None


def _payload(encoding: Any, payload: Any) -> bytes:
    if encoding == "json":
        try:
            data = json.dumps(payload, allow_nan=False, separators=(",", ":")).encode()
        except (ValueError, RecursionError):
            raise _BadFrame("the JSON payload holds NaN, infinity or too deep a nesting") from None
    elif not isinstance(payload, str):
        raise _BadFrame("payload must be a text")
    elif encoding == "hex":
        try:
            data = bytes.fromhex(payload)
        except ValueError:
            raise _BadFrame("payload is not hexadecimal") from None
    elif encoding == "base64":
        try:
            data = base64.b64decode(payload, validate=True)
        except (binascii.Error, ValueError):
            raise _BadFrame("payload is not base64") from None
    else:
        raise _BadFrame('encoding must be "hex", "base64" or "json"')
    if len(data) > MAX_PAYLOAD_BYTES:
        raise _BadFrame(f"payload is longer than {MAX_PAYLOAD_BYTES} bytes")
    return data


def _received_at(value: Any) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise _BadFrame("received_at must be an RFC 3339 time")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _BadFrame("received_at must be an RFC 3339 time") from None
    if moment.tzinfo is None:
        raise _BadFrame("received_at needs a zone, as in 2026-01-31T12:00:00Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise _BadFrame("received_at is out of range") from None


def _context(value: Any, encoding: Any) -> dict[str, bytes]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(_is_characteristic(key) for key in value):
        raise _BadFrame("context must map characteristics to payloads")
    return {key.upper(): _payload(encoding, payload) for key, payload in value.items()}


def frame_key(frame: IncomingFrame, *, timed: bool, now: datetime) -> str:
    """What makes a frame the same frame when it is sent again.

    Its own id; without one, its content together with what tells two equal measurements apart: the
    gateway's receive time, or the device's own time or record number (``timed``: it is in the content),
    or, where there is neither, the ten minutes in which it came.
    """
    if frame.client_id is not None:
        if _PLAIN_ID.fullmatch(frame.client_id):
            return f"i{frame.client_id}"
        return f"h{hashlib.blake2b(frame.client_id.encode(), digest_size=16).hexdigest()}"
    digest = hashlib.blake2b(digest_size=16)
    digest.update((frame.characteristic or "").encode())
    digest.update(frame.payload)
    if frame.received_at is not None:
        digest.update(frame.received_at.isoformat().encode())
    elif not timed:
        digest.update(str(int(now.timestamp()) // 600).encode())
    return f"c{digest.hexdigest()}"
