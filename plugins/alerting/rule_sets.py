"""Which rules hold for a patient, and whose they are. Pure.

The patient's own rules go before those of the templates that were applied to them, in the order in which they were
applied, and these before the defaults. Each measurement, combination and silence has one rule in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plugins.alerting.combinations import Combination, combination_of
from plugins.alerting.rules import Limits, Priority, default_limits, limits_of

DEFAULT, PATIENT = "default", "patient"


@dataclass(frozen=True, slots=True)
class StaleRule:
    """No reading of ``code`` for ``hours`` is an alert. None: it may stay away."""

    code: str
    hours: float | None
    priority: Priority = "medium"
    source: str = PATIENT


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules in force for one patient. ``source`` of each: "default", "patient" or a template's id."""

    limits: dict[str, Limits]
    combinations: tuple[Combination, ...] = ()
    stale: tuple[StaleRule, ...] = ()

    @property
    def combinations_on(self) -> tuple[Combination, ...]:
        """Those that are watched."""
        return tuple(rule for rule in self.combinations if rule.enabled)

    @property
    def stale_on(self) -> dict[str, StaleRule]:
        """Silences that are watched, by code."""
        return {rule.code: rule for rule in self.stale if rule.hours is not None}


def rule_set(own: Mapping[str, Any] | None, templates: Sequence[Mapping[str, Any]]) -> RuleSet:
    """The rules in force. ``templates``: those applied, the first before the others; ``own``: the patient's."""
    limits = default_limits()
    combinations: dict[str, Combination] = {}
    stale: dict[str, StaleRule] = {}
    for source, rules in _layers(own, templates):
        for rule in rules.get("rules", ()):
            limits[rule["code"]] = limits_of(rule, source)
        for rule in rules.get("combinations", ()):
            combinations[rule["id"]] = combination_of(rule, source)
        for rule in rules.get("stale", ()):
            stale[rule["code"]] = StaleRule(**rule, source=source)
    return RuleSet(limits, tuple(combinations.values()), tuple(stale.values()))


def _layers(
    own: Mapping[str, Any] | None, templates: Sequence[Mapping[str, Any]]
) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """From the weakest to the strongest."""
    for template in reversed(templates):
        yield template["_id"], template
    if own is not None:
        yield PATIENT, own
