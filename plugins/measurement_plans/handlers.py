"""Following plans: readings fulfil what is due, time passing asks for it and calls it missed.

Every change is one conditional write of one document, which also holds what is then to be told
(``occurrence``). Who is killed before telling leaves the document due at once; the next tick tells it. Keys
make what was told twice one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from pymongo.errors import PyMongoError

from core.database.connection import Document
from core.events.log import Event
from core.observations.model import is_charted
from core.plugin_system.hookspecs import EventHandler
from plugins.measurement_plans.evidence import Evidence, has_counted
from plugins.measurement_plans.occurrence import (
    DUE,
    MISS,
    PROFESSIONALS,
    REMIND_AGAIN,
    REMOVED,
    WAITING,
    Move,
    begin,
    due_id,
    events,
    is_in_window,
)
from plugins.measurement_plans.store import PlanStore

if TYPE_CHECKING:
    from core.patients.store import Patient
    from core.platform import Platform

log = structlog.get_logger(__name__)

_BATCH = 500
_MOST_ROUNDS = 20
#: After an outage, this many passed occurrences of an item are settled in one move.
_MOST_PASSED = 100
_UNSYNCED = 50
_POSTPONE = timedelta(minutes=5)


class PlanKeeper:
    """Keeps what is due. Holds nothing in memory: any number of them, in any process, may work at once."""

    def __init__(self, platform: Platform, store: PlanStore) -> None:
        self._platform = platform
        self._store = store

    # -- time passes ---------------------------------------------------------------------------
    def tick(self) -> None:
        """Do what is due now. Reads the documents that are due, and no others."""
        for patient_id in self._store.unsynced(_UNSYNCED):
            self.sync(patient_id)
        for _round in range(_MOST_ROUNDS):
            now = self._platform.clock()
            found = self._store.due(now, _BATCH)
            if not found:
                return
            self._deliver([document for document in found if _has_news(document)])
            moves = self._decided([document for document in found if not _has_news(document)], now)
            if not self._settle_at_once(moves):
                self._store.move([move.result for move in moves if move.result is not None])

    def _decided(self, documents: Sequence[Document], now: datetime) -> list[Move]:
        evidence = Evidence(self._platform, self._store, documents, now)
        moves = []
        for document in documents:
            move = Move(document, now)
            try:
                self._decide(move, evidence, now)
            except PyMongoError:
                raise
            except Exception:
                # One item that cannot be followed must not hold up the others.
                log.exception("plan_item_failed", item=document["_id"])
                self._store.postpone(document, now + _POSTPONE)
                continue
            if move.result is not None:
                moves.append(move)
        return moves

    def _settle_at_once(self, moves: Sequence[Move]) -> bool:
        """Store the moves, their rows of history and what is to be told in one transaction.

        False, and nothing done, if any of it was changed or told before: then each goes its own way.
        """
        told = [(entry["key"], entry["type"], entry["data"]) for entry in events([move.document for move in moves])]
        return self._store.settle(moves, lambda session: self._platform.events.publish_all(told, session=session))

    def _decide(self, move: Move, evidence: Evidence, now: datetime) -> None:
        document = move.document
        patient = evidence.patients.get(document["patient_id"])
        if patient is None:
            move.remove()
            return
        if document["zone"] != patient.time_zone and document["step"] == DUE:
            move.change_item(document["item"], patient.time_zone)
            if document["state"] != WAITING or document["due_at"] > now:
                return
        if document["missed_at"] <= now:
            self._settle_passed(move, patient, evidence, now)
            return
        reading = evidence.reading_for(document)
        mine = [patient.user_id] if patient.user_id else []
        if reading is not None:
            move.fulfil(reading)
            move.advance(patient.time_zone)
        elif now < document["due_at"] + (document["missed_at"] - document["due_at"]) / 2:
            move.remind(REMIND_AGAIN, mine)
        else:
            move.remind(MISS, [*evidence.family(patient.id), *mine])

    def _settle_passed(self, move: Move, patient: Patient, evidence: Evidence, now: datetime) -> None:
        """Settle the occurrences whose time is up. Only the newest raises a condition, if it was missed."""
        missed: Document | None = None
        for _passed in range(_MOST_PASSED):
            document = move.document
            if document["state"] != WAITING or document["missed_at"] > now:
                break
            reading = evidence.reading_for(document)
            if reading is not None:
                move.fulfil(reading)
                missed = None
            else:
                missed = dict(document)
                move.miss()
            move.advance(patient.time_zone)
        if missed is None or missed["item"]["tell"] != PROFESSIONALS:
            return
        if move.document["state"] == WAITING and move.document["missed_at"] <= now:
            # There are more, and the newest of them decides.
            return
        if not evidence.measured_since(missed):
            move.raise_condition(missed, evidence.silence(missed))

    # -- telling -------------------------------------------------------------------------------
    def _deliver(self, documents: Sequence[Document]) -> None:
        """Tell what the outboxes hold, and note that it was told."""
        if not documents:
            return
        self._store.record(documents)
        self._platform.events.publish_all([(entry["key"], entry["type"], entry["data"]) for entry in events(documents)])
        self._store.close_outboxes(documents)

    def _apply(self, identity: str, change: Callable[[Move], None]) -> None:
        """Change one document, reading it again when somebody else has changed it meanwhile, and tell."""
        while (document := self._store.document(identity)) is not None and document["state"] != REMOVED:
            move = Move(document, self._platform.clock())
            change(move)
            result = move.result
            if result is None:
                return
            if self._store.move([result]):
                if _has_news(result):
                    self._deliver([result])
                return

    # -- readings come -------------------------------------------------------------------------
    def observe(self, observations: Sequence[Document]) -> None:
        """Let readings fulfil what they are in time for."""
        charted = sorted(filter(is_charted, observations), key=lambda document: document["effective_at"])
        if not charted:
            return
        due = self._store.of_patients(reading["patient_id"] for reading in charted)
        for reading in charted:
            for document in due.get(reading["patient_id"], ()):
                if document["item"]["code"] == reading["code"]:
                    self._count(document, reading)

    def _count(self, document: Document, reading: Document) -> None:
        # What cannot change the document as it was read a moment ago is told apart without another query.
        at, missed_until, condition = reading["effective_at"], document["missed_until"], document["condition"]
        nothing_open = missed_until is None or at > missed_until
        if nothing_open and condition is None and not is_in_window(document, at) and at <= document["missed_at"]:
            return
        self._apply(document["_id"], lambda move: self._count_in(move, reading))

    def _count_in(self, move: Move, reading: Document) -> None:
        document, at = move.document, reading["effective_at"]
        late = self._missed_at(document, at)
        if late is not None and not has_counted(self._store, document, reading, late["due_at"]):
            move.fulfil_late(late, reading)
        elif is_in_window(document, at) and not has_counted(self._store, document, reading, document["due_at"]):
            patient = self._platform.patients.get(document["patient_id"])
            move.fulfil(reading)
            move.advance(patient.time_zone if patient else document["zone"])
        if document["condition"] is not None and at >= document["condition"]["opens_at"]:
            move.end_condition(at)

    def _missed_at(self, document: Document, at: datetime) -> Document | None:
        """The first missed occurrence in whose window ``at`` lies."""
        if document["missed_until"] is None or at > document["missed_until"]:
            return None
        item = document["item"]
        start = at - timedelta(minutes=item["grace_minutes"])
        end = at + timedelta(minutes=item["window_before_minutes"])
        found = self._store.missed_between(document["_id"], start, end)
        return next((row for row in found if row["opens_at"] <= at <= row["until"]), None)

    # -- the plan changes ----------------------------------------------------------------------
    def sync(self, patient_id: str) -> None:
        """Let what is followed be what the plan says."""
        while True:
            plan, patient = self._store.plan(patient_id), self._platform.patients.get(patient_id)
            if plan is None or patient is None:
                return
            wanted = {due_id(patient_id, item["id"]): item for item in plan["items"] if item["enabled"]}
            for document in self._store.of_patient(patient_id):
                item = wanted.get(document["_id"])
                if document["state"] == REMOVED:
                    self._deliver([document])
                elif item is None or item["code"] != document["item"]["code"]:
                    self._apply(document["_id"], Move.remove)
            for identity, item in wanted.items():
                self._follow(identity, item, patient)
            if self._store.synced(patient_id, plan["revision"]):
                return

    def _follow(self, identity: str, item: Document, patient: Patient) -> None:
        zone = patient.time_zone
        fresh = begin(patient.id, item, zone, self._platform.clock())
        while fresh is None or not self._store.begin(fresh):
            document = self._store.document(identity)
            if document is not None and document["state"] == REMOVED:
                self._deliver([document])
            elif document is not None:
                self._apply(identity, lambda move: move.change_item(item, zone))
                return
            elif fresh is None:
                return


def _has_news(document: Document) -> bool:
    return bool(document["outbox"]) or document["state"] == REMOVED


def reading_handler(platform: Platform, store: PlanStore) -> EventHandler:
    """Readings, as the worker hears of them."""
    keeper = PlanKeeper(platform, store)

    def take(batch: Sequence[Event]) -> None:
        keeper.observe([event.data["observation"] for event in batch])

    return EventHandler("measurement_plans.readings", frozenset({"observation_recorded"}), take, window_s=1.0)
