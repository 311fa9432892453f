"""Pulse oximeter driver as a plugin."""

from device_drivers import hookimpl
from device_drivers.pulse_oximeter.decoder import PulseOximeter


@hookimpl
def device_drivers() -> list[PulseOximeter]:
    """The driver of this folder."""
    return [PulseOximeter()]
