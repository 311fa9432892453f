"""What people see in a real browser, on a real installation."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from device_drivers.thermometer.encoder import temperature_frame
from tests.e2e.conftest import SCREENSHOTS, WAIT_MS, Open, Ward

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_a_fever_appears_on_the_open_board_and_not_on_a_strangers_page(ward: Ward, open_as: Open) -> None:
    nurse, stranger, patient = open_as("bob"), open_as("charlie"), open_as("alice")
    expect(nurse.get_by_text("Alice Berger").first).to_be_visible(timeout=WAIT_MS)
    expect(nurse.get_by_text("Body temperature above range")).to_have_count(0)
    ward.send("alice", "fever", temperature_frame(39.5))
    expect(nurse.get_by_text("Body temperature above range").first).to_be_visible(timeout=WAIT_MS)
    expect(nurse.get_by_text("39.5").first).to_be_visible()
    expect(patient.get_by_text("Your temperature is above your range", exact=False)).to_be_visible(timeout=WAIT_MS)
    # The stranger's own reading comes through, so silence about Alice's is no accident.
    ward.send("charlie", "fine", temperature_frame(36.6))
    expect(stranger.get_by_text("36.6").first).to_be_visible(timeout=WAIT_MS)
    expect(stranger.get_by_text("39.5")).to_have_count(0)
    expect(stranger.get_by_text("Alice", exact=False)).to_have_count(0)
    picture(nurse, "board-1440")
    picture(patient, "patient-home-1440")


def test_a_doctor_who_is_a_patient_sees_both_worlds(open_as: Open) -> None:
    page = open_as("erik")
    expect(page).to_have_url(re.compile("/board$"))
    page.get_by_role("button", name=re.compile("Switch role")).click()
    page.get_by_role("menuitem", name="Patient").click()
    expect(page).to_have_url(re.compile("/home$"))
    expect(page.get_by_role("link", name="Add a measurement").first).to_be_visible()


def test_family_without_consent_sees_nobody(open_as: Open) -> None:
    page = open_as("frank")
    expect(page.get_by_text("Nobody has shared anything with you yet")).to_be_visible()
    expect(page.get_by_text("Alice", exact=False)).to_have_count(0)


def test_a_patient_enters_a_measurement_on_a_phone_and_the_nurse_sees_it(ward: Ward, open_as: Open) -> None:
    nurse = open_as("bob")
    phone = open_as("charlie", width=390, height=844)
    phone.get_by_role("link", name="Add a measurement").first.click()
    phone.get_by_role("button", name=re.compile("Heart rate")).or_(
        phone.get_by_role("link", name=re.compile("Heart rate"))
    ).first.click()
    phone.get_by_role("textbox").or_(phone.get_by_role("spinbutton")).first.fill("77")
    picture(phone, "measure-390")
    phone.get_by_role("button", name="Check").click()
    phone.get_by_role("button", name="Save measurement").click()
    expect(phone.get_by_text("This is in your range.")).to_be_visible()
    nurse.goto(f"{ward.site.url}/patients/{ward.patients['charlie']}")
    expect(nurse.get_by_text("77").first).to_be_visible(timeout=WAIT_MS)


def test_an_ended_session_leads_back_to_sign_in(ward: Ward, open_as: Open) -> None:
    page = open_as("dana")
    ward.site.pmp("user", "disable", "dana")
    expect(page).to_have_url(re.compile("/sign-in"), timeout=WAIT_MS)
    ward.site.pmp("user", "enable", "dana")
