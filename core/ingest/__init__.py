"""Ingest: frames and manual entries become durable observations, exactly once."""
