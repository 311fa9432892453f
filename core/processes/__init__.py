"""Processes: web, worker, and the supervisor that keeps them and the embedded database running."""
