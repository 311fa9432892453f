"""A measurement plan in real browsers: the patient does what is due, and the nurse sees it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from core.cli.context import opened_platform
from core.observations.vital_signs import HEART_RATE
from core.settings import load_settings
from plugins.measurement_plans.handlers import PlanKeeper
from plugins.measurement_plans.store import PlanStore
from tests.e2e.conftest import WAIT_MS, Open, Ward
from tests.e2e.test_journeys import picture

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def plan_what_is_open_now(ward: Ward) -> None:
    """Heart rate, due half an hour from now and open since half an hour ago."""
    now = datetime.now(UTC)
    due_at = now + timedelta(minutes=30)
    item = {
        "id": "pulse", "code": HEART_RATE, "window_before_minutes": 60, "grace_minutes": 60, "instructions": "",
        "schedule": {"kind": "times_of_day", "times": [f"{due_at:%H:%M}"], "weekdays": None}, "enabled": True,
        "start": f"{now:%Y-%m-%d}", "end": None, "tell": "professionals",
    }  # fmt: skip
    with opened_platform(load_settings(environ={}, data_dir=ward.site.data_dir)) as platform:
        store, patient_id = PlanStore(platform.database), ward.patients["alice"]
        assert store.set_plan(patient_id, [item], {"id": "u", "name": "Dana"}, now, None)
        PlanKeeper(platform, store).sync(patient_id)


def test_what_is_due_is_done_by_entering_a_reading_while_the_nurse_watches(ward: Ward, open_as: Open) -> None:
    plan_what_is_open_now(ward)
    nurse = open_as("bob")
    nurse.goto(f"{ward.site.url}/patients/{ward.patients['alice']}#plan")
    today = nurse.get_by_role("region", name="What is due today, by time")
    expect(today.get_by_text("Due now")).to_be_visible(timeout=WAIT_MS)
    phone = open_as("alice", width=390, height=844)
    expect(phone.get_by_role("list", name="Now").get_by_role("heading", name="Heart rate")).to_be_visible()
    picture(phone, "plan-home-390")
    phone.get_by_role("link", name="Enter my heart rate").click()
    phone.get_by_role("textbox").or_(phone.get_by_role("spinbutton")).first.fill("71")
    phone.get_by_role("button", name="Check").click()
    phone.get_by_role("button", name="Save measurement").click()
    expect(phone.get_by_text("This is in your range.")).to_be_visible()
    phone.goto(f"{ward.site.url}/home")
    done = phone.get_by_role("list", name="Done")
    expect(done.get_by_text("Heart rate")).to_be_visible(timeout=WAIT_MS)
    expect(phone.get_by_role("list", name="Now")).to_have_count(0)
    # Without being touched.
    expect(today.get_by_text("Measured", exact=True)).to_be_visible(timeout=WAIT_MS)
    expect(nurse.get_by_text(re.compile("every day, 1 hour of grace"))).to_be_visible()
    picture(nurse, "plan-tab-1440")
