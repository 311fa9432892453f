"""People: users, their roles and state."""
