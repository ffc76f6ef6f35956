"""PE_DISTINGUISHER_LABELS."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import pe_distinguisher_labels
from bgptwist.wire.errors import WITHDRAW, Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class PeDistinguisherLabelsTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        words = Words(lex(text))
        octets = pe_distinguisher_labels.KIND.read(words).octets().hex()
        self.assertFalse(words.more)
        return octets

    def test_a_malformed_one_withdraws_the_route(self) -> None:
        self.assertEqual(pe_distinguisher_labels.KIND.malformed, WITHDRAW)

    def test_what_is_no_whole_number_of_pairs_is_malformed(self) -> None:
        for octets in (
            "",
            "0a000001",
            "0a0000010006",
            "0a00000100064100",
            "20010db80000000000000000000000010006",
        ):
            with self.assertRaises(Malformed, msg=octets):
                pe_distinguisher_labels.KIND.decode(bytes.fromhex(octets))

    def test_pairs_of_either_family_are_told_by_their_size(self) -> None:
        self.assertEqual(
            self.read("[ ( pe 10.0.0.1 label 100 ) ( pe 10.0.0.2 label 1 ) ]"), "0a0000010006410a000002000011"
        )
        self.assertEqual(self.read("( pe 2001:db8::1 label 100 )"), "20010db8000000000000000000000001000641")

    def test_a_size_that_suits_both_is_taken_for_ipv4_and_nothing_is_lost(self) -> None:
        octets = bytes.fromhex("20010db8000000000000000000000001000641" * 7)
        value = pe_distinguisher_labels.KIND.decode(octets)
        self.assertIn("32.1.13.184", value.words())
        self.assertEqual(pe_distinguisher_labels.KIND.read(Words(lex(value.words()))).octets(), octets)

    def test_mixed_families_and_nonsense_are_refused(self) -> None:
        for text in (
            "[ ( pe 10.0.0.1 label 100 ) ( pe 2001:db8::1 label 100 ) ]",
            "[ ]",
            "( pe 10.0.0.1 )",
            "( pe 10.0.0 label 1 )",
            "( pe 10.0.0.1 label 1048576 )",
            "0x0a",
        ):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)
