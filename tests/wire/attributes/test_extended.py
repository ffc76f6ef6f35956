"""EXTENDED_COMMUNITIES; the forms themselves are in tests.wire.values.test_extended_community."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import extended
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

EXAMPLES = {
    extended.KIND: [
        ("0002fde800000064", "target:65000:100", '[{"value": 842122827661412, "string": "target:65000:100"}]'),
        (
            "0002fde9000000640103" + "0a0000010007" + "030b000000000064" + "4004fde949742400",
            "[ target:65001:100 origin:10.0.0.1:7 0x030B000000000064 bandwidth:65001:1000000 ]",
            '[{"value": 842127122628708, "string": "target:65001:100"},'
            ' {"value": 72913014084403207, "string": "origin:10.0.0.1:7"},'
            ' {"value": 219269006857601124, "string": "0x030B000000000064"},'
            ' {"value": 4613091096735785984, "string": "bandwidth:65001:1000000"}]',
        ),
        (
            "80070000000000038009000000000008",
            "[ action sample-terminal mark 8 ]",
            '[{"value": 9225342361691750403, "string": "action sample-terminal"},'
            ' {"value": 9225905311645171720, "string": "mark 8"}]',
        ),
    ]
}


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
        self.assertEqual(extended.joined(one, other), other + one)

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
