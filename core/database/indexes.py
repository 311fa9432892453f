"""Indexes and migrations: what each room declares, applied in order and remembered by version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo import IndexModel

from core.database.connection import Database, Document


@dataclass(frozen=True)
class CollectionIndexes:
    """The indexes of one collection."""

    collection: str
    indexes: Sequence[IndexModel] = ()


@dataclass(frozen=True)
class Migration:
    """A change of stored data. ``name`` is unique and never reused; ``apply`` may run twice (a crash)."""

    name: str
    apply: Callable[[Any], None] = field(repr=False)


def apply_indexes(database: Database, declared: Iterable[CollectionIndexes]) -> None:
    """Create the declared indexes that are missing."""
    for item in declared:
        if not item.indexes:
            continue
        collection = database.db[item.collection]
        present = set(collection.index_information())
        missing = [index for index in item.indexes if index.document["name"] not in present]
        if missing:
            collection.create_indexes(missing)


def apply_migrations(database: Database, migrations: Iterable[Migration]) -> list[str]:
    """Apply the migrations that this database has not seen, in order. Returns their names."""
    done: list[str] = []
    ledger = database.db["schema_migrations"]
    for migration in migrations:
        if ledger.find_one({"_id": migration.name}) is not None:
            continue
        migration.apply(database.db)
        document: Document = {"_id": migration.name}
        ledger.update_one(document, {"$set": {"applied": True}}, upsert=True)
        done.append(migration.name)
    return done
