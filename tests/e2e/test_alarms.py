"""An alarm reaches a nurse who is elsewhere in the portal, and one acknowledgement reaches everybody."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.plugin_system.hookspecs import Message
from device_drivers.thermometer.encoder import temperature_frame
from plugins.notifications.rules import public_text
from plugins.notifications.web_push import payload_of
from tests.e2e.conftest import WAIT_MS, Open, Ward
from tests.e2e.test_journeys import picture

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

#: The browser's own sound, with a list kept of what was made and started.
HEAR = """
  const Real = window.AudioContext;
  window.heard = { contexts: [], loops: [] };
  window.AudioContext = class extends Real {
    constructor(...given) { super(...given); window.heard.contexts.push(this); }
    createBufferSource() {
      const source = super.createBufferSource();
      window.heard.loops.push(source);
      source.addEventListener('ended', () => window.heard.loops.splice(window.heard.loops.indexOf(source), 1));
      return source;
    }
  };
"""
LOUDNESS = """async () => {
  const [context] = window.heard.contexts;
  const before = context.currentTime;
  await new Promise((resolve) => setTimeout(resolve, 200));
  const sources = window.heard.loops;
  return {
    state: context.state, moves: context.currentTime > before, sources: sources.length,
    loops: sources.every((source) => source.loop), seconds: sources.map((source) => source.buffer.duration),
    peak: sources.reduce((most, { buffer }) => buffer.getChannelData(0).reduce((a, b) => Math.max(a, b), most), 0),
  };
}"""


def make_urgent_above(page: Page, patient_id: str, celsius: float) -> None:
    """Let a fever beyond ``celsius`` be of high priority."""
    status = page.evaluate(
        """async ([patient, limit]) => {
          const { csrf_token } = await (await fetch('/api/v1/auth/me')).json();
          const rule = { code: '8310-5', low: 35, high: 39, critical_low: null, critical_high: limit };
          const answer = await fetch(`/api/v1/patients/${patient}/alert-rules`, {
            method: 'PUT',
            headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf_token },
            body: JSON.stringify({ rules: [rule] }),
          });
          return answer.status;
        }""",
        [patient_id, celsius],
    )
    assert status == 200


def deliver_push(page: Page, origin: str, payload: bytes) -> None:
    """Hand a decrypted push to the page's service worker, as the browser does when its push service calls."""
    session = page.context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    page.evaluate("async () => { await navigator.serviceWorker.ready }")
    page.wait_for_timeout(100)
    (registration,) = [row for row in registrations if row["scopeURL"] == f"{origin}/" and not row["isDeleted"]][:1]
    session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registration["registrationId"], "data": payload.decode()},
    )


def shown_notifications(page: Page) -> Any:
    return page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.ready;
          for (let round = 0; round < 100; round += 1) {
            const shown = await registration.getNotifications();
            if (shown.length) return shown.map(({ title, body, tag, requireInteraction, data }) =>
              ({ title, body, tag, requireInteraction, data }));
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
          return [];
        }"""
    )


def test_a_high_alarm_calls_a_nurse_on_another_page_until_one_acknowledgement(ward: Ward, open_as: Open) -> None:
    nurse, doctor = open_as("bob", script=HEAR), open_as("dana")
    nurse.goto(f"{ward.site.url}/devices")
    expect(nurse.get_by_role("heading", name="Devices")).to_be_visible(timeout=WAIT_MS)
    nurse.get_by_role("heading", name="Devices").click()
    doctor.goto(f"{ward.site.url}/alerts")
    make_urgent_above(nurse, ward.patients["alice"], 41)
    ward.send("alice", "crisis", temperature_frame(41.5))

    bar = nurse.get_by_role("region", name="Alerts that wait")
    expect(bar).to_have_attribute("data-sound", "sounding", timeout=WAIT_MS)
    expect(bar).to_have_attribute("data-sound-priority", "high")
    assert nurse.evaluate(LOUDNESS) == {
        "state": "running", "moves": True, "sources": 1, "loops": True, "seconds": [8],
        "peak": pytest.approx(0.7, abs=0.3),
    }  # fmt: skip
    toast = nurse.get_by_role("region", name="Body temperature above range")
    expect(toast).to_contain_text("Alice Berger")
    expect(toast).to_contain_text("High priority")
    expect(nurse.get_by_role("navigation").get_by_text("1 open alert")).to_have_count(1)
    expect(nurse).to_have_title(re.compile(r"^\(1\) "))
    picture(nurse, "alarm-1440")

    # A pause is seen, and ends the sound.
    bar.get_by_role("button", name="Pause sound").click()
    expect(bar).to_have_attribute("data-sound", "paused")
    expect(bar.get_by_role("timer")).to_contain_text(re.compile(r"Sound paused, (2:00|1:5\d)"))
    bar.get_by_role("button", name="Sound on").click()
    expect(bar).to_have_attribute("data-sound", "sounding")

    alert = nurse.evaluate("async () => (await (await fetch('/api/v1/alerts?status=open')).json()).items[0]")
    link = f"/alerts/{alert['id']}"
    words = public_text("alert", "high", "A. B.")
    message = Message("ab" * 16, "alert", "high", words.title, words.text, link, datetime.now(UTC))
    deliver_push(nurse, ward.site.url, payload_of(message))
    assert shown_notifications(nurse) == [
        {
            "title": "Alert, high priority: A. B.",
            "body": "Sign in to see what it is about.",
            "tag": link,
            "requireInteraction": True,
            "data": {"id": "ab" * 16, "link": link},
        }
    ]
    assert "Alice" not in json.dumps(shown_notifications(nurse))

    nurse.keyboard.press("F8")
    expect(nurse).to_have_url(re.compile(f"{link}$"))
    expect(nurse.get_by_role("heading", name="Body temperature above range", level=1)).to_be_visible()
    expect(nurse.get_by_role("region", name="Who was told")).to_be_visible()
    picture(nurse, "alert-page-1440")
    nurse.keyboard.press("a")
    nurse.get_by_label("Note (optional)").fill("at the bedside")
    nurse.keyboard.press("Enter")
    expect(nurse.get_by_text("at the bedside")).to_be_visible(timeout=WAIT_MS)
    expect(bar).to_have_count(0)
    assert nurse.evaluate(LOUDNESS)["sources"] == 0
    expect(nurse).not_to_have_title(re.compile(r"^\("))
    expect(doctor.get_by_text(re.compile("Acknowledged · Bob Lind")).first).to_be_visible(timeout=WAIT_MS)


def test_of_two_tabs_one_makes_the_sound_and_the_other_takes_over(ward: Ward, open_as: Open) -> None:
    first = open_as("bob")
    first.goto(f"{ward.site.url}/devices")
    second = first.context.new_page()
    second.goto(f"{ward.site.url}/patients")
    ward.send("charlie", "crisis", temperature_frame(41.6))
    bars = [page.get_by_role("region", name="Alerts that wait") for page in (first, second)]
    for bar in bars:
        # Whether a browser wants a click after the one on the page before is its own matter.
        expect(bar).to_have_attribute("data-sound", re.compile("blocked|sounding|elsewhere"), timeout=WAIT_MS)
        if bar.get_attribute("data-sound") == "blocked":
            bar.get_by_role("button", name="Enable sound").click()
        expect(bar).to_have_attribute("data-sound", re.compile("sounding|elsewhere"), timeout=WAIT_MS)
    states = [bar.get_attribute("data-sound") for bar in bars]
    assert sorted(str(state) for state in states) == ["elsewhere", "sounding"]
    loud = states.index("sounding")
    (first, second)[loud].close()
    expect(bars[1 - loud]).to_have_attribute("data-sound", "sounding", timeout=WAIT_MS)
