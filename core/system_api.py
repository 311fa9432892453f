"""Routes about the system itself: health for machines, state for admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, json
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from core.access.permission import PUBLIC, Permission
from core.http import ApiBlueprint, ApiModel, Timestamp, answer, format_time
from core.platform import Platform
from core.processes.health import readiness
from core.processes.heartbeats import STALE_AFTER

LIVE_PAGES = Gauge("pmp_live_pages", "Open live sockets of this process.")


class ProcessOut(ApiModel):
    """A process that was heard of lately."""

    kind: str
    id: str
    host: str
    started_at: Timestamp
    heartbeat_at: Timestamp
    version: str
    alive: bool


class DatabaseOut(ApiModel):
    """The database and whether it answers."""

    kind: str
    ok: bool


class JobCounts(ApiModel):
    """How many jobs wait, run, and were given up."""

    queued: int
    running: int
    failed: int


class Notice(ApiModel):
    """Something that an admin should know."""

    id: str
    at: Timestamp
    level: str
    text: str


class SystemOut(ApiModel):
    """The state of the installation."""

    processes: list[ProcessOut]
    database: DatabaseOut
    jobs: JobCounts
    notices: list[Notice]


def blueprint(platform: Platform) -> ApiBlueprint:
    """The admin's view, bound to ``platform``."""
    api = ApiBlueprint("system", __name__, tag="system")

    @api.read("/system", Permission("system", "read"), answers={200: SystemOut})
    def system() -> Response:
        """Processes, database, jobs and notices."""
        now = platform.clock()
        processes = [
            {
                "kind": row["kind"],
                "id": row["_id"],
                "host": row["host"],
                "started_at": format_time(row["started_at"]),
                "heartbeat_at": format_time(row["heartbeat_at"]),
                "version": row["version"],
                "alive": row["heartbeat_at"] >= now - STALE_AFTER,
            }
            for row in platform.heartbeats.all()
        ]
        state = {"kind": platform.database.kind, "ok": platform.database.ping()}
        body = {"processes": processes, "database": state, "jobs": platform.jobs.counts(), "notices": notices(platform)}
        return answer(body)

    return api


def notices(platform: Platform) -> list[dict[str, Any]]:
    """What an admin should know now: refused policy files, quarantined plugins and drivers, silent workers."""
    now = format_time(platform.clock())
    found: list[tuple[str, str, str]] = []
    for name, error in platform.access.policy_errors().items():
        found.append((f"policy:{name}", "error", f"The policy file {name} was refused: {error}"))
    for record in platform.plugins.records.values():
        if record.status == "quarantined":
            found.append((f"plugin:{record.id}", "error", f"The plugin {record.id} is quarantined: {record.error}"))
    for driver in platform.ingest.drivers.records.values():
        if driver.status != "active":
            name = driver.manifest.id
            found.append((f"driver:{name}", "error", f"The driver {name} is quarantined: {driver.error}"))
    if not platform.heartbeats.alive("worker"):
        found.append(("worker", "error", "No worker is running: reminders and catch-up are waiting."))
    return [{"id": key, "at": now, "level": level, "text": text} for key, level, text in found]


def health_blueprint(platform: Platform) -> Blueprint:
    """``/healthz`` (this process runs), ``/readyz`` (it can serve) and ``/metrics``, for machines."""
    health = Blueprint("health", __name__)
    started = platform.clock()
    found = platform.plugins.contributions("health_checks", platform=platform)
    plugins = [(plugin.id, check) for plugin, check in found]
    health.permissions = {f"health.{name}": PUBLIC for name in ("healthz", "readyz", "metrics")}  # type: ignore[attr-defined]

    @health.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @health.get("/readyz")
    def readyz() -> Response:
        ready, checks = readiness(platform, started, plugins)
        body = {"ready": ready, "checks": checks}
        return Response(json.dumps(body), status=200 if ready else 503, mimetype="application/json")

    @health.get("/metrics")
    def metrics() -> Response:
        LIVE_PAGES.set(len(platform.live))
        return Response(generate_latest(), mimetype=CONTENT_TYPE_LATEST)

    return health
