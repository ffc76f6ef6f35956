"""Tests of bgptwist.api."""
