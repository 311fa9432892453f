"""``python -m bench [--only a,b] [--quick]``."""

from __future__ import annotations

import argparse
import signal
import sys
import traceback
from collections.abc import Callable

from bench.ingest import measure_batch, measure_single
from bench.live import measure_dashboards, measure_visibility
from bench.page import NotMeasured
from bench.plans import measure_plans
from bench.rows import Row, keep, table
from bench.series import measure_series
from bench.site import Site, running_site
from bench.startup import measure_start
from bench.storm import measure_storm

_ON_A_SITE: dict[str, Callable[[Site, bool], list[Row]]] = {
    "a": measure_single,
    "b": measure_batch,
    "c": measure_visibility,
    "d": measure_series,
    "e": measure_dashboards,
    "g": measure_storm,
    "h": measure_plans,
}
_ALONE: dict[str, Callable[[bool], list[Row]]] = {"f": measure_start}


def main() -> int:
    """Measure, print, keep. 1 if something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="The budgets, measured.")
    parser.add_argument("--only", default="a,b,c,d,e,f,g", help="which, by letter: a,b,c,d,e,f,g")
    parser.add_argument("--quick", action="store_true", help="shorter runs and less data: figures are rougher")
    arguments = parser.parse_args()
    wanted = [letter.strip() for letter in arguments.only.split(",") if letter.strip()]
    unknown = set(wanted) - set(_ON_A_SITE) - set(_ALONE)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    # Being told to stop must still take the site down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rows: list[Row] = []
    failures: list[str] = []

    def run(letter: str, measure: Callable[[], list[Row]]) -> None:
        print(f"measuring ({letter}) …", file=sys.stderr, flush=True)
        try:
            found = measure()
        except NotMeasured as error:
            rows.extend(error.rows)
            failures.append(f"({letter}) {error}")
        except Exception as error:
            traceback.print_exc()
            failures.append(f"({letter}) {type(error).__name__}: {error}")
        else:
            rows.extend(found)
            print(table(found), file=sys.stderr, flush=True)

    for letter in wanted:
        if letter in _ALONE:
            run(letter, lambda letter=letter: _ALONE[letter](arguments.quick))  # type: ignore[misc]
            continue
        # A site each: what one measurement stored must not weigh on the next.
        with running_site() as site:
            run(letter, lambda letter=letter, site=site: _ON_A_SITE[letter](site, arguments.quick))  # type: ignore[misc]
    print(table(rows))
    for failure in failures:
        print(f"NOT MEASURED {failure}")
    missed = [row for row in rows if row.met is False]
    print(f"\n{len(missed)} of {sum(row.met is not None for row in rows)} budgets missed.")
    for row in missed:
        print(f"  MISSED {row.group}: {row.name}: {row.value:.4g} {row.unit} ({row.sense} {row.limit:g})")
    print(f"Kept in {keep(rows, failures, arguments.quick)}")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
