"""Glucometer driver as a plugin."""

from device_drivers import hookimpl
from device_drivers.glucometer.decoder import Glucometer


@hookimpl
def device_drivers() -> list[Glucometer]:
    """The driver of this folder."""
    return [Glucometer()]
