"""Patients: who they are, and their care team."""
