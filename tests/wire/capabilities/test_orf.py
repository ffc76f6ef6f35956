"""Outbound route filtering."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import orf
from bgptwist.wire.errors import Malformed

SPELLINGS = [
    (
        "000100010140" + "03",
        "orf(ipv4 unicast 64 send/receive)",
        '{"name": "outbound-route-filtering", "ipv4/unicast": {"64": "send/receive"}}',
    ),
    (
        "0001000102400180020002000100",
        "orf(ipv4 unicast 64 receive 128 send,ipv6 unicast )",
        '{"name": "outbound-route-filtering", "ipv4/unicast": {"64": "receive", "128": "send"}, "ipv6/unicast": {}}',
    ),
]
EXAMPLES = {orf.CAPABILITY: SPELLINGS, orf.OLD_CAPABILITY: SPELLINGS}


class OutboundRouteFilteringTests(SynchronousTestCase):
    def test_what_is_cut_is_malformed(self) -> None:
        for hexadecimal in ("0001", "00010001", "0001000102", "000100010140"):
            self.assertRaises(Malformed, orf.decode, bytes.fromhex(hexadecimal))

    def test_instances_are_merged(self) -> None:
        one = orf.OutboundRouteFiltering([(1, 1, [(64, 3)])])
        other = orf.OutboundRouteFiltering([(1, 1, [(65, 7)])])
        found = orf.merge(one, other)
        self.assertEqual(found.octets(), one.octets() + other.octets())
        self.assertIn('"ipv4/unicast": { "64": "send/receive", "65": "7" }', found.json())
