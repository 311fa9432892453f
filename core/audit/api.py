"""Routes of the audit log: for admins, and for patients about their own record."""

from __future__ import annotations

from typing import Any

from flask import Response, g
from pydantic import Field

from core.access.permission import ANY_SIGNED_IN, Permission
from core.database.connection import Document
from core.http import ApiBlueprint, ApiModel, Id, QueryModel, Timestamp, answer, format_time
from core.platform import Platform


class Actor(ApiModel):
    """Who did it."""

    type: str
    id: str
    name: str


class AuditEntryOut(ApiModel):
    """One access."""

    id: str
    at: Timestamp
    actor: Actor
    roles: list[str]
    relation: str | None
    action: str
    object: str
    patient_id: str | None
    outcome: str
    rule: str | None
    from_: str | None = Field(alias="from")
    detail: dict[str, Any]


class AuditList(ApiModel):
    """A page of the log, newest first."""

    items: list[AuditEntryOut]
    next: str | None


class AuditQuery(QueryModel):
    """Which entries to list."""

    patient_id: Id | None = None
    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(None, pattern=r"^[0-9]{1,15}$")


class OwnLogQuery(QueryModel):
    """Paging of one's own access log."""

    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(None, pattern=r"^[0-9]{1,15}$")


def entry_json(row: Document) -> dict[str, Any]:
    """A stored entry as AuditEntryOut."""
    body = {name: row[name] for name in ("actor", "roles", "relation", "action", "object", "patient_id")}
    body |= {"id": str(row["_id"]), "at": format_time(row["at"]), "outcome": row["outcome"]}
    return body | {"rule": row["rule"], "from": row["from"], "detail": row["detail"]}


def blueprint(platform: Platform) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("audit", __name__, tag="oversight")

    def page(patient_id: str | None, limit: int, cursor: str | None) -> Response:
        platform.audit.flush()
        rows = platform.audit.newest(patient_id, int(cursor) if cursor else None, limit + 1)
        following = str(rows[limit - 1]["_id"]) if len(rows) > limit else None
        return answer({"items": [entry_json(row) for row in rows[:limit]], "next": following})

    @api.read("/audit", Permission("audit", "read", audit=True), answers={200: AuditList})
    def audit(query: AuditQuery) -> Response:
        """Who did what, newest first."""
        return page(query.patient_id, query.limit, query.cursor)

    @api.read("/me/access-log", ANY_SIGNED_IN, answers={200: AuditList})
    def access_log(query: OwnLogQuery) -> Response:
        """Who looked at the caller's own record, newest first; empty for who has none."""
        if g.principal.patient_id is None:
            return answer({"items": [], "next": None})
        return page(g.principal.patient_id, query.limit, query.cursor)

    return api
