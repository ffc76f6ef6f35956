"""Tests of bgptwist.grammar."""
