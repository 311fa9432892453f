"""Backup and restore: everything comes back, and nothing is overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.database.backup import back_up, restore
from core.platform import Platform
from core.problems import Conflict
from tests.support import Cast


def test_a_restored_database_holds_what_was_backed_up(platform: Platform, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    count = back_up(platform.database, file)
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(Conflict):
        restore(platform.database, file)
    for name in platform.database.db.list_collection_names():
        platform.database.db[name].delete_many({})
    assert restore(platform.database, file) == count
    assert platform.people.verify("bob", "correct horse battery") is not None
    assert platform.patients.care_team(cast.alice.id) == {cast.users["bob"].id, cast.users["dana"].id}
