"""EDGE_METADATA."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import edge_metadata
from bgptwist.wire.errors import WITHDRAW, Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class EdgeMetadataTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        words = Words(lex(text))
        octets = edge_metadata.KIND.read(words).octets().hex()
        self.assertFalse(words.more)
        return octets

    def test_a_malformed_one_withdraws_the_route(self) -> None:
        self.assertEqual(edge_metadata.KIND.malformed, WITHDRAW)

    def test_tlvs_that_do_not_fill_it_are_malformed(self) -> None:
        for octets in (
            "",
            "0001",
            "000100",
            "0001000400",
            "00010000ff",
        ):
            with self.assertRaises(Malformed, msg=octets):
                edge_metadata.KIND.decode(bytes.fromhex(octets))

    def test_tlvs_are_read_by_number(self) -> None:
        self.assertEqual(self.read("( generic-1 0x00000064 generic-65535 0x )"), "0001000400000064" + "ffff0000")

    def test_what_cannot_be_is_refused(self) -> None:
        for text in (
            "( )",
            "( generic-65536 0x )",
            "( generic-x 0x )",
            "( generic-1 1 )",
            "( site 1 )",
            "0x00",
        ):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)
