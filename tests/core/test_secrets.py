"""Secrets that the platform makes for itself."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from core.problems import ConfigurationError
from core.settings import read_or_make_secret


def test_all_who_ask_at_once_get_the_same_secret(tmp_path: Path) -> None:
    for round_ in range(20):
        path = tmp_path / str(round_) / "secret"
        found: list[str] = []
        start = threading.Barrier(8)

        def ask(path: Path = path, found: list[str] = found, start: threading.Barrier = start) -> None:
            start.wait(10)
            found.append(read_or_make_secret(path))

        threads = [threading.Thread(target=ask) for _number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert len(found) == 8
        assert len(set(found)) == 1
        assert len(found[0]) > 40
        assert path.stat().st_mode & 0o777 == 0o600
        assert [file.name for file in path.parent.iterdir()] == ["secret"]


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("known to all")
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        read_or_make_secret(path)
