"""Routes of devices, drivers and frames."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Annotated, Any

from flask import Response, g, json, request
from pydantic import Field, StringConstraints

from core.access.permission import Permission
from core.devices.model import Device
from core.http import ApiBlueprint, ApiModel, Id, Page, QueryModel, Timestamp, answer, format_time
from core.ingest.incoming import read_body
from core.paging import page_of
from core.platform import Platform
from core.problems import Denied, Invalid, NotFound

DeviceName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class AssignmentOut(ApiModel):
    """Who held the device, from when until when."""

    patient_id: str
    patient_name: str | None
    start: Timestamp
    end: Timestamp | None


class DeviceOut(ApiModel):
    """A registered device. ``key`` is there once: in the answer that made it."""

    id: str
    name: str
    driver: str
    kind: str
    patient_id: str | None
    patient_name: str | None
    enabled: bool
    last_seen_at: Timestamp | None
    battery_percent: int | None
    created_at: Timestamp
    assignments: list[AssignmentOut]
    key: str | None = None


class DeviceList(ApiModel):
    """A page of devices."""

    items: list[DeviceOut]
    next: str | None


class DeviceQuery(Page):
    """Which devices to list."""

    patient_id: Id | None = None


class DeviceIn(ApiModel):
    """A new device."""

    driver: Id
    name: DeviceName | None = None
    patient_id: Id | None = None


class DeviceChange(ApiModel):
    """What to change; fields left out stay; patient_id null takes the device from its patient."""

    name: DeviceName | None = None
    enabled: bool | None = None
    patient_id: Id | None = None


class DevicePath(ApiModel):
    """The device's id."""

    device_id: Id


class DriverOut(ApiModel):
    """A driver and how it fares."""

    id: str
    kind: str
    vendor: str
    models: list[str]
    transports: list[str]
    services: list[str]
    status: str
    error: str | None
    origin: str
    builtin: bool


class DriverList(ApiModel):
    """All drivers."""

    items: list[DriverOut]


class FrameIn(ApiModel):
    """One frame of a device."""

    id: str | None = Field(None, max_length=200, description="Idempotency key: the same id is stored once.")
    received_at: Timestamp | None = Field(None, description="When the gateway received it.")
    encoding: str = Field("hex", description="hex, base64 or json.")
    payload: Any = Field(description="The bytes as text, or for json any JSON value.")
    characteristic: str | None = Field(None, description="Bluetooth characteristic, four hex digits.")
    context: dict[str, Any] | None = Field(None, description="Frames that belong to it, by characteristic.")


class FramesIn(ApiModel):
    """Frames of one device, at most 1000."""

    frames: list[FrameIn] = Field(min_length=1, max_length=1000)


class Refusal(ApiModel):
    """A frame that was refused, and why."""

    id: str
    reason: str


class FramesOut(ApiModel):
    """What became of each frame. Accepted and duplicate frames are durably stored."""

    accepted: list[str]
    duplicates: list[str]
    rejected: list[Refusal]


class RefusedFrame(ApiModel):
    """A frame that could not be decoded, kept for review."""

    id: str
    reason: str
    payload_hex: str
    characteristic: str | None
    received_at: Timestamp


class RefusedList(ApiModel):
    """Refused frames, newest first."""

    items: list[RefusedFrame]


class RefusedQuery(QueryModel):
    """How many to list."""

    limit: int = Field(50, ge=1, le=500)


def _device_itself(platform: Platform, arguments: Mapping[str, Any]) -> str | None:
    device_id = str(arguments["device_id"])
    return device_id if platform.devices.get(device_id) else None


def device_json(platform: Platform, device: Device, key: str | None = None) -> dict[str, Any]:
    """A device as DeviceOut."""
    names: dict[str, str | None] = {}
    for assignment in device.assignments:
        if assignment.patient_id not in names:
            patient = platform.patients.get(assignment.patient_id)
            names[assignment.patient_id] = patient.name if patient else None
    body: dict[str, Any] = {
        "id": device.id,
        "name": device.name,
        "driver": device.driver,
        "kind": device.kind,
        "patient_id": device.patient_id,
        "patient_name": names.get(device.patient_id) if device.patient_id else None,
        "enabled": device.enabled,
        "last_seen_at": format_time(device.last_seen_at) if device.last_seen_at else None,
        "battery_percent": device.battery_percent,
        "created_at": format_time(device.created_at),
        "assignments": [
            {
                "patient_id": assignment.patient_id,
                "patient_name": names[assignment.patient_id],
                "start": format_time(assignment.start),
                "end": format_time(assignment.end) if assignment.end else None,
            }
            for assignment in device.assignments
        ],
    }
    if key is not None:
        body["key"] = key
    return body


def _require_patient(platform: Platform, patient_id: str) -> None:
    if not platform.patients.exists(patient_id):
        raise Invalid("There is no such patient.", errors=[{"loc": ["patient_id"], "msg": "unknown"}])


def _announce(platform: Platform, device: Device) -> None:
    if device.patient_id is not None:
        data = {"device_id": device.id, "enabled": device.enabled}
        platform.events.publish([f"patients/{device.patient_id}"], "device_updated", data)


def blueprint(platform: Platform) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("devices", __name__, tag="devices")
    manage = Permission("device", "update", audit=True)

    @api.read("/devices", Permission("device", "read", filtered=True, audit=True), answers={200: DeviceList})
    def list_devices(query: DeviceQuery) -> Response:
        """The devices whose holder the caller may see; admins and professionals see all."""
        visible = platform.access.visible_patients(g.principal, "device", "read")
        if not isinstance(visible, frozenset) or platform.access.may(g.principal, "device", "update"):
            mine, sees_all = frozenset[str | None](), True
        else:
            mine, sees_all = frozenset[str | None](visible), False
        devices = [device for device in platform.devices.all_with_activity() if sees_all or device.patient_id in mine]
        if query.patient_id is not None:
            devices = [
                device
                for device in devices
                if query.patient_id in {assignment.patient_id for assignment in device.assignments}
                and (sees_all or device.patient_id == query.patient_id)
            ]
        rows, following = page_of(
            devices, query.limit, query.cursor, key=lambda d: f"{d.created_at.isoformat()}\0{d.id}"
        )
        items = [device_json(platform, row) for row in rows]
        if not sees_all:
            for item in items:
                # Who else held the device is not for its present holder to know.
                item["assignments"] = [a for a in item["assignments"] if a["patient_id"] == item["patient_id"]]
        return answer({"items": items, "next": following})

    @api.create("/devices", Permission("device", "create", audit=True), answers={201: DeviceOut})
    def add_device(body: DeviceIn) -> Response:
        """Register a device. The answer holds its key, which is never shown again."""
        record = platform.ingest.drivers.records.get(body.driver)
        if record is None:
            raise Invalid("There is no such driver.", errors=[{"loc": ["driver"], "msg": "unknown driver"}])
        if body.patient_id is not None:
            _require_patient(platform, body.patient_id)
        name = body.name or f"{record.manifest.vendor} {record.manifest.kind.replace('_', ' ')}".strip()
        device, key = platform.devices.add(
            driver=body.driver, kind=record.manifest.kind, name=name, patient_id=body.patient_id
        )
        _announce(platform, device)
        return answer(device_json(platform, device, key), 201)

    @api.change("/devices/<string:device_id>", manage, answers={200: DeviceOut}, problems=(404, 409))
    def change_device(path: DevicePath, body: DeviceChange) -> Response:
        """Rename, enable, disable, assign or take back a device."""
        changes = body.model_dump(exclude_unset=True)
        device = platform.devices.get(path.device_id)
        if device is None:
            raise NotFound("There is no such device.")
        before = device.patient_id
        if "patient_id" in changes:
            patient_id = changes.pop("patient_id")
            if patient_id is not None:
                _require_patient(platform, patient_id)
            device = platform.devices.assign(path.device_id, patient_id)
        simple = {name: value for name, value in changes.items() if value is not None}
        if simple:
            device = platform.devices.change(path.device_id, simple)
        _announce(platform, device)
        if before is not None and before != device.patient_id:
            platform.events.publish([f"patients/{before}"], "device_updated", {"device_id": device.id})
        return answer(device_json(platform, platform.devices.with_activity(device)))

    @api.create("/devices/<string:device_id>/rotate-key", manage, answers={200: DeviceOut}, problems=(404,))
    def rotate_key(path: DevicePath) -> Response:
        """Give the device a new key. The old one is refused from now on."""
        device, key = platform.devices.rotate_key(path.device_id)
        return answer(device_json(platform, platform.devices.with_activity(device), key))

    @api.read(
        "/devices/<string:device_id>/rejected-frames",
        Permission("device", "review", audit=True),
        answers={200: RefusedList},
        problems=(404,),
    )
    def rejected_frames(path: DevicePath, query: RefusedQuery) -> Response:
        """The device's frames that could not be decoded, newest first; for staff."""
        if platform.devices.get(path.device_id) is None:
            raise NotFound("There is no such device.")
        rows = platform.ingest.refused_of(path.device_id, query.limit)
        items = [
            {
                "id": row["label"],
                "reason": row["reason"],
                "payload_hex": bytes(row["raw"]).hex(),
                "characteristic": row["characteristic"],
                "received_at": format_time(row["received_at"]),
            }
            for row in rows
        ]
        return answer({"items": items})

    @api.read("/drivers", Permission("driver", "read"), answers={200: DriverList})
    def list_drivers() -> Response:
        """The drivers that this installation has."""
        return answer({"items": drivers_json(platform)})

    # No route declares FramesIn, so FrameIn is not among the components: the description carries it whole.
    schema = deepcopy(FramesIn.model_json_schema())
    schema["properties"]["frames"]["items"] = schema.pop("$defs")["FrameIn"]
    frames_schema = {"required": True, "content": {"application/json": {"schema": schema}}}

    @api.create(
        "/devices/<string:device_id>/frames",
        Permission("frames", "create", owner_of=_device_itself),
        answers={200: FramesOut},
        request_body=frames_schema,
    )
    def post_frames(path: DevicePath) -> Response:
        """Send frames, with the device's key as bearer token. They are durable when the answer comes."""
        device = platform.devices.get(path.device_id)
        if device is None:
            raise NotFound("There is no such device.")
        if not device.enabled:
            raise Denied("This device is disabled; its frames are not accepted.")
        result = platform.ingest.take_frames(device, read_body(request.get_data(cache=False)))
        platform.access.note_frames(g.principal, device, result, request.remote_addr)
        body = {"accepted": result.accepted, "duplicates": result.duplicates, "rejected": result.rejected}
        return Response(json.dumps(body), mimetype="application/json")

    return api


def drivers_json(platform: Platform) -> list[dict[str, Any]]:
    """All drivers as DriverOut."""
    return [
        {
            "id": record.manifest.id,
            "kind": record.manifest.kind,
            "vendor": record.manifest.vendor,
            "models": list(record.manifest.models),
            "transports": list(record.manifest.transports),
            "services": list(record.manifest.services),
            "status": record.status,
            "error": record.error,
            "origin": record.origin,
            "builtin": record.builtin,
        }
        for record in sorted(platform.ingest.drivers.records.values(), key=lambda item: item.manifest.id)
    ]
