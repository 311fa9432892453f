"""Settings: one typed schema, read from ``PMP_*`` environment variables and a ``pmp.toml`` file.

The environment wins over the file. An unknown key in either is refused, with its name.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from core.problems import ConfigurationError

PREFIX = "PMP_"
#: Variables with the prefix that are not settings: where the file is.
_NOT_SETTINGS = {"PMP_CONFIG"}


class Settings(BaseSettings):
    """Everything an installation may set. Every field is documented in docs/operations.md."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    mongodb_uri: SecretStr | None = Field(
        None, description="MongoDB 7 or newer (replica set). Unset: the embedded database under data_dir."
    )
    database: str = Field("pmp", pattern=r"^[A-Za-z0-9_-]{1,38}$", description="Database name.")
    data_dir: Path = Field(Path("var"), description="Where the embedded database, keys and job queue live.")
    secret_key: SecretStr | None = Field(
        None, description="Secret for signatures; generated and kept in data_dir (mode 0600) if unset."
    )
    policy_dir: Path | None = Field(None, description="Folder of .csv policy files that override the shipped ones.")
    public_url: str | None = Field(
        None, description="The https:// address people use; turns on Secure cookies and HSTS."
    )
    time_zone: str = Field("UTC", description="IANA zone of the installation, for device clocks.")
    redis_url: SecretStr | None = Field(None, description="Redis for the job queue and rate limits.")
    demo: bool = Field(False, description="Demo data and demo accounts. Never on a real installation.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")
    web_threads: int = Field(1100, ge=4, le=4000, description="Threads of a web process; a live page holds one.")
    session_idle_minutes: int = Field(30, ge=1, description="A session ends after this long without use.")
    session_absolute_hours: int = Field(12, ge=1, description="A session ends after this long in any case.")
    max_body_bytes: int = Field(4 * 1024 * 1024, ge=1024, description="Largest request body in bytes.")
    smtp_url: SecretStr | None = Field(
        None, description="Mail server, smtp://user:password@host:port or smtps://...; unset: no e-mail."
    )
    smtp_from: str | None = Field(None, pattern=r"^[!-~]+@[!-~]+$", description="Sender address of e-mails.")
    sms_webhook_url: SecretStr | None = Field(None, description="Where text messages are posted; unset: none.")
    sms_webhook_secret: SecretStr | None = Field(
        None, validate_default=True, description="Key of the signatures of posted text messages."
    )
    push_private_hosts: bool = Field(False, description="Allow push services on the own network, also without https.")
    notify_details: bool = Field(
        False, description="Let pushes, e-mails and text messages say what happened, not only whose initials."
    )
    alert_storm_size: int = Field(
        20, ge=1, description="More new alerts than this within a minute are shown, and told of, as one storm."
    )
    turn_urls: str | None = Field(None, description="TURN servers for calls, comma-separated.")
    turn_secret: SecretStr | None = Field(None, description="Shared secret of the TURN servers.")
    whisper_model: str = Field("base", description="Whisper model, a name or a path.")
    whisper_engine: Literal["openai-whisper", "faster-whisper"] = Field(
        "openai-whisper", description="Transcription engine."
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except Exception as error:
            raise ValueError(f"{value!r} is not an IANA time zone") from error
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _check_url(value.get_secret_value(), ("smtp", "smtps"))
        return value

    @field_validator("sms_webhook_url")
    @classmethod
    def _webhook_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _check_url(value.get_secret_value(), ("https", "http"))
        return value

    @field_validator("sms_webhook_secret")
    @classmethod
    def _webhook_secret(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if info.data.get("sms_webhook_url") is not None and (value is None or len(value) < 16):
            raise ValueError("must be set, with 16 characters or more, for PMP_SMS_WEBHOOK_URL")
        return value

    @field_validator("public_url")
    @classmethod
    def _http_url(cls, value: str | None) -> str | None:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("must start with https:// or http://")
        return value.rstrip("/") if value else None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first (they carry the file's values), then nothing: see ``load_settings``."""
        return (init_settings,)

    @property
    def zone(self) -> ZoneInfo:
        """The installation's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def secure_cookies(self) -> bool:
        """Whether people reach the site by https."""
        return bool(self.public_url and self.public_url.startswith("https://"))

    def signing_key(self) -> bytes:
        """The secret for signatures; made and stored with mode 0600 on first use.

        Raises ConfigurationError if the stored file can be read by others.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        return read_or_make_secret(self.data_dir / "secret_key").encode()


def _check_url(value: str, schemes: tuple[str, ...]) -> None:
    """Raise ValueError, which does not repeat the URL, unless it has one of the schemes and a host."""
    expected = " or ".join(f"{scheme}://host" for scheme in schemes)
    try:
        parts = urlsplit(value)
        fits = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"must be like {expected}")


def read_or_make_secret(path: Path) -> str:
    """The secret in ``path``; made there (mode 0600) if the file does not exist. Processes that start at once agree."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            # Unlike a rename this fails if another was quicker; and nobody ever sees half a secret.
            os.link(part, path)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(f"{path} can be read by others: run chmod 600 {path}")
    return path.read_text().strip()


def load_settings(environ: dict[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from the file, the environment and ``overrides``, the later winning.

    The file is ``PMP_CONFIG`` or ``./pmp.toml`` if it exists. Raises ConfigurationError with one
    line per mistake.
    """
    env = dict(os.environ) if environ is None else environ
    values: dict[str, Any] = {}
    configured = env.get("PMP_CONFIG")
    file = Path(configured) if configured else Path("pmp.toml")
    if configured and not file.exists():
        raise ConfigurationError(f"PMP_CONFIG names {file}, which does not exist")
    if file.exists():
        try:
            values.update(tomllib.loads(file.read_text()))
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"{file}: {error}") from error
    for key, value in env.items():
        if key.startswith(PREFIX) and key not in _NOT_SETTINGS and value != "":
            values[key[len(PREFIX) :].lower()] = value
    values.update({key: value for key, value in overrides.items() if value is not None})
    try:
        return Settings(**values)
    except ValidationError as error:
        lines = [
            f"unknown setting {PREFIX}{str(item['loc'][0]).upper()}"
            if item["type"] == "extra_forbidden"
            else f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg']}"
            for item in error.errors(include_input=False, include_url=False)
        ]
        raise ConfigurationError("; ".join(lines)) from None
