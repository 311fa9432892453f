"""Passwords: argon2id, and which ones are refused (NIST SP 800-63B: length and commonness, no recipes)."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.profiles import RFC_9106_LOW_MEMORY

from core.problems import Invalid, Unavailable

MIN_LENGTH = 10
MAX_LENGTH = 256
_COMMON = frozenset(
    (
        "password1234", "passwordpassword", "1234567890", "12345678910", "0123456789", "qwertyuiop",
        "qwerty12345", "1q2w3e4r5t", "iloveyou123", "administrator", "letmein1234", "welcome1234",
        "changeme1234", "adminadmin", "abcdefghij", "1111111111", "0000000000", "password12",
        "password123", "q1w2e3r4t5", "football123", "monkey12345", "dragon12345", "sunshine123",
    )
)  # fmt: skip
#: One hash takes a third of a second of a core: a flood of sign-ins must not take all of them.
_AT_ONCE = 2
_WAIT_S = 20.0
#: Each that waits holds a web thread: more are turned away at once, so that the others keep theirs.
_MOST_WAITING = 64


class Passwords:
    """Hashes and verifies. ``hasher`` is the RFC 9106 low-memory profile unless given."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._gate = _Gate()
        self._dummy: str | None = None

    def use_hasher(self, hasher: PasswordHasher) -> None:
        """Hash with other parameters from now on."""
        self._hasher = hasher
        self._dummy = None

    def check_strength(self, password: str, username: str) -> None:
        """Raise Invalid, saying what to do, if the password is too weak to be set."""
        problem = None
        if len(password) < MIN_LENGTH:
            problem = f"A password has at least {MIN_LENGTH} characters."
        elif len(password) > MAX_LENGTH:
            problem = f"A password has at most {MAX_LENGTH} characters."
        elif password.lower() in _COMMON or len(set(password)) < 4:
            problem = "This password is among the first that an attacker tries; choose another."
        elif username and username.lower() in password.lower() and len(password) < len(username) + 6:
            problem = "The password is nearly the sign-in name; choose another."
        if problem:
            raise Invalid(problem, errors=[{"loc": ["password"], "msg": problem}])

    def hash(self, password: str) -> str:
        """The hash to store."""
        with self._gate:
            return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether ``password`` is the stored one. Takes as long when there is none stored."""
        if len(password) > MAX_LENGTH:
            return False
        with self._gate:
            if self._dummy is None:
                self._dummy = self._hasher.hash("nobody's password")
            try:
                return self._hasher.verify(stored or self._dummy, password) and stored is not None
            except (Argon2Error, InvalidHashError):
                return False

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


class _Gate:
    """Lets few through at once and few wait. Raises Unavailable for the others."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        self._lock = threading.Lock()
        self._waiting = 0

    def __enter__(self) -> None:
        if self._free.acquire(blocking=False):
            return
        with self._lock:
            if self._waiting >= _MOST_WAITING:
                raise self._busy()
            self._waiting += 1
        try:
            if not self._free.acquire(timeout=_WAIT_S):
                raise self._busy()
        finally:
            with self._lock:
                self._waiting -= 1

    def __exit__(self, *_error: object) -> None:
        self._free.release()

    @staticmethod
    def _busy() -> Unavailable:
        return Unavailable("Too many people sign in at this moment; try again.", retry_after_s=5)
