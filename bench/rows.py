"""A measured figure beside its budget, and how a run is printed and kept."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. ``limit`` None: for comparison only. ``sense``: which side of the limit is good."""

    group: str
    name: str
    value: float
    unit: str
    limit: float | None = None
    sense: Literal["at most", "at least"] = "at most"
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the budget is met; None where there is none."""
        if self.limit is None:
            return None
        return self.value <= self.limit if self.sense == "at most" else self.value >= self.limit


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie. Raises ValueError if there are none."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def table(rows: Sequence[Row]) -> str:
    """The rows as text, budgets that are missed marked."""
    lines = []
    group = None
    for row in rows:
        if row.group != group:
            group = row.group
            lines += ["", group]
        budget = "" if row.limit is None else f"{'≤' if row.sense == 'at most' else '≥'} {row.limit:g} {row.unit}"
        verdict = {None: "", True: "ok", False: "MISSED"}[row.met]
        lines.append(f"  {row.name:58} {row.value:>10.4g} {row.unit:9} {budget:18} {verdict:7} {row.note}".rstrip())
    return "\n".join(lines)


def keep(rows: Sequence[Row], failures: Sequence[str], quick: bool) -> Path:
    """Write the run to ``bench/results/latest.json``."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "latest.json"
    content = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_average": os.getloadavg(),
        "rows": [{**asdict(row), "met": row.met} for row in rows],
        "not_measured": list(failures),
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False))
    return path
