"""What a route or socket topic declares: the object, the action and whose data it concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.platform import Platform

#: Finds the patient whom a request concerns, from the route's arguments; None if the object is unknown.
PatientOf = Callable[["Platform", Mapping[str, Any]], str | None]
#: What ``patient_of`` gives for a thing that exists and is about no patient: ``otherwise`` decides.
NO_PATIENT = ""


def patient_in_path(platform: Platform, arguments: Mapping[str, Any]) -> str | None:
    """The patient named by the route itself, if that patient exists."""
    patient_id = str(arguments["patient_id"])
    return patient_id if platform.patients.exists(patient_id) else None


@dataclass(frozen=True, slots=True)
class Permission:
    """A declared permission.

    object, action: as in policy files ("observation", "read").
    patient_of: how to find the patient concerned. With it, a denied request answers 404, as an
        unknown id does. Without it, the permission is about no one patient and is denied with 403.
    category: the consent category that opens it to family ("vitals", "alerts", ...).
    otherwise: decides instead for things that turn out to be about no patient.
    owner_of: as patient_of, for things that a user owns (the relation ``own``): gives a user or device id.
    public: no sign-in needed. any_signed_in: every signed-in person may, whatever the policy says
        (their own session, their own tokens).
    audit: whether each use is written to the audit log (patient data: always).
    filtered: the route lists many patients' things and itself keeps only what the caller may see,
        with ``access.visible_patients``; ``otherwise`` opens it too.
    """

    object: str
    action: str
    patient_of: PatientOf | None = None
    otherwise: Permission | None = None
    owner_of: PatientOf | None = None
    category: str | None = None
    public: bool = False
    any_signed_in: bool = False
    audit: bool = False
    filtered: bool = False

    @property
    def name(self) -> str:
        """``object:action``, as shown to people and in the audit log."""
        return f"{self.object}:{self.action}"


PUBLIC = Permission("public", "use", public=True)
ANY_SIGNED_IN = Permission("self", "use", any_signed_in=True)
