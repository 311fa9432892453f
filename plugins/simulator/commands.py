"""``pmp simulate`` and ``pmp demo``."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from typing import Annotated

import typer

from core.cli.context import command_settings, fail, opened_platform, plain_errors, print_json
from core.problems import ConfigurationError
from plugins.simulator.client import Refused, Unreachable
from plugins.simulator.live import Abandoned, run_live
from plugins.simulator.load import Plan, report_lines, run_load
from plugins.simulator.memory import remembered
from plugins.simulator.seeding import Demo, Source, bootstrap, seed
from plugins.simulator.service import service_token

simulate_app = typer.Typer(invoke_without_command=True)
demo_app = typer.Typer(invoke_without_command=True)

DEFAULT_SEED = 7
DEFAULT_URL = "http://127.0.0.1:8000"
Url = Annotated[str, typer.Option(help="Address of the site.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same patients.")]


@simulate_app.callback()
def simulate(
    patients: Annotated[int, typer.Option(help="How many patients.", min=1, max=10_000)] = 10,
    rate: Annotated[float, typer.Option(help="Readings per second, all devices together.", min=0.01)] = 5.0,
    url: Url = DEFAULT_URL,
    seconds: Annotated[float | None, typer.Option(help="Stop after so many seconds; else on Ctrl-C.", min=0.1)] = None,
    seed: Seed = DEFAULT_SEED,
    threads: Annotated[int, typer.Option(help="Connections.", min=1, max=256)] = 8,
    token: Annotated[
        str | None,
        typer.Option(envvar="PMP_TOKEN", help="Admin's access token; not needed on the site's own machine."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Let invented patients' devices send real frames to a site."""
    with plain_errors():
        settings = command_settings()
        plan = Plan(url.rstrip("/"), patients, rate, seconds, seed, threads, settings.zone)
        try:
            result = run_load(plan, token or service_token(settings), settings.data_dir)
        except (Refused, Unreachable, ValueError) as error:
            fail(f"{url}: {error}")
    print_json(result) if as_json else typer.echo("\n".join(report_lines(result)))
    if not result["accepted_frames"]:
        fail("no reading was stored")


@demo_app.callback()
def demo(url: Url = DEFAULT_URL, seed: Seed = DEFAULT_SEED) -> None:
    """Fill a site that was started with `pmp up --demo`, and keep its ward alive; `pmp up --demo` runs this."""
    with plain_errors():
        _demo(url.rstrip("/"), seed)


def _demo(url: str, seed_number: int) -> None:
    settings = command_settings()
    if not settings.demo:
        raise ConfigurationError("the demo fills only a site that was started with `pmp up --demo`")
    _wait_for(url)
    memory = remembered(settings.data_dir / "demo.json", url, seed_number)
    ward = Demo(url, memory, settings.zone, typer.echo)
    failed: list[str] = []

    def live(sources: list[Source]) -> None:
        try:
            run_live(ward, sources)
        except Abandoned as error:
            failed.append(str(error))

    threads: list[threading.Thread] = []

    def on_first_values(sources: list[Source]) -> None:
        threads.append(threading.Thread(target=live, args=(sources,), daemon=True))
        threads[-1].start()

    try:
        with opened_platform(settings) as platform:
            token = bootstrap(platform)
            seed(ward, platform, token, on_first_values)
    except (Refused, Unreachable) as error:
        fail(f"demo: {error}")
    threads[0].join()
    fail(f"demo: {failed[0] if failed else 'stopped'}")


def _wait_for(url: str) -> None:
    while True:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):  # noqa: S310
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
