"""Tests of bgptwist.net."""
