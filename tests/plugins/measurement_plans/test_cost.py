"""What a tick costs: an index finds what is due, and the number of commands does not follow the number of items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pymongo import MongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from core.assembly import assemble, prepare
from core.database.connection import Database, Document
from core.events.feed import Change, ChangeFeed
from core.events.log import COLLECTION as EVENTS
from core.platform import Platform
from core.settings import Settings
from plugins.measurement_plans.handlers import PlanKeeper
from plugins.measurement_plans.store import DUE, HISTORY, PlanStore
from tests.plugins.measurement_plans.conftest import moment, plan_item
from tests.support import wait_until


class Commands(CommandListener):
    """The commands that were sent."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.names.append(event.command_name)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing to note."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing to note."""


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
def platform(settings: Settings, database: Database, commands: Commands) -> Iterator[Platform]:
    """As everywhere, with commands counted."""
    assert settings.mongodb_uri is not None
    client: MongoClient[Document] = MongoClient(
        settings.mongodb_uri.get_secret_value(), tz_aware=True, event_listeners=[commands]
    )
    counted = Database(client, client.get_database(database.db.name), database.kind)
    platform = assemble(settings, database=counted)
    prepare(platform)
    yield platform
    platform.close()


def ticks(platform: Platform, commands: Commands, count: int, day: int) -> list[list[str]]:
    """``count`` new patients with a beating device each; the commands of reminding, doing so again, and missing."""
    store = PlanStore(platform.database)
    records = platform.ingest.drivers.records
    record = records["blood_pressure"]
    records["blood_pressure"] = replace(record, manifest=replace(record.manifest, heartbeat_s=60))
    platform.clock = lambda: moment(f"2026-02-{day:02d}T06:00")
    for number in range(count):
        fields = {"name": f"P {number}", "birth_date": "1950-01-01", "sex": "unknown", "time_zone": "UTC",
                  "identifier": f"{day}-{number}"}  # fmt: skip
        patient = platform.patients.add(fields)
        platform.devices.add(driver="blood_pressure", kind="blood_pressure", name="Cuff", patient_id=patient.id)
        item = plan_item(start=f"2026-02-{day:02d}", end=f"2026-02-{day:02d}")
        assert store.set_plan(patient.id, [item], {"id": "u", "name": "Dana"}, platform.clock(), None)
        PlanKeeper(platform, store).sync(patient.id)
    sent = []
    for time in ("08:00", "08:30", "09:00"):
        now = moment(f"2026-02-{day:02d}T{time}")
        platform.clock = lambda now=now: now
        commands.names.clear()
        PlanKeeper(platform, store).tick()
        sent.append(list(commands.names))
    # So that the next ones are alone.
    platform.database.db[DUE].delete_many({})
    return sent


def test_fifty_due_items_take_as_many_commands_as_one(platform: Platform, commands: Commands) -> None:
    one = ticks(platform, commands, 1, 2)
    fifty = ticks(platform, commands, 50, 3)
    assert fifty == one
    assert max(map(len, fifty)) <= 14
    db = platform.database.db
    assert db.events.count_documents({"type": "condition_raised"}) == 51
    assert db[HISTORY].count_documents({"outcome": "missed"}) == 51


def test_an_index_finds_what_is_due(platform: Platform) -> None:
    assert PlanStore(platform.database).explain_due(moment("2026-02-02T08:00")) == "by_action_time"


def test_what_the_tick_tells_reaches_those_who_listen(platform: Platform, commands: Commands) -> None:
    heard: list[Change] = []
    feed = ChangeFeed(platform.database, [EVENTS], heard.append)
    feed.start()
    try:
        ticks(platform, commands, 2, 2)
        platform.events.publish([], "last", {}, key="last")
        wait_until(lambda: any(change.key == "last" for change in list(heard)), what="the last event")
    finally:
        feed.stop()
    types = [change.document["type"] for change in heard if change.document is not None]
    assert types == ["condition_raised", "condition_raised", "last"]
