"""The worker's part: keeps the scores as readings come, and tells alerting when the level of response changes.

A score changes without a reading too: an input goes stale, a doctor orders another scale. So every patient is looked
at again from time to time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.database.connection import Document
from core.events.log import Event
from core.http import format_time
from core.observations.model import is_charted
from core.observations.store import stored_code
from core.plugin_system.hookspecs import DueWork, EventHandler
from plugins.news2.inputs import STORED_CODES, score_of
from plugins.news2.rules import MAX_AGE, Result, in_words
from plugins.news2.store import ScoreStore

if TYPE_CHECKING:
    from core.patients.store import Patient
    from core.platform import Platform

#: Readings that come together are scored once. Each patient costs some queries, whatever the number of readings.
_WINDOW_S = 3.0
_RECHECK_EVERY_S = 60.0
#: A score that stays the same while its inputs are measured anew is kept again at most this often: a monitor measures
#: every second, and a year of such rows would say nothing.
KEEP_EVERY = timedelta(minutes=15)


class ScoreKeeper:
    """Recomputes patients' scores; keeps and tells what changed. What it does twice changes nothing."""

    def __init__(self, platform: Platform, store: ScoreStore) -> None:
        self._platform = platform
        self._store = store

    def handle(self, events: Sequence[Event]) -> None:
        """Score the patients whom new or withdrawn observations concern."""
        recorded: dict[str, list[Document]] = {}
        for event in events:
            document = event.data["observation"]
            if document["patient_id"] is None or document["code"] not in STORED_CODES:
                continue
            fresh = recorded.setdefault(document["patient_id"], [])
            if event.type == "observation_recorded":
                fresh.append(document)
        for patient_id, documents in recorded.items():
            patient = self._platform.patients.get(patient_id)
            if patient is not None:
                self.look_at(patient, self._newest(patient_id, documents))

    def recheck(self) -> None:
        """Score every patient again who was measured."""
        latest_of = self._platform.observations.latest_of_all()
        for patient in self._platform.patients.all():
            documents = latest_of.get(patient.id, [])
            if documents and not self._behind(patient.id, documents):
                self.look_at(patient, documents)

    def _behind(self, patient_id: str, documents: Iterable[Document]) -> bool:
        """Whether the last score knows of newer readings than ``documents``, which are written a moment later."""
        at = {document["code"]: document["effective_at"] for document in documents}
        times = (self._store.last(patient_id) or {"times": {}})["times"]
        return any(stored_code(code) not in at or at[stored_code(code)] < time for code, time in times.items())

    def look_at(self, patient: Patient, documents: Iterable[Document]) -> None:
        """Score one patient by their newest observations."""
        now = self._platform.clock()
        result = score_of(patient, documents, now)
        self._keep(patient.id, result, now)
        self._move_level(patient.id, result, now)

    def _newest(self, patient_id: str, recorded: Iterable[Document]) -> list[Document]:
        """The latest observations, and those recorded that are newer: the process that stored them writes them later.

        These are read again, for one that was withdrawn meanwhile is none.
        """
        latest = self._platform.observations.latest_of(patient_id)
        at = {document["code"]: document["effective_at"] for document in latest}
        newer: dict[str, Document] = {}
        for document in recorded:
            code = document["code"]
            known = newer[code]["effective_at"] if code in newer else at.get(code)
            if is_charted(document) and (known is None or known < document["effective_at"]):
                newer[code] = document
        again = (self._platform.observations.get(document["_id"]) for document in newer.values())
        return latest + [document for document in again if document is not None]

    # -- scores --------------------------------------------------------------------------------
    def _keep(self, patient_id: str, result: Result, now: datetime) -> None:
        last = self._store.last(patient_id)
        if result.score is None and (last is None or last["score"] is None):
            return
        moment = _moment(result, now)
        fields = {
            "score": result.score,
            "scale": result.scale,
            "points": result.points if result.score is not None else {},
            "times": result.times,
            "not_applicable": result.not_applicable,
        }
        if last is not None:
            if all(last[name] == fields[name] for name in ("score", "scale", "points", "not_applicable")):
                withdrawn = any(result.times.get(code, time) < time for code, time in last["times"].items())
                if withdrawn:
                    moment = last["at"]
                elif last["times"] == fields["times"] or moment < last["at"] + KEEP_EVERY:
                    return
            elif moment < last["at"] or (moment == last["at"] and not _betters(result, last)):
                # What was known at the last row's moment stays; it changed only now.
                moment = max(now, last["at"] + timedelta(milliseconds=1))
        self._store.keep(patient_id, moment, fields)

    # -- levels --------------------------------------------------------------------------------
    def _move_level(self, patient_id: str, result: Result, now: datetime) -> None:
        state = self._store.level(patient_id)
        if state is not None and "untold" in state:
            self._tell(state)
        response = result.response
        level = response.level if response is not None and response.priority else None
        before = state["level"] if state else None
        if level == before:
            return
        moment = now if level is None else _moment(result, now)
        since = moment if state is None or before is None else state["since"]
        step = state["step"] + 1 if state else 1
        priority = response.priority if response is not None and level is not None else (state or {}).get("priority")
        fields = {"level": level, "since": since, "priority": priority}
        untold = {
            "type": "condition_raised" if level is not None else "condition_ended",
            "data": {
                "key": f"news2|{patient_id}",
                "patient_id": patient_id,
                "kind": "score",
                "code": None,
                "priority": priority,
                "title": _title(result),
                "detail": in_words(result),
                "value": result.score,
                "unit": None,
                "at": format_time(since if level is not None else moment),
            },
        }
        if self._store.set_level(patient_id, step, fields, untold):
            self._tell({"_id": patient_id, "step": step, "untold": untold})

    def _tell(self, state: Document) -> None:
        event: dict[str, Any] = state["untold"]
        key = f"{event['type']}|{event['data']['key']}|{state['step']}"
        self._platform.events.publish([], event["type"], event["data"], key=key)
        self._store.told(state["_id"], state["step"])

    def tell_untold(self) -> None:
        """Publish changes of level that a crash cut off; the event's key makes it one."""
        for state in self._store.untold():
            self._tell(state)


def _moment(result: Result, now: datetime) -> datetime:
    """When a score came to be: when its newest input was measured or, if later, the first of them went stale."""
    times = result.times
    if not times:
        return now
    moment = max(times.values())
    if result.stale:
        moment = max(moment, min(times[code] + MAX_AGE[code] for code in result.stale))
    return moment


def _betters(result: Result, row: Document) -> bool:
    """Whether a result replaces the row of the same moment: more was learnt of it, and nothing else has changed."""
    unchanged = (row["scale"], row["not_applicable"]) == (result.scale, result.not_applicable)
    return unchanged and result.score is not None


def _title(result: Result) -> str:
    if result.score is None or result.response is None:
        return "NEWS2: no score"
    return f"NEWS2 {result.score}: {result.response.headline}"


def score_handler(platform: Platform, store: ScoreStore) -> EventHandler:
    """The consumer of observations."""
    types = frozenset({"observation_recorded", "observation_updated"})
    return EventHandler("news2.score", types, ScoreKeeper(platform, store).handle, window_s=_WINDOW_S)


def score_work(platform: Platform, store: ScoreStore) -> list[DueWork]:
    """Looking again, and telling of what a crash cut off."""
    keeper = ScoreKeeper(platform, store)
    return [
        DueWork("news2.recheck", _RECHECK_EVERY_S, keeper.recheck),
        DueWork("news2.announce", 5.0, keeper.tell_untold),
    ]
