"""Prefixes: octets, words, JSON."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.values.prefix import FORMS, masked


class PrefixTests(SynchronousTestCase):
    def test_json_becomes_words(self) -> None:
        self.assertEqual(FORMS[1].restore({"nlri": "10.0.0.0/24"}), "10.0.0.0/24")
        self.assertEqual(FORMS[1].restore("198.51.100.7"), "198.51.100.7/32")
        self.assertEqual(FORMS[2].restore({"nlri": "2001:DB8::/32"}), "2001:db8::/32")

    def test_other_json_is_misspelt(self) -> None:
        for tree in ({}, [], None, 1, {"nlri": 1}, {"nlri": None}, {"nlri": "10.0.0.1/24"}, {"nlri": "10.0.0.0/33"}):
            self.assertRaises(Misspelt, FORMS[1].restore, tree)

    def test_bits_beyond_the_length_are_masked(self) -> None:
        for octets, kept in (("190a0000ff", "190a000080"), ("180a0000", "180a0000"), ("00", "00"), ("01ff", "0180")):
            self.assertEqual(masked(bytes.fromhex(octets)).hex(), kept)
