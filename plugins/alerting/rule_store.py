"""Rules, their templates, and the silences that are watched, in the database.

``alerting_silences`` holds one document per watched silence. Its ``look_at`` is indexed: who looks for what has been
silent for too long reads the documents that are due and no others.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DeleteOne, IndexModel, UpdateOne

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from plugins.alerting.rule_sets import RuleSet, StaleRule, rule_set
from plugins.alerting.templates import SHIPPED, in_force

RULES = "alerting_rules"
TEMPLATES = "alerting_templates"
SILENCES = "alerting_silences"
#: What makes a cached set of rules outdated: the patient's own version, and that of all templates together.
Versions = tuple[dict[str, str], tuple[tuple[str, str], ...]]


class RuleStore:
    """Reads and writes rules and templates."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._rules = database.db[RULES]
        self._templates = database.db[TEMPLATES]
        self._silences = database.db[SILENCES]
        self._clock = clock

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """Patients by template; what was changed and not yet followed; silences by when to look at them."""
        unsynced = IndexModel([("unsynced", ASCENDING)], name="unsynced", sparse=True)
        return [
            CollectionIndexes(RULES, [IndexModel([("templates", ASCENDING)], name="by_template"), unsynced]),
            CollectionIndexes(TEMPLATES, [unsynced]),
            CollectionIndexes(
                SILENCES,
                [
                    IndexModel([("look_at", ASCENDING)], name="by_look_time"),
                    IndexModel([("patient_id", ASCENDING)], name="by_patient"),
                ],
            ),
        ]

    # -- a patient's ---------------------------------------------------------------------------
    def own(self, patient_id: str) -> Document | None:
        """A patient's own rules, as stored: ``rules``, ``combinations``, ``stale``, ``templates``."""
        return self._rules.find_one({"_id": patient_id})

    def set_own(self, patient_id: str, changes: Mapping[str, Any]) -> None:
        """Set some or all of the lists of a patient's own rules."""
        fields = {**changes, "changed_at": self._clock(), "version": secrets.token_hex(8), "unsynced": True}
        self._rules.update_one({"_id": patient_id}, {"$set": fields}, upsert=True)

    def rule_set_of(self, patient_id: str) -> RuleSet:
        """The rules in force for a patient."""
        own = self.own(patient_id)
        return rule_set(own, self.applied(own.get("templates", ())) if own else [])

    def edited(self, patient_id: str, changes: Mapping[str, Any]) -> RuleSet:
        """The rules that would be in force after ``set_own``."""
        own = {**(self.own(patient_id) or {}), **changes}
        return rule_set(own, self.applied(own.get("templates", ())))

    def applied(self, template_ids: Sequence[str]) -> list[Document]:
        """The templates of these ids, in this order; deleted ones are left out."""
        if not template_ids:
            return []
        known = {row["_id"]: row for row in self.templates()}
        return [known[template_id] for template_id in template_ids if template_id in known]

    def versions(self) -> Versions:
        """What to compare to know whether rules were changed."""
        own = {row["_id"]: row.get("version", "") for row in self._rules.find({}, {"version": 1})}
        templates = self._templates.find({}, {"version": 1})
        return own, tuple(sorted((row["_id"], row.get("version", "")) for row in templates))

    # -- templates -----------------------------------------------------------------------------
    def templates(self) -> list[Document]:
        """The templates in force, by title."""
        return in_force({row["_id"]: row for row in self._templates.find({})})

    def template(self, template_id: str) -> Document | None:
        """One template in force."""
        return next(iter(self.applied([template_id])), None)

    def set_template(self, template_id: str, fields: Document) -> Document:
        """Write a template of the installation's own. It holds for its patients from now on."""
        row = {"_id": template_id, **fields, "changed_at": self._clock(), "version": secrets.token_hex(8)}
        self._templates.replace_one({"_id": template_id}, {**row, "unsynced": True}, upsert=True)
        return row

    def remove_template(self, template_id: str) -> None:
        """Delete a template; of one that is shipped, remember that it is gone."""
        if template_id in SHIPPED:
            self.set_template(template_id, {"deleted": True})
        else:
            self._templates.delete_one({"_id": template_id})

    def patients_of(self, template_id: str) -> list[str]:
        """The patients to whom a template is applied."""
        return [row["_id"] for row in self._rules.find({"templates": template_id}, {"_id": 1})]

    def patients_per_template(self) -> dict[str, int]:
        """How many patients follow each template."""
        counts: dict[str, int] = {}
        for row in self._rules.find({}, {"templates": 1}):
            for template_id in row.get("templates", ()):
                counts[template_id] = counts.get(template_id, 0) + 1
        return counts

    # -- silences ------------------------------------------------------------------------------
    def unsynced(self, limit: int) -> list[tuple[str, str]]:
        """Patients (and their rules' version) whose watched silences may not follow their rules.

        A template that was changed makes all of its patients such.
        """
        for template in self._templates.find({"unsynced": True}, {"version": 1}):
            self._rules.update_many({"templates": template["_id"]}, {"$set": {"unsynced": True}})
            same = {"_id": template["_id"], "version": template["version"]}
            self._templates.update_one(same, {"$unset": {"unsynced": ""}})
        rows = self._rules.find({"unsynced": True}, {"version": 1}).limit(limit)
        return [(row["_id"], row.get("version", "")) for row in rows]

    def synced(self, patient_id: str, version: str) -> None:
        """Note that a patient's silences follow this version of their rules."""
        self._rules.update_one({"_id": patient_id, "version": version}, {"$unset": {"unsynced": ""}})

    def silences_of(self, patient_id: str) -> dict[str, Document]:
        """A patient's watched silences, by code."""
        return {row["code"]: row for row in self._silences.find({"patient_id": patient_id})}

    def watch(self, patient_id: str, rules: Iterable[StaleRule], since: datetime) -> None:
        """Watch exactly these silences. One that is new begins at ``since``, and all are looked at soon."""
        wanted = {rule.code: rule for rule in rules}
        known = self.silences_of(patient_id)
        writes: list[Any] = [DeleteOne({"_id": row["_id"]}) for code, row in known.items() if code not in wanted]
        for code, rule in wanted.items():
            fields = {"patient_id": patient_id, "code": code, "hours": rule.hours, "priority": rule.priority}
            update = {"$set": {**fields, "look_at": since}, "$setOnInsert": {"since": since}}
            writes.append(UpdateOne({"_id": f"{patient_id}|{code}"}, update, upsert=True))
        if writes:
            self._silences.bulk_write(writes, ordered=False)

    def due(self, now: datetime, limit: int) -> list[Document]:
        """Silences to look at, the longest waiting first."""
        return list(self._silences.find({"look_at": {"$lte": now}}).sort("look_at", ASCENDING).limit(limit))

    def look_again(self, moments: Mapping[str, datetime], raised: Iterable[str]) -> None:
        """Come back to silences, by id, at a moment. ``raised``: those of which an alert was told."""
        told = set(raised)
        writes = [
            UpdateOne({"_id": silence_id}, {"$set": {"look_at": moment, "raised": silence_id in told}})
            for silence_id, moment in moments.items()
        ]
        if writes:
            self._silences.bulk_write(writes, ordered=False)
