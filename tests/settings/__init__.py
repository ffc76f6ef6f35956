"""Tests of bgptwist.settings."""
