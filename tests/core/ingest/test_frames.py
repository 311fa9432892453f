"""Frames of devices become observations: durable, exactly once, under the right patient."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask

from core.platform import Platform
from device_drivers.thermometer.encoder import temperature_frame
from tests.support import Cast, Sender

FEVER = temperature_frame(39.5).hex()
DeviceOf = Callable[..., Sender]


def observations(platform: Platform, patient_id: str | None) -> list[dict[str, object]]:
    return list(platform.database.db.observations.find({"patient_id": patient_id}))


def test_the_same_frame_sent_three_times_at_once_is_one_observation(
    platform: Platform, cast: Cast, device_of: DeviceOf
) -> None:
    device = device_of("thermometer", cast.alice.id)
    answers: list[dict[str, list[str]]] = []

    def send() -> None:
        answers.append(device.post({"id": "f-1", "payload": FEVER}).json)

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(answer["accepted"]) for answer in answers) == [0, 0, 1]
    assert sorted(len(answer["duplicates"]) for answer in answers) == [0, 1, 1]
    assert len(observations(platform, cast.alice.id)) == 1


def test_the_same_frame_twice_in_one_request_is_accepted_once(cast: Cast, device_of: DeviceOf) -> None:
    device = device_of("thermometer", cast.alice.id)
    answer = device.post({"id": "f-1", "payload": FEVER}, {"id": "f-1", "payload": FEVER}).json
    assert answer == {"accepted": ["f-1"], "duplicates": ["f-1"], "rejected": []}


def test_a_frame_without_an_id_is_known_by_its_content(cast: Cast, device_of: DeviceOf) -> None:
    device = device_of("thermometer", cast.alice.id)
    stamped = {"payload": FEVER, "received_at": "2026-01-31T12:00:00Z"}
    assert device.post(stamped).json["accepted"] == ["#0"]
    assert device.post(stamped).json["duplicates"] == ["#0"]
    later = {**stamped, "received_at": "2026-01-31T12:00:05Z"}
    assert device.post(later).json["accepted"] == ["#0"]


def test_a_bad_frame_is_refused_alone_and_kept(platform: Platform, cast: Cast, device_of: DeviceOf) -> None:
    device = device_of("thermometer", cast.alice.id)
    answer = device.post(
        {"id": "cut", "payload": FEVER[:-2]},
        {"id": "nothex", "payload": "zz"},
        {"id": "good", "payload": FEVER},
        {"id": "nofield", "payload": FEVER, "evil": {"$gt": ""}},
        "not a frame",  # type: ignore[arg-type]
    ).json
    assert answer["accepted"] == ["good"]
    assert {item["id"] for item in answer["rejected"]} == {"cut", "nothex", "nofield", "#4"}
    assert all(item["reason"] for item in answer["rejected"])
    kept = {row["label"]: bytes(row["raw"]) for row in platform.ingest.refused_of(device.id, 10)}
    assert kept["cut"].hex() == FEVER[:-2]


def test_a_body_that_is_not_frames_is_refused_whole(app: Flask, cast: Cast, device_of: DeviceOf) -> None:
    device = device_of("thermometer", cast.alice.id)
    headers = {"Authorization": f"Bearer {device.key}"}
    for body in (b"", b"[]", b'{"frames":[]}', b'{"frames":1}', b"\xff", b'{"frames":[],"x":1}', b"[" * 100_000):
        answer = app.test_client().post(f"/api/v1/devices/{device.id}/frames", data=body, headers=headers)
        assert answer.status_code == 422, body[:20]
        assert answer.mimetype == "application/problem+json"


def test_a_reading_belongs_to_whoever_held_the_device_when_it_was_measured(
    platform: Platform, cast: Cast, device_of: DeviceOf
) -> None:
    device = device_of("generic_json", cast.alice.id)

    def later() -> datetime:
        """A moment that nothing else happens at: the clock counts milliseconds."""
        moment = platform.clock()
        time.sleep(0.005)
        return moment + timedelta(milliseconds=2)

    before = later()
    platform.devices.assign(device.id, None)
    between = later()
    platform.devices.assign(device.id, cast.charlie.id)

    def reading(name: str, at: object) -> dict[str, object]:
        payload = {"code": "8867-4", "value": 70, "unit": "/min", "effective_at": at}
        return {"id": name, "encoding": "json", "payload": payload}

    def text(moment: object) -> str:
        return str(moment).replace(" ", "T")

    answer = device.post(
        reading("hers", text(before)), reading("nobodys", text(between)), reading("his", text(platform.clock()))
    )
    assert answer.json["accepted"] == ["hers", "nobodys", "his"]
    assert [row["frame"]["id"] for row in observations(platform, cast.alice.id)] == ["hers"]
    assert [row["frame"]["id"] for row in observations(platform, cast.charlie.id)] == ["his"]
    unassigned = observations(platform, None)
    assert [row["status"] for row in unassigned] == ["quarantined"]


def test_a_disabled_device_is_refused_with_the_reason(platform: Platform, cast: Cast, device_of: DeviceOf) -> None:
    device = device_of("thermometer", cast.alice.id)
    platform.devices.change(device.id, {"enabled": False})
    answer = device.post({"id": "a", "payload": FEVER})
    assert answer.status_code == 403
    assert "disabled" in answer.json["detail"]
    platform.devices.change(device.id, {"enabled": True})
    assert device.post({"id": "a", "payload": FEVER}).json["accepted"] == ["a"]


def test_a_rotated_key_dies_at_once(platform: Platform, cast: Cast, device_of: DeviceOf) -> None:
    device = device_of("thermometer", cast.alice.id)
    _device, fresh = platform.devices.rotate_key(device.id)
    assert device.post({"id": "a", "payload": FEVER}).status_code == 401
    device.key = fresh
    assert device.post({"id": "a", "payload": FEVER}).status_code == 200


def test_a_device_cannot_send_for_another(cast: Cast, device_of: DeviceOf) -> None:
    mine, other = device_of("thermometer", cast.alice.id), device_of("thermometer", cast.charlie.id)
    other.key = mine.key
    assert other.post({"id": "a", "payload": FEVER}).status_code == 403


def test_an_impossible_value_is_kept_and_not_charted(platform: Platform, cast: Cast, device_of: DeviceOf) -> None:
    device = device_of("thermometer", cast.alice.id)
    assert device.post({"id": "hot", "payload": temperature_frame(60.0).hex()}).json["accepted"] == ["hot"]
    (row,) = observations(platform, cast.alice.id)
    assert row["status"] == "quarantined"
    assert row["quarantine_reason"]
    assert platform.observations.latest_of(cast.alice.id) == []


def test_the_raw_frame_is_kept_with_the_observation(platform: Platform, cast: Cast, device_of: DeviceOf) -> None:
    device = device_of("thermometer", cast.alice.id)
    device.post({"id": "f", "payload": FEVER, "characteristic": "2a1c", "received_at": "2026-01-31T12:00:00+01:00"})
    (row,) = observations(platform, cast.alice.id)
    frame = row["frame"]
    assert isinstance(frame, dict)
    assert bytes(frame["raw"]).hex() == FEVER
    assert frame["characteristic"] == "2A1C"
    assert str(row["effective_at"]) == "2026-01-31 11:00:00+00:00"


def test_a_gateway_clock_that_runs_ahead_is_not_believed(platform: Platform, cast: Cast, device_of: DeviceOf) -> None:
    device = device_of("thermometer", cast.alice.id)
    ahead = (platform.clock() + timedelta(hours=1)).isoformat()
    device.post({"id": "f", "payload": FEVER, "received_at": ahead})
    (row,) = observations(platform, cast.alice.id)
    assert row["effective_at"] <= platform.clock()  # type: ignore[operator]
