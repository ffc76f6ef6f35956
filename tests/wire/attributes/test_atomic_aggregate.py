"""ATOMIC_AGGREGATE."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import atomic_aggregate
from bgptwist.wire.errors import Malformed
from bgptwist.wire.words import Words


class AtomicAggregateTests(SynchronousTestCase):
    def test_an_octet_is_malformed(self) -> None:
        self.assertRaises(Malformed, atomic_aggregate.decode, b"\0")

    def test_the_next_word_is_left(self) -> None:
        words = Words(["aggregator"])
        atomic_aggregate.read(words)
        self.assertTrue(words.more)
