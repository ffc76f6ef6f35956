"""Tests of bgptwist.health."""
