"""Heart rate driver as a plugin."""

from device_drivers import hookimpl
from device_drivers.heart_rate.decoder import HeartRate


@hookimpl
def device_drivers() -> list[HeartRate]:
    """The driver of this folder."""
    return [HeartRate()]
