"""The one table of vital signs: LOINC codes, UCUM units, plausible and alert ranges, MDC codes.

Sources: FHIR R4 vital-signs profile for codes and units; the reject intervals say what no living person
has (a value there is a fault, not a finding); the default limits are for adults.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VitalSign:
    """One kind of measurement.

    unit: the UCUM unit in which it is stored; None for panels and coded values.
    reject_low, reject_high: the interval outside of which a value is quarantined; the bounds themselves
    are outside unless ``low_inclusive`` or ``high_inclusive``.
    default_low, default_high: the adult alert range; the bounds are in range. critical_low and
    critical_high: from there on it is urgent; the bounds are urgent if ``critical_inclusive``.
    components: the codes of a panel's parts, of which ``required_components`` must be there.
    panel: the panel under which a part is stored. coded: the values of a coded measurement.
    display_units: units that people may choose, the stored one first. mdc: IEEE 11073 reference number.
    """

    code: str
    display: str
    short: str
    unit: str | None
    category: str = "vital-signs"
    reject_low: float | None = None
    reject_high: float | None = None
    low_inclusive: bool = False
    high_inclusive: bool = False
    default_low: float | None = None
    default_high: float | None = None
    critical_low: float | None = None
    critical_high: float | None = None
    critical_inclusive: bool = True
    decimals: int = 0
    components: tuple[str, ...] = ()
    required_components: tuple[str, ...] = ()
    panel: str | None = None
    coded: tuple[str, ...] = ()
    display_units: tuple[str, ...] = ()
    mdc: int | None = None


HEART_RATE = "8867-4"
RESPIRATORY_RATE = "9279-1"
OXYGEN_SATURATION = "2708-6"
OXYGEN_SATURATION_PULSE_OXIMETRY = "59408-5"
BODY_TEMPERATURE = "8310-5"
BLOOD_PRESSURE = "85354-9"
SYSTOLIC = "8480-6"
DIASTOLIC = "8462-4"
MEAN_ARTERIAL = "8478-0"
BODY_WEIGHT = "29463-7"
BODY_HEIGHT = "8302-2"
BODY_MASS_INDEX = "39156-5"
CONSCIOUSNESS = "67775-7"
OXYGEN_FLOW = "3151-8"
GLUCOSE = "2339-0"
GLUCOSE_MOLAR = "15074-8"

_TABLE = (
    VitalSign(
        HEART_RATE, "Heart rate", "HR", "/min", reject_low=0, reject_high=300,
        default_low=50, default_high=120, display_units=("/min",), mdc=147842,
    ),
    VitalSign(
        RESPIRATORY_RATE, "Respiratory rate", "RR", "/min", reject_low=0, reject_high=70,
        default_low=8, default_high=30, display_units=("/min",), mdc=151562,
    ),
    VitalSign(
        OXYGEN_SATURATION, "Oxygen saturation", "SpO2", "%", reject_low=0, reject_high=100, high_inclusive=True,
        default_low=90, critical_low=80, display_units=("%",), mdc=150456,
    ),
    VitalSign(
        BLOOD_PRESSURE, "Blood pressure", "BP", None,
        components=(SYSTOLIC, DIASTOLIC, MEAN_ARTERIAL), required_components=(SYSTOLIC, DIASTOLIC),
        display_units=("mm[Hg]", "kPa"), mdc=150020,
    ),
    VitalSign(
        SYSTOLIC, "Systolic blood pressure", "Sys", "mm[Hg]", reject_low=0, reject_high=400,
        default_low=90, default_high=160, critical_high=180, panel=BLOOD_PRESSURE,
        display_units=("mm[Hg]", "kPa"), mdc=150021,
    ),
    VitalSign(
        DIASTOLIC, "Diastolic blood pressure", "Dia", "mm[Hg]", reject_low=0, reject_high=300,
        default_low=50, default_high=90, critical_high=120, panel=BLOOD_PRESSURE,
        display_units=("mm[Hg]", "kPa"), mdc=150022,
    ),
    VitalSign(
        MEAN_ARTERIAL, "Mean arterial pressure", "MAP", "mm[Hg]", reject_low=0, reject_high=330,
        panel=BLOOD_PRESSURE, display_units=("mm[Hg]", "kPa"), mdc=150023,
    ),
    VitalSign(
        BODY_TEMPERATURE, "Body temperature", "Temp", "Cel", reject_low=10, reject_high=50,
        default_low=35.0, default_high=39.0, decimals=1, display_units=("Cel", "[degF]"), mdc=150344,
    ),
    VitalSign(
        GLUCOSE, "Glucose", "Gluc", "mg/dL", category="laboratory", reject_low=0,
        default_low=70, default_high=180, critical_low=54, critical_high=250, critical_inclusive=False,
        display_units=("mg/dL", "mmol/L"), mdc=160184,
    ),
    VitalSign(
        BODY_WEIGHT, "Body weight", "Weight", "kg", reject_low=0, reject_high=650, decimals=1,
        display_units=("kg", "[lb_av]"), mdc=188736,
    ),
    VitalSign(
        BODY_HEIGHT, "Body height", "Height", "cm", reject_low=0, reject_high=300, decimals=1,
        display_units=("cm", "[in_i]"), mdc=188740,
    ),
    VitalSign(
        BODY_MASS_INDEX, "Body mass index", "BMI", "kg/m2", reject_low=0, reject_high=200, decimals=1,
        display_units=("kg/m2",), mdc=188752,
    ),
    VitalSign(
        CONSCIOUSNESS, "Level of consciousness", "ACVPU", None, coded=("A", "C", "V", "P", "U"),
    ),
    VitalSign(
        OXYGEN_FLOW, "Inhaled oxygen flow", "O2 flow", "L/min", reject_low=0, reject_high=100,
        low_inclusive=True, high_inclusive=True, decimals=1, display_units=("L/min",),
    ),
)  # fmt: skip

#: Codes of the same measurement under another method or unit, stored under the first.
_ALIASES = {OXYGEN_SATURATION_PULSE_OXIMETRY: OXYGEN_SATURATION, GLUCOSE_MOLAR: GLUCOSE}

_BY_CODE = {sign.code: sign for sign in _TABLE}
_ANY_CODE = _BY_CODE | {alias: _BY_CODE[code] for alias, code in _ALIASES.items()}


def get(code: str) -> VitalSign | None:
    """The vital sign of a LOINC code or of an alias of one; None if it is not in the table."""
    return _ANY_CODE.get(code)


def canonical(code: str) -> str:
    """The code under which ``code`` is stored; itself if unknown."""
    sign = _ANY_CODE.get(code)
    return sign.code if sign else code


def all_vital_signs() -> tuple[VitalSign, ...]:
    """The whole table, in the order in which people expect it."""
    return _TABLE
