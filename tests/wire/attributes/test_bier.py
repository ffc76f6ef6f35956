"""BIER."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import bier
from bgptwist.wire.errors import DISCARD, Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class BierTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        words = Words(lex(text))
        octets = bier.KIND.read(words).octets().hex()
        self.assertFalse(words.more)
        return octets

    def test_a_malformed_one_is_dropped_alone(self) -> None:
        self.assertEqual(bier.KIND.malformed, DISCARD)

    def test_tlvs_that_do_not_fill_it_are_malformed(self) -> None:
        for octets in (
            "",
            "0001",
            "000100",
            "00010004",
            "0001000400000001000100",
        ):
            with self.assertRaises(Malformed, msg=octets):
                bier.KIND.decode(bytes.fromhex(octets))

    def test_a_router_is_read(self) -> None:
        self.assertEqual(
            self.read("( bier ( sub-domain 0 bfr-id 1 mpls ( max-si 2 bit-string-length 3 label 1048575 ) ) )"),
            "0001000c" + "00000100" + "00010004" + "023fffff",
        )

    def test_unknown_tlvs_and_sub_tlvs_of_any_size_are_kept(self) -> None:
        for octets in ("00630000", "0001000900000100" + "00630001ff", "0001000500000100ff"):
            self.assertEqual(bier.KIND.decode(bytes.fromhex(octets)).octets().hex(), octets)

    def test_what_cannot_be_is_refused(self) -> None:
        for text in (
            "( )",
            "( bier ( ) )",
            "( bier ( sub-domain 256 bfr-id 1 ) )",
            "( bier ( sub-domain 0 bfr-id 65536 ) )",
            "( bier ( sub-domain 0 bfr-id 1 mpls ( max-si 0 bit-string-length 16 label 1 ) ) )",
            "( bier ( sub-domain 0 bfr-id 1 mpls ( max-si 0 label 1 ) ) )",
            "( bier ( sub-domain 0 bfr-id 1 nexthop x ) )",
            "0x",
        ):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)
