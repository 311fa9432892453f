"""Every page of every role: no violation that axe finds, on a desk and on a phone, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from device_drivers.thermometer.encoder import temperature_frame
from tests.e2e.conftest import WAIT_MS, Open, Ward
from tests.e2e.test_journeys import picture

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = {
    "bob": ["/board", "/patients", "/patients/{alice}", "/alerts", "/on-call", "/alarm-burden", "/devices", "/account"],
    "alice": ["/home", "/measure", "/my-charts", "/my-care", "/account?tab=notifications"],
    "frank": ["/family"],
    "ada": [
        "/admin/people", "/patients", "/on-call", "/on-call/new", "/admin/escalation",
        "/devices", "/admin/drivers", "/admin/plugins", "/admin/plan-templates", "/admin/policy",
        "/admin/audit", "/admin/failed-deliveries", "/admin/system", "/account?tab=notifications",
    ],
}  # fmt: skip

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page."""
    page.evaluate(AXE.read_text())
    result: dict[str, Any] = page.evaluate("async () => await axe.run(document)")
    return [
        f"{item['id']}: {item['help']}: {[node['html'][:160] for node in item['nodes'][:3]]}"
        for item in result["violations"]
    ]


def settle(page: Page) -> None:
    """Wait until what the page loads is there."""
    expect(page.locator("main")).to_be_visible(timeout=WAIT_MS)
    page.wait_for_function(
        "() => !document.querySelector('[aria-busy=\"true\"], .mantine-Skeleton-root')", timeout=WAIT_MS
    )


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("username", list(PAGES))
def test_axe_finds_nothing(ward: Ward, open_as: Open, username: str, width: int, scheme: str) -> None:
    ward.send("alice", f"{username}-{width}", temperature_frame(39.4))
    page = open_as(username, width=width, height=844 if width == 390 else 900, scheme=scheme)
    found: dict[str, list[str]] = {}
    for path in PAGES[username]:
        page.goto(ward.site.url + path.format(**ward.patients))
        settle(page)
        name = path.strip("/").replace("/", "-").replace("?tab=", "-").replace("{alice}", "alice")
        picture(page, f"{username}-{name}-{width}-{scheme}")
        wrong = violations(page)
        if wrong:
            found[path] = wrong
    assert found == {}


def test_the_sign_in_page_is_accessible(ward: Ward, open_as: Open) -> None:
    page = open_as("bob", width=390, height=844)
    page.context.clear_cookies()
    page.goto(f"{ward.site.url}/sign-in")
    expect(page.get_by_label("User name")).to_be_visible()
    assert violations(page) == []
