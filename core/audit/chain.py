"""The hash chain of the audit log. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where the chain is broken."""

    number: int
    problem: str


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    raise TypeError(f"an audit entry cannot hold {type(value).__name__}")


def hash_of(key: bytes, entry: dict[str, Any], previous: str) -> str:
    """The keyed hash of an entry (without its own hash), given that of the one before.

    Keyed (HMAC-SHA-256): who can write the database, and has no key, can append nothing that passes.
    """
    content = {name: value for name, value in entry.items() if name not in ("hash", "previous")}
    text = json.dumps(content, sort_keys=True, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, f"audit-entry:{previous}\n{text}".encode(), hashlib.sha256).hexdigest()


def seal(key: bytes, number: int, value: str) -> str:
    """The signature of the chain's end: without the key nobody can shorten the log and re-sign it."""
    return hmac.new(key, f"audit:{number}:{value}".encode(), hashlib.sha256).hexdigest()


def verify(key: bytes, entries: Iterable[dict[str, Any]], sealed: int = 0) -> tuple[int, str | None, list[Finding]]:
    """Walk the chain from its start: the last number, the hash of entry ``sealed``, and what is wrong."""
    expected, previous = 1, GENESIS
    hash_at_seal: str | None = None
    findings: list[Finding] = []
    for entry in entries:
        number = entry["_id"]
        if number != expected:
            findings.append(Finding(expected, f"entries {expected} to {number - 1} are missing"))
        if entry.get("previous") != previous and number == expected:
            findings.append(Finding(number, "does not follow the entry before it"))
        if entry.get("hash") != hash_of(key, entry, entry.get("previous", "")):
            findings.append(Finding(number, "was changed"))
        expected, previous = number + 1, entry.get("hash", "")
        if number == sealed:
            hash_at_seal = previous
    return expected - 1, hash_at_seal, findings
