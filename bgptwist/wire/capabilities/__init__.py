"""The capabilities of an OPEN, one module for each capability code."""
