"""Jobs: work that must happen once, even if the process that started it is killed."""
