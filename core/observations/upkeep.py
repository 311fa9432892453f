"""What the worker keeps in step with the observations: the latest values and the rollups.

Both are derived, idempotently, so an event that comes twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from core.database.connection import Document
from core.events.log import Event
from core.observations.model import is_charted
from core.observations.series import FIVE_MINUTES_MS, to_ms
from core.observations.vital_signs import get
from core.plugin_system.hookspecs import EventHandler

if TYPE_CHECKING:
    from core.platform import Platform

ROLLUP_WINDOW_S = 10.0
LATEST_WINDOW_S = 3.0


def upkeep_handlers(platform: Platform) -> list[EventHandler]:
    """The core's own consumers of observations."""

    def keep_latest(events: Sequence[Event]) -> None:
        newest: dict[str, Document] = {}
        for event in events:
            document = event.data["observation"]
            if not is_charted(document):
                continue
            key = f"{document['patient_id']}|{document['code']}"
            if key not in newest or newest[key]["effective_at"] <= document["effective_at"]:
                newest[key] = document
        platform.observations.raise_missing_latest(newest)

    def keep_rollups(events: Sequence[Event]) -> None:
        touched: dict[tuple[str, str], set[int]] = {}
        for event in events:
            document = event.data["observation"]
            patient_id, code = document["patient_id"], document["code"]
            sign = get(code)
            if patient_id is None or (sign is not None and sign.coded):
                continue
            at = event.data.get("effective_ms")
            if at is None:
                at = to_ms(document["effective_at"])
            touched.setdefault((patient_id, code), set()).add(at - at % FIVE_MINUTES_MS)
        now = platform.clock()
        yesterday = to_ms(now - timedelta(days=1))
        for (patient_id, code), slots in touched.items():
            platform.rollups.recompute(patient_id, code, slots)
            if max(slots) >= yesterday:
                keep_sparks(patient_id, code)

    def keep_sparks(patient_id: str, code: str) -> None:
        sign = get(code)
        codes = sign.components if sign and sign.components else (code,)
        now = platform.clock()
        sparks = {name: platform.rollups.hourly_means(patient_id, name, now) for name in codes}
        platform.observations.set_spark(patient_id, code, {name: s for name, s in sparks.items() if s["t"]})

    return [
        EventHandler("core.latest", frozenset({"observation_recorded"}), keep_latest, LATEST_WINDOW_S),
        EventHandler(
            "core.rollups",
            frozenset({"observation_recorded", "observation_updated"}),
            keep_rollups,
            ROLLUP_WINDOW_S,
        ),
    ]
