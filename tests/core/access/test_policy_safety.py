"""What must not open access: half-written files, plugins that are away, machines that start with a mistake."""

from __future__ import annotations

import time
from importlib.resources import files
from pathlib import Path

import pytest

from core.access.last_good import LastGood
from core.access.policy import Policy
from core.platform import utc_now
from tests.support import wait_until

CORE = files("core.access").joinpath("policy.csv").read_text()
NARROW = files("core.access").joinpath("policies", "care_team.csv").read_text()
SHIPPED = {"core.csv": ("core", CORE)}
ALERTS = """
p, professional, alert, read, any_patient, allow
p, family, alert, read, consented:alerts, allow
"""
NURSE, FAMILY, PATIENT = frozenset({"nurse"}), frozenset({"family"}), frozenset({"patient"})
STRANGER = frozenset({"any", "any_patient", "outsider"})
TEAM = frozenset({"any", "any_patient", "care_team"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "policies"
    path.mkdir()
    return path


@pytest.fixture
def kept(folder: Path, tmp_path: Path) -> LastGood:
    return LastGood(tmp_path / "data", folder)


def strangers_may(policy: Policy) -> bool:
    return policy.decide(NURSE, "observation", "read", STRANGER).allowed


def run_once(policy: Policy) -> None:
    """As a web process does: what is in force is kept."""
    policy.start()
    policy.stop()


# -- files that are being written --------------------------------------------------------------
def test_a_file_that_is_being_rewritten_opens_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "care_team.csv"
    path.write_text(NARROW)
    policy = Policy(SHIPPED, folder, utc_now)
    look, looks = policy._look, 0

    def look_at_a_moving_file() -> object:
        nonlocal looks
        looks += 1
        path.write_text("#" * looks)
        return look()

    monkeypatch.setattr(policy, "_look", look_at_a_moving_file)
    policy.start()
    try:
        wait_until(lambda: looks > 4, 10, "several looks")
        assert not strangers_may(policy)
        monkeypatch.setattr(policy, "_look", look)
        wait_until(lambda: strangers_may(policy), 5, "the file that stays as it is")
    finally:
        policy.stop()


def test_a_file_that_changes_while_it_is_read_is_not_applied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "care_team.csv"
    path.write_text(NARROW)
    policy = Policy(SHIPPED, folder, utc_now)
    path.write_text("")
    looks = [policy._look()]

    def look_again() -> object:
        looks.append((looks[0], len(looks)))
        return looks[-1]

    with monkeypatch.context() as patched:
        patched.setattr(policy, "_look", look_again)
        assert not policy.reload()
        assert not strangers_may(policy)
    assert policy.reload()
    assert strangers_may(policy)


def test_a_change_is_in_force_within_a_second(folder: Path) -> None:
    policy = Policy(SHIPPED, folder, utc_now)
    policy.start()
    try:
        for text, allowed in ((NARROW, False), ("# nothing", True), (NARROW, False)):
            began = time.monotonic()
            (folder / "care_team.csv").write_text(text)
            wait_until(lambda allowed=allowed: strangers_may(policy) == allowed, 5, "the change")  # type: ignore[misc]
            assert time.monotonic() - began < 1.0
    finally:
        policy.stop()


# -- plugins that are away ---------------------------------------------------------------------
def test_a_plugin_that_cannot_be_loaded_makes_no_mistake_of_the_rules_about_it(folder: Path, kept: LastGood) -> None:
    (folder / "care_team.csv").write_text(NARROW)
    (folder / "more.csv").write_text("p, family, alert, read, consented:alerts, deny")
    run_once(Policy({**SHIPPED, "alerting.csv": ("plugin", ALERTS)}, folder, utc_now, kept))
    policy = Policy(SHIPPED, folder, utc_now, kept)
    assert [file.error for file in policy.files if file.error] == []
    assert not strangers_may(policy)
    assert policy.decide(NURSE, "observation", "read", TEAM).allowed
    # The files may still be changed meanwhile, and typing errors are still found.
    (folder / "more.csv").write_text("p, family, alert, read, any, deny")
    assert policy.reload()
    (folder / "more.csv").write_text("p, family, alret, read, any, deny")
    assert not policy.reload()
    assert policy.check("p, family, alert, read, any, deny") == []
    assert len(policy.check("p, family, alert, raed, any, deny")) == 1
    # And once more over a restart, by what the process without the plugin kept.
    (folder / "more.csv").write_text("p, family, alert, read, any, deny")
    run_once(Policy(SHIPPED, folder, utc_now, kept))
    assert not any(file.error for file in Policy(SHIPPED, folder, utc_now, kept).files)
    # What cannot be asked for now is not offered.
    assert "alert:read" not in policy.permissions_of(NURSE)


# -- machines that start with a mistake --------------------------------------------------------
def test_without_anything_kept_what_the_files_forbid_holds(folder: Path, kept: LastGood) -> None:
    (folder / "care_team.csv").write_text(NARROW)
    (folder / "more.csv").write_text(
        "g, family, professional\np, family, observation, read, any_patient, allow\np, nusre, patient, read, any, deny"
    )
    for last_good in (kept, None):
        policy = Policy(SHIPPED, folder, utc_now, last_good)
        assert [file.name for file in policy.files if file.error] == ["more.csv"]
        assert not strangers_may(policy)
        assert policy.decide(NURSE, "observation", "read", TEAM).allowed
        # Nothing of a refused set allows.
        assert not policy.decide(FAMILY, "observation", "read", TEAM).allowed


def test_a_kept_set_that_only_replaces_is_a_set(folder: Path, kept: LastGood) -> None:
    (folder / "core.csv").write_text("p, patient, observation, read, self, allow")
    run_once(Policy(SHIPPED, folder, utc_now, kept))
    (folder / "core.csv").write_text("mistake")
    policy = Policy(SHIPPED, folder, utc_now, kept)
    assert not policy.decide(NURSE, "observation", "read", TEAM).allowed
    assert policy.decide(PATIENT, "observation", "read", frozenset({"any", "any_patient", "self"})).allowed


def test_a_kept_set_without_files_is_a_set_too(folder: Path, kept: LastGood) -> None:
    run_once(Policy(SHIPPED, folder, utc_now, kept))
    (folder / "care_team.csv").write_text(f"{NARROW}\nmistake")
    assert strangers_may(Policy(SHIPPED, folder, utc_now, kept))


# -- what is offered ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rules", "somewhere"),
    [
        ("", True),
        ("p, nurse, board, read, any, deny", False),
        ("p, professional, *, *, any, deny", False),
        ("p, professional, board, *, outsider, deny", True),
        ("p, professional, board, read, any_patient, deny", True),
        ("p, doctor, board, read, any, deny", True),
    ],
)
def test_what_is_denied_everywhere_is_not_offered(rules: str, somewhere: bool) -> None:
    policy = Policy({"core.csv": ("core", f"{CORE}\n{rules}")}, None, utc_now)
    assert policy.may_somewhere(NURSE, "board", "read") == somewhere
    assert ("board:read" in policy.permissions_of(NURSE)) == somewhere


@pytest.mark.parametrize(
    ("rules", "somewhere"),
    [
        ("p, professional, observation, read, outsider, deny", True),
        ("p, professional, observation, read, outsider, deny\np, nurse, observation, read, care_team, deny", True),
        ("p, nurse, observation, read, any_patient, deny", False),
        ("p, nurse, observation, *, any, deny", False),
    ],
)
def test_what_is_denied_for_every_patient_is_not_offered(rules: str, somewhere: bool) -> None:
    policy = Policy({"core.csv": ("core", f"{CORE}\n{rules}")}, None, utc_now)
    assert policy.may_somewhere(NURSE, "observation", "read") == somewhere


def test_what_may_somewhere_says_is_what_some_decision_says() -> None:
    policy = Policy(
        {"core.csv": ("core", CORE), "alerting.csv": ("plugin", ALERTS), "n.csv": ("x", NARROW)}, None, utc_now
    )
    categories = ("vitals", "alerts", "messages", "appointments", "recordings", "transcripts")
    about = [{"outsider"}, {"self"}, {"care_team"}, *({f"consented:{name}"} for name in categories)]
    situations = [{"any"}, {"any", "own"}, *({"any", "any_patient"} | relation for relation in about)]
    for role in ("patient", "nurse", "doctor", "family", "admin", "device"):
        for obj, action in policy.known:
            roles = frozenset({role})
            some = any(policy.decide(roles, obj, action, frozenset(held)).allowed for held in situations)
            assert policy.may_somewhere(roles, obj, action) == some, (role, obj, action)
