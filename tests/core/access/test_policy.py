"""The policy: parsing, deciding, overriding, and what a mistake does."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from core.access.last_good import LastGood
from core.access.policy import Policy
from core.access.policy_text import ROLES, groups_in, parse
from core.platform import utc_now
from tests.support import wait_until

CORE = files("core.access").joinpath("policy.csv").read_text()
NARROW = files("core.access").joinpath("policies", "care_team.csv").read_text()
SHIPPED = {"core.csv": ("core", CORE)}
KNOWN = frozenset({("observation", "read"), ("observation", "create"), ("patient", "read")})

NURSE, DOCTOR, PATIENT = frozenset({"nurse"}), frozenset({"doctor"}), frozenset({"patient"})
STRANGER = frozenset({"any", "any_patient", "outsider"})
TEAM = frozenset({"any", "any_patient", "care_team"})
SELF = frozenset({"any", "any_patient", "self"})


def policy_of(text: str) -> Policy:
    return Policy({"core.csv": ("core", text)}, None, utc_now)


def mistakes(text: str) -> list[tuple[int, str]]:
    return [(mistake.line, mistake.message) for mistake in parse(text, KNOWN, ())[1]]


# -- the text ----------------------------------------------------------------------------------
def test_comments_blank_lines_and_spaces_do_not_matter() -> None:
    rules, found = parse("# a comment\n\n  p ,nurse,  observation, read , any,allow  \r\n", KNOWN, ())
    assert found == []
    assert rules == [("p", "nurse", "observation", "read", "any", "allow")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("p, nusre, observation, read, any, allow", "unknown role 'nusre'"),
        ("p, nurse, observatoin, read, any, allow", "unknown object 'observatoin'"),
        ("p, nurse, observation, raed, any, allow", "unknown action 'raed' of observation"),
        ("p, nurse, patient, create, any, allow", "unknown action 'create' of patient"),
        ("p, nurse, *, raed, any, allow", "unknown action 'raed' of *"),
        ("p, nurse, observation, read, outsiders, allow", "unknown relation 'outsiders'"),
        ("p, nurse, observation, read, consented:everything, allow", "unknown relation 'consented:everything'"),
        ("p, nurse, observation, read, any, permit", "the effect is allow or deny, not 'permit'"),
        ("p, nurse, observation, read, any", "expected: p, role, object, action, relation, allow or deny"),
        ("p, nurse, observation, read, any, allow, x", "expected: p, role, object, action, relation, allow or deny"),
        ("q, nurse, observation, read, any, allow", "a line starts with p or g, not 'q'"),
        ("nurse may read", "a line starts with p or g, not 'nurse may read'"),
        ("g, nurse", "expected: g, role, group"),
        ("g, nusre, staff", "expected: g, role, group"),
        ("g, nurse,", "expected: g, role, group"),
        ('p, "nurse", observation, read, any, allow', "unknown role '\"nurse\"'"),
        ("p, Nurse, observation, read, any, allow", "unknown role 'Nurse'"),
    ],
)
def test_a_mistake_is_named_with_its_line(line: str, message: str) -> None:
    assert mistakes(f"# first\n\n{line}\n") == [(3, message)]


def test_every_mistake_is_named() -> None:
    assert [line for line, _message in mistakes("x\np, nurse, observation, read, any, allow\ny\nz")] == [1, 3, 4]


def test_a_group_is_a_role_in_every_file() -> None:
    assert groups_in("g, nurse, staff\ng, doctor, staff") == {"staff"}
    assert mistakes("g, nurse, staff\np, staff, patient, read, any, allow") == []
    assert parse("p, staff, patient, read, any, allow", KNOWN, ["staff"])[1] == []


def test_the_shipped_files_have_no_mistakes() -> None:
    policy = Policy(SHIPPED, None, utc_now)
    assert policy.check(CORE) == []
    assert policy.check(NARROW) == []


# -- deciding ----------------------------------------------------------------------------------
def test_nothing_is_allowed_that_no_rule_allows() -> None:
    policy = policy_of("p, doctor, observation, read, any_patient, allow")
    for role in ROLES - {"doctor"}:
        assert not policy.decide(frozenset({role}), "observation", "read", STRANGER).allowed
    assert not policy.decide(frozenset(), "observation", "read", STRANGER).allowed
    assert not policy.decide(DOCTOR, "observation", "create", STRANGER).allowed
    assert not policy.decide(DOCTOR, "patient", "read", STRANGER).allowed
    assert not policy.decide(DOCTOR, "observation", "read", frozenset({"any"})).allowed


def test_a_policy_without_rules_allows_nothing() -> None:
    assert not policy_of("# nothing\n").decide(DOCTOR, "observation", "read", STRANGER).allowed


def test_deny_wins_whatever_the_order() -> None:
    allow = "p, nurse, observation, read, any_patient, allow"
    deny = "p, nurse, observation, *, self, deny"
    for text in (f"{allow}\n{deny}", f"{deny}\n{allow}"):
        policy = policy_of(text)
        assert policy.decide(NURSE, "observation", "read", TEAM).allowed
        refused = policy.decide(NURSE, "observation", "read", SELF)
        assert not refused.allowed
        assert refused.rule == "p, nurse, observation, *, self, deny"
        assert refused.relation == "self"


def test_a_deny_of_one_role_holds_against_another_role_of_the_same_person() -> None:
    policy = policy_of(
        "p, doctor, observation, read, any_patient, allow\np, nurse, observation, read, any_patient, deny"
    )
    assert policy.decide(DOCTOR, "observation", "read", TEAM).allowed
    assert not policy.decide(NURSE | DOCTOR, "observation", "read", TEAM).allowed


def test_the_rule_that_decided_is_named() -> None:
    decision = Policy(SHIPPED, None, utc_now).decide(NURSE, "observation", "read", TEAM)
    assert decision.allowed
    assert decision.rule == "p, professional, observation, read, any_patient, allow"
    assert decision.relation == "any_patient"


def test_names_are_not_patterns() -> None:
    policy = policy_of("p, nurse, observation, read, any, allow")
    for obj, action in ((".*", "read"), ("observation", ".*"), ("*", "*"), ("", ""), ("observation", "rea")):
        assert not policy.decide(NURSE, obj, action, frozenset({"any"})).allowed


def test_may_somewhere_is_about_any_relation() -> None:
    policy = Policy(SHIPPED, None, utc_now)
    assert policy.may_somewhere(PATIENT, "observation", "read")
    assert not policy.may_somewhere(PATIENT, "user", "read")
    assert "observation:read" in policy.permissions_of(PATIENT)
    assert policy.permissions_of(frozenset()) == []


def test_a_shipped_mistake_stops_the_start() -> None:
    with pytest.raises(ValueError, match=r"core policy core.csv: line 2: unknown role 'nusre'"):
        policy_of("# x\np, nusre, observation, read, any, allow")


# -- overriding --------------------------------------------------------------------------------
@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    return folder


def test_another_name_adds_and_the_same_name_replaces(folder: Path) -> None:
    (folder / "more.csv").write_text("p, family, observation, read, any_patient, allow")
    policy = Policy(SHIPPED, folder, utc_now)
    family = frozenset({"family"})
    assert policy.decide(family, "observation", "read", STRANGER).allowed
    assert policy.decide(NURSE, "observation", "read", STRANGER).allowed
    (folder / "core.csv").write_text("p, doctor, observation, read, any_patient, allow")
    assert policy.reload()
    assert not policy.decide(NURSE, "observation", "read", STRANGER).allowed
    assert policy.decide(DOCTOR, "observation", "read", STRANGER).allowed
    assert policy.decide(family, "observation", "read", STRANGER).allowed
    assert {(file.name, file.origin) for file in policy.files} == {("core.csv", "override"), ("more.csv", "override")}


def test_removing_the_files_brings_the_shipped_policy_back(folder: Path) -> None:
    (folder / "core.csv").write_text("# nothing is allowed\n")
    policy = Policy(SHIPPED, folder, utc_now)
    assert not policy.decide(NURSE, "observation", "read", STRANGER).allowed
    (folder / "core.csv").unlink()
    assert policy.reload()
    assert policy.decide(NURSE, "observation", "read", STRANGER).allowed
    assert not policy.reload()


def test_one_mistake_in_one_file_leaves_everything_as_it_was(folder: Path) -> None:
    (folder / "narrow.csv").write_text(NARROW)
    policy = Policy(SHIPPED, folder, utc_now)
    told: list[tuple[str, str]] = []
    policy.on_refusal(lambda name, error: told.append((name, error)))
    changes: list[bool] = []
    policy.on_change(lambda: changes.append(True))
    (folder / "more.csv").write_text("p, family, observation, read, any_patient, allow")
    (folder / "narrow.csv").write_text("# x\np, professional, *, *, outsiders, deny")
    assert not policy.reload()
    assert not policy.decide(NURSE, "observation", "read", STRANGER).allowed
    assert not policy.decide(frozenset({"family"}), "observation", "read", STRANGER).allowed
    assert told == [("narrow.csv", "line 2: unknown relation 'outsiders'")]
    assert changes == []
    assert {file.name: file.error for file in policy.files if file.error} == dict(told)
    # Nobody is told twice of the same mistake.
    assert not policy.reload()
    assert len(told) == 1


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"p, nurse, observation, read, any, allow\x00", b"\x00" * 50])
def test_a_file_that_is_no_text_is_refused(folder: Path, content: bytes) -> None:
    (folder / "binary.csv").write_bytes(content)
    policy = Policy(SHIPPED, folder, utc_now)
    assert [file.name for file in policy.files if file.error] == ["binary.csv"]
    assert policy.decide(NURSE, "observation", "read", STRANGER).allowed


def test_a_file_that_is_too_long_or_no_file_is_refused(folder: Path) -> None:
    (folder / "long.csv").write_text("#" * 1_000_001)
    (folder / "folder.csv").mkdir()
    (folder / "gone.csv").symlink_to(folder / "nowhere")
    policy = Policy(SHIPPED, folder, utc_now)
    assert {file.name for file in policy.files if file.error} == {"long.csv", "folder.csv", "gone.csv"}


def test_what_is_no_policy_file_is_left_alone(folder: Path) -> None:
    for name in ("readme.txt", ".hidden.csv", "core.csv~", "core.csv.bak"):
        (folder / name).write_text("p, nusre")
    policy = Policy(SHIPPED, folder, utc_now)
    assert [file.name for file in policy.files] == ["core.csv"]


def test_a_folder_that_vanishes_opens_nothing(folder: Path) -> None:
    (folder / "narrow.csv").write_text(NARROW)
    policy = Policy(SHIPPED, folder, utc_now)
    folder.rename(folder.with_name("away"))
    assert not policy.reload()
    assert [file.error for file in policy.files if file.error] == ["the folder does not exist"]
    assert not policy.decide(NURSE, "observation", "read", STRANGER).allowed
    folder.with_name("away").rename(folder)
    assert policy.reload()
    assert not policy.decide(NURSE, "observation", "read", STRANGER).allowed
    assert policy.decide(NURSE, "observation", "read", TEAM).allowed


def test_a_restart_amid_a_mistake_keeps_the_last_good_policy(folder: Path, tmp_path: Path) -> None:
    kept = LastGood(tmp_path / "data", folder)
    (folder / "narrow.csv").write_text(NARROW)
    before = Policy(SHIPPED, folder, utc_now, kept)
    before.start()
    before.stop()
    (folder / "narrow.csv").write_text("p, professional, *, *, outsider, dney")
    after = Policy(SHIPPED, folder, utc_now, kept)
    assert [file.name for file in after.files if file.error] == ["narrow.csv"]
    assert not after.decide(NURSE, "observation", "read", STRANGER).allowed
    after.start()
    after.stop()
    assert kept.read() == {"narrow.csv": NARROW}
    # A check of another folder does not touch what is kept of this one.
    assert LastGood(tmp_path / "data", tmp_path).read() == {}


def test_the_kept_policy_is_private_and_may_be_damaged(folder: Path, tmp_path: Path) -> None:
    kept = LastGood(tmp_path / "data", folder)
    kept.write({"narrow.csv": NARROW})
    (path,) = (tmp_path / "data").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    for damage in ("", "[]", "{", '{"narrow.csv": "p, nusre"}'):
        path.write_text(damage)
        (folder / "x.csv").write_text("mistake")
        assert Policy(SHIPPED, folder, utc_now, kept).decide(NURSE, "observation", "read", TEAM).allowed


def test_the_watch_outlives_a_listener_that_fails(folder: Path) -> None:
    policy = Policy(SHIPPED, folder, utc_now)
    calls: list[int] = []

    def fail_once() -> None:
        calls.append(len(calls))
        if len(calls) == 1:
            raise ConnectionError("the database is away")

    policy.on_change(fail_once)
    policy.start()
    (folder / "narrow.csv").write_text(NARROW)
    try:
        wait_until(lambda: len(calls) == 2, 5, "the listener being called again")
    finally:
        policy.stop()
    assert not policy.decide(NURSE, "observation", "read", STRANGER).allowed


# -- the narrow mode ---------------------------------------------------------------------------
def test_narrow_mode_leaves_professionals_their_care_team_only(folder: Path) -> None:
    (folder / "care_team.csv").write_text(NARROW)
    policy = Policy(SHIPPED, folder, utc_now)
    for role in (NURSE, DOCTOR):
        for obj, action in sorted(policy.known):
            assert not policy.decide(role, obj, action, STRANGER).allowed, (obj, action)
        assert policy.decide(role, "observation", "read", TEAM).allowed
        assert policy.decide(role, "board", "read", frozenset({"any"})).allowed
    assert policy.decide(PATIENT, "observation", "read", SELF).allowed
    assert policy.decide(frozenset({"admin"}), "patient", "read", STRANGER).allowed
