"""The budgets, measured: ``python -m bench``. Not a test: it reports, and fails only where it cannot measure."""
