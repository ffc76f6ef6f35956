"""Long-lived graceful restart."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import long_lived
from bgptwist.wire.errors import Malformed

EXAMPLES = {
    long_lived.CAPABILITY: [
        ("", "long-lived graceful restart", '{"name": "long-lived graceful restart"}'),
        (
            "00010180000e10",
            "long-lived graceful restart ipv4/unicast=0x80:3600",
            '{"name": "long-lived graceful restart", "ipv4/unicast": {"time": 3600, "flags": ["forwarding"]}}',
        ),
        (
            "00020100ffffff",
            "long-lived graceful restart ipv6/unicast=0x0:16777215",
            '{"name": "long-lived graceful restart", "ipv6/unicast": {"time": 16777215, "flags": []}}',
        ),
    ]
}


class LongLivedTests(SynchronousTestCase):
    def test_six_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, long_lived.decode, bytes(6))

    def test_reserved_bits_are_dropped(self) -> None:
        self.assertEqual(long_lived.decode(bytes.fromhex("000101ff000e10")).octets().hex(), "00010180000e10")
