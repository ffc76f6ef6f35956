"""Tests of bgptwist.session."""
