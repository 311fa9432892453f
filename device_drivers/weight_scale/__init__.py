"""Weight scale driver as a plugin."""

from device_drivers import hookimpl
from device_drivers.weight_scale.decoder import WeightScale


@hookimpl
def device_drivers() -> list[WeightScale]:
    """The driver of this folder."""
    return [WeightScale()]
