"""Group commit: concurrent writes share one insert, and each caller learns of its own."""

from __future__ import annotations

import threading

import pytest

from core.database.connection import Document
from core.ingest.commit import GroupCommit


def test_what_arrives_during_a_write_is_written_together() -> None:
    writes: list[int] = []
    first_in, go_on = threading.Event(), threading.Event()

    def insert(documents: list[Document]) -> set[str]:
        writes.append(len(documents))
        if len(writes) == 1:
            first_in.set()
            assert go_on.wait(5)
        return set()

    committed: list[str] = []
    commit = GroupCommit(insert, lambda documents: committed.extend(d["_id"] for d in documents))
    threads = [threading.Thread(target=commit.submit, args=([{"_id": "0"}],))]
    threads[0].start()
    assert first_in.wait(5)
    threads += [threading.Thread(target=commit.submit, args=([{"_id": str(n)}],)) for n in range(1, 21)]
    for thread in threads[1:]:
        thread.start()
    while len(commit._waiting) < 20:
        threading.Event().wait(0.001)
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert writes == [1, 20]
    assert sorted(committed, key=int) == [str(n) for n in range(21)]


def test_each_caller_learns_which_of_its_documents_were_there() -> None:
    commit = GroupCommit(lambda documents: {d["_id"] for d in documents if d["_id"] == "old"}, lambda _d: None)
    assert commit.submit([{"_id": "old"}, {"_id": "new"}]) == {"old"}
    assert commit.submit([{"_id": "new2"}]) == set()


def test_a_failed_write_fails_every_caller_and_the_next_one_works() -> None:
    fail = [True]

    def insert(_documents: list[Document]) -> set[str]:
        if fail[0]:
            raise OSError("the disk is gone")
        return set()

    commit = GroupCommit(insert, lambda _d: None)
    with pytest.raises(OSError, match="disk"):
        commit.submit([{"_id": "a"}])
    fail[0] = False
    assert commit.submit([{"_id": "a"}]) == set()
