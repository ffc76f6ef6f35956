"""Tests of bgptwist.wire.families."""
