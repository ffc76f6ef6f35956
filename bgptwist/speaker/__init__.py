"""All peers together: their sessions, tables and settings, and the events they publish."""
