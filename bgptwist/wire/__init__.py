"""Octets to values and back: pure Python on the standard library alone, without input or output."""
