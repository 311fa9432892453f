"""A team gets a rota, its nurse takes cover, and an alert says whom it was told to."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from device_drivers.thermometer.encoder import temperature_frame
from tests.e2e.conftest import WAIT_MS, Open, Ward
from tests.e2e.test_accessibility import settle, violations
from tests.e2e.test_journeys import picture

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]


def _add_shift(page: Page, kind: str, number: int, person: str) -> None:
    page.get_by_role("button", name=kind).click()
    shift = page.get_by_role("group", name=f"Shift {number}", exact=True)
    shift.get_by_role("combobox", name="Add a person").click()
    page.get_by_role("option", name=person).click()
    expect(shift.get_by_role("button", name=f"Remove {person}")).to_be_visible()


def _is_clean(page: Page, name: str) -> None:
    settle(page)
    picture(page, name)
    assert violations(page) == [], name
    width = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{name} is wider than the screen"


def test_an_admin_makes_a_rota_and_the_nurse_takes_cover(ward: Ward, open_as: Open) -> None:
    admin = open_as("ada")
    admin.get_by_role("link", name="On call").click()
    expect(admin.get_by_text("No team yet")).to_be_visible()
    admin.get_by_role("link", name="Add a team").first.click()
    admin.get_by_role("textbox", name="Name").fill("Ward team")
    _add_shift(admin, "Add a nurses' shift", 1, "Bob Lind")
    _add_shift(admin, "Add a doctors' shift", 2, "Dana Okafor")
    admin.get_by_role("group", name="Shift 2", exact=True).get_by_label("End", exact=True).fill("20:00")
    admin.get_by_role("group", name="Shift 2", exact=True).get_by_text("A week each").click()
    _is_clean(admin, "on-call-editor-1440")
    admin.get_by_role("button", name="Save").click()

    now = admin.get_by_role("article", name="Ward team")
    expect(now.get_by_text("Bob Lind")).to_be_visible()
    expect(now.get_by_text("no change in the next 14 days")).to_be_visible()
    expect(admin.get_by_role("button", name=re.compile("^Cover this: Bob Lind")).first).to_be_visible()
    expect(admin.get_by_role("button", name=re.compile("^Cover this: Dana Okafor")).first).to_be_visible()
    expect(admin.get_by_role("button", name=re.compile("^Cover this: Nobody")).first).to_be_visible()
    _is_clean(admin, "on-call-admin-1440")

    nurse = open_as("bob", width=390, height=844, scheme="dark")
    nurse.get_by_role("link", name="On call").click()
    expect(nurse.get_by_role("list", name="Rota of Ward team")).to_be_visible()
    nurse.get_by_role("button", name="Take a shift").click()
    dialog = nurse.get_by_role("dialog", name="Take a shift")
    dialog.get_by_label("Note (optional)").fill("beside myself")
    _is_clean(nurse, "on-call-cover-390-dark")
    dialog.get_by_role("button", name="Take it").click()
    expect(nurse.get_by_text(re.compile("^Bob Lind is on call"))).to_be_visible()
    _is_clean(nurse, "on-call-390-dark")

    admin.reload()
    cover = admin.get_by_role("region", name="Coming cover")
    expect(cover.get_by_text("beside myself")).to_be_visible()
    cover.get_by_role("button", name=re.compile("^Remove the cover of Bob Lind")).click()
    admin.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(cover.get_by_text("Nobody covers for anybody.")).to_be_visible()

    # A high fever: the nurse on call is told, and the alert says who is next.
    ward.send("alice", "fever", temperature_frame(41.5))
    nurse.goto(f"{ward.site.url}/alerts")
    nurse.get_by_role("link", name=re.compile("Body temperature above range")).first.click()
    expect(nurse.get_by_text("Told: Bob Lind")).to_be_visible(timeout=WAIT_MS)
    expect(
        nurse.get_by_role("region", name="Who is told").get_by_text(re.compile(r"told .*: Bob Lind"))
    ).to_be_visible()
    _is_clean(nurse, "alert-told-390-dark")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_ladders_are_read_by_professionals_and_edited_by_admins(
    open_as: Open, ward: Ward, width: int, scheme: str
) -> None:
    nurse = open_as("bob", width=width, height=844, scheme=scheme)
    nurse.goto(f"{ward.site.url}/admin/escalation")
    expect(nurse.get_by_role("article", name="High priority").get_by_text("After 5 minutes")).to_be_visible()
    expect(nurse.get_by_role("button", name="Edit ladders")).to_have_count(0)
    _is_clean(nurse, f"escalation-{width}-{scheme}")

    admin = open_as("ada", width=width, height=844, scheme=scheme)
    admin.goto(f"{ward.site.url}/admin/escalation")
    admin.get_by_role("button", name="Edit ladders").click()
    admin.get_by_role("button", name="Remove step 1 of Low priority").click()
    _is_clean(admin, f"escalation-editor-{width}-{scheme}")
    admin.get_by_role("button", name="Save ladders").click()
    expect(admin.get_by_text(re.compile("Nothing was saved"))).to_be_visible()
    admin.get_by_role("button", name="Discard changes").click()
    expect(admin.get_by_role("article", name="Low priority").get_by_text("Nurse on call")).to_be_visible()
