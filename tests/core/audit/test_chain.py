"""The audit chain: what was done to it shows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pymongo.collection import Collection

from core.assembly import assemble
from core.audit.chain import GENESIS, hash_of, seal, verify
from core.audit.log import COLLECTION, HEAD, AuditLog, Entry
from core.database.connection import Database
from core.platform import Platform, utc_now
from core.settings import Settings

KEY = b"the key"


def entry(number: int, patient_id: str | None = "p_alice") -> Entry:
    return Entry(
        actor_type="user", actor_id="u_bob", actor_name="Bob", roles=("nurse",), relation="any_patient",
        action="observation:read", object=f"entry/{number}", patient_id=patient_id, outcome="allowed",
        rule=None, address="192.0.2.7",
    )  # fmt: skip


@pytest.fixture
def audit(database: Database) -> Iterator[AuditLog]:
    """A log with ten entries."""
    audit = AuditLog(database, utc_now, KEY)
    for number in range(1, 11):
        audit.record(entry(number))
    audit.flush()
    yield audit
    audit.close()


@pytest.fixture
def entries(database: Database) -> Collection[dict[str, Any]]:
    return database.db[COLLECTION]


@pytest.fixture
def head(database: Database) -> Collection[dict[str, Any]]:
    return database.db[HEAD]


def problems(audit: AuditLog) -> list[tuple[int, str]]:
    return [(finding.number, finding.problem) for finding in audit.verify().findings]


def rehash(entries: Collection[dict[str, Any]], key: bytes) -> tuple[int, str]:
    """Make the chain consistent again, as an attacker with ``key`` would. Returns its end."""
    number, previous = 0, GENESIS
    for row in sorted(entries.find({}), key=lambda row: int(row["_id"])):
        entries.delete_one({"_id": row["_id"]})
        number += 1
        row |= {"_id": number, "previous": previous}
        row["hash"] = previous = hash_of(key, row, previous)
        entries.insert_one(row)
    return number, previous


def test_an_untouched_log_is_unbroken(audit: AuditLog) -> None:
    report = audit.verify()
    assert report.ok
    assert report.entries == 10


@pytest.mark.parametrize(
    "change",
    [
        {"at": utc_now().replace(year=2001)},
        {"actor.name": "Somebody"},
        {"roles": ["doctor"]},
        {"object": "entry/99"},
        {"patient_id": None},
        {"outcome": "denied"},
        {"detail": {"frames": 1}},
        {"added": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_edited_entry_is_found(audit: AuditLog, entries: Collection[dict[str, Any]], change: dict[str, Any]) -> None:
    entries.update_one({"_id": 5}, {"$set": change})
    assert problems(audit) == [(5, "was changed")]


def test_an_edited_entry_whose_hash_was_redone_is_found(audit: AuditLog, entries: Collection[dict[str, Any]]) -> None:
    row = entries.find_one({"_id": 5})
    assert row is not None
    row["outcome"] = "denied"
    entries.update_one({"_id": 5}, {"$set": {"outcome": "denied", "hash": hash_of(b"guess", row, row["previous"])}})
    assert problems(audit) == [(5, "was changed"), (6, "does not follow the entry before it")]


def test_a_deleted_entry_is_found(audit: AuditLog, entries: Collection[dict[str, Any]]) -> None:
    entries.delete_many({"_id": {"$in": [4, 5]}})
    assert problems(audit) == [(4, "entries 4 to 5 are missing")]


def test_the_deleted_beginning_is_found(audit: AuditLog, entries: Collection[dict[str, Any]]) -> None:
    entries.delete_one({"_id": 1})
    assert problems(audit) == [(1, "entries 1 to 1 are missing")]


def test_a_shortened_log_is_found(audit: AuditLog, entries: Collection[dict[str, Any]]) -> None:
    entries.delete_many({"_id": {"$gt": 7}})
    assert problems(audit) == [(8, "entries 8 to 10 are missing at the end")]


def test_an_emptied_log_is_found(audit: AuditLog, entries: Collection[dict[str, Any]]) -> None:
    entries.delete_many({})
    assert problems(audit) == [(1, "entries 1 to 10 are missing at the end")]


def test_swapped_entries_are_found(audit: AuditLog, entries: Collection[dict[str, Any]]) -> None:
    third, fourth = entries.find_one({"_id": 3}), entries.find_one({"_id": 4})
    assert third is not None
    assert fourth is not None
    entries.replace_one({"_id": 3}, {**fourth, "_id": 3})
    entries.replace_one({"_id": 4}, {**third, "_id": 4})
    assert {3, 4} <= {number for number, _problem in problems(audit)}


def test_a_log_that_was_closed_over_a_gap_is_found(audit: AuditLog, entries: Collection[dict[str, Any]]) -> None:
    entries.delete_one({"_id": 4})
    rehash(entries, b"guess")
    assert problems(audit)[0] == (1, "was changed")


def test_a_head_signed_with_another_key_is_found(
    audit: AuditLog, entries: Collection[dict[str, Any]], head: Collection[dict[str, Any]]
) -> None:
    entries.delete_many({"_id": {"$gt": 7}})
    last = entries.find_one({"_id": 7})
    assert last is not None
    forged = {"number": 7, "hash": last["hash"], "seal": seal(b"guess", 7, last["hash"])}
    head.update_one({"_id": "head"}, {"$set": forged})
    assert problems(audit) == [(7, "the signature of the log's end is not ours")]


def test_a_removed_head_is_found(audit: AuditLog, head: Collection[dict[str, Any]]) -> None:
    head.delete_many({})
    assert problems(audit) == [(10, "the signed end of the log is missing")]


def test_a_head_of_another_log_is_found(audit: AuditLog, head: Collection[dict[str, Any]]) -> None:
    head.update_one({"_id": "head"}, {"$set": {"hash": "f" * 64, "seal": seal(KEY, 10, "f" * 64)}})
    assert problems(audit) == [(10, "the end of the log is not the one that was signed")]


def test_entries_that_somebody_else_appended_are_found(audit: AuditLog, entries: Collection[dict[str, Any]]) -> None:
    last = entries.find_one({"_id": 10})
    assert last is not None
    for key in (b"guess", b""):
        forged = {**last, "_id": 11, "object": "entry/forged", "previous": last["hash"]}
        forged["hash"] = hash_of(key, forged, last["hash"])
        entries.replace_one({"_id": 11}, forged, upsert=True)
        assert problems(audit) == [(11, "was changed")]


def test_a_rewritten_log_does_not_pass_by_being_longer_than_what_was_signed() -> None:
    def chain(names: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        previous = GENESIS
        for number, name in enumerate(names, 1):
            row = {"_id": number, "object": name, "previous": previous}
            previous = row["hash"] = hash_of(KEY, row, previous)
            rows.append(row)
        return rows

    signed, rewritten = chain("abc"), chain("axcd")
    assert verify(KEY, signed, 3)[1] == signed[2]["hash"]
    assert verify(KEY, rewritten, 3)[1] != signed[2]["hash"]
    assert verify(KEY, signed, 4)[1] is None


def test_what_a_crash_left_unsigned_is_part_of_the_log(
    audit: AuditLog, database: Database, entries: Collection[dict[str, Any]], head: Collection[dict[str, Any]]
) -> None:
    eighth = entries.find_one({"_id": 8})
    assert eighth is not None
    behind = {"number": 8, "hash": eighth["hash"], "seal": seal(KEY, 8, eighth["hash"])}
    head.update_one({"_id": "head"}, {"$set": behind})
    assert audit.verify().ok
    after_restart = AuditLog(database, utc_now, KEY)
    after_restart.record(entry(11)).wait()
    after_restart.close()
    report = audit.verify()
    assert report.ok
    assert report.entries == 11


def test_several_processes_keep_one_unbroken_chain(database: Database) -> None:
    logs = [AuditLog(database, utc_now, KEY) for _ in range(3)]

    def write(log: AuditLog, name: int) -> None:
        for number in range(40):
            ticket = log.record(entry(name * 1000 + number))
            if number % 8 == 0:
                ticket.wait()
        log.flush()

    threads = [threading.Thread(target=write, args=(log, name)) for name, log in enumerate(logs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for log in logs:
        log.close()
    report = logs[0].verify()
    assert report.findings == ()
    objects = [row["object"] for row in database.db[COLLECTION].find({})]
    assert len(objects) == len(set(objects)) == report.entries == 120


def test_a_group_that_was_half_written_is_not_written_twice(
    database: Database, entries: Collection[dict[str, Any]]
) -> None:
    log = AuditLog(database, utc_now, KEY)
    log.record(entry(1)).wait()
    # Another process takes a number in the middle of the group.
    other = AuditLog(database, utc_now, KEY)
    other.record(entry(2)).wait()
    taken = entries.find_one_and_delete({"_id": 2})
    assert taken is not None
    entries.insert_one({**taken, "_id": 4})
    for number in (11, 12, 13, 14):
        log.record(entry(number))
    log.flush()
    log.close()
    other.close()
    objects = [row["object"] for row in entries.find({})]
    assert sorted(objects) == sorted(f"entry/{number}" for number in (1, 2, 11, 12, 13, 14))


def test_a_long_log_is_walked_to_its_end(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.audit.log._READ_BATCH", 7)
    log = AuditLog(database, utc_now, KEY)
    for number in range(30):
        log.record(entry(number))
    log.flush()
    assert log.verify().entries == 30
    database.db[COLLECTION].delete_many({"_id": {"$gt": 5, "$lt": 25}})
    assert problems(log) == [(6, "entries 6 to 24 are missing")]
    log.close()


def test_newest_pages_through_one_patients_entries(database: Database) -> None:
    log = AuditLog(database, utc_now, KEY)
    for number in range(20):
        log.record(entry(number, "p_alice" if number % 4 == 0 else "p_charlie"))
    log.flush()
    seen: list[str] = []
    before: int | None = None
    while rows := log.newest("p_alice", before, 2):
        seen += [row["object"] for row in rows]
        before = rows[-1]["_id"]
    assert seen == [f"entry/{number}" for number in (16, 12, 8, 4, 0)]
    log.close()


def test_frames_of_a_moment_share_an_entry(database: Database) -> None:
    log = AuditLog(database, utc_now, KEY)
    for _ in range(25):
        log.count_frames("d_1", "Thermometer", "p_alice", 4, None)
    log.flush()
    rows = log.newest("p_alice", None, 50)
    log.close()
    assert sum(row["detail"]["frames"] for row in rows) == 100
    assert len(rows) < 5


def test_closing_writes_what_waits(database: Database) -> None:
    log = AuditLog(database, utc_now, KEY)
    for number in range(50):
        log.record(entry(number))
    log.count_frames("d_1", "Thermometer", "p_alice", 1, None)
    log.close()
    report = AuditLog(database, utc_now, KEY).verify()
    assert report.ok
    assert report.entries == 51


def test_the_requests_own_log_is_checked_by_another_process(
    platform: Platform, settings: Settings, cast: Any, sign_in: Callable[[str], Any]
) -> None:
    sign_in("bob").get(f"/patients/{cast.alice.id}/latest")
    again = assemble(settings)
    assert again.audit.verify().ok
    platform.database.db[COLLECTION].update_one({"_id": 1}, {"$set": {"outcome": "denied"}})
    assert not again.audit.verify().ok
    again.close()
