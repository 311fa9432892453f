"""Observations: the vital-sign table, units, plausibility, storage, series and rollups."""
