"""Tests of bgptwist.tools."""
