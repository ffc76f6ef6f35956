"""BFD_DISCRIMINATOR."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import bfd_discriminator
from bgptwist.wire.errors import DISCARD, Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class BfdDiscriminatorTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        words = Words(lex(text))
        octets = bfd_discriminator.KIND.read(words).octets().hex()
        self.assertFalse(words.more)
        return octets

    def test_a_malformed_one_is_dropped_alone(self) -> None:
        self.assertEqual(bfd_discriminator.KIND.malformed, DISCARD)

    def test_short_ones_and_mode_0_are_malformed(self) -> None:
        for octets in (
            "",
            "01",
            "01000000",
            "0000000007",
            "000000000701040a000001",
        ):
            with self.assertRaises(Malformed, msg=octets):
                bfd_discriminator.KIND.decode(bytes.fromhex(octets))

    def test_tlvs_that_do_not_fit_are_malformed(self) -> None:
        for octets in (
            "010000000701",
            "01000000070104",
            "01000000070104ffffff",
        ):
            with self.assertRaises(Malformed, msg=octets):
                bfd_discriminator.KIND.decode(bytes.fromhex(octets))

    def test_the_mode_is_that_of_a_tree_unless_it_is_said(self) -> None:
        self.assertEqual(self.read("( discriminator 7 )"), "0100000007")
        self.assertEqual(self.read("( mode 2 discriminator 7 source-address 10.0.0.1 )"), "020000000701040a000001")

    def test_what_cannot_be_is_refused(self) -> None:
        for text in (
            "( )",
            "( mode p2mp )",
            "( mode 0 discriminator 7 )",
            "( discriminator 4294967296 )",
            "( discriminator 7 source-address x )",
            "0x0000000007",
            "",
        ):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)
