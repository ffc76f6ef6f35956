"""Tests of bgptwist.rib."""
