"""Blood pressure driver as a plugin."""

from device_drivers import hookimpl
from device_drivers.blood_pressure.decoder import BloodPressure


@hookimpl
def device_drivers() -> list[BloodPressure]:
    """The driver of this folder."""
    return [BloodPressure()]
