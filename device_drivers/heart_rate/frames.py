"""Captured frames of heart rate sensors and what they must decode to."""

from core.observations.vital_signs import HEART_RATE
from device_drivers import CapturedFrame, Reading

FRAMES = (
    CapturedFrame("85 per minute", bytes.fromhex("0055"), "2A37", (Reading(HEART_RATE, 85.0, "/min"),)),
    CapturedFrame(
        "72 per minute, 16 bit, with contact, energy and two intervals",
        bytes.fromhex("1F48000A00550356 03".replace(" ", "")),
        "2A37",
        (Reading(HEART_RATE, 72.0, "/min", meta={"rr_s": [0.833, 0.834]}),),
    ),
    CapturedFrame(
        "contact lost",
        bytes.fromhex("0448"),
        "2A37",
        (Reading(HEART_RATE, 72.0, "/min", flags=("no_contact", "questionable")),),
    ),
    CapturedFrame("cut off within the interval", bytes.fromhex("170101"), "2A37"),
    CapturedFrame("empty", b"", "2A37"),
)
