"""Tests of bgptwist.wire.capabilities."""
