"""The demo ward's cast and courses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.access.passwords import Passwords
from core.observations.vital_signs import BODY_TEMPERATURE, GLUCOSE, HEART_RATE, SYSTOLIC
from core.people.store import ROLES
from plugins.alerting.rules import default_limits
from plugins.simulator.frames import drivers
from plugins.simulator.ward import PATIENTS, USERS, DemoPatient, care_team, device_name, values_at

ANCHOR = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


def one(scenario: str) -> DemoPatient:
    return next(patient for patient in PATIENTS if patient.scenario == scenario)


def hours(patient: DemoPatient, first: int, last: int) -> list[dict[str, float | str]]:
    return [values_at(patient, 7, ANCHOR, ANCHOR + timedelta(hours=hour), ZONE) for hour in range(first, last)]


def test_every_kind_of_patient_is_there() -> None:
    scenarios = {patient.scenario for patient in PATIENTS}
    assert {"sepsis_like", "postoperative", "hypertensive", "diabetic", "copd", "forgetful"} <= scenarios
    assert any(patient.silent_h for patient in PATIENTS)
    assert len(PATIENTS) >= 24


def test_nobody_is_there_twice() -> None:
    for values in (
        [patient.identifier for patient in PATIENTS],
        [patient.name for patient in PATIENTS],
        [(patient.ward, patient.room) for patient in PATIENTS if patient.room],
        [user.username for user in USERS],
        [device_name(patient, driver) for patient in PATIENTS for driver in patient.drivers],
    ):
        assert len(set(values)) == len(values)


def test_every_device_can_speak() -> None:
    for patient in PATIENTS:
        assert patient.drivers and set(patient.drivers) <= set(drivers())
        for driver in patient.drivers:
            assert patient.routine_of(driver).live_s[0] > 0


def test_the_accounts_cover_every_role_and_one_is_doctor_and_patient() -> None:
    assert {role for user in USERS if user.shown for role in user.roles} == set(ROLES)
    assert any(set(user.roles) == {"doctor", "patient"} for user in USERS)


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.username)
def test_a_password_is_one_that_the_platform_takes(user: object) -> None:
    assert isinstance(user, type(USERS[0]))
    Passwords().check_strength(user.password, user.username)


def test_care_teams_are_professionals_and_nobody_is_on_their_own() -> None:
    roles = {user.username: set(user.roles) for user in USERS}
    for patient in PATIENTS:
        team = care_team(patient)
        assert team and patient.username not in team
        assert all(roles[name] & {"nurse", "doctor"} for name in team)


def test_charlie_is_a_patient_with_own_data_whom_family_has_no_part_in() -> None:
    linked = {patient.username: patient for patient in PATIENTS if patient.username}
    assert set(linked) == {"alice", "charlie", "erik"}
    assert linked["alice"].name == "Alice Berger"


def test_the_same_seed_gives_the_same_ward_and_another_gives_another() -> None:
    patient = one("stable")
    assert hours(patient, -50, 0) == hours(patient, -50, 0)
    other = [values_at(patient, 8, ANCHOR, ANCHOR + timedelta(hours=hour), ZONE) for hour in range(-50, 0)]
    assert hours(patient, -50, 0) != other


def test_the_septic_patient_was_well_and_is_getting_worse() -> None:
    patient = one("sepsis_like")
    before = [values[BODY_TEMPERATURE] for values in hours(patient, -72, -40)]
    now = values_at(patient, 7, ANCHOR, ANCHOR, ZONE)
    later = values_at(patient, 7, ANCHOR, ANCHOR + timedelta(hours=6), ZONE)
    assert max(float(value) for value in before) < 37.8
    assert float(now[BODY_TEMPERATURE]) > 38.3
    assert float(later[HEART_RATE]) > float(now[HEART_RATE]) > 100


def test_a_course_comes_again() -> None:
    patient = one("sepsis_like")
    again = values_at(patient, 7, ANCHOR, ANCHOR + timedelta(days=patient.repeat_days), ZONE)
    assert float(again[BODY_TEMPERATURE]) > 38.3


def test_the_silent_device_spoke_until_hours_ago_and_never_again() -> None:
    patient = next(patient for patient in PATIENTS if patient.silent_h)
    assert values_at(patient, 7, ANCHOR, ANCHOR - timedelta(hours=8), ZONE)
    assert not any(hours(patient, -6, 100))


def test_the_forgetful_patient_misses_some_and_measures_some() -> None:
    found = [bool(values) for values in hours(one("forgetful"), -240, 0)]
    assert 0.2 < sum(found) / len(found) < 0.8


def test_the_diabetic_is_low_in_some_night() -> None:
    limit = default_limits()[GLUCOSE].low
    assert limit is not None
    lows = [
        values
        for patient in PATIENTS
        if patient.scenario == "diabetic"
        for values in hours(patient, -720, 0)
        if float(values[GLUCOSE]) < limit
    ]
    assert lows


def test_the_hypertensive_is_above_range_more_often_than_the_stable() -> None:
    high = default_limits()[SYSTOLIC].high
    assert high is not None

    def share(scenario: str) -> float:
        patients = [patient for patient in PATIENTS if patient.scenario == scenario]
        found = [values for patient in patients for values in hours(patient, -240, 0) if values]
        return sum(float(values[SYSTOLIC]) > high for values in found) / len(found)

    assert share("hypertensive") > 0.1
    assert share("stable") < 0.01
