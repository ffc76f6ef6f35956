"""EXTENDED_COMMUNITIES; the forms themselves are in tests.wire.values.test_extended_community."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import extended
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class ExtendedTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        return extended.read(Words(lex(text))).octets().hex()

    def test_they_are_sorted_when_read_and_duplicates_remain(self) -> None:
        self.assertEqual(
            self.read("[ target:2:1 target:1:1, target:2:1 ]"), "0002000100000001" + "0002000200000001" * 2
        )

    def test_those_of_a_peer_keep_their_order_in_octets_alone(self) -> None:
        value = extended.decode(bytes.fromhex("00020002000000010002000100000001"))
        self.assertEqual(value.octets().hex(), "00020002000000010002000100000001")
        self.assertEqual(value.words(), "[ target:2:1 target:1:1 ]")
        self.assertLess(value.json().index("target:1:1"), value.json().index("target:2:1"))

    def test_the_empty_list_is_none(self) -> None:
        self.assertEqual(self.read("[ ]"), "")

    def test_two_statements_are_joined_in_order(self) -> None:
        one, other = bytes.fromhex("0002000200000001"), bytes.fromhex("0002000100000001")
        self.assertEqual(extended.ExtendedCommunities(one).joined(other).octets(), other + one)

    def test_a_community_of_two_words_may_stand_alone(self) -> None:
        words = Words(lex("mark 10 med 5"))
        self.assertEqual(extended.read(words).octets().hex(), "800900000000000a")
        self.assertEqual(words.peek(), "med")

    def test_the_error_names_the_word(self) -> None:
        error = self.assertRaises(Misspelt, extended.read, Words(lex("extended-community [ target:1:1 x:y ]"), 1))
        self.assertEqual((error.at, error.reason), (3, "'x:y' is no extended community"))

    def test_a_list_without_end_is_refused(self) -> None:
        for text in ("[ target:1:1", "[", "[ mark", ""):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)

    def test_no_octets_and_nine_are_malformed(self) -> None:
        self.assertRaises(Malformed, extended.decode, b"")
        self.assertRaises(Malformed, extended.decode, bytes(9))
