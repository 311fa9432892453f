"""The minimal core: app factory, settings, database, plugins, ingest, events, access and audit."""
