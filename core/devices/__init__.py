"""Devices: the registry, their keys and assignments, and the interface that drivers implement."""
