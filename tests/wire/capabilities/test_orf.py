"""Outbound route filtering."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import orf
from bgptwist.wire.errors import Malformed


class OutboundRouteFilteringTests(SynchronousTestCase):
    def test_what_is_cut_is_malformed(self) -> None:
        for hexadecimal in ("0001", "00010001", "0001000102", "000100010140"):
            self.assertRaises(Malformed, orf.decode, bytes.fromhex(hexadecimal))

    def test_many_families_are_several_instances(self) -> None:
        value = orf.OutboundRouteFiltering([(1, safi, [(64, 3)]) for safi in range(40)])
        self.assertEqual([len(octets) for octets in value.instances()], [252, 28])
        found = orf.merge(*map(orf.decode, value.instances()))
        self.assertEqual(found.octets(), value.octets())

    def test_instances_are_merged(self) -> None:
        one = orf.OutboundRouteFiltering([(1, 1, [(64, 3)])])
        other = orf.OutboundRouteFiltering([(1, 1, [(65, 7)])])
        found = orf.merge(one, other)
        self.assertEqual(found.octets(), one.octets() + other.octets())
        self.assertIn('"ipv4/unicast": { "64": "send/receive", "65": "7" }', found.json())
