"""Teams, ladders and runs in the database. The only pymongo user of the plugin."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from plugins.escalation.ladder import OVER, SHIPPED

TEAMS = "escalation_teams"
LADDERS = "escalation_ladders"
RUNS = "escalation_runs"
MEMBERS = "escalation_storm_alerts"
_ONE = "ladders"
_DUPLICATE_KEY = 11000
#: How long the run of an alert that is over is remembered, against news that comes late.
_KEPT = timedelta(days=7)


class EscalationStore:
    """Reads and writes everything of escalation."""

    def __init__(self, database: Database) -> None:
        self._teams = database.db[TEAMS]
        self._ladders = database.db[LADDERS]
        self._runs = database.db[RUNS]
        self._members = database.db[MEMBERS]

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """Runs by when something is due, by whether an alarm is up, and by age; what calls of a storm."""
        return [
            CollectionIndexes(
                RUNS,
                [
                    IndexModel([("next_action_at", ASCENDING)], name="by_action_time", sparse=True),
                    IndexModel([("alarm_key", ASCENDING)], name="by_alarm", sparse=True),
                    IndexModel([("state", ASCENDING), ("changed_at", ASCENDING)], name="by_state_time"),
                ],
            ),
            CollectionIndexes(
                MEMBERS,
                [
                    IndexModel([("storm_id", ASCENDING), ("calls", ASCENDING)], name="by_storm"),
                    IndexModel([("at", ASCENDING)], name="by_time"),
                ],
            ),
        ]

    # -- teams ---------------------------------------------------------------------------------
    def teams(self) -> list[Document]:
        """All teams, by title."""
        return sorted(self._teams.find({}), key=lambda team: (team["title"].lower(), team["_id"]))

    def team(self, team_id: str) -> Document | None:
        """One team."""
        return self._teams.find_one({"_id": team_id})

    def add_team(self, fields: Document) -> Document:
        """Add a team."""
        team: Document = {"_id": f"tm_{secrets.token_hex(6)}", "revision": 1, "cover": [], **fields}
        self._teams.insert_one(team)
        return team

    def set_team(self, team_id: str, fields: Document, revision: int | None) -> Document | None:
        """Change a team, if ``revision`` is the stored one where it is given. None if it is not."""
        same: Document = {"_id": team_id} | ({} if revision is None else {"revision": revision})
        return self._teams.find_one_and_update(
            same, {"$set": fields, "$inc": {"revision": 1}}, return_document=ReturnDocument.AFTER
        )

    def remove_team(self, team_id: str) -> bool:
        """Delete a team. Whether there was one."""
        return self._teams.delete_one({"_id": team_id}).deleted_count > 0

    def add_cover(self, team_id: str, cover: Document, until: datetime) -> Document | None:
        """Add cover to a team, and forget what ended before ``until``. None if there is no such team."""
        self._teams.update_one({"_id": team_id}, {"$pull": {"cover": {"end": {"$lt": until}}}})
        return self._teams.find_one_and_update(
            {"_id": team_id}, {"$push": {"cover": cover}, "$inc": {"revision": 1}}, return_document=ReturnDocument.AFTER
        )

    def remove_cover(self, team_id: str, cover_id: str) -> Document | None:
        """Take cover away. None if there is no such cover."""
        return self._teams.find_one_and_update(
            {"_id": team_id, "cover.id": cover_id},
            {"$pull": {"cover": {"id": cover_id}}, "$inc": {"revision": 1}},
            return_document=ReturnDocument.AFTER,
        )

    # -- ladders -------------------------------------------------------------------------------
    def ladders(self) -> tuple[list[Document], int]:
        """The ladders that hold, in their order, and their revision; 0: as shipped."""
        row = self._ladders.find_one({"_id": _ONE})
        return (row["ladders"], row["revision"]) if row else (SHIPPED, 0)

    def set_ladders(self, ladders: Sequence[Any], revision: int) -> bool:
        """Replace the ladders. False if ``revision`` is not the stored one."""
        if revision == 0:
            try:
                self._ladders.insert_one({"_id": _ONE, "ladders": list(ladders), "revision": 1})
            except DuplicateKeyError:
                return False
            return True
        changed = self._ladders.update_one(
            {"_id": _ONE, "revision": revision}, {"$set": {"ladders": list(ladders)}, "$inc": {"revision": 1}}
        )
        return changed.matched_count > 0

    # -- runs ----------------------------------------------------------------------------------
    def run(self, alert_id: str) -> Document | None:
        """The run of an alert."""
        return self._runs.find_one({"_id": alert_id})

    def add_run(self, run: Document) -> bool:
        """Add a run. False if the alert has one."""
        try:
            self._runs.insert_one(_stored(run))
        except DuplicateKeyError:
            return False
        return True

    def set_run(self, run: Document, now: datetime) -> bool:
        """Store a changed run. False if somebody else changed it since it was read."""
        same = {"_id": run["_id"], "rev": run["rev"]}
        changed = self._runs.replace_one(same, _stored(run | {"rev": run["rev"] + 1, "changed_at": now}))
        return changed.matched_count > 0

    def note_members(self, storm_id: str, alerts: Sequence[Document], now: datetime) -> None:
        """Note which alerts of a storm call; what is known of a later revision stays."""
        fresh = [
            {
                "_id": alert["id"],
                "storm_id": storm_id,
                "revision": alert["revision"],
                "calls": alert["calls"],
                "at": now,
            }
            for alert in alerts
        ]
        try:
            self._members.insert_many(fresh, ordered=False)
            return
        except BulkWriteError as error:
            if any(fault["code"] != _DUPLICATE_KEY for fault in error.details["writeErrors"]):
                raise
        self._members.bulk_write(
            [
                UpdateOne(
                    {"_id": row["_id"], "revision": {"$lt": row["revision"]}},
                    {"$set": {"revision": row["revision"], "calls": row["calls"]}},
                )
                for row in fresh
            ],
            ordered=False,
        )

    def leave_storm(self, alert_id: str) -> str | None:
        """Take an alert out of its storm. Returns the storm, if it was in one."""
        member = self._members.find_one({"_id": alert_id, "calls": True}, {"storm_id": 1})
        if member is None:
            return None
        self._members.update_one({"_id": alert_id}, {"$set": {"calls": False}})
        return str(member["storm_id"])

    def storm_calls(self, storm_id: str) -> bool:
        """Whether an alert of the storm calls."""
        return self._members.find_one({"storm_id": storm_id, "calls": True}, {"_id": 1}) is not None

    def due(self, now: datetime, limit: int) -> list[str]:
        """The alerts whose run has something to do, the longest waiting first."""
        found = self._runs.find({"next_action_at": {"$lte": now}}, {"_id": 1})
        return [row["_id"] for row in found.sort("next_action_at", ASCENDING).limit(limit)]

    def alarmed(self, alarm_key: str) -> int:
        """How many runs an alarm about reach is up for."""
        return int(self._runs.count_documents({"alarm_key": alarm_key}))

    def forget(self, now: datetime, batch: int = 500) -> None:
        """Delete the runs of alerts that are long over."""
        old = self._runs.find({"state": OVER, "changed_at": {"$lt": now - _KEPT}}, {"_id": 1}).limit(batch)
        ids = [row["_id"] for row in old]
        if ids:
            self._runs.delete_many({"_id": {"$in": ids}})
        members = self._members.find({"at": {"$lt": now - 4 * _KEPT}}, {"_id": 1}).limit(batch)
        if old_members := [row["_id"] for row in members]:
            self._members.delete_many({"_id": {"$in": old_members}})


def _stored(run: Document) -> Document:
    """A run without what is empty: sparse indexes hold what there is to do and no more."""
    return {name: value for name, value in run.items() if not (name in _SPARSE and value is None)}


_SPARSE = ("next_action_at", "alarm_key")
