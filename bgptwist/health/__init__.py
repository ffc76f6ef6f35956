"""Health checks: when a service counts as up or down, and what is announced then."""
