"""NEXT_HOP_DEPENDENT_CHARACTERISTICS."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import next_hop_characteristics
from bgptwist.wire.errors import DISCARD, Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class NextHopCharacteristicsTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        words = Words(lex(text))
        octets = next_hop_characteristics.KIND.read(words).octets().hex()
        self.assertFalse(words.more)
        return octets

    def test_a_malformed_one_is_dropped_alone(self) -> None:
        self.assertEqual(next_hop_characteristics.KIND.malformed, DISCARD)

    def test_a_next_hop_or_characteristic_that_is_cut_is_malformed(self) -> None:
        for octets in (
            "",
            "0001",
            "00010100",
            "0001010000",
            "00010104",
            "000101040a00",
            "000101040a00000100",
            "000101040a000001000100",
            "000101040a0000010001000401",
        ):
            with self.assertRaises(Malformed, msg=octets):
                next_hop_characteristics.KIND.decode(bytes.fromhex(octets))

    def test_characteristics_are_read(self) -> None:
        self.assertEqual(
            self.read("( afi 1 safi 1 nexthop 10.0.0.1 entropy-label next-next-hops [ 10.0.0.9 ] )"),
            "000101040a000001" + "00010000" + "000200040a000009",
        )
        self.assertEqual(self.read("( afi 2 safi 1 nexthop ::1 )"), "00020110" + "00" * 15 + "01")

    def test_what_cannot_be_is_refused(self) -> None:
        for text in (
            "( )",
            "( afi 1 safi 1 )",
            "( afi 1 safi 1 nexthop x )",
            "( afi 1 safi 1 nexthop 0x )",
            "( afi 65536 safi 1 nexthop ::1 )",
            "( afi 1 safi 1 nexthop ::1 entropy-label 1 )",
            "( afi 1 safi 1 nexthop ::1 bgp-identifier ::1 )",
            "( afi 1 safi 1 nexthop ::1 entropy-label entropy-label )",
        ):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)
