"""Policy files of the installation, seen through the API: in force at once, refused when wrong."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.platform import Platform
from core.settings import Settings
from device_drivers.thermometer.encoder import temperature_frame
from tests.security.conftest import Page
from tests.support import Caller, Cast, Sender, wait_until

NARROW = files("core.access").joinpath("policies", "care_team.csv").read_text()
SignIn = Callable[..., Caller]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    return folder


@pytest.fixture
def settings(settings: Settings, folder: Path) -> Settings:
    """With a policy folder."""
    return settings.model_copy(update={"policy_dir": folder})


def status_of(caller: Caller, path: str) -> int:
    return caller.get(path).status_code


def board_of(caller: Caller) -> set[str]:
    return {item["patient"]["id"] for item in caller.get("/board").get_json()["items"]}


def test_narrow_mode_holds_within_a_second_and_ends_with_its_file(
    cast: Cast, sign_in: SignIn, folder: Path, open_page: Callable[[str], Page], device_of: Callable[..., Sender]
) -> None:
    dana, ada, page = sign_in("dana"), sign_in("ada"), open_page("dana")
    device = device_of("thermometer", cast.charlie.id)
    device.post({"id": "f1", "payload": temperature_frame(41.0).hex()})
    theirs, others = f"/patients/{cast.alice.id}/latest", f"/patients/{cast.charlie.id}/latest"
    page.subscribe(f"patients/{cast.charlie.id}", f"patients/{cast.alice.id}")
    assert status_of(dana, others) == 200
    assert board_of(dana) == {cast.alice.id, cast.charlie.id}

    (folder / "care_team.csv").write_text(NARROW)
    wait_until(lambda: status_of(dana, others) == 404, 1.0, "narrow mode")
    assert status_of(dana, theirs) == 200
    assert status_of(dana, f"/patients/{cast.charlie.id}") == 404
    assert board_of(dana) == {cast.alice.id}
    assert [item["id"] for item in dana.get("/patients").get_json()["items"]] == [cast.alice.id]
    assert dana.get("/alerts").get_json()["items"] == []
    assert dana.get("/quarantine").get_json()["items"] == []
    assert dana.post(f"/patients/{cast.charlie.id}/observations", {"code": "8310-5"}).status_code == 404
    closed = page.next()
    while closed["type"] != "closed":
        closed = page.next()
    assert closed["topic"] == f"patients/{cast.charlie.id}"
    # An admin opens it for her, and the open page may ask again.
    ada.put(f"/patients/{cast.charlie.id}/care-team", {"user_ids": [cast.users["dana"].id]})
    assert status_of(dana, others) == 200
    assert board_of(dana) == {cast.alice.id, cast.charlie.id}
    ada.put(f"/patients/{cast.charlie.id}/care-team", {"user_ids": []})
    assert status_of(dana, others) == 404

    (folder / "care_team.csv").unlink()
    wait_until(lambda: status_of(dana, others) == 200, 1.0, "the shipped policy")


def test_a_mistake_changes_nothing_and_admins_are_told(
    cast: Cast, sign_in: SignIn, folder: Path, open_page: Callable[[str], Page]
) -> None:
    ada, bob, page = sign_in("ada"), sign_in("bob"), open_page("ada")
    page.subscribe("me")
    before = ada.get("/policy").get_json()
    assert {file["status"] for file in before["files"]} == {"active"}
    (folder / "ward.csv").write_text("# Ward 4\np, nurse, observation, read, outsider, dney\n")

    def refused() -> Any:
        shown = ada.get("/policy").get_json()["files"]
        return next((file for file in shown if file["status"] == "refused"), None)

    file = wait_until(refused, 5.0, "the refusal")
    assert file["name"] == "ward.csv"
    assert file["origin"] == "override"
    assert "line 2" in file["error"]
    assert "'dney'" in file["error"]
    after = ada.get("/policy").get_json()
    assert (after["rules"], after["loaded_at"]) == (before["rules"], before["loaded_at"])
    assert status_of(bob, f"/patients/{cast.charlie.id}/latest") == 200
    notice = page.next()
    assert (notice["topic"], notice["type"], notice["data"]["level"]) == ("me", "notice", "error")
    assert "ward.csv" in notice["data"]["text"]
    assert "policy:ward.csv" in {item["id"] for item in ada.get("/system").get_json()["notices"]}

    (folder / "ward.csv").write_text("p, nurse, observation, read, outsider, deny\n")
    wait_until(lambda: status_of(bob, f"/patients/{cast.charlie.id}/latest") == 404, 5.0, "the corrected file")
    assert refused() is None


def test_deny_wins_in_lists_as_in_single_requests(
    platform: Platform, cast: Cast, sign_in: SignIn, folder: Path
) -> None:
    # Professionals do not look up their own record with their professional's rights.
    (folder / "own.csv").write_text("p, professional, *, *, self, deny\n")
    record = platform.patients.add(
        {"name": "Bob", "birth_date": "1980-01-01", "user_id": cast.users["bob"].id, "sex": "male", "time_zone": "UTC"}
    )
    platform.people.link_patient(cast.users["bob"].id, record.id)
    bob = sign_in("bob")
    wait_until(lambda: status_of(bob, f"/patients/{record.id}") == 404, 2.0, "the override")
    assert board_of(bob) == {cast.alice.id, cast.charlie.id}
    assert board_of(sign_in("dana")) == {cast.alice.id, cast.charlie.id, record.id}
    assert record.id not in {item["id"] for item in bob.get("/patients").get_json()["items"]}


def test_an_admin_can_check_and_ask_why(app: Flask, cast: Cast, sign_in: SignIn, folder: Path) -> None:
    ada = sign_in("ada")
    assert ada.post("/policy/check", {"text": NARROW}).get_json() == {"ok": True, "errors": []}
    checked = ada.post("/policy/check", {"text": "\np, nusre, observation, read, any, allow"}).get_json()
    assert checked == {"ok": False, "errors": [{"line": 2, "message": "unknown role 'nusre'"}]}
    assert ada.get("/policy").get_json()["files"][0]["status"] == "active"

    def why(user: str, action: str, patient_id: str | None) -> dict[str, Any]:
        about = f"patient/{patient_id}" if patient_id else None
        answer = ada.post("/policy/explain", {"user": user, "action": action, "object": about})
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    bobs = why("bob", "observation:read", cast.alice.id)
    assert bobs["decision"] == "allow"
    assert bobs["rule"] == "p, professional, observation, read, any_patient, allow"
    assert bobs["relations"] == ["any", "any_patient", "care_team"]
    charlies = why("charlie", "observation:read", cast.alice.id)
    assert (charlies["decision"], charlies["rule"]) == ("deny", None)
    assert charlies["relations"] == ["any", "any_patient", "outsider"]
    assert why("alice", "observation:read", cast.alice.id)["relations"] == ["any", "any_patient", "self"]
    assert why("ada", "user:read", None)["decision"] == "allow"
    assert why("bob", "user:read", None)["decision"] == "deny"
    ada.patch(f"/users/{cast.users['bob'].id}", {"enabled": False})
    assert why("bob", "observation:read", cast.alice.id)["decision"] == "deny"

    (folder / "care_team.csv").write_text(NARROW)
    narrow = wait_until(
        lambda: (found := why("dana", "observation:read", cast.charlie.id))["decision"] == "deny" and found, 5.0
    )
    assert narrow["rule"] == "p, professional, *, *, outsider, deny"
    for user, action, about in (
        ("nobody", "observation:read", None),
        ("bob", "observation:fly", None),
        ("bob", "observation:read", "patient/unknown"),
        ("bob", "observation:read", f"device/{cast.alice.id}"),
    ):
        answer = ada.post("/policy/explain", {"user": user, "action": action, "object": about})
        assert answer.status_code == 422
