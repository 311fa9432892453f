"""The reading in a real browser: Chromium shows a patient's page; when does a new value appear in it?"""

from __future__ import annotations

import json
import shutil
import threading
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.load_client import Load
from bench.rows import Row, percentile
from bench.site import PASSWORD, Device, Site
from device_drivers.thermometer.encoder import temperature_frame

PORTAL = Path(__file__).parent.parent / "core" / "web" / "static" / "index.html"

#: Notes, at the frame after each change of the page, which texts of the form "36.7" became visible.
_OBSERVE = """
() => {
  window.__seen = [];
  const look = () => requestAnimationFrame(() => {
    const found = document.body.innerText.match(/\\b3[678]\\.\\d\\b/g) || [];
    window.__seen.push([performance.timeOrigin + performance.now(), found]);
  });
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true, characterData: true});
}
"""

#: The first readings find the page and the browser cold.
_WARM_UP = 3


class NotMeasured(RuntimeError):
    """A part that this machine lacks something for. ``rows``: what was measured nevertheless."""

    rows: Sequence[Row] = ()


def measure_page(site: Site, group: str, load_plan: dict[str, Any], probes: int) -> list[Row]:
    """Temperatures posted one by one while 100 other readings a second arrive."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None or not PORTAL.exists():
        missing = "a Chromium" if program is None else "the built portal (make portal)"
        raise NotMeasured(f"in a real page: {missing} is missing")
    from playwright.sync_api import sync_playwright

    device = site.devices["thermometer"][0]
    _post(site, device, 36.0)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        try:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{site.url}/")
            answer = context.request.post(
                f"{site.url}/api/v1/auth/login", data={"username": "bob", "password": PASSWORD}
            )
            if not answer.ok:
                raise RuntimeError(f"sign-in failed: {answer.status}")
            page.goto(f"{site.url}/patients/{device.patient_id}")
            page.get_by_text("36.0").first.wait_for(timeout=20_000)
            page.evaluate(_OBSERVE)
            background = threading.Thread(
                target=lambda: Load({**load_plan, "seconds": (probes + _WARM_UP) * 0.3 + 3}).result(), daemon=True
            )
            background.start()
            time.sleep(1)
            sent: list[tuple[str, float]] = []
            for number in range(probes + _WARM_UP):
                value = 36.1 + (number % 28) / 10
                sent.append((f"{value:.1f}", time.time() * 1000))
                _post(site, device, value)
                page.wait_for_timeout(300)
            background.join()
            page.wait_for_timeout(1000)
            seen: list[tuple[float, list[str]]] = page.evaluate("() => window.__seen")
        finally:
            browser.close()
    delays = []
    for text, at in sent[_WARM_UP:]:
        first = next((moment for moment, texts in seen if moment >= at and text in texts), None)
        if first is None:
            raise RuntimeError(f"{text} never appeared in the page")
        delays.append(first - at)
    return [
        Row(group, "in Chromium's page, p50", percentile(delays, 0.5), "ms"),
        Row(group, f"in Chromium's page, p99 of {probes}", percentile(delays, 0.99), "ms", 150.0),
    ]


def _post(site: Site, device: Device, celsius: float) -> None:
    frame = {"id": f"t{time.monotonic_ns()}", "payload": temperature_frame(celsius).hex(), "characteristic": "2A1C"}
    request = urllib.request.Request(  # noqa: S310
        f"{site.url}/api/v1/devices/{device.id}/frames",
        json.dumps({"frames": [frame]}).encode(),
        {"Authorization": f"Bearer {device.key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        return
