"""Plugins: hook specifications, discovery and quarantine."""
