"""AS4_AGGREGATOR."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import as4_aggregator
from bgptwist.wire.errors import DISCARD, Malformed


class As4AggregatorTests(SynchronousTestCase):
    def test_other_lengths_and_as_0_are_malformed(self) -> None:
        self.assertRaises(Malformed, as4_aggregator.decode, bytes(7))
        self.assertRaises(Malformed, as4_aggregator.decode, bytes(8))

    def test_it_is_not_for_peers_that_know_four_octets(self) -> None:
        self.assertEqual(as4_aggregator.KIND.policy(external=True, asn4=True), DISCARD)
