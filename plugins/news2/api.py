"""Routes of the score."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Response
from pydantic import Field

from core.access.permission import Permission, patient_in_path
from core.database.connection import Document
from core.http import ApiBlueprint, ApiModel, QueryModel, Timestamp, answer, format_time
from core.observations.model import display_of
from core.patients.api import PatientPath
from core.problems import Invalid
from plugins.news2.inputs import score_of
from plugins.news2.rules import Result
from plugins.news2.store import ScoreStore

if TYPE_CHECKING:
    from core.platform import Platform

DEFAULT_RANGE = timedelta(days=7)
MOST_ROWS = 5000


class InputOut(ApiModel):
    """One input of the score."""

    code: str
    display: str
    value: float | str = Field(description="A number, or A, C, V, P or U for consciousness.")
    unit: str | None
    effective_at: Timestamp
    age_s: float
    points: int | None = Field(description="Null if it is stale, or cannot be told without the oxygen flow.")


class ScoreOut(ApiModel):
    """The NEWS2 score now, or why there is none."""

    score: int | None = Field(description="0 to 20; null if an input is missing or stale, or NEWS2 does not apply.")
    scale: int = Field(description="The oxygen saturation scale, 1 or 2.")
    inputs: list[InputOut]
    missing: list[str] = Field(description="LOINC codes of inputs that there are none of.")
    stale: list[str] = Field(description="LOINC codes of inputs that are too old.")
    response: str | None = Field(description="What the score asks for.")
    next_observation_at: Timestamp | None = Field(description="When the next full set is due; now if continuously.")
    not_applicable: str | None = Field(description='"under 16" or "pregnancy": NEWS2 is not for this patient.')


class HistoryQuery(QueryModel):
    """Which scores to list; the last seven days if no start is given."""

    start: Timestamp | None = None
    end: Timestamp | None = None


class PastScore(ApiModel):
    """The score from a moment on. Null: there was none any more."""

    at: Timestamp
    score: int | None
    scale: int
    points: dict[str, int] = Field(description="Points by LOINC code.")


class ScoreHistory(ApiModel):
    """Scores, oldest first; the newest 5,000 of the range."""

    items: list[PastScore]


def blueprint(platform: Platform, store: ScoreStore) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("news2", __name__, tag="score")
    read = Permission("score", "read", patient_of=patient_in_path, category="vitals")

    @api.read("/patients/<string:patient_id>/score", read, answers={200: ScoreOut})
    def get_score(path: PatientPath) -> Response:
        """The National Early Warning Score 2 of the newest readings."""
        patient = platform.patients.get(path.patient_id)
        assert patient is not None
        documents = platform.observations.latest_of(path.patient_id)
        return answer(_score_json(score_of(patient, documents, platform.clock())))

    @api.read("/patients/<string:patient_id>/score/history", read, answers={200: ScoreHistory})
    def get_score_history(path: PatientPath, query: HistoryQuery) -> Response:
        """The moments at which the score changed."""
        end = query.end or platform.clock() + timedelta(minutes=5)
        start = query.start or end - DEFAULT_RANGE
        if start >= end:
            raise Invalid("start must lie before end.", errors=[{"loc": ["start"], "msg": "not before end"}])
        rows = store.between(path.patient_id, start, end, MOST_ROWS)
        return answer({"items": [_past_json(row) for row in rows]})

    return api


def _score_json(result: Result) -> dict[str, Any]:
    inputs = [
        {
            "code": item.reading.code,
            "display": display_of(item.reading.code),
            "value": item.reading.value,
            "unit": item.reading.unit,
            "effective_at": format_time(item.reading.effective_at),
            "age_s": item.age_s,
            "points": item.points,
        }
        for item in result.inputs
    ]
    due = result.next_observation_at
    return {
        "score": result.score,
        "scale": result.scale,
        "inputs": inputs,
        "missing": list(result.missing),
        "stale": list(result.stale),
        "response": result.response.text if result.response else None,
        "next_observation_at": format_time(due) if due else None,
        "not_applicable": result.not_applicable,
    }


def _past_json(row: Document) -> dict[str, Any]:
    return {"at": format_time(row["at"]), "score": row["score"], "scale": row["scale"], "points": row["points"]}
