"""Stacks of labels."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values import label_stack
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


def read(text: str) -> str:
    return label_stack.read(Words(lex(text))).hex()


class StackTests(SynchronousTestCase):
    def test_the_last_label_has_the_bit_of_the_bottom(self) -> None:
        self.assertEqual(read("100"), "000641")
        self.assertEqual(read("[ 100 ]"), "000641")
        self.assertEqual(read("[ 100 200 0x12c ]"), "000640000c800012c1")

    def test_a_slash_says_traffic_class_and_bit(self) -> None:
        self.assertEqual(read("100/0/0"), "000640")
        self.assertEqual(read("[ 1048575/7/1 ]"), "ffffff")
        self.assertEqual(read(label_stack.WITHDRAWN), "800000")

    def test_other_words_are_told_by_their_place(self) -> None:
        for text, at in (
            ("x", 0),
            ("1048576", 0),
            ("100/8/1", 0),
            ("100/0/2", 0),
            ("100/1", 0),
            ("/0/0", 0),
            ("-1", 0),
        ):
            error = self.assertRaises(Misspelt, read, text)
            self.assertEqual((error.at, error.expected), (at, label_stack.EXPECTED), text)
        self.assertEqual(self.assertRaises(Misspelt, read, "[ 100 200 x ]").at, 3)
        self.assertEqual(self.assertRaises(Misspelt, read, "[ ]").reason, "the label stack is empty")

    def test_json_may_leave_out_the_24_bits(self) -> None:
        for tree in ([[100]], [100], [[100, 1601]]):
            self.assertEqual(label_stack.octets(tree).hex(), "000641")
        self.assertEqual(label_stack.octets([[100], [200]]).hex(), "000640000c81")
        self.assertEqual(label_stack.octets([[0]]).hex(), "000000")

    def test_json_of_another_shape_is_misspelt(self) -> None:
        for tree in ([], 100, [[]], [[100, 1601, 1]], [[100, 1617]], [[1048576]], [True], ["x"], [[100, 1 << 24]]):
            self.assertRaises(Misspelt, label_stack.octets, tree)

    def test_a_stack_ends_with_the_bit_or_the_label_of_a_withdrawal(self) -> None:
        for field, room, size in (
            ("000641", 3, 3),
            ("000640000c81", 6, 6),
            ("000640000c81000641", 9, 6),
            ("800000000c81", 6, 3),
            ("000000000c81", 6, 3),
            ("000640800000000c81", 9, 6),
        ):
            self.assertEqual(label_stack.size(bytes.fromhex(field), 0, room), size, field)

    def test_a_stack_without_an_end_is_one_label(self) -> None:
        self.assertEqual(label_stack.size(bytes.fromhex("000640000c80"), 0, 6), 3)
        self.assertEqual(label_stack.size(bytes.fromhex("000640000c81"), 0, 5), 3)

    @given(st.lists(st.integers(0, 0xFFFFFF), min_size=1, max_size=5))
    def test_every_stack_has_words_and_json_that_become_it_again(self, raws: list[int]) -> None:
        stack = b"".join([raw.to_bytes(3, "big") for raw in raws])
        self.assertEqual(label_stack.read(Words(lex(label_stack.words(stack)))), stack)
        self.assertEqual(label_stack.octets(label_stack.trees(stack)), stack)
        self.assertEqual(str(label_stack.trees(stack)), label_stack.json(stack))


class FieldTests(SynchronousTestCase):
    def test_the_stack_fills_what_holds_it(self) -> None:
        field = label_stack.LabelStack()
        self.assertEqual(field.decode(Octets(bytes.fromhex("000640000c81"))), [[100, 1600], [200, 3201]])
        for octets in (b"", b"\0\6"):
            self.assertRaises(Malformed, field.decode, Octets(octets))
