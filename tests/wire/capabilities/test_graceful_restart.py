"""Graceful restart."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import graceful_restart
from bgptwist.wire.capabilities.graceful_restart import GracefulRestart
from bgptwist.wire.errors import Malformed

EXAMPLES = {
    graceful_restart.CAPABILITY: [
        (
            "8078" + "00010180",
            "graceful restart flags 0x8 time 120 ipv4/unicast=0x80",
            '{"name": "graceful restart", "time": 120, "address-family-flags": {"ipv4/unicast": ["restart"]},'
            ' "restart-flags": ["forwarding"]}',
        ),
        (
            "0078" + "00010100" + "00020180",
            "graceful restart flags 0x0 time 120 ipv4/unicast=0x0 ipv6/unicast=0x80",
            '{"name": "graceful restart", "time": 120, "address-family-flags":'
            ' {"ipv4/unicast": [], "ipv6/unicast": ["restart"]}, "restart-flags": []}',
        ),
        (
            "4fff",
            "graceful restart flags 0x4 time 4095",
            '{"name": "graceful restart", "time": 4095, "address-family-flags": {}, "restart-flags": ["notification"]}',
        ),
    ]
}


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
