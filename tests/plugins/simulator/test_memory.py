"""What the simulator keeps between runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from plugins.simulator.memory import KnownDevice, Memory, remembered

URL = "http://127.0.0.1:8000"


def kept(path: Path) -> Memory:
    memory = Memory(path, URL, 7, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC), True)
    memory.devices["D-1/thermometer"] = KnownDevice("d_1", "key")
    memory.save()
    return memory


def test_what_was_saved_is_remembered_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    memory = kept(path)
    assert remembered(path, URL, 7) == memory
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("url", "seed"), [("http://127.0.0.1:9000", 7), (URL, 8)])
def test_another_site_or_seed_starts_afresh(tmp_path: Path, url: str, seed: int) -> None:
    path = tmp_path / "demo.json"
    kept(path)
    assert remembered(path, url, seed) == Memory(path, url, seed)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"url": "http://127.0.0.1:8000", "seed": 7, "anchor": 5}'])
def test_a_damaged_file_starts_afresh(tmp_path: Path, text: str) -> None:
    path = tmp_path / "demo.json"
    path.write_text(text)
    assert remembered(path, URL, 7) == Memory(path, URL, 7)
