"""Routes of patients and care teams."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from flask import Response, g
from pydantic import AfterValidator, Field, StringConstraints

from core.access.permission import Permission, patient_in_path
from core.http import ApiBlueprint, ApiModel, Id, Page, Timestamp, answer, format_time
from core.paging import page_of
from core.patients.store import Patient
from core.platform import Platform
from core.problems import Denied, Invalid

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Sex = Literal["female", "male", "other", "unknown"]


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except Exception:
        raise ValueError("not an IANA time zone") from None
    return value


def _born(value: date) -> date:
    if not date(1880, 1, 1) <= value <= date.today():
        raise ValueError("not a birth date")
    return value


Zone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_known_zone)]
BirthDate = Annotated[date, Field(strict=False), AfterValidator(_born)]
Risks = Annotated[list[ShortText], Field(max_length=20)]


class PatientOut(ApiModel):
    """A patient's record."""

    id: str
    name: str
    user_id: str | None
    birth_date: date = Field(strict=False)
    age_years: int
    sex: str
    identifier: str | None = Field(description="Hospital number.")
    ward: str | None
    room: str | None
    time_zone: str
    spo2_scale: int = Field(description="NEWS2 scale for oxygen saturation, 1 or 2.")
    risks: list[str]
    created_at: Timestamp


class PatientList(ApiModel):
    """A page of patients."""

    items: list[PatientOut]
    next: str | None


class PatientQuery(Page):
    """Which patients to list."""

    q: str | None = Field(None, max_length=120, description="Beginnings of words of the name or hospital number.")
    ward: str | None = Field(None, max_length=60)


class PatientIn(ApiModel):
    """A new patient."""

    name: Name
    birth_date: BirthDate
    user_id: Id | None = None
    username: str | None = Field(None, max_length=64, description="The user's sign-in name, instead of user_id.")
    sex: Sex = "unknown"
    identifier: ShortText | None = None
    ward: ShortText | None = None
    room: ShortText | None = None
    time_zone: Zone | None = None
    risks: Risks = Field(default_factory=list)


class PatientChange(ApiModel):
    """What to change of a patient's record; fields left out stay."""

    name: Name | None = None
    birth_date: BirthDate | None = None
    user_id: Id | None = None
    sex: Sex | None = None
    identifier: ShortText | None = None
    ward: ShortText | None = None
    room: ShortText | None = None
    time_zone: Zone | None = None
    risks: Risks | None = None
    spo2_scale: Literal[1, 2] | None = None


class PatientPath(ApiModel):
    """The patient's id."""

    patient_id: Id


class Member(ApiModel):
    """A member of a care team."""

    user_id: str
    username: str
    name: str
    roles: list[str]


class CareTeam(ApiModel):
    """A patient's care team."""

    members: list[Member]


class CareTeamIn(ApiModel):
    """The whole new care team."""

    user_ids: list[Id] = Field(max_length=100)


def patient_json(platform: Platform, patient: Patient) -> dict[str, object]:
    """A patient as PatientOut."""
    return {
        "id": patient.id,
        "name": patient.name,
        "user_id": patient.user_id,
        "birth_date": patient.birth_date.isoformat(),
        "age_years": patient.age_years(platform.clock().date()),
        "sex": patient.sex,
        "identifier": patient.identifier,
        "ward": patient.ward,
        "room": patient.room,
        "time_zone": patient.time_zone,
        "spo2_scale": patient.spo2_scale,
        "risks": list(patient.risks),
        "created_at": format_time(patient.created_at),
    }


def blueprint(platform: Platform) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("patients", __name__, tag="patients")
    read_one = Permission("patient", "read", patient_of=patient_in_path, category="vitals")
    change_one = Permission("patient", "update", patient_of=patient_in_path)

    @api.read(
        "/patients",
        Permission("patient", "read", filtered=True, audit=True),
        answers={200: PatientList},
    )
    def list_patients(query: PatientQuery) -> Response:
        """The patients whom the caller may see, by name."""
        visible = platform.access.visible_patients(g.principal, "patient", "read")
        patients = platform.patients.matching(query.q, query.ward)
        if isinstance(visible, frozenset):
            patients = [patient for patient in patients if patient.id in visible]
        rows, following = page_of(patients, query.limit, query.cursor, key=lambda p: f"{p.name.lower()}\0{p.id}")
        return answer({"items": [patient_json(platform, row) for row in rows], "next": following})

    @api.create("/patients", Permission("patient", "create", audit=True), answers={201: PatientOut}, problems=(409,))
    def add_patient(body: PatientIn) -> Response:
        """Add a patient, linked to a user if one is named."""
        fields = body.model_dump()
        username = fields.pop("username")
        user = None
        if username is not None:
            user = platform.people.by_username(username)
        elif body.user_id is not None:
            user = platform.people.get(body.user_id)
        if user is None and (username is not None or body.user_id is not None):
            raise Invalid("There is no such user.", errors=[{"loc": ["user_id"], "msg": "unknown"}])
        fields |= {
            "birth_date": body.birth_date.isoformat(),
            "time_zone": body.time_zone or platform.settings.time_zone,
            "user_id": user.id if user else None,
        }
        patient = platform.patients.add(fields)
        if user is not None:
            platform.people.link_patient(user.id, patient.id)
            platform.access.announce_change(user.id)
        g.audit_patient_id = patient.id
        return answer(patient_json(platform, patient), 201)

    @api.read("/patients/<string:patient_id>", read_one, answers={200: PatientOut})
    def get_patient(path: PatientPath) -> Response:
        """One patient's record."""
        patient = platform.patients.get(path.patient_id)
        assert patient is not None
        return answer(patient_json(platform, patient))

    @api.change("/patients/<string:patient_id>", change_one, answers={200: PatientOut}, problems=(409,))
    def change_patient(path: PatientPath, body: PatientChange) -> Response:
        """Change a record. The oxygen scale is a doctor's order."""
        changes = body.model_dump(exclude_unset=True)
        if "spo2_scale" in changes and "doctor" not in g.principal.roles:
            raise Denied("The oxygen saturation scale is set by doctors only.")
        for name in ("name", "birth_date", "sex", "time_zone", "risks", "spo2_scale"):
            if name in changes and changes[name] is None:
                raise Invalid(f"{name} cannot be empty.", errors=[{"loc": [name], "msg": "cannot be empty"}])
        if body.birth_date is not None:
            changes["birth_date"] = body.birth_date.isoformat()
        before = platform.patients.get(path.patient_id)
        if changes.get("user_id") is not None and platform.people.get(changes["user_id"]) is None:
            raise Invalid("There is no such user.", errors=[{"loc": ["user_id"], "msg": "unknown"}])
        patient = platform.patients.change(path.patient_id, changes)
        if "user_id" in changes and before is not None:
            _relink(platform, before.user_id, patient)
        return answer(patient_json(platform, patient))

    @api.read(
        "/patients/<string:patient_id>/care-team",
        Permission("care_team", "read", patient_of=patient_in_path),
        answers={200: CareTeam},
    )
    def get_care_team(path: PatientPath) -> Response:
        """Who cares for the patient."""
        return answer({"members": _members(platform, path.patient_id)})

    @api.replace(
        "/patients/<string:patient_id>/care-team",
        Permission("care_team", "update", patient_of=patient_in_path),
        answers={200: CareTeam},
    )
    def set_care_team(path: PatientPath, body: CareTeamIn) -> Response:
        """Replace the care team; its members are professionals."""
        user_ids = list(dict.fromkeys(body.user_ids))
        for user_id in user_ids:
            user = platform.people.get(user_id)
            if user is None or not {"nurse", "doctor"} & user.roles:
                raise Invalid(
                    "A member of a care team is a nurse or a doctor.",
                    errors=[{"loc": ["user_ids"], "msg": f"{user_id} is not"}],
                )
        for user_id in platform.patients.set_care_team(path.patient_id, user_ids):
            platform.access.announce_change(user_id)
        return answer({"members": _members(platform, path.patient_id)})

    return api


def _relink(platform: Platform, before: str | None, patient: Patient) -> None:
    if before is not None and before != patient.user_id:
        platform.people.link_patient(before, None)
        platform.access.announce_change(before)
    if patient.user_id is not None:
        platform.people.link_patient(patient.user_id, patient.id)
        platform.access.announce_change(patient.user_id)


def _members(platform: Platform, patient_id: str) -> list[dict[str, object]]:
    users = [platform.people.get(user_id) for user_id in sorted(platform.patients.care_team(patient_id))]
    return [
        {"user_id": user.id, "username": user.username, "name": user.name, "roles": sorted(user.roles)}
        for user in users
        if user is not None
    ]
