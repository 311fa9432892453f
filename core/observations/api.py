"""Routes of observations: entry, lists, latest values, charts, withdrawal, the board."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from flask import Response, g
from pydantic import Field, StringConstraints

from core.access.permission import ANY_SIGNED_IN, Permission, patient_in_path
from core.http import ApiBlueprint, ApiModel, Id, QueryModel, Timestamp, answer, format_time
from core.observations.model import ObservationOut, to_json
from core.observations.series import columns, to_ms
from core.observations.store import stored_code
from core.observations.vital_signs import all_vital_signs, get
from core.paging import decode_cursor, encode_cursor, page_of
from core.patients.api import PatientOut, PatientPath, patient_json
from core.platform import Platform
from core.problems import Invalid

Code = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^[0-9]{1,7}-[0-9]$")]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Unit = Annotated[str, StringConstraints(min_length=1, max_length=20)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
DEFAULT_RANGE = timedelta(days=7)


class ComponentIn(ApiModel):
    """A part of a panel."""

    code: Code
    value: Number
    unit: Unit


class ObservationIn(ApiModel):
    """A measurement entered by a person."""

    code: Code = Field(description="LOINC code.")
    value: Number | None = None
    unit: Unit | None = Field(None, description="UCUM unit; any that converts.")
    value_code: str | None = Field(None, max_length=4, description="A, C, V, P or U for consciousness.")
    components: list[ComponentIn] = Field([], max_length=10)
    effective_at: Timestamp | None = Field(None, description="When it was measured; now if left out.")
    note: Note | None = None


class ObservationList(ApiModel):
    """A page of observations."""

    items: list[ObservationOut]
    next: str | None


class ObservationQuery(QueryModel):
    """Which observations to list; the last seven days if no start is given."""

    code: Code | None = None
    start: Timestamp | None = None
    end: Timestamp | None = None
    status: Literal["final", "entered-in-error", "quarantined"] | None = None
    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(None, max_length=400)


class LatestList(ApiModel):
    """The latest observation of each kind."""

    items: list[ObservationOut]


class SeriesQuery(QueryModel):
    """What to chart; the last day if no start is given."""

    code: Code = Field(description="LOINC code; a component's (8480-6) as well.")
    start: Timestamp | None = None
    end: Timestamp | None = None
    points: int = Field(500, ge=2, le=5000, description="Most points to return.")


class SeriesOut(ApiModel):
    """A chart's columns; rows of equal index belong together."""

    code: str
    display: str
    unit: str | None
    start: Timestamp
    end: Timestamp
    resolution: str = Field(description="raw, 5min, hour or day.")
    t: list[int] = Field(description="Milliseconds since 1970.")
    mean: list[float]
    min: list[float]
    max: list[float]
    count: list[int]
    source: list[str] | None = Field(description="d (device) or m (manual), for single readings.")


class InErrorIn(ApiModel):
    """Why the observation is withdrawn."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class ObservationPath(ApiModel):
    """The observation's id."""

    observation_id: Id


class HeldQuery(QueryModel):
    """Paging of the quarantine."""

    limit: int = Field(100, ge=1, le=500)
    cursor: str | None = Field(None, max_length=400)


class VitalSignOut(ApiModel):
    """A vital sign of the table."""

    code: str
    display: str
    short: str
    unit: str | None
    display_units: list[str]
    min: float | None = Field(description="Values at or below are quarantined.")
    max: float | None = Field(description="Values at or above are quarantined.")
    default_low: float | None
    default_high: float | None
    components: list[str] | None
    coded: list[str] | None
    decimals: int


class VitalSignList(ApiModel):
    """All vital signs."""

    items: list[VitalSignOut]


class Spark(ApiModel):
    """A day's hourly means."""

    t: list[int]
    v: list[float]


class BoardRow(ApiModel):
    """One patient on the board."""

    patient: PatientOut
    latest: dict[str, ObservationOut]
    sparks: dict[str, Spark]
    last_contact_at: Timestamp | None


class Board(ApiModel):
    """All patients whom the caller may see, with their latest values."""

    items: list[BoardRow]
    next: str | None


class BoardQuery(QueryModel):
    """Paging of the board."""

    limit: int = Field(500, ge=1, le=1000)
    cursor: str | None = Field(None, max_length=400)


def _patient_of_observation(platform: Platform, arguments: Mapping[str, Any]) -> str | None:
    document = platform.observations.get(str(arguments["observation_id"]))
    return document["patient_id"] if document else None


def _span(start: datetime | None, end: datetime | None, now: datetime, default: timedelta) -> tuple[datetime, datetime]:
    upper = end or now + timedelta(minutes=5)
    lower = start or upper - default
    if lower >= upper:
        raise Invalid("start must lie before end.", errors=[{"loc": ["start"], "msg": "not before end"}])
    return lower, upper


def blueprint(platform: Platform) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("observations", __name__, tag="observations")
    read = Permission("observation", "read", patient_of=patient_in_path, category="vitals")

    @api.create(
        "/patients/<string:patient_id>/observations",
        Permission("observation", "create", patient_of=patient_in_path),
        answers={201: ObservationOut},
    )
    def enter_observation(path: PatientPath, body: ObservationIn) -> Response:
        """Enter a measurement: professionals for any patient, patients for themselves."""
        document = platform.ingest.enter(
            path.patient_id,
            {"id": g.principal.id, "name": g.principal.name},
            code=body.code,
            value=body.value,
            unit=body.unit,
            value_code=body.value_code,
            components=[part.model_dump() for part in body.components],
            effective_at=body.effective_at,
            note=body.note,
        )
        return answer(to_json(document), 201)

    @api.read("/patients/<string:patient_id>/observations", read, answers={200: ObservationList})
    def list_observations(path: PatientPath, query: ObservationQuery) -> Response:
        """Observations, newest first."""
        start, end = _span(query.start, query.end, platform.clock(), DEFAULT_RANGE)
        codes = [stored_code(query.code)] if query.code else _stored_codes()
        rows, following = platform.observations.page(
            path.patient_id, codes, start, end, query.limit, query.cursor, query.status
        )
        return answer({"items": [to_json(row) for row in rows], "next": following})

    @api.read("/patients/<string:patient_id>/latest", read, answers={200: LatestList})
    def latest(path: PatientPath) -> Response:
        """The latest observation of each kind."""
        rows = platform.observations.latest_of(path.patient_id)
        rows.sort(key=lambda row: _order(row["code"]))
        return answer({"items": [to_json(row) for row in rows]})

    @api.read("/patients/<string:patient_id>/series", read, answers={200: SeriesOut})
    def series(path: PatientPath, query: SeriesQuery) -> Response:
        """A chart of one measurement, downsampled to at most ``points``."""
        sign = get(query.code)
        if sign is None or sign.components or sign.coded:
            raise Invalid("This code is not a number to chart.", errors=[{"loc": ["code"], "msg": "no number"}])
        start, end = _span(query.start, query.end, platform.clock(), timedelta(days=1))
        resolution, slots, source = platform.rollups.chart(path.patient_id, sign.code, start, end, query.points)
        return answer(
            {
                "code": sign.code,
                "display": sign.display,
                "unit": sign.unit,
                "start": format_time(start),
                "end": format_time(end),
                "resolution": resolution,
                **columns(slots, sign.decimals + 1),
                "source": source,
            }
        )

    @api.create(
        "/observations/<string:observation_id>/mark-in-error",
        Permission("observation", "mark_in_error", patient_of=_patient_of_observation),
        answers={200: ObservationOut},
        problems=(409,),
    )
    def mark_in_error(path: ObservationPath, body: InErrorIn) -> Response:
        """Withdraw an observation; it stays, with its history, and is charted no more."""
        by = {"id": g.principal.id, "name": g.principal.name}
        correction = {"at": platform.clock(), "by": by, "reason": body.reason}
        document = platform.observations.mark_in_error(path.observation_id, correction)
        data = {"observation": to_json(document), "effective_ms": to_ms(document["effective_at"])}
        topics = [f"patients/{document['patient_id']}", "patients"]
        platform.events.publish(topics, "observation_updated", data)
        return answer(to_json(document))

    @api.read(
        "/quarantine",
        Permission("observation", "review", filtered=True, audit=True),
        answers={200: ObservationList},
    )
    def quarantine(query: HeldQuery) -> Response:
        """Readings that were kept back as implausible or of nobody, newest first; for staff."""
        visible = platform.access.visible_patients(g.principal, "observation", "read")
        before = decode_cursor(query.cursor)[0] if query.cursor else None
        rows = platform.observations.held_back(query.limit, before)
        items = [to_json(row) for row in rows if not isinstance(visible, frozenset) or row["patient_id"] in visible]
        full = len(rows) == query.limit
        following = encode_cursor(rows[-1]["received_at"], rows[-1]["_id"]) if full else None
        return answer({"items": items, "next": following})

    @api.read("/vital-signs", ANY_SIGNED_IN, answers={200: VitalSignList})
    def vital_signs() -> Response:
        """The table of vital signs: names, units, limits."""
        return answer({"items": [_vital_sign_json(sign) for sign in all_vital_signs()]})

    @api.read("/board", Permission("board", "read", filtered=True, audit=True), answers={200: Board})
    def board(query: BoardQuery) -> Response:
        """Every patient whom the caller may see, with the latest values and a day's trend."""
        visible = platform.access.visible_patients(g.principal, "observation", "read")
        patients = platform.patients.all()
        if isinstance(visible, frozenset):
            patients = [patient for patient in patients if patient.id in visible]
            latest_of = {patient.id: platform.observations.latest_of(patient.id) for patient in patients}
        else:
            latest_of = platform.observations.latest_of_all()
        rows, following = page_of(patients, query.limit, query.cursor, key=lambda p: f"{p.name.lower()}\0{p.id}")
        items = []
        for patient in rows:
            documents = latest_of.get(patient.id, [])
            sparks: dict[str, Any] = {}
            for document in documents:
                sparks |= document["sparks"]
            newest = max((document["effective_at"] for document in documents), default=None)
            items.append(
                {
                    "patient": patient_json(platform, patient),
                    "latest": {document["code"]: to_json(document) for document in documents},
                    "sparks": sparks,
                    "last_contact_at": format_time(newest) if newest else None,
                }
            )
        return answer({"items": items, "next": following})

    return api


def _stored_codes() -> list[str]:
    return [sign.code for sign in all_vital_signs() if not sign.panel]


def _order(code: str) -> int:
    codes = [sign.code for sign in all_vital_signs()]
    return codes.index(code) if code in codes else len(codes)


def _vital_sign_json(sign: Any) -> dict[str, Any]:
    return {
        "code": sign.code,
        "display": sign.display,
        "short": sign.short,
        "unit": sign.unit,
        "display_units": list(sign.display_units),
        "min": sign.reject_low,
        "max": sign.reject_high,
        "default_low": sign.default_low,
        "default_high": sign.default_high,
        "components": list(sign.components) or None,
        "coded": list(sign.coded) or None,
        "decimals": sign.decimals,
    }
