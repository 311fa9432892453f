"""Routes of measurement plans, of what is due, and of templates."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Response, g

from core.access.permission import Permission, patient_in_path
from core.database.connection import Document
from core.http import ApiBlueprint, answer, format_time, no_content
from core.patients.api import PatientPath
from core.patients.store import Patient
from core.problems import Conflict, Invalid, NotFound
from plugins.measurement_plans.agenda import adherence, bounds_of_today, today
from plugins.measurement_plans.handlers import PlanKeeper
from plugins.measurement_plans.models import (
    Adherence,
    AdherenceQuery,
    DueLists,
    PlanIn,
    PlanItemIn,
    PlanOut,
    PreviewIn,
    PreviewOut,
    TemplateIn,
    TemplateList,
    TemplateOut,
    TemplatePath,
    plan_json,
    template_json,
)
from plugins.measurement_plans.schedule import check, next_due
from plugins.measurement_plans.store import PlanStore
from plugins.measurement_plans.templates import SHIPPED, in_force

if TYPE_CHECKING:
    from core.platform import Platform

_READ = Permission("measurement_plan", "read", patient_of=patient_in_path, category="vitals")
_UPDATE = Permission("measurement_plan", "update", patient_of=patient_in_path)
_EDIT = Permission("plan_template", "update")
_PREVIEWED = 5


def blueprint(platform: Platform, store: PlanStore) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("measurement_plans", __name__, tag="measurement plans")
    keeper = PlanKeeper(platform, store)

    @api.read("/patients/<string:patient_id>/measurement-plan", _READ, answers={200: PlanOut})
    def get_plan(path: PatientPath) -> Response:
        """What the patient is to measure, and when."""
        patient = _known(platform, path.patient_id)
        return answer(plan_json(store.plan(patient.id), patient.time_zone))

    @api.replace("/patients/<string:patient_id>/measurement-plan", _UPDATE, answers={200: PlanOut}, problems=(409,))
    def set_plan(path: PatientPath, body: PlanIn) -> Response:
        """Replace the plan. It holds for times from now on; what is waited for under an unchanged item goes on."""
        patient = _known(platform, path.patient_id)
        now = platform.clock()
        start = now.astimezone(ZoneInfo(patient.time_zone)).date().isoformat()
        known = {item["id"]: item for item in (store.plan(patient.id) or {"items": []})["items"]}
        items = [_stored(item, known, start) for item in body.items]
        _check_items(items, patient.time_zone)
        person = {"id": g.principal.id, "name": g.principal.name}
        plan = store.set_plan(patient.id, items, person, now, body.revision)
        if plan is None:
            raise Conflict("The plan was changed by someone else; read it again.")
        keeper.sync(patient.id)
        return answer(plan_json(plan, patient.time_zone))

    @api.read("/patients/<string:patient_id>/due", _READ, answers={200: DueLists})
    def get_due(path: PatientPath) -> Response:
        """What is to be measured today, and what became of it so far."""
        patient = _known(platform, path.patient_id)
        now, zone = platform.clock(), patient.time_zone
        # History is read last: what is settled between the two reads is then in both, and shown once.
        followed = store.of_patient(patient.id)
        plan = store.plan(patient.id)
        history = store.history(patient.id, *bounds_of_today(zone, now))
        devices = _devices(platform, patient.id)
        return answer(today(followed, history, plan["items"] if plan else [], devices, zone, now))

    @api.read("/patients/<string:patient_id>/measurement-plan/adherence", _READ, answers={200: Adherence})
    def get_adherence(path: PatientPath, query: AdherenceQuery) -> Response:
        """How often each item was fulfilled and missed, by day."""
        patient = _known(platform, path.patient_id)
        _start, end = bounds_of_today(patient.time_zone, platform.clock())
        history = store.history(patient.id, end - timedelta(days=query.days), end)
        return answer({"items": adherence(history, patient.time_zone)})

    @api.create("/measurement-plans/preview", Permission("plan_template", "read"), answers={200: PreviewOut})
    def preview(body: PreviewIn) -> Response:
        """When an item would be due, before it is saved."""
        now = platform.clock()
        item = _stored(body.item, {}, now.astimezone(ZoneInfo(body.time_zone)).date().isoformat())
        name, message = _mistake(item, body.time_zone)
        if message is not None:
            raise Invalid("The item cannot be followed.", errors=[{"loc": ["item", name], "msg": message}])
        times: list[datetime] = []
        while len(times) < _PREVIEWED:
            due_at = next_due(item, body.time_zone, times[-1] if times else now)
            if due_at is None:
                break
            times.append(due_at)
        return answer({"times": [format_time(due_at) for due_at in times]})

    @api.read("/plan-templates", Permission("plan_template", "read"), answers={200: TemplateList})
    def list_templates() -> Response:
        """Plans to start from."""
        return answer({"items": [template_json(row) for row in in_force(store.templates())]})

    @api.replace("/plan-templates/<string:template_id>", _EDIT, answers={200: TemplateOut})
    def set_template(path: TemplatePath, body: TemplateIn) -> Response:
        """Write a template. Plans that were made from it stay as they are."""
        items = [item.model_dump(mode="json", by_alias=True) for item in body.items]
        start = platform.clock().date().isoformat()
        _check_items([{**item, "id": str(index), "start": start} for index, item in enumerate(items)], "UTC")
        template = {"title": body.title, "items": items, "changed_at": platform.clock()}
        store.set_template(path.template_id, template)
        return answer(template_json({"_id": path.template_id, **template}))

    @api.remove("/plan-templates/<string:template_id>", _EDIT, answers={204: None}, problems=(404,))
    def remove_template(path: TemplatePath) -> Response:
        """Delete a template. Plans that were made from it stay as they are."""
        if path.template_id not in {row["_id"] for row in in_force(store.templates())}:
            raise NotFound("There is no such template.")
        store.remove_template(path.template_id, is_shipped=path.template_id in SHIPPED)
        return no_content()

    return api


def _known(platform: Platform, patient_id: str) -> Patient:
    patient = platform.patients.get(patient_id)
    if patient is None:
        raise NotFound("There is no such patient.")
    return patient


def _devices(platform: Platform, patient_id: str) -> dict[str, str]:
    """Names of the patient's devices, by the code of what they measure."""
    names: dict[str, str] = {}
    for device in platform.devices.of_patient(patient_id):
        driver = platform.ingest.drivers.records.get(device.driver)
        if device.enabled and driver is not None:
            names |= {code: device.name for code in driver.manifest.codes if code not in names}
    return names


def _stored(item: PlanItemIn, known: dict[str, Document], today: str) -> Document:
    """An item as it is kept. Without a start, that of the item before, or today."""
    fields = item.model_dump(mode="json", by_alias=True)
    before = known.get(item.id or "", {})
    fields["id"] = item.id or f"i_{secrets.token_hex(6)}"
    fields["start"] = fields["start"] or before.get("start", today)
    return fields


def _check_items(items: list[Document], zone: str) -> None:
    """Raises Invalid for what never comes."""
    ids = [item["id"] for item in items]
    if len(set(ids)) != len(ids):
        raise Invalid("An item is given twice.", errors=[{"loc": ["items"], "msg": "ids must differ"}])
    for index, item in enumerate(items):
        name, message = _mistake(item, zone)
        if message is not None:
            loc = ["items", str(index), name]
            raise Invalid("The plan cannot be followed.", errors=[{"loc": loc, "msg": message}])


def _mistake(item: dict[str, Any], zone: str) -> tuple[str, str | None]:
    if item.get("end") is not None and item["end"] < item["start"]:
        return "end", "Lies before the start."
    return "schedule", check(item, zone)
