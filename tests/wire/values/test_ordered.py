"""TLVs in any order, and values that are bare while all around them is ordinary."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Number, Text
from bgptwist.wire.values.layout import Member
from bgptwist.wire.values.ordered import Bare, Ordered, Sparse, whole
from bgptwist.wire.values.tlv import Tlv
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

ORDERED = Ordered(
    (Tlv(1, "one", Number(1)), Tlv(2, "twos", Number(2), word="two", many=True), Tlv(200, "text", Text())),
    sizes=(1, 1),
    wide=128,
)
BARE = Bare("value", Sparse(Member("flags", Number(1), default=0), Member("value", Number(2), word="")))


def tree(octets: str) -> Any:
    return ORDERED.decode(Octets(bytes.fromhex(octets)))


class OrderedTests(SynchronousTestCase):
    def test_a_dictionary_has_the_order_of_the_wire(self) -> None:
        self.assertEqual(list(tree("c8000161 0101 05")), ["text", "one"])

    def test_lengths_of_two_octets_begin_where_they_are_wide(self) -> None:
        self.assertEqual(ORDERED.encode({"text": "a" * 300})[:3], b"\xc8\x01\x2c")
        self.assertEqual(ORDERED.encode({"generic-127": ["0x00"]}), b"\x7f\x01\0")
        self.assertEqual(ORDERED.encode({"generic-128": ["0x00"]}), b"\x80\0\x01\0")

    def test_order_is_told_when_equal_ones_do_not_stand_together(self) -> None:
        self.assertEqual(tree("02020001 02020002 010105"), {"twos": [1, 2], "one": 5})
        mixed = {"twos": [1, 2], "one": 5, "order": ["twos", "one", "twos"]}
        self.assertEqual(tree("02020001 010105 02020002"), mixed)
        self.assertEqual(ORDERED.encode(mixed).hex(), "02020001" + "010105" + "02020002")

    def test_order_must_fit_what_is_there(self) -> None:
        for order in (["one"], ["one", "one"], ["one", "twos", "other"], "one", [1]):
            with self.assertRaises(Misspelt):
                ORDERED.encode({"one": 1, "twos": [1], "order": order})

    def test_what_a_row_cannot_show_and_repeats_are_unknown(self) -> None:
        self.assertEqual(tree("01020001"), {"generic-1": ["0x0001"]})
        self.assertEqual(tree("010101 010102"), {"one": 1, "generic-1": ["0x02"]})
        self.assertEqual(tree("0901ff"), {"generic-9": ["0xFF"]})

    def test_unknown_ones_may_be_without_a_list(self) -> None:
        self.assertEqual(ORDERED.encode({"generic-9": "0xFF"}).hex(), "0901ff")

    def test_words_keep_the_order(self) -> None:
        words = "two 1 generic-9 0xFF two 2 text word"
        found = ORDERED.read(Words(lex(words)))
        self.assertEqual(ORDERED.words(found), words)

    def test_reading_ends_at_a_word_that_is_none_of_them(self) -> None:
        words = Words(lex("one 5 origin igp"))
        self.assertEqual(ORDERED.read(words), {"one": 5})
        self.assertEqual(words.peek(), "origin")

    def test_wrong_words_and_trees(self) -> None:
        for text in ("one 5 one 6", "generic-x 0x00", "generic-256 0x00", "one", "generic-9 zz"):
            with self.assertRaises(Misspelt):
                ORDERED.read(Words(lex(text)))
        for wrong in (
            {"other": 1},
            {"generic-9": ["zz"]},
            {"twos": 1},
            {"one": "x"},
            {"generic-9": ["0x" + "00" * 256]},
        ):
            with self.assertRaises(Misspelt):
                ORDERED.encode(wrong)

    def test_one_that_runs_past_the_end_is_malformed(self) -> None:
        with self.assertRaises(Malformed):
            tree("0105ff")

    @given(st.lists(st.tuples(st.sampled_from([1, 2, 9, 127, 128, 200]), st.binary(max_size=4)), max_size=8))
    def test_nothing_is_lost(self, tlvs: list[tuple[int, bytes]]) -> None:
        octets = b"".join([ORDERED.framed(code, value) for code, value in tlvs])
        found = ORDERED.decode(Octets(octets))
        self.assertEqual(ORDERED.encode(found), octets)
        words = Words(lex(ORDERED.words(found)))
        self.assertEqual(ORDERED.encode(ORDERED.read(words)), octets)
        self.assertFalse(words.more)


class BareTests(SynchronousTestCase):
    def test_the_value_alone_while_all_else_is_ordinary(self) -> None:
        self.assertEqual(whole(BARE, b"\0\0\7"), 7)
        self.assertEqual(whole(BARE, b"\1\0\7"), {"flags": 1, "value": 7})
        self.assertEqual(BARE.words(7), "7")
        self.assertEqual(BARE.words({"flags": 1, "value": 7}), "( 7 flags 1 )")

    def test_words_and_trees_become_octets(self) -> None:
        for words in ("7", "( 7 flags 1 )", "( 7 )"):
            read = BARE.read(Words(lex(words)))
            self.assertEqual(BARE.encode(read)[1:], b"\0\7")
        self.assertEqual(BARE.encode({"value": 7}), b"\0\0\7")

    def test_the_value_is_needed(self) -> None:
        with self.assertRaises(Misspelt):
            BARE.encode({"flags": 1})
        with self.assertRaises(Misspelt):
            BARE.read(Words(lex("( flags 1 )")))
