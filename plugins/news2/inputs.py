"""From a patient's record and newest observations to a score: to whom NEWS2 applies, and what it reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.database.connection import Document
from core.observations.model import is_charted
from core.observations.vital_signs import BLOOD_PRESSURE, CONSCIOUSNESS, SYSTOLIC
from plugins.news2.rules import INPUTS, Reading, Result, points_for, score

if TYPE_CHECKING:
    from core.patients.store import Patient

#: The codes under which the inputs are stored.
STORED_CODES = frozenset(INPUTS) - {SYSTOLIC} | {BLOOD_PRESSURE}
MIN_AGE_YEARS = 16
#: Words that make of a pregnancy none of now.
_NOT_NOW = frozenset({"no", "not", "previous", "past", "former", "prior", "history", "after"})


def score_of(patient: Patient, documents: Iterable[Document], now: datetime) -> Result:
    """The score of a patient whose newest observations are ``documents``."""
    reason = why_not(patient, now)
    if reason is not None:
        return Result(None, patient.spo2_scale, not_applicable=reason)
    return score(readings_of(documents), now, scale=patient.spo2_scale)


def why_not(patient: Patient, now: datetime) -> str | None:
    """Why NEWS2 does not apply to a patient: "under 16" (where they live) or "pregnancy"; None if it does."""
    if patient.age_years(now.astimezone(ZoneInfo(patient.time_zone)).date()) < MIN_AGE_YEARS:
        return "under 16"
    for risk in patient.risks:
        words = set(re.findall(r"[a-z]+", risk.lower()))
        if words & {"pregnant", "pregnancy"} and not words & _NOT_NOW:
            return "pregnancy"
    return None


def readings_of(documents: Iterable[Document]) -> list[Reading]:
    """The inputs among observations, the newest of each code. What is not charted, or has no value, is none."""
    newest: dict[str, Document] = {}
    for document in documents:
        code = document["code"]
        if code not in STORED_CODES or not is_charted(document):
            continue
        if code not in newest or newest[code]["effective_at"] < document["effective_at"]:
            newest[code] = document
    found: list[Reading] = []
    for document in newest.values():
        for part in (document, *document.get("components", ())):
            code = part["code"]
            value = part.get("value_code" if code == CONSCIOUSNESS else "value")
            if code in INPUTS and value is not None and points_for(code, value, 1, None) is not None:
                found.append(Reading(code, value, part.get("unit"), document["effective_at"]))
    return found
