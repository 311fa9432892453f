"""Jobs: stored before they are signalled, retried, found again when the signal was lost."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from core.jobs.leases import Leases
from core.jobs.queue import MAX_ATTEMPTS
from core.platform import Platform, utc_now


def state(platform: Platform, job_id: str) -> str:
    row = platform.database.db.jobs.find_one({"_id": job_id})
    assert row is not None
    return str(row["state"])


def test_a_job_runs_once(platform: Platform) -> None:
    done: list[int] = []
    platform.jobs.register("count", lambda payload: done.append(payload["n"]))
    job = platform.jobs.enqueue("count", {"n": 1}, key="only")
    assert platform.jobs.enqueue("count", {"n": 1}, key="only") == job
    platform.jobs.run(job)
    platform.jobs.run(job)
    assert (done, state(platform, job)) == ([1], "done")


def test_a_job_whose_worker_was_killed_is_found_again(platform: Platform) -> None:
    done: list[int] = []
    job = platform.jobs.enqueue("count", {"n": 1})
    # A worker took it and died: the document says running, and no one will ever finish.
    later = utc_now() + timedelta(minutes=2)
    platform.database.db.jobs.update_one(
        {"_id": job}, {"$set": {"state": "running", "due_at": utc_now() + timedelta(seconds=60), "attempts": 1}}
    )
    platform.jobs.register("count", lambda payload: done.append(payload["n"]))
    platform.jobs.run(job)
    assert done == []
    with time_machine.travel(later, tick=False):
        assert platform.jobs.sweep() == 1
        platform.jobs.run(job)
    assert (done, state(platform, job)) == ([1], "done")


def test_a_job_that_always_fails_is_put_aside_visibly(platform: Platform) -> None:
    def fail(_payload: object) -> None:
        raise RuntimeError("no")

    platform.jobs.register("fail", fail)
    job = platform.jobs.enqueue("fail", {})
    now = utc_now()
    for attempt in range(MAX_ATTEMPTS):
        with time_machine.travel(now + timedelta(hours=attempt), tick=False):
            platform.jobs.run(job)
    assert state(platform, job) == "dead"
    assert platform.jobs.counts()["failed"] == 1


def test_a_lease_is_held_by_one(platform: Platform) -> None:
    other = Leases(platform.database, platform.clock)
    assert platform.leases.take("work", timedelta(minutes=1))
    assert not other.take("work", timedelta(minutes=1))
    assert platform.leases.take("work", timedelta(seconds=0))
    with time_machine.travel(utc_now() + timedelta(seconds=5), tick=False):
        assert other.take("work", timedelta(minutes=1))
