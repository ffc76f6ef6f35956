"""Long-lived graceful restart."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import long_lived
from bgptwist.wire.errors import Malformed


class LongLivedTests(SynchronousTestCase):
    def test_six_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, long_lived.decode, bytes(6))

    def test_reserved_bits_are_dropped(self) -> None:
        self.assertEqual(long_lived.decode(bytes.fromhex("000101ff000e10")).octets().hex(), "00010180000e10")
