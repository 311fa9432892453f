"""Making the demo ward: people, patients, devices, a month of readings; again and again without harm."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.platform import Platform, utc_now
from core.problems import ConfigurationError
from plugins.simulator.client import Api, Refused
from plugins.simulator.frames import frame_of
from plugins.simulator.memory import KnownDevice, Memory
from plugins.simulator.registry import ensure_devices, ensure_patient, ensure_user, patients_by_identifier
from plugins.simulator.schedule import HISTORY, RECENT, measured_between
from plugins.simulator.store import grant_consent, is_demo, mark_as_demo, show_account
from plugins.simulator.ward import (
    ADMIN,
    PATIENTS,
    USERS,
    DemoPatient,
    DemoUser,
    care_team,
    device_name,
    values_at,
)

BATCH = 1_000
_SENDERS = 3
_AT_WORK = ("nurse", "doctor")
#: A site with users older than this that is not marked as a demo is somebody's real one.
_REAL_AFTER = timedelta(minutes=10)
_TOKEN_NAME = "demo"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Source:
    """A patient's device: whose, which driver, and how to send for it."""

    patient: DemoPatient
    driver: str
    device: KnownDevice

    @property
    def key(self) -> str:
        """What its times are drawn from."""
        return f"{self.patient.number}/{self.driver}"


@dataclass(frozen=True)
class Demo:
    """Everything the steps share. zone: of the devices' clocks and of the patients' days."""

    url: str
    memory: Memory
    zone: ZoneInfo
    say: Callable[[str], None]

    @property
    def anchor(self) -> datetime:
        """When the demo was made."""
        assert self.memory.anchor is not None
        return self.memory.anchor

    def frames(self, source: Source, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
        """The frames that a device sent between ``start`` and ``end``, oldest first."""
        plan = source.patient.routine_of(source.driver)
        for at in measured_between(source.key, plan, self.anchor, start, end, self.zone):
            values = values_at(source.patient, self.memory.seed, self.anchor, at, self.zone)
            if values:
                yield frame_of(source.driver, values, at, self.zone)


def bootstrap(platform: Platform) -> str:
    """Make the admin, offer the accounts; returns a token of the admin for the rest.

    Raises ConfigurationError on an installation that is somebody's real one.
    """
    people = platform.people
    if not is_demo(platform):
        now = platform.clock()
        if any(now - user.created_at > _REAL_AFTER for user in people.matching(None)):
            raise ConfigurationError(
                "this installation has users of its own; the demo needs an empty data directory (PMP_DATA_DIR)"
            )
        mark_as_demo(platform)
    admin = next(user for user in USERS if user.username == ADMIN)
    found = people.by_username(ADMIN) or people.add(
        username=ADMIN, name=admin.name, roles=admin.roles, password=admin.password
    )
    sessions = platform.access.sessions
    for row in sessions.tokens_of(found.id):
        if row.get("name") == _TOKEN_NAME:
            sessions.end_token(found.id, row["_id"])
    return sessions.make_token(found, _TOKEN_NAME, 1)[1]


def seed(demo: Demo, platform: Platform, token: str, on_first_values: Callable[[list[Source]], None]) -> None:
    """Bring the ward to where it should be. ``on_first_values``: called once the last hour is there."""
    api = Api(demo.url, token)
    began = time.monotonic()

    def done(what: str) -> None:
        demo.say(f"Demo: {what} ({time.monotonic() - began:.0f} s).")

    patients = _patients(api, demo)
    # Orders come before readings, or the first readings would alert against the wrong limits.
    users = {row["username"]: row for row in api.items("/users")}
    _make_user(api, users, "dana")
    _orders(demo, patients)
    people = threading.Thread(target=_people, args=(demo, platform, token, users, patients), daemon=True)
    people.start()
    sources = _devices(demo, token, patients)
    now = utc_now()
    if demo.memory.anchor is None:
        demo.memory.anchor = now
        demo.memory.save()
    started = demo.anchor
    resumed = max(demo.memory.sent_until or started, now - RECENT)
    if not demo.memory.history_sent:
        _send(demo, sources, started - timedelta(hours=1), started)
    _send(demo, sources, resumed, now)
    demo.memory.sent_until = now
    on_first_values(sources)
    done("the newest readings are there")
    people.join()
    if not demo.memory.history_sent:
        _send(demo, sources, started - RECENT, started - timedelta(hours=1))
        _send(demo, sources, started - HISTORY, started - RECENT)
        demo.memory.history_sent = True
        demo.memory.save()
        done("30 days of readings are there")
        _hand_over(demo)
    api.close()


def _patients(api: Api, demo: Demo) -> dict[int, str]:
    known = patients_by_identifier(api)
    zone = str(demo.zone)
    return {
        patient.number: ensure_patient(
            api,
            known,
            {
                "name": patient.name,
                "birth_date": patient.birth_date,
                "sex": patient.sex,
                "identifier": patient.identifier,
                "ward": patient.ward,
                "room": patient.room,
                "time_zone": zone,
                "risks": list(patient.risks),
            },
        )
        for patient in PATIENTS
    }


def _devices(demo: Demo, token: str, patients: dict[int, str]) -> list[Source]:
    wanted = [
        (patient, driver, f"{patient.identifier}/{driver}", device_name(patient, driver))
        for patient in PATIENTS
        for driver in patient.drivers
    ]
    found = ensure_devices(
        demo.url,
        token,
        demo.memory,
        [(slot, driver, name, patients[patient.number]) for patient, driver, slot, name in wanted],
    )
    return [Source(patient, driver, found[slot]) for patient, driver, slot, _name in wanted]


def _make_user(api: Api, known: dict[str, dict[str, Any]], username: str) -> dict[str, Any]:
    user = next(user for user in USERS if user.username == username)
    return ensure_user(api, known, _fields(user))


def _fields(user: DemoUser) -> dict[str, Any]:
    return {"username": user.username, "name": user.name, "roles": list(user.roles), "password": user.password}


def _people(
    demo: Demo, platform: Platform, token: str, users: dict[str, dict[str, Any]], patients: dict[int, str]
) -> None:
    api = Api(demo.url, token)
    for user in USERS:
        _make_user(api, users, user.username)
    for patient in PATIENTS:
        patient_id = patients[patient.number]
        if patient.username is not None and users[patient.username].get("patient_id") != patient_id:
            api.send("PATCH", f"/patients/{patient_id}", {"user_id": users[patient.username]["id"]})
        team = [users[name]["id"] for name in care_team(patient)]
        if not api.get(f"/patients/{patient_id}/care-team")["members"]:
            api.send("PUT", f"/patients/{patient_id}/care-team", {"user_ids": team})
    grant_consent(platform, patients[1], users["frank"]["id"])
    _on_call(api, demo, users)
    api.close()
    shown = [user for user in USERS if user.shown]
    for order, user in enumerate(shown):
        show_account(platform, user, order)
    rows = (f"    {user.username:10} {user.password:22} {user.name} ({', '.join(user.roles)})" for user in shown)
    demo.say("\n".join(["Demo: sign in as one of these.", *rows, ""]))


def _on_call(api: Api, demo: Demo, users: dict[str, dict[str, Any]]) -> None:
    """One team for the whole ward: nurses by shifts, doctors by weeks."""
    if api.get("/on-call/teams")["items"]:
        return
    nurses, doctors = ([users[user.username]["id"] for user in USERS if role in user.roles] for role in _AT_WORK)
    by_day: dict[str, Any] = {"turns": "daily", "turns_from": demo.anchor.date().isoformat(), "weekdays": None}
    shifts = [
        by_day | {"id": "day", "role": "nurse", "people": nurses, "start": "07:00", "end": "19:00"},
        by_day | {"id": "night", "role": "nurse", "people": nurses[::-1], "start": "19:00", "end": "07:00"},
        by_day | {"id": "doctors", "role": "doctor", "people": doctors, "start": "08:00", "end": "08:00"}
        | {"turns": "weekly"},
    ]  # fmt: skip
    fields = {"title": "Ward team", "time_zone": demo.zone.key, "for_everybody": True, "wards": [], "patient_ids": []}
    api.send("POST", "/on-call/teams", fields | {"shifts": shifts})


def _signed_in(demo: Demo, username: str) -> Api:
    user = next(user for user in USERS if user.username == username)
    api = Api(demo.url)
    api.sign_in(user.username, user.password)
    return api


def _orders(demo: Demo, patients: dict[int, str]) -> None:
    """What a doctor ordered: limits of one's own, NEWS2's second oxygen scale, what to measure when."""
    doctor: Api | None = None
    for patient in PATIENTS:
        if demo.memory.history_sent or not (patient.limits or patient.scale_2 or patient.plan):
            continue
        doctor = doctor or _signed_in(demo, "dana")
        patient_id = patients[patient.number]
        if patient.scale_2:
            doctor.send("PATCH", f"/patients/{patient_id}", {"spo2_scale": 2})
        rules = [{"code": code, "low": low, "high": high} for code, low, high in patient.limits]
        if rules:
            doctor.send("PUT", f"/patients/{patient_id}/alert-rules", {"rules": rules})
        if patient.plan:
            doctor.send("PUT", f"/patients/{patient_id}/measurement-plan", {"items": list(patient.plan)})
    if doctor is not None:
        doctor.close()


def _send(demo: Demo, sources: Sequence[Source], start: datetime, end: datetime) -> None:
    """Send what all devices measured between ``start`` and ``end``, each device's oldest first."""
    if start >= end:
        return
    connections = threading.local()

    def send_one(source: Source) -> None:
        api: Api | None = getattr(connections, "api", None)
        if api is None:
            api = connections.api = Api(demo.url)
        batch: list[dict[str, Any]] = []
        for frame in demo.frames(source, start, end):
            batch.append(frame)
            if len(batch) == BATCH:
                api.post_frames_patiently(source.device.id, source.device.key, batch)
                batch = []
        if batch:
            api.post_frames_patiently(source.device.id, source.device.key, batch)

    with ThreadPoolExecutor(_SENDERS) as pool:
        list(pool.map(send_one, sources))


def _hand_over(demo: Demo) -> None:
    """Nurses close what is over and take on what lasts: a ward does not start its day with a month of old alerts."""
    nurse = _signed_in(demo, "bob")
    # Alerts of the last batches are still being raised.
    time.sleep(5)
    for alert in nurse.items("/alerts?status=active"):
        if alert["condition_active"] and datetime.fromisoformat(alert["first_at"]) > demo.anchor - RECENT:
            continue
        action, note = ("resolve", "Looked at; back in range.")
        if alert["condition_active"]:
            action, note = ("acknowledge", "Seen at hand-over; watched further.")
        try:
            nurse.send("POST", f"/alerts/{alert['id']}/{action}", {"note": note})
        except Refused as error:
            if error.status != 409:
                raise
    nurse.close()
