"""The tables of routes: what was received, and what is owed to whom."""
