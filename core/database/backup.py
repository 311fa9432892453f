"""Backup and restore: every collection as BSON in one compressed archive, on either database."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from core.database.connection import Database
from core.problems import Conflict

_SKIPPED = {"processes", "leases", "event_cursors"}
_BATCH = 1_000


def back_up(database: Database, file: Path) -> int:
    """Write all documents to ``file`` (mode 0600). Returns how many."""
    options: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
    count = 0
    temporary = file.with_name(file.name + ".part")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(database.db.list_collection_names()):
            if name in _SKIPPED or name.startswith("system."):
                continue
            collection = database.db.get_collection(name, codec_options=options)
            with archive.open(f"{name}.bson", "w", force_zip64=True) as out:
                for document in collection.find({}):
                    out.write(document.raw)  # type: ignore[attr-defined]
                    count += 1
    temporary.replace(file)
    return count


def restore(database: Database, file: Path) -> int:
    """Read all documents of ``file`` into an empty database. Returns how many.

    Raises Conflict if the database holds people or patients already.
    """
    for name in ("users", "patients", "observations"):
        if database.db[name].find_one({}, {"_id": 1}) is not None:
            raise Conflict("The database is not empty; restore goes into an empty one.")
    count = 0
    with zipfile.ZipFile(file) as archive:
        for entry in archive.namelist():
            collection = database.db[entry.removesuffix(".bson")]
            collection.delete_many({})
            with archive.open(entry) as stream:
                batch = []
                for document in bson.decode_file_iter(stream):
                    batch.append(document)
                    if len(batch) >= _BATCH:
                        collection.insert_many(batch, ordered=False)
                        count += len(batch)
                        batch = []
                if batch:
                    collection.insert_many(batch, ordered=False)
                    count += len(batch)
    return count
