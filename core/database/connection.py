"""Connecting to MongoDB, or to the embedded server that a supervisor has started."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from pymongo import MongoClient
from pymongo.database import Database as MongoDatabase
from pymongo.write_concern import WriteConcern

from core.database.embedded import CONNECTION_FILE
from core.problems import ConfigurationError
from core.settings import Settings

Document = dict[str, Any]


@dataclass(frozen=True)
class Database:
    """A connected database. ``db`` is the pymongo handle that stores use."""

    client: MongoClient[Document]
    db: MongoDatabase[Document]
    kind: Literal["embedded", "mongodb"]

    def ping(self) -> bool:
        """Whether the server answers."""
        try:
            self.client.admin.command("ping")
        except Exception:
            return False
        return True

    def close(self) -> None:
        """Close all connections."""
        self.client.close()


def connect(settings: Settings) -> Database:
    """Connect as the settings say.

    Every write waits until it is on disk (``w: majority, j: true``). Retryable writes are off on the
    embedded server, whose registry of them slows every write; our own idempotency keys make a retry safe.
    Raises ConfigurationError if no database is configured and no embedded one runs.
    """
    if settings.mongodb_uri is not None:
        return _open(settings.mongodb_uri.get_secret_value(), settings.database, "mongodb")
    file = settings.data_dir / CONNECTION_FILE
    try:
        uri = str(json.loads(file.read_text())["uri"])
    except (OSError, ValueError, KeyError):
        raise ConfigurationError("no database: set PMP_MONGODB_URI, or start the embedded one with `pmp up`") from None
    return _open(uri, settings.database, "embedded")


def _open(uri: str, name: str, kind: Literal["embedded", "mongodb"]) -> Database:
    options: dict[str, Any] = {
        "tz_aware": True,
        "appname": "pmp",
        "serverSelectionTimeoutMS": 10_000,
        "connectTimeoutMS": 5_000,
        "maxPoolSize": 64,
    }
    if kind == "embedded":
        options |= {"retryWrites": False, "directConnection": True}
    client: MongoClient[Document] = MongoClient(uri, **options)
    db = client.get_database(name, write_concern=WriteConcern(w="majority", j=True))
    return Database(client, db, kind)
