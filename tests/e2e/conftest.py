"""A running installation and real browsers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.cli.context import opened_platform
from core.settings import load_settings
from tests.support import PASSWORD, Site, start_site

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
SCREENSHOTS = Path(__file__).parent / "screenshots"
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
#: A loaded machine with two cores; pages are waited for, never slept for.
WAIT_MS = 30_000

PEOPLE = {
    "alice": ("Alice Berger", ["patient"]),
    "bob": ("Bob Lind", ["nurse"]),
    "dana": ("Dana Okafor", ["doctor"]),
    "frank": ("Frank Berger", ["family"]),
    "charlie": ("Charlie Novak", ["patient"]),
    "ada": ("Ada Whitfield", ["admin"]),
    "erik": ("Erik Solheim", ["doctor", "patient"]),
}


class Ward:
    """A site with the cast: patients' ids by user, and devices to send with."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.patients: dict[str, str] = {}
        self._devices: dict[str, tuple[str, str]] = {}
        with opened_platform(load_settings(environ={}, data_dir=site.data_dir)) as platform:
            for username, (name, roles) in PEOPLE.items():
                user = platform.people.add(username=username, name=name, roles=roles, password=PASSWORD)
                if "patient" not in roles:
                    continue
                fields = {"name": name, "birth_date": "1946-02-01", "sex": "unknown", "time_zone": "UTC"}
                patient = platform.patients.add({**fields, "user_id": user.id})
                platform.people.link_patient(user.id, patient.id)
                self.patients[username] = patient.id
                device, key = platform.devices.add(
                    driver="thermometer", kind="thermometer", name="Thermometer", patient_id=patient.id
                )
                self._devices[username] = (device.id, key)

    def send(self, username: str, name: str, payload: bytes) -> None:
        """Send a frame of the person's thermometer."""
        device, key = self._devices[username]
        body = {"frames": [{"id": name, "payload": payload.hex()}]}
        status, answer = self.site.call("POST", f"/devices/{device}/frames", key, body)
        assert status == 200, answer
        assert answer["accepted"] == [name]


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    site = start_site(tmp_path_factory.mktemp("site") / "data")
    try:
        yield Ward(site)
    finally:
        site.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture
def open_as(ward: Ward, browser: Browser) -> Iterator[Open]:
    """Opens a browser of its own, with a script of the test's if given, and signs a person in."""
    contexts = []

    def open_as(
        username: str, width: int = 1440, height: int = 900, scheme: str = "light", script: str | None = None
    ) -> Page:
        context = browser.new_context(
            permissions=["notifications"],
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        contexts.append(context)
        if script is not None:
            context.add_init_script(script)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.goto(f"{ward.site.url}/sign-in")
        page.get_by_label("User name").fill(username)
        page.get_by_role("textbox", name="Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        expect(page.locator("main")).to_be_visible(timeout=WAIT_MS)
        return page

    yield open_as
    for context in contexts:
        context.close()
