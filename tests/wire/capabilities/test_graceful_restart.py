"""Graceful restart."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import graceful_restart
from bgptwist.wire.capabilities.graceful_restart import GracefulRestart
from bgptwist.wire.errors import Malformed


class GracefulRestartTests(SynchronousTestCase):
    def test_the_parts_are_decoded(self) -> None:
        value = graceful_restart.decode(bytes.fromhex("c07800010180"))
        assert isinstance(value, GracefulRestart)
        self.assertEqual((value.restarting, value.notification, value.time), (True, True, 120))
        self.assertEqual(value.families, [(1, 1, 0x80)])

    def test_reserved_bits_are_dropped(self) -> None:
        self.assertEqual(graceful_restart.decode(bytes.fromhex("3078000101ff")).octets().hex(), "007800010180")

    def test_other_lengths_are_malformed(self) -> None:
        for size in (0, 1, 3, 5):
            self.assertRaises(Malformed, graceful_restart.decode, bytes(size))
