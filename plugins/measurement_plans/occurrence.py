"""The current occurrence of a plan item and how it moves on. Pure: no clock, no database.

A move changes the document and puts what is to be told (events, rows of history) into its ``outbox``, in one
write. Telling comes after that and may be repeated: each event has a key, each row an id.

Steps: ``due`` (nothing asked yet), ``remind_again`` (asked once), ``miss`` (asked twice). States: ``waiting``;
``over`` (nothing more is due); ``removed`` (to be deleted once all is told).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.database.connection import Document
from core.http import format_time
from core.observations.model import display_of
from plugins.measurement_plans.schedule import next_due

DUE, REMIND_AGAIN, MISS = "due", "remind_again", "miss"
WAITING, OVER, REMOVED = "waiting", "over", "removed"
FULFILLED, MISSED, CANCELLED = "fulfilled", "missed", "cancelled"
PROFESSIONALS = "professionals"
#: What decides when an item is due.
TIMING = ("schedule", "window_before_minutes", "grace_minutes", "start", "end")

_DEVICE_NAMES = {
    "blood_pressure": "Blood pressure monitor",
    "glucometer": "Glucose meter",
    "heart_rate": "Heart rate sensor",
    "generic": "Device",
}


@dataclass(frozen=True, slots=True)
class Silence:
    """A device with which nobody could have measured. ``faults``: "unheard", "battery", "clock"."""

    device_kind: str
    last_seen_at: datetime | None
    battery_percent: int | None
    faults: tuple[str, ...]


def due_id(patient_id: str, item_id: str) -> str:
    """The id of the document of a plan item."""
    return f"{patient_id}|{item_id}"


def occurrence_id(identity: str, due_at: datetime) -> str:
    """The id of an occurrence in the history."""
    return f"{identity}|{in_ms(due_at)}"


def in_ms(moment: datetime) -> int:
    """Milliseconds since 1970, as ids and keys hold them."""
    return round(moment.timestamp() * 1000)


def begin(patient_id: str, item: Document, zone: str, after: datetime) -> Document | None:
    """The document of a new item, waiting for its first occurrence after ``after``; None if there is none."""
    due_at = next_due(item, zone, after)
    if due_at is None:
        return None
    document: Document = {
        "_id": due_id(patient_id, item["id"]), "patient_id": patient_id, "item": item, "condition": None,
        "settled_at": None, "missed_until": None, "outbox": [], "rev": 1,
    }  # fmt: skip
    aim(document, zone, due_at)
    document["next_action_at"] = action_at(document)
    return document


def aim(document: Document, zone: str, due_at: datetime | None) -> None:
    """Let the document wait for the occurrence at ``due_at``; None: for nothing more."""
    document |= {"zone": zone, "step": DUE, "state": WAITING if due_at else OVER, "due_at": due_at}
    document |= _times(document["item"], zone, due_at) if due_at else {"next_due_at": None}


def _times(item: Document, zone: str, due_at: datetime) -> Document:
    return {
        "next_due_at": next_due(item, zone, due_at),
        "opens_at": due_at - timedelta(minutes=item["window_before_minutes"]),
        "missed_at": due_at + timedelta(minutes=item["grace_minutes"]),
    }


def action_at(document: Document) -> datetime | None:
    """When something is to be done about it next; None if nothing is."""
    if document["state"] == WAITING:
        due_at, missed_at = document["due_at"], document["missed_at"]
        step: str = document["step"]
        moment: datetime = {DUE: due_at, REMIND_AGAIN: due_at + (missed_at - due_at) / 2, MISS: missed_at}[step]
        return moment
    return None


class Move:
    """One change of a document, with what is to be told of it."""

    def __init__(self, document: Document, now: datetime) -> None:
        self.before = document
        self.document = deepcopy(document)
        self._now = now

    @property
    def told(self) -> Document | None:
        """The document as it is to be stored once what is in its outbox was told; None if it cannot be so."""
        result = self.result
        if result is None or result["state"] == REMOVED:
            return None
        return settled(result)

    @property
    def result(self) -> Document | None:
        """The document as it is to be stored; None if nothing has changed."""
        if self.document == self.before:
            return None
        document = {**self.document, "rev": self.before["rev"] + 1}
        if document["outbox"] or document["state"] == REMOVED:
            return {**document, "next_action_at": self._now}
        return settled(document)

    # -- asking --------------------------------------------------------------------------------
    def remind(self, step: str, user_ids: Iterable[str]) -> None:
        """Ask for the measurement. ``step``: what follows."""
        self.document["step"] = step
        people = sorted(set(user_ids))
        if not people:
            return
        item, due_at = self.document["item"], self.document["due_at"]
        display, at = display_of(item["code"]), due_at.astimezone(ZoneInfo(self.document["zone"])).strftime("%H:%M")
        again = step == MISS
        was = f"{display} was due at {at} and has not arrived yet." if again else f"{display} is due at {at}."
        key = f"reminder|{self.document['_id']}|{in_ms(due_at)}|{2 if again else 1}"
        data = {
            "key": key, "user_ids": people, "kind": "reminder", "priority": "medium" if again else "low",
            "title": f"{display}: please measure", "text": " ".join(filter(None, [was, item["instructions"]])),
            "link": f"/patients/{self.document['patient_id']}", "patient_id": self.document["patient_id"],
            "about": None,
        }  # fmt: skip
        self._tell("notification_requested", f"notification_requested|{key}", data)

    # -- outcomes ------------------------------------------------------------------------------
    def fulfil(self, observation: Document) -> None:
        """A reading fulfils the current occurrence."""
        self._settle(FULFILLED, observation["effective_at"], observation["_id"])
        self.end_condition(observation["effective_at"])

    def fulfil_late(self, row: Document, observation: Document) -> None:
        """A reading fulfils an occurrence that was recorded as missed."""
        late = row | {"outcome": FULFILLED, "at": observation["effective_at"], "observation_id": observation["_id"]}
        self.document["outbox"].append({"history": late})

    def miss(self) -> None:
        """No reading came in time."""
        missed_at = self.document["missed_at"]
        self.document["missed_until"] = missed_at
        self._settle(MISSED, missed_at, None)

    def _settle(self, outcome: str, at: datetime, observation_id: str | None) -> None:
        document = self.document
        row = {
            "_id": occurrence_id(document["_id"], document["due_at"]), "of": document["_id"],
            "patient_id": document["patient_id"], "item_id": document["item"]["id"],
            "code": document["item"]["code"], "due_at": document["due_at"], "opens_at": document["opens_at"],
            "until": document["missed_at"], "outcome": outcome, "at": at, "observation_id": observation_id,
        }  # fmt: skip
        document["outbox"].append({"history": row})
        document["settled_at"] = document["due_at"]

    def cancel(self) -> None:
        """Nobody waits for the current occurrence any more; one that was not open yet leaves no trace."""
        if self.document["state"] == WAITING and self.document["opens_at"] <= self._now:
            self._settle(CANCELLED, self._now, None)

    def remove(self) -> None:
        """The item is gone from the plan."""
        self.cancel()
        self.end_condition(self._now)
        self.document["state"] = REMOVED

    def advance(self, zone: str) -> None:
        """Wait for the next occurrence."""
        document = self.document
        due_at = document["next_due_at"]
        if zone != document["zone"]:
            due_at = next_due(document["item"], zone, document["due_at"])
        aim(document, zone, due_at)

    # -- conditions ----------------------------------------------------------------------------
    def raise_condition(self, missed: Document, silence: Silence | None) -> None:
        """Tell that an occurrence was missed. ``missed``: the document as it waited for it."""
        item = missed["item"]
        kind = "device_silent" if silence else MISSED
        known = self.document["condition"]
        if known is not None and known["kind"] != kind:
            self.end_condition(missed["missed_at"])
        self.document["condition"] = {"kind": kind, "due_at": missed["due_at"], "opens_at": missed["opens_at"]}
        key = _condition_key(kind, missed["_id"])
        title, detail = _words(missed, silence)
        data = {
            "key": key, "patient_id": missed["patient_id"], "kind": kind, "code": item["code"],
            "priority": "medium", "title": title, "detail": detail, "value": None, "unit": None,
            "at": format_time(missed["missed_at"]),
        }  # fmt: skip
        self._tell("condition_raised", f"condition_raised|{key}|{in_ms(missed['due_at'])}", data)

    def end_condition(self, at: datetime) -> None:
        """Tell that the condition is over, if there is one."""
        condition = self.document["condition"]
        if condition is None:
            return
        self.document["condition"] = None
        key = _condition_key(condition["kind"], self.document["_id"])
        item = self.document["item"]
        data = {
            "key": key, "patient_id": self.document["patient_id"], "kind": condition["kind"],
            "code": item["code"], "priority": "medium", "title": f"{display_of(item['code'])} measured",
            "detail": "The condition is over.", "value": None, "unit": None, "at": format_time(at),
        }  # fmt: skip
        self._tell("condition_ended", f"condition_ended|{key}|{in_ms(condition['due_at'])}", data)

    def _tell(self, type: str, key: str, data: Document) -> None:
        self.document["outbox"].append({"type": type, "key": key, "data": data})

    # -- changes of the plan -------------------------------------------------------------------
    def change_item(self, item: Document, zone: str) -> None:
        """The item was changed; an occurrence that is open goes on if it is still one of the schedule's."""
        document = self.document
        retimed = zone != document["zone"] or any(document["item"][name] != item[name] for name in TIMING)
        due_at = document["due_at"]
        if document["state"] == WAITING and retimed:
            open_still = document["opens_at"] <= self._now
            if not open_still or next_due(item, zone, due_at - timedelta(seconds=1)) != due_at:
                self.cancel()
                due_at = None
        document["item"] = item
        if item["tell"] != PROFESSIONALS:
            self.end_condition(self._now)
        if not retimed:
            return
        if due_at is not None:
            document |= {"zone": zone, **_times(item, zone, due_at)}
            return
        after = max(filter(None, [self._now, document["settled_at"]]))
        aim(document, zone, next_due(item, zone, after))


def settled(document: Document) -> Document:
    """The document with nothing left to tell, waiting for its next action."""
    clean = {name: value for name, value in document.items() if name != "next_action_at"} | {"outbox": []}
    moment = action_at(clean)
    return clean | ({"next_action_at": moment} if moment else {})


def history_rows(documents: Sequence[Document]) -> list[Document]:
    """The rows of history that the outboxes hold."""
    return [entry["history"] for document in documents for entry in document["outbox"] if "history" in entry]


def events(documents: Sequence[Document]) -> list[Document]:
    """The events that the outboxes hold, in order."""
    return [entry for document in documents for entry in document["outbox"] if "key" in entry]


def _condition_key(kind: str, identity: str) -> str:
    return f"{kind}|{identity}"


def is_in_window(document: Document, moment: datetime) -> bool:
    """Whether a reading of that moment fulfils the current occurrence."""
    opens_at: datetime = document["opens_at"]
    return bool(document["state"] == WAITING and opens_at <= moment <= document["missed_at"])


def _words(missed: Document, silence: Silence | None) -> tuple[str, str]:
    display = display_of(missed["item"]["code"])
    place = ZoneInfo(missed["zone"])
    due = f"{missed['due_at'].astimezone(place):%d %b, %H:%M}"
    if silence is None:
        return f"{display} not measured", f"It was due on {due}, and no reading came until the end of the grace time."
    name = _DEVICE_NAMES.get(silence.device_kind, silence.device_kind.replace("_", " ").capitalize())
    reasons = []
    if "unheard" in silence.faults:
        heard = "it has never been heard"
        if silence.last_seen_at is not None:
            heard = f"it was last heard on {silence.last_seen_at.astimezone(place):%d %b, %H:%M}"
        reasons.append(heard)
    if "battery" in silence.faults:
        reasons.append(f"its battery is at {silence.battery_percent} %")
    if "clock" in silence.faults:
        reasons.append("its clock is wrong")
    return f"{name} silent", f"{display} was due on {due} and did not come: {' and '.join(reasons)}."
