"""The living part of the demo: each device measures again and again, until told to stop."""

from __future__ import annotations

import heapq
import os
import time
from collections.abc import Sequence
from datetime import timedelta

from core.platform import utc_now
from plugins.simulator.client import Api, Refused, Unreachable
from plugins.simulator.frames import frame_of
from plugins.simulator.schedule import fraction, live_pause_s
from plugins.simulator.seeding import Demo, Source
from plugins.simulator.ward import values_at

_REMEMBER_EVERY = timedelta(seconds=30)


class Abandoned(Exception):
    """The site does not know our devices any more, or nobody supervises us."""


def run_live(demo: Demo, sources: Sequence[Source]) -> None:
    """Send for ever. Raises Abandoned when the site refuses every device or our supervisor is gone."""
    api = Api(demo.url)
    parent = os.getppid()
    began = time.monotonic()
    due: list[tuple[float, int, int]] = []
    for index, source in enumerate(sources):
        first = source.patient.routine_of(source.driver).live_s[0] * fraction(source.key, "first")
        due.append((began + first, index, 0))
    heapq.heapify(due)
    refused = 0
    while True:
        at, index, turn = heapq.heappop(due)
        time.sleep(max(0.0, at - time.monotonic()))
        if os.getppid() != parent:
            raise Abandoned("the process that started the demo has gone")
        source = sources[index]
        refused = 0 if _measure(api, demo, source) else refused + 1
        if refused > 2 * len(sources):
            raise Abandoned("the site refuses all of the demo's devices")
        pause = live_pause_s(source.key, source.patient.routine_of(source.driver), turn)
        heapq.heappush(due, (max(at + pause, time.monotonic()), index, turn + 1))


def _measure(api: Api, demo: Demo, source: Source) -> bool:
    """Measure and send once; whether the site took it. Waits while the site is away."""
    now = utc_now()
    values = values_at(source.patient, demo.memory.seed, demo.anchor, now, demo.zone)
    if not values:
        return True
    frame = frame_of(source.driver, values, now, demo.zone)
    while True:
        try:
            api.post_frames(source.device.id, source.device.key, [frame])
        except Unreachable:
            time.sleep(1)
        except Refused:
            # Somebody disabled the device or gave it another key: theirs to try out.
            return False
        else:
            break
    if demo.memory.sent_until is None or now - demo.memory.sent_until > _REMEMBER_EVERY:
        demo.memory.sent_until = now
        demo.memory.save()
    return True
