"""The devices of a patient, as the database has them."""

from __future__ import annotations

from datetime import UTC, datetime

from core.platform import Platform
from tests.support import Cast


def test_a_patients_devices_of_now_with_when_they_were_heard(platform: Platform, cast: Cast) -> None:
    kept, gone = (
        platform.devices.add(driver="thermometer", kind="thermometer", name=name, patient_id=cast.alice.id)[0]
        for name in ("kept", "gone")
    )
    platform.devices.assign(gone.id, cast.charlie.id)
    heard = datetime(2026, 2, 2, 8, tzinfo=UTC)
    platform.devices.note_seen(kept.id, heard, 70)
    platform.devices.flush_seen()
    (device,) = platform.devices.held_now([cast.alice.id])[cast.alice.id]
    assert (device.id, device.last_seen_at, device.battery_percent) == (kept.id, heard, 70)
    both = platform.devices.held_now([cast.charlie.id, cast.alice.id, "nobody"])
    assert {patient_id: [device.id for device in held] for patient_id, held in both.items()} == {
        cast.charlie.id: [gone.id],
        cast.alice.id: [kept.id],
    }
    assert platform.devices.held_now(["nobody"]) == {}
