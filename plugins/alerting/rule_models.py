"""What the API says of rules: limits, combinations, silences, and templates of them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from core.database.connection import Document
from core.http import ApiModel, Id, Timestamp
from core.observations.api import Code, Number
from core.observations.model import display_of
from core.observations.vital_signs import get
from plugins.alerting.combinations import Combination
from plugins.alerting.rule_sets import DEFAULT, PATIENT, RuleSet, StaleRule
from plugins.alerting.rules import Limits

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
PriorityName = Literal["high", "medium", "low"]
_SOURCE = "default, patient or template: whose rule it is."
_FORTNIGHT_H = 14 * 24
RuleSource = Limits | Combination | StaleRule


class RateModel(ApiModel):
    """How much a value may change, in its own unit, within how many hours."""

    change: float = Field(gt=0, allow_inf_nan=False)
    hours: float = Field(gt=0, le=_FORTNIGHT_H)
    direction: Literal["up", "down", "both"] = "both"


class RuleIn(ApiModel):
    """Limits of one measurement; null means no limit on that side."""

    code: Code
    low: Number | None
    high: Number | None
    critical_low: Number | None = None
    critical_high: Number | None = None
    duration_s: int = Field(
        0, ge=0, le=86_400, description="How long readings must break a limit that is not critical."
    )
    hysteresis: float = Field(0.0, ge=0, le=1000, description="How far within the range the alert's condition ends.")
    latching: bool = Field(True, description="Whether the alert waits for a person though its condition has ended.")
    rate: RateModel | None = None


class ConditionModel(ApiModel):
    """What one measurement has to be."""

    code: Code = Field(description="LOINC code of a number; of blood pressure its part's.")
    operator: Literal["above", "below", "risen", "fallen"] = Field(
        description="Beyond ``value``; or changed by more than ``value`` within ``hours``."
    )
    value: Number
    hours: float | None = Field(None, gt=0, le=_FORTNIGHT_H, description="For risen and fallen only.")
    max_age_s: int = Field(ge=60, le=_FORTNIGHT_H * 3600, description="How old a reading may be to count, in seconds.")
    required: bool = Field(True, description="Whether the combination cannot hold without it.")


class CombinationIn(ApiModel):
    """A rule over several measurements at once."""

    id: Id | None = Field(None, description="As in the answer before; a new one if left out.")
    title: Title
    priority: PriorityName
    at_least: int = Field(ge=1, le=8, description="How many of the conditions must hold, the required ones among them.")
    conditions: list[ConditionModel] = Field(min_length=2, max_length=8)
    enabled: bool = Field(True, description="False silences one that a template brings.")
    latching: bool = True


class StaleIn(ApiModel):
    """A measurement that must not stay away."""

    code: Code
    hours: float | None = Field(ge=0.25, le=_FORTNIGHT_H, description="Null silences one that a template brings.")
    priority: PriorityName = "medium"


class RulesIn(ApiModel):
    """A patient's own rules; what is left out follows their templates and the defaults.

    The lists other than ``rules`` stay as they are where they are null.
    """

    rules: list[RuleIn] = Field(max_length=40)
    combinations: list[CombinationIn] | None = Field(None, max_length=20)
    stale: list[StaleIn] | None = Field(None, max_length=20)
    templates: list[Id] | None = Field(
        None, max_length=8, description="Templates that hold for the patient; the first goes before the others."
    )


class RuleOut(RuleIn):
    """The limits of one measurement."""

    display: str
    unit: str | None
    critical_low: Number | None
    critical_high: Number | None
    rate: RateModel | None
    source: str = Field(description=_SOURCE)
    template: str | None = Field(description="The id of the template that it comes from.")
    source_title: str | None = Field(description="The title of that template.")


class CombinationOut(CombinationIn):
    """A rule over several measurements at once."""

    id: str
    source: str = Field(description=_SOURCE)
    template: str | None
    source_title: str | None


class StaleOut(StaleIn):
    """A measurement that must not stay away."""

    display: str
    source: str = Field(description=_SOURCE)
    template: str | None
    source_title: str | None


class TemplateRef(ApiModel):
    """A template by id and title."""

    id: str
    title: str


class RuleList(ApiModel):
    """The rules that hold for a patient."""

    rules: list[RuleOut]
    combinations: list[CombinationOut]
    stale: list[StaleOut]
    templates: list[TemplateRef] = Field(description="Applied to the patient, the strongest first.")


class RehearsedEpisode(ApiModel):
    """An alert that there would have been."""

    kind: str = Field(description="out_of_range, change, combination or stale.")
    code: str | None
    title: str
    priority: PriorityName
    first_at: Timestamp = Field(description="When its condition began.")
    until: Timestamp | None = Field(description="The last moment at which it held; null if it holds still.")
    peak: float | None = Field(description="The value furthest beyond the limit.")
    lost: bool = Field(description="Of the present rules: the others have no alert as urgent in its time.")


class RehearsedDay(ApiModel):
    """How many alerts begin on one day, by the patient's calendar."""

    day: date = Field(strict=False)
    high: int
    medium: int
    low: int


class RehearsedRules(ApiModel):
    """What a set of rules would have raised."""

    total: int
    per_day: float
    high: int
    medium: int
    low: int
    lost_high: int
    days: list[RehearsedDay]
    episodes: list[RehearsedEpisode] = Field(description="The newest 500.")


class Rehearsal(ApiModel):
    """Present and edited rules on the same readings, as if each alert had been dealt with when it came."""

    start: Timestamp
    end: Timestamp
    days: float = Field(description="How many days the readings cover.")
    readings: int
    truncated: bool = Field(description="Whether there were too many readings, and only the newest were used.")
    before: RehearsedRules
    after: RehearsedRules


class RuleTemplateIn(ApiModel):
    """A named set of rules."""

    title: Title
    rules: list[RuleIn] = Field(max_length=40)
    combinations: list[CombinationIn] = Field([], max_length=20)
    stale: list[StaleIn] = Field([], max_length=20)


class RuleTemplateOut(RuleTemplateIn):
    """A named set of rules."""

    id: str
    patients: int = Field(description="How many patients it is applied to.")


class RuleTemplateList(ApiModel):
    """All templates, by title."""

    items: list[RuleTemplateOut]


class RuleTemplatePath(ApiModel):
    """The template's id; your choice for a new one."""

    template_id: Id


def template_json(template: Document, patients: int) -> dict[str, Any]:
    """A template as RuleTemplateOut."""
    lists = {name: template.get(name, []) for name in ("rules", "combinations", "stale")}
    return {"id": template["_id"], "title": template["title"], **lists, "patients": patients}


def rules_json(rules: RuleSet, applied: list[Document]) -> dict[str, Any]:
    """The rules in force as RuleList."""
    titles = {template["_id"]: template["title"] for template in applied}

    def whose(rule: RuleSource) -> dict[str, Any]:
        fields = asdict(rule)
        if rule.source in (DEFAULT, PATIENT):
            return {**fields, "template": None, "source_title": None}
        return {**fields, "source": "template", "template": rule.source, "source_title": titles.get(rule.source)}

    limits = []
    for rule in rules.limits.values():
        sign = get(rule.code)
        if rule.watched or rule.source != DEFAULT:
            limits.append({**whose(rule), "display": display_of(rule.code), "unit": sign.unit if sign else None})
    return {
        "rules": limits,
        "combinations": [whose(rule) for rule in rules.combinations],
        "stale": [{**whose(rule), "display": display_of(rule.code)} for rule in rules.stale],
        "templates": [{"id": template_id, "title": title} for template_id, title in titles.items()],
    }
