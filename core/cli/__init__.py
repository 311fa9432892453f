"""The command line: ``pmp``."""
