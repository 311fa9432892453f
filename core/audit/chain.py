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


def hash_of(entry: dict[str, Any], previous: str) -> str:
    """The hash of an entry (without its own hash), given that of the one before."""
    content = {name: value for name, value in entry.items() if name not in ("hash", "previous")}
    text = json.dumps(content, sort_keys=True, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def seal(key: bytes, number: int, value: str) -> str:
    """The signature of the chain's end: without the key nobody can shorten the log and re-sign it."""
    return hmac.new(key, f"audit:{number}:{value}".encode(), hashlib.sha256).hexdigest()


def verify(entries: Iterable[dict[str, Any]]) -> tuple[int, str, list[Finding]]:
    """Walk the chain from its start: the last number, the last hash, and what is wrong."""
    expected, previous = 1, GENESIS
    findings: list[Finding] = []
    for entry in entries:
        number = entry["_id"]
        if number != expected:
            findings.append(Finding(expected, f"entries {expected} to {number - 1} are missing"))
        if entry.get("previous") != previous and number == expected:
            findings.append(Finding(number, "does not follow the entry before it"))
        if entry.get("hash") != hash_of(entry, entry.get("previous", "")):
            findings.append(Finding(number, "was changed"))
        expected, previous = number + 1, entry.get("hash", "")
    return expected - 1, previous, findings
