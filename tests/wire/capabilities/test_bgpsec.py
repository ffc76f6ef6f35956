"""BGPsec."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import bgpsec
from bgptwist.wire.errors import Malformed


class BgpSecTests(SynchronousTestCase):
    def test_two_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, bgpsec.decode, bytes(2))

    def test_each_direction_is_an_instance(self) -> None:
        found = bgpsec.merge(bgpsec.decode(b"\x08\0\2"), bgpsec.decode(b"\0\0\1"))
        self.assertEqual(found.instances(), [b"\x08\0\2", b"\0\0\1"])
