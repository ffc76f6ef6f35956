"""Multicast distribution trees; the golden examples are tests/corpus/families/ipv4-mdt.txt."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families.mdt import IPV4
from bgptwist.wire.words import Words

NLRI = bytes.fromhex("800000fde800000001c0000201ef010101")


class MdtTests(SynchronousTestCase):
    def test_members_stand_in_any_order(self) -> None:
        for text in ("rd 65000:1 source 192.0.2.1 group 239.1.1.1", "group 239.1.1.1 source 192.0.2.1 rd 65000:1"):
            self.assertEqual(IPV4.read(Words(text.split())), NLRI)

    def test_a_member_that_is_missing_or_stands_twice_is_misspelt(self) -> None:
        for text in (
            "rd 65000:1 source 192.0.2.1",
            "rd 65000:1 source 192.0.2.1 source 192.0.2.1 group 239.1.1.1",
            "rd 65000:1 source 2001:db8::1 group 239.1.1.1",
        ):
            self.assertRaises(Misspelt, IPV4.read, Words(text.split()))

    def test_another_length_is_malformed(self) -> None:
        self.assertRaises(Malformed, IPV4.split, b"\x88" + bytes(17), 0, 18)
        (short,) = IPV4.split(b"\x78" + NLRI[1:16], 0, 16)
        assert IPV4.check is not None
        self.assertRaises(Malformed, IPV4.check, short)
