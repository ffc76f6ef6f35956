"""Tests of bgptwist.speaker."""
