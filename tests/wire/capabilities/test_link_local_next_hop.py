"""Link-local next hops."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import link_local_next_hop
from bgptwist.wire.errors import Malformed


class LinkLocalNextHopTests(SynchronousTestCase):
    def test_it_has_no_value(self) -> None:
        self.assertEqual(link_local_next_hop.LinkLocalNextHop().octets(), b"")
        self.assertRaises(Malformed, link_local_next_hop.decode, b"\0")
