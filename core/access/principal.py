"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PROFESSIONAL = frozenset({"nurse", "doctor"})


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, a device, or nobody. ``roles`` are those held now; a device has the role "device"."""

    kind: Literal["user", "device", "anonymous"]
    id: str
    username: str
    name: str
    roles: frozenset[str]
    patient_id: str | None = None
    session_id: str | None = None
    token_id: str | None = None
    csrf_token: str | None = None


ANONYMOUS = Principal("anonymous", "", "", "", frozenset())
