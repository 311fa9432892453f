"""Audit: who read and wrote what of whom, in a log that cannot be changed unnoticed."""
