"""Generic JSON driver as a plugin."""

from device_drivers import hookimpl
from device_drivers.generic_json.decoder import GenericJson


@hookimpl
def device_drivers() -> list[GenericJson]:
    """The driver of this folder."""
    return [GenericJson()]
