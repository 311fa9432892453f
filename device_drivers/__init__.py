"""Device drivers: what a vendor imports, the IEEE 11073 floats, the conformance kit, one folder per device type."""

from core.devices.driver import CapturedFrame as CapturedFrame
from core.devices.driver import Component as Component
from core.devices.driver import DecodeError as DecodeError
from core.devices.driver import DeviceDriver as DeviceDriver
from core.devices.driver import DriverManifest as DriverManifest
from core.devices.driver import Frame as Frame
from core.devices.driver import Reading as Reading
from core.plugin_system.markers import hookimpl as hookimpl
