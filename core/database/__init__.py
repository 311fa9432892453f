"""The database: connection, the embedded server as a child process, indexes and migrations."""
