"""Built-in plugins. They reach each other only by events and hooks."""
