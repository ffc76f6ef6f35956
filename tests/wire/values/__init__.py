"""Tests of bgptwist.wire.values."""
