"""The demo ward: who is there, what ails them, which devices they have. Pure; the same seed, the same ward.

All of it is invented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.observations.vital_signs import BLOOD_PRESSURE, BODY_WEIGHT, GLUCOSE, OXYGEN_SATURATION
from device_drivers.physiology import SCENARIOS, sample
from plugins.simulator.schedule import Routine, routine

MEDICAL, SURGICAL, HOME = "3 West", "4 East", "Home"


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A person of the demo. ``shown``: the account is offered on the sign-in page."""

    username: str
    name: str
    roles: tuple[str, ...]
    password: str
    shown: bool = True


@dataclass(frozen=True, slots=True)
class DemoPatient:
    """A patient of the demo.

    onset_h: when the scenario's course begins, in hours from the moment the demo is made (negative: it
    is under way); before it the patient is stable. repeat_days: the course begins again after so long.
    silent_h: the devices have been silent for so many hours, and stay so. oxygen_limit: the lowest
    saturation in range, where the usual one would alert all day. scale_2: on NEWS2's second scale. plan: the
    items of the measurement plan.
    """

    number: int
    name: str
    birth_date: str
    sex: str
    ward: str
    room: str | None
    scenario: str
    username: str | None = None
    risks: tuple[str, ...] = ()
    onset_h: float | None = None
    repeat_days: float = 10.0
    silent_h: float | None = None
    extra_drivers: tuple[str, ...] = ()
    scale_2: bool = False
    limits: tuple[tuple[str, float, float | None], ...] = ()
    plan: tuple[Mapping[str, Any], ...] = ()

    @property
    def identifier(self) -> str:
        """The hospital number, by which the patient is found again."""
        return f"D-{1000 + self.number}"

    @property
    def at_home(self) -> bool:
        """Whether the patient is at home."""
        return self.ward == HOME

    @property
    def drivers(self) -> tuple[str, ...]:
        """The drivers of the patient's devices."""
        return tuple(dict.fromkeys((*SCENARIOS[self.scenario].drivers, *self.extra_drivers)))

    def routine_of(self, driver: str) -> Routine:
        """How often the patient's device of ``driver`` measures."""
        return routine(driver, self.at_home)


USERS: Sequence[DemoUser] = (
    DemoUser("bob", "Bob Lindqvist", ("nurse",), "demo-nurse-2026"),
    DemoUser("dana", "Dana Okafor", ("doctor",), "demo-doctor-2026"),
    DemoUser("alice", "Alice Berger", ("patient",), "demo-patient-2026"),
    DemoUser("frank", "Frank Berger", ("family",), "demo-family-2026"),
    DemoUser("erik", "Erik Solheim", ("doctor", "patient"), "demo-both-2026"),
    DemoUser("charlie", "Charlie Novak", ("patient",), "demo-stranger-2026"),
    DemoUser("ada", "Ada Whitfield", ("admin",), "demo-admin-2026"),
    DemoUser("nina", "Nina Castellanos", ("nurse",), "demo-nights-2026", shown=False),
    DemoUser("omar", "Omar Haddad", ("doctor",), "demo-surgery-2026", shown=False),
)
ADMIN = "ada"

_COPD_LIMITS = ((OXYGEN_SATURATION, 85.0, None),)
_DIABETIC_LIMITS = ((GLUCOSE, 70.0, 220.0),)

_HOME_PLAN = (
    {
        "id": "pressure", "code": BLOOD_PRESSURE,
        "schedule": {"kind": "times_of_day", "times": ["08:00", "20:00"], "weekdays": None},
        "window_before_minutes": 120, "grace_minutes": 120,
        "instructions": "Sit quietly for five minutes. Measure before taking medicines and before meals.",
    },
    {
        "id": "weight", "code": BODY_WEIGHT,
        "schedule": {"kind": "times_of_day", "times": ["07:00"], "weekdays": None},
        "window_before_minutes": 120, "grace_minutes": 180,
        "instructions": "Weigh yourself after getting up, before breakfast, in light clothes.",
    },
)  # fmt: skip

PATIENTS: Sequence[DemoPatient] = (
    DemoPatient(1, "Alice Berger", "1946-02-01", "female", HOME, None, "hypertensive", "alice",
                ("fall risk",), extra_drivers=("pulse_oximeter", "thermometer", "weight_scale"), plan=_HOME_PLAN),
    DemoPatient(2, "Charlie Novak", "1983-07-19", "male", HOME, None, "diabetic", "charlie",
                ("type 1 diabetes",), extra_drivers=("blood_pressure",), limits=_DIABETIC_LIMITS),
    DemoPatient(3, "Erik Solheim", "1971-11-05", "male", HOME, None, "stable", "erik"),
    DemoPatient(4, "Margarethe Vogel", "1938-05-23", "female", MEDICAL, "301", "sepsis_like", None,
                ("penicillin allergy", "indwelling catheter"), onset_h=-28),
    DemoPatient(5, "Tomasz Wieczorek", "1955-09-12", "male", MEDICAL, "302", "sepsis_like", None,
                ("immunosuppressed",), onset_h=-60, repeat_days=14),
    DemoPatient(6, "Amara Nwosu", "1967-01-30", "female", SURGICAL, "401", "postoperative", None,
                ("latex allergy",), onset_h=-26, repeat_days=21),
    DemoPatient(7, "Henrik Dahl", "1949-12-08", "male", SURGICAL, "402", "postoperative", None,
                ("anticoagulated",), onset_h=-74, repeat_days=21),
    DemoPatient(8, "Lucía Fernández Prieto", "1990-04-17", "female", SURGICAL, "403", "postoperative", None,
                (), onset_h=-7, repeat_days=21),
    DemoPatient(9, "Ibrahim Yıldız", "1951-08-02", "male", MEDICAL, "303", "copd", None,
                ("COPD", "oxygen target 88–92 %"), extra_drivers=("blood_pressure", "thermometer"),
                scale_2=True, limits=_COPD_LIMITS),
    DemoPatient(10, "Ruth Abramowitz", "1943-03-11", "female", HOME, None, "copd", None,
                ("COPD", "home oxygen"), scale_2=True, limits=_COPD_LIMITS),
    DemoPatient(11, "Jean-Pierre Lacroix", "1958-06-27", "male", HOME, None, "hypertensive", None,
                (), extra_drivers=("weight_scale",)),
    DemoPatient(12, "Sunita Raghavan", "1962-10-14", "female", HOME, None, "diabetic", None,
                ("type 2 diabetes",), limits=_DIABETIC_LIMITS),
    DemoPatient(13, "Walter Krüger", "1940-01-22", "male", HOME, None, "stable", None,
                ("heart failure",), silent_h=7),
    DemoPatient(14, "Olga Petrenko", "1953-05-09", "female", HOME, None, "forgetful", None,
                ("mild cognitive impairment",)),
    DemoPatient(15, "Samuel Adeyemi", "1976-02-18", "male", MEDICAL, "304", "stable", None,
                (), extra_drivers=("heart_rate", "generic_json")),
    DemoPatient(16, "Ingrid Halvorsen", "1934-09-30", "female", MEDICAL, "305", "stable", None,
                ("fall risk", "pressure injury risk"), extra_drivers=("generic_json",)),
    DemoPatient(17, "Matteo Ricci", "1969-07-06", "male", MEDICAL, "306", "stable", None,
                (), extra_drivers=("generic_json", "glucometer")),
    DemoPatient(18, "Farida Rahimi", "1947-11-15", "female", MEDICAL, "307", "stable", None,
                ("dialysis",), extra_drivers=("generic_json",)),
    DemoPatient(19, "George Papadakis", "1944-04-04", "male", SURGICAL, "404", "stable", None,
                ("pacemaker",), extra_drivers=("generic_json",)),
    DemoPatient(20, "Hanna Lehtonen", "1985-12-21", "female", SURGICAL, "405", "stable", None,
                (), extra_drivers=("heart_rate", "generic_json")),
    DemoPatient(21, "Kwame Mensah", "1960-03-03", "male", SURGICAL, "406", "postoperative", None,
                ("diabetes",), onset_h=-130, repeat_days=21, extra_drivers=("glucometer",)),
    DemoPatient(22, "Elena Marković", "1956-08-25", "female", HOME, None, "hypertensive", None,
                ("kidney disease",)),
    DemoPatient(23, "Patrick O’Sullivan", "1950-10-31", "male", HOME, None, "forgetful", None,
                ("lives alone",)),
    DemoPatient(24, "Yuki Tanaka", "1972-06-13", "female", MEDICAL, "308", "stable", None,
                ("shellfish allergy",), extra_drivers=("generic_json",)),
)  # fmt: skip

#: Who cares for whom, by ward.
TEAMS = {MEDICAL: ("bob", "dana", "nina"), SURGICAL: ("nina", "omar"), HOME: ("bob", "dana", "erik")}


def care_team(patient: DemoPatient) -> tuple[str, ...]:
    """The sign-in names of the patient's care team; nobody cares for themselves."""
    return tuple(name for name in TEAMS[patient.ward] if name != patient.username)


def values_at(
    patient: DemoPatient, seed: int, anchor: datetime, at: datetime, zone: ZoneInfo
) -> dict[str, float | str]:
    """The patient's vital signs at ``at``; empty when the patient is not measured.

    anchor: when the demo was made. zone: where the patients live, for their days and nights.
    """
    if patient.silent_h is not None and at > anchor - timedelta(hours=patient.silent_h):
        return {}
    local = at.astimezone(zone)
    if patient.onset_h is None:
        return sample(patient.scenario, seed, patient.number, local)
    onset = anchor + timedelta(hours=patient.onset_h)
    if at < onset:
        return sample("stable", seed, patient.number, local)
    period = timedelta(days=patient.repeat_days)
    return sample(patient.scenario, seed, patient.number, local, onset=onset + (at - onset) // period * period)


DEVICE_NAMES = {
    "blood_pressure": "Blood pressure monitor",
    "pulse_oximeter": "Pulse oximeter",
    "thermometer": "Thermometer",
    "heart_rate": "Heart rate sensor",
    "glucometer": "Glucose meter",
    "weight_scale": "Scale",
    "generic_json": "Bedside monitor",
}


def device_name(patient: DemoPatient, driver: str) -> str:
    """The device's name: what it is, and where it belongs."""
    return f"{DEVICE_NAMES[driver]} {patient.room or patient.identifier}"
