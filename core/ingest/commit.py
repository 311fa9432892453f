"""Group commit: readings that arrive together are stored in one durable write.

Each caller waits for its own documents; the first to arrive writes for all who came meanwhile, then
hands over. One writer at a time, so under load the batch grows instead of the queue.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from core.database.connection import Document

MAX_BATCH = 2_000


class _Ticket:
    __slots__ = ("documents", "duplicates", "error", "lead", "signal")

    def __init__(self, documents: list[Document]) -> None:
        self.documents = documents
        self.duplicates: set[str] = set()
        self.error: BaseException | None = None
        self.lead = False
        self.signal = threading.Lock()
        self.signal.acquire()


class GroupCommit:
    """Coalesces concurrent ``submit`` calls into single calls of ``insert``.

    insert: stores documents durably and returns the ids that were there before; may raise.
    committed: called by the writing thread with the documents that are new. It must not block.
    """

    def __init__(
        self,
        insert: Callable[[list[Document]], set[str]],
        committed: Callable[[list[Document]], None],
    ) -> None:
        self._insert = insert
        self._committed = committed
        self._mutex = threading.Lock()
        self._waiting: list[_Ticket] = []
        self._busy = False

    def submit(self, documents: list[Document]) -> set[str]:
        """Store ``documents``; returns the ids that were there before.

        Raises what ``insert`` raised: then nothing of the batch may be taken as stored.
        """
        ticket = _Ticket(documents)
        with self._mutex:
            self._waiting.append(ticket)
            lead = not self._busy
            self._busy = True
        if not lead:
            ticket.signal.acquire()
            lead = ticket.lead
        if lead:
            self._write_a_batch()
        if ticket.error is not None:
            raise ticket.error
        return ticket.duplicates

    def _write_a_batch(self) -> None:
        with self._mutex:
            batch = self._take()
        fresh: list[Document] = []
        try:
            fresh = self._write(batch)
        except BaseException as error:
            for ticket in batch:
                ticket.error = error
        with self._mutex:
            heir = self._waiting[0] if self._waiting else None
            if heir is None:
                self._busy = False
            else:
                heir.lead = True
        try:
            if fresh:
                self._committed(fresh)
        finally:
            for ticket in batch:
                ticket.signal.release()
            if heir is not None:
                heir.signal.release()

    def _take(self) -> list[_Ticket]:
        size = 0
        for index, ticket in enumerate(self._waiting):
            size += len(ticket.documents)
            if size >= MAX_BATCH:
                batch, self._waiting = self._waiting[: index + 1], self._waiting[index + 1 :]
                return batch
        batch, self._waiting = self._waiting, []
        return batch

    def _write(self, batch: list[_Ticket]) -> list[Document]:
        # The same id twice in one batch: the first wins, the other is a duplicate.
        owner: dict[str, _Ticket] = {}
        documents: list[Document] = []
        for ticket in batch:
            for document in ticket.documents:
                identity = document["_id"]
                if identity in owner:
                    ticket.duplicates.add(identity)
                    continue
                owner[identity] = ticket
                documents.append(document)
        present = self._insert(documents) if documents else set()
        for identity in present:
            owner[identity].duplicates.add(identity)
        return [document for document in documents if document["_id"] not in present]
