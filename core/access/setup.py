"""First-run set-up: the code that proves that who sets up can read the machine's files."""

from __future__ import annotations

import hmac

from core.settings import Settings, read_or_make_secret


def setup_code(settings: Settings) -> str:
    """The code, made on first use; short enough to type."""
    secret = read_or_make_secret(settings.data_dir / "setup_code")
    digits = hmac.new(secret.encode(), b"setup", "sha256").hexdigest()[:16].upper()
    return "-".join(digits[index : index + 4] for index in range(0, 16, 4))


def is_setup_code(settings: Settings, given: str) -> bool:
    """Whether ``given`` is the code; case and dashes do not matter."""

    def plain(code: str) -> bytes:
        return code.replace("-", "").replace(" ", "").upper().encode()

    return hmac.compare_digest(plain(setup_code(settings)), plain(given))
