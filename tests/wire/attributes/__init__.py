"""Tests of bgptwist.wire.attributes."""
