"""Patient records and care teams. The only pymongo user of the room."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from core.database.connection import Database, Document
from core.database.indexes import CollectionIndexes
from core.problems import Conflict, NotFound

COLLECTION = "patients"


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient. ``spo2_scale``: NEWS2's scale for oxygen saturation, 2 on a doctor's order only."""

    id: str
    name: str
    birth_date: date
    sex: str
    user_id: str | None
    identifier: str | None
    ward: str | None
    room: str | None
    time_zone: str
    spo2_scale: int
    risks: tuple[str, ...]
    care_team: frozenset[str]
    created_at: datetime

    def age_years(self, today: date) -> int:
        """Completed years of age."""
        had_birthday = (today.month, today.day) >= (self.birth_date.month, self.birth_date.day)
        return max(0, today.year - self.birth_date.year - (0 if had_birthday else 1))


def _patient(document: Document) -> Patient:
    return Patient(
        id=document["_id"],
        name=document["name"],
        birth_date=date.fromisoformat(document["birth_date"]),
        sex=document["sex"],
        user_id=document.get("user_id"),
        identifier=document.get("identifier"),
        ward=document.get("ward"),
        room=document.get("room"),
        time_zone=document["time_zone"],
        spo2_scale=document.get("spo2_scale", 1),
        risks=tuple(document.get("risks", ())),
        care_team=frozenset(document.get("care_team", ())),
        created_at=document["created_at"],
    )


def search_words(*texts: str | None) -> list[str]:
    """The words to find a record by: lower case, without accents."""
    words: set[str] = set()
    for text in texts:
        plain = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode().lower()
        words.update(re.findall(r"[a-z0-9]+", plain))
    return sorted(words)


class PatientStore:
    """Reads and writes patient records."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._patients = database.db[COLLECTION]
        self._clock = clock

    @staticmethod
    def indexes() -> list[CollectionIndexes]:
        """One record per user; found by care team."""
        return [
            CollectionIndexes(
                COLLECTION,
                [
                    IndexModel([("user_id", ASCENDING)], name="by_user", unique=True, sparse=True),
                    IndexModel([("identifier", ASCENDING)], name="by_identifier", unique=True, sparse=True),
                    IndexModel([("care_team", ASCENDING)], name="by_member"),
                ],
            )
        ]

    def add(self, fields: dict[str, Any]) -> Patient:
        """Add a patient. Raises Conflict if the user or the hospital number has a record already."""
        document: Document = {name: value for name, value in fields.items() if value is not None}
        document |= {
            "_id": f"p_{secrets.token_hex(8)}",
            "created_at": self._clock(),
            "care_team": [],
            "words": search_words(fields["name"], fields.get("identifier")),
        }
        try:
            self._patients.insert_one(document)
        except DuplicateKeyError:
            raise Conflict("A record with this user or hospital number exists already.") from None
        return _patient(document)

    def get(self, patient_id: str) -> Patient | None:
        """One patient."""
        document = self._patients.find_one({"_id": patient_id})
        return _patient(document) if document else None

    def several(self, patient_ids: Iterable[str]) -> dict[str, Patient]:
        """The patients of these ids, by id; ids of nobody are left out."""
        found = self._patients.find({"_id": {"$in": sorted(set(patient_ids))}})
        return {document["_id"]: _patient(document) for document in found}

    def exists(self, patient_id: str) -> bool:
        """Whether there is such a patient."""
        return self._patients.find_one({"_id": patient_id}, {"_id": 1}) is not None

    def of_user(self, user_id: str) -> Patient | None:
        """The patient record of a user."""
        document = self._patients.find_one({"user_id": user_id})
        return _patient(document) if document else None

    def all(self) -> list[Patient]:
        """Every patient, by name."""
        return sorted(
            (_patient(document) for document in self._patients.find({})), key=lambda p: (p.name.lower(), p.id)
        )

    def matching(self, query: str | None, ward: str | None) -> list[Patient]:
        """Patients whose words start with those of ``query``, in ``ward``; all where these are None."""
        wanted = search_words(query) if query else []
        found: list[Patient] = []
        for document in self._patients.find({"ward": ward} if ward else {}):
            words = document.get("words", ())
            if all(any(word.startswith(part) for word in words) for part in wanted):
                found.append(_patient(document))
        return sorted(found, key=lambda patient: (patient.name.lower(), patient.id))

    def change(self, patient_id: str, changes: dict[str, Any]) -> Patient:
        """Set fields. Raises Conflict if the user or the hospital number is taken."""
        before = self._patients.find_one({"_id": patient_id})
        if before is None:
            raise NotFound("There is no such patient.")
        updates = {name: value for name, value in changes.items() if value is not None}
        removed = {name: "" for name, value in changes.items() if value is None}
        after = {**before, **changes}
        updates["words"] = search_words(after["name"], after.get("identifier"))
        operation: Document = {"$set": updates}
        if removed:
            operation["$unset"] = removed
        try:
            self._patients.update_one({"_id": patient_id}, operation)
        except DuplicateKeyError:
            raise Conflict("A record with this user or hospital number exists already.") from None
        found = self.get(patient_id)
        if found is None:
            raise NotFound("There is no such patient.")
        return found

    # -- care team -----------------------------------------------------------------------------
    def care_team(self, patient_id: str) -> frozenset[str]:
        """The user ids of the patient's care team."""
        document = self._patients.find_one({"_id": patient_id}, {"care_team": 1})
        return frozenset(document.get("care_team", ())) if document else frozenset()

    def set_care_team(self, patient_id: str, user_ids: list[str]) -> frozenset[str]:
        """Replace the care team. Returns the ids that joined or left."""
        before = self.care_team(patient_id)
        self._patients.update_one({"_id": patient_id}, {"$set": {"care_team": user_ids}})
        return before.symmetric_difference(user_ids)

    def patients_of_member(self, user_id: str) -> frozenset[str]:
        """The patients whose care team the user is in."""
        return frozenset(row["_id"] for row in self._patients.find({"care_team": user_id}, {"_id": 1}))
