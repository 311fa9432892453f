"""Health thermometer driver as a plugin."""

from device_drivers import hookimpl
from device_drivers.thermometer.decoder import Thermometer


@hookimpl
def device_drivers() -> list[Thermometer]:
    """The driver of this folder."""
    return [Thermometer()]
