"""Tests of bgptwist.wire."""
