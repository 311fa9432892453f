"""A house whose clock the test sets, and in which all plugins hear of every event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.database.connection import Document
from core.events.log import Event
from core.observations.vital_signs import BODY_TEMPERATURE
from core.platform import Platform
from plugins.alerting.models import alert_json
from plugins.escalation.handlers import Escalator
from plugins.escalation.store import EscalationStore
from tests.support import Cast


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shift(role: str, people: Sequence[str], **changes: Any) -> Document:
    """Around the clock, all together."""
    return {
        "id": f"{role}s", "role": role, "people": list(people), "turns": "together", "turns_from": "2026-02-02",
        "weekdays": None, "start": "08:00", "end": "08:00",
    } | changes  # fmt: skip


def team(*shifts: Document, **changes: Any) -> Document:
    return {
        "title": "Cardiology", "time_zone": "UTC", "for_everybody": True, "wards": [], "patient_ids": [],
        "shifts": list(shifts),
    } | changes  # fmt: skip


class House:
    """Alerts happen, time passes, people hear of it."""

    def __init__(self, platform: Platform, cast: Cast) -> None:
        self.platform = platform
        self.cast = cast
        self.ids = {name: user.id for name, user in cast.users.items()}
        self.store = EscalationStore(platform.database)
        self.present: set[str] = set()
        self.now = moment("2026-02-02T10:00")
        self.drops: set[str] = set()
        platform.clock = lambda: self.now
        platform.events._clock = lambda: self.now
        platform.heartbeats.present = lambda: frozenset(self.present)  # type: ignore[method-assign]
        self._seen: set[str] = set()
        self._number = 0

    # -- what happens --------------------------------------------------------------------------
    def condition(self, key: str = "c", **changes: Any) -> None:
        """Some plugin raises a condition about Alice."""
        self._number += 1
        data = {
            "key": key, "patient_id": self.cast.alice.id, "kind": "out_of_range", "code": BODY_TEMPERATURE,
            "priority": "high", "title": "Temperature 39.9", "detail": None, "value": 39.9, "unit": "Cel",
            "at": self.now.isoformat(),
        } | changes  # fmt: skip
        self.platform.events.publish([], "condition_raised", data, key=f"raised|{key}|{self._number}")
        self.pump()

    def condition_ends(self, key: str = "c", kind: str = "out_of_range") -> None:
        self._number += 1
        data = {"key": key, "patient_id": self.cast.alice.id, "kind": kind, "at": self.now.isoformat()}
        self.platform.events.publish([], "condition_ended", data, key=f"ended|{key}|{self._number}")
        self.pump()

    def change(self, type: str, key: str = "c", kind: str = "out_of_range", **fields: Any) -> None:
        """Somebody changes an alert, as the routes of alerts do."""
        alert = self.alert(key, kind)
        self.platform.database.db.alerting_alerts.update_one(
            {"_id": alert["id"]}, {"$set": fields, "$inc": {"revision": 1}}
        )
        self.platform.events.publish([], type, {"alert": self.alert(key, kind)})
        self.pump()

    def passes(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Time passes, second by second where something is due."""
        until = self.now + timedelta(minutes=minutes, seconds=seconds)
        while self.now < until:
            row = self.platform.database.db.escalation_runs.find_one(
                {"next_action_at": {"$gt": self.now, "$lte": until}}, sort=[("next_action_at", 1)]
            )
            self.now = row["next_action_at"] if row else until
            self.tick()

    def tick(self) -> None:
        """As after a restart: another escalator each time."""
        Escalator(self.platform, self.store).advance()
        self.pump()

    def pump(self) -> None:
        """Let every plugin hear of what was published, and of what they publish then."""
        while True:
            fresh = [row for row in self.platform.database.db.events.find({}) if row["_id"] not in self._seen]
            if not fresh:
                return
            for row in sorted(fresh, key=lambda row: row["at"]):
                self._seen.add(row["_id"])
                event = Event(row["_id"], tuple(row["topics"]), row["type"], row["data"], row["at"])
                for _plugin, handler in self.platform.plugins.contributions("event_handlers", platform=self.platform):
                    if event.type in handler.types and handler.name not in self.drops:
                        handler.handle([event])

    # -- what there is -------------------------------------------------------------------------
    def alert(self, key: str = "c", kind: str = "out_of_range") -> Document:
        rows = list(self.platform.database.db.alerting_alerts.find({"episode_of": f"{kind}|{key}"}))
        return alert_json(self.platform, max(rows, key=lambda row: row["raised_at"]))

    def run(self, key: str = "c") -> Document:
        run = self.store.run(self.alert(key)["id"])
        assert run is not None
        return run

    def asked(self, about: str | None = "c") -> list[tuple[str, set[str]]]:
        """When and who was to be told: minutes and seconds after ten, and names."""
        names = {user_id: name for name, user_id in self.ids.items()}
        wanted = self.alert(about)["id"] if about else None
        rows = self.events("notification_requested")
        return [
            (row["at"].strftime("%M:%S"), {names[user_id] for user_id in row["data"]["user_ids"]})
            for row in rows
            if row["data"]["about"] == wanted and row["data"]["key"].startswith("escalation|")
        ]

    def alarms(self) -> list[Document]:
        """Technical alerts that nobody can be reached."""
        return list(self.platform.database.db.alerting_alerts.find({"kind": "technical"}))

    def events(self, type: str) -> list[Document]:
        """The events of a type, in order of time."""
        return list(self.platform.database.db.events.find({"type": type}).sort("at", 1))


@pytest.fixture
def house(platform: Platform, cast: Cast) -> House:
    house = House(platform, cast)
    house.present = set(house.ids.values())
    return house
