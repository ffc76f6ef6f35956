"""NEXT_HOP."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import next_hop
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.words import Words


class NextHopTests(SynchronousTestCase):
    def test_five_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, next_hop.decode, bytes(5))

    def test_the_grammar_reads_it_not_this_module(self) -> None:
        self.assertRaises(Misspelt, next_hop.read, Words(["10.0.0.9"]))
