"""Extended next hops."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import extended_next_hop
from bgptwist.wire.capabilities.extended_next_hop import ExtendedNextHop
from bgptwist.wire.errors import Malformed


class ExtendedNextHopTests(SynchronousTestCase):
    def test_five_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, extended_next_hop.decode, bytes(5))

    def test_instances_are_merged_without_duplicates(self) -> None:
        found = extended_next_hop.merge(ExtendedNextHop([(1, 1, 2)]), ExtendedNextHop([(1, 1, 2), (1, 2, 2)]))
        self.assertEqual(found.octets(), ExtendedNextHop([(1, 1, 2), (1, 2, 2)]).octets())
