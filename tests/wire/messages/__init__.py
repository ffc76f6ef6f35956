"""Tests of bgptwist.wire.messages."""
