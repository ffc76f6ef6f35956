"""Fields with their size before them, of a fixed number of parts, and of bits."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.counted import (
    BitNumber,
    Boxed,
    BoxedSequence,
    CountedSequence,
    HopAddress,
    Packed,
    Present,
    Repeated,
)
from bgptwist.wire.values.field import Field, Number, Raw
from bgptwist.wire.values.layout import Member
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

BITS = Packed(Member("high", BitNumber(4)), Member("low", BitNumber(20)))

EXAMPLES: tuple[tuple[Field, str, object, str], ...] = (
    (Boxed(1, Raw()), "02beef", "0xBEEF", "0xBEEF"),
    (Boxed(2, Number(1), 2), "000305", 5, "5"),
    (BoxedSequence(1, Number(2)), "0400010002", [1, 2], "[ 1 2 ]"),
    (BoxedSequence(2, Number(1), 2), "00040102", [1, 2], "[ 1 2 ]"),
    (CountedSequence(1, Number(2)), "0200010002", [1, 2], "[ 1 2 ]"),
    (CountedSequence(1, Number(2)), "00", [], "[ ]"),
    (Repeated(Number(1), 3), "010203", [1, 2, 3], "[ 1 2 3 ]"),
    (BITS, "300005", {"high": 3, "low": 5}, "high 3 low 5"),
    (Present(), "", True, ""),
    (HopAddress(), "040a000001", "10.0.0.1", "10.0.0.1"),
    (HopAddress(), "10" + "00" * 15 + "01", "::1", "::1"),
    (HopAddress(), "00", "0x", "0x"),
    (HopAddress(), "02beef", "0xBEEF", "0xBEEF"),
)

MALFORMED: tuple[tuple[Field, str], ...] = (
    (Boxed(1, Raw()), ""),
    (Boxed(1, Raw()), "02be"),
    (Boxed(1, Number(1)), "02beef"),
    (Boxed(2, Number(1), 2), "0001"),
    (BoxedSequence(1, Number(2)), "03000102"),
    (BoxedSequence(2, Number(1), 2), "0001"),
    (BoxedSequence(1, Number(2), minimum=1), "00"),
    (CountedSequence(1, Number(2)), "020001"),
    (CountedSequence(1, Number(2), 1), "00"),
    (CountedSequence(2, Number(1)), "ffff01"),
    (Repeated(Number(1), 3), "0102"),
    (BITS, "3000"),
    (HopAddress(), "040a0000"),
)

MISSHAPEN: tuple[tuple[Field, object], ...] = (
    (Boxed(1, Raw()), "0x" + "00" * 256),
    (Boxed(2, Raw(), 2), "0x" + "00" * 65534),
    (BoxedSequence(1, Number(1)), [0] * 256),
    (CountedSequence(1, Number(1)), [0] * 256),
    (CountedSequence(1, Number(1), 1), []),
    (Repeated(Number(1), 3), [1, 2]),
    (Repeated(Number(1), 3), [1, 2, 3, 4]),
    (BITS, {"high": 16, "low": 0}),
    (BITS, {"high": True, "low": 0}),
    (BITS, {"high": 0}),
    (BITS, []),
    (Present(), False),
    (Present(), 1),
    (HopAddress(), "x"),
    (HopAddress(), 5),
    (HopAddress(), "0x1"),
    (HopAddress(), "0x" + "00" * 256),
)


class CountedTests(SynchronousTestCase):
    def test_octets_trees_and_words_become_each_other(self) -> None:
        for field, octets, tree, words in EXAMPLES:
            self.assertEqual(field.decode(Octets(bytes.fromhex(octets))), tree)
            self.assertEqual(field.encode(tree).hex(), octets)
            self.assertEqual(field.words(tree), words)
            self.assertEqual(field.read(Words(lex(words))), tree)

    def test_octets_that_do_not_fit_are_malformed(self) -> None:
        for field, octets in MALFORMED:
            with self.assertRaises(Malformed, msg=octets):
                field.decode(Octets(bytes.fromhex(octets)))

    def test_trees_that_do_not_fit_are_misspelt(self) -> None:
        for field, tree in MISSHAPEN:
            with self.assertRaises(Misspelt, msg=str(tree)[:60]):
                field.encode(tree)

    def test_words_that_do_not_fit_are_misspelt(self) -> None:
        for field, words in ((BITS, "high 16 low 0"), (BITS, "high 1"), (HopAddress(), "x"), (HopAddress(), "")):
            with self.assertRaises(Misspelt, msg=words):
                field.read(Words(lex(words)))

    @settings(max_examples=50)
    @given(st.sampled_from([field for field, _, _, _ in EXAMPLES]), st.binary(max_size=40))
    def test_any_octets_become_the_same_again_or_are_malformed(self, field: Field, value: bytes) -> None:
        octets = Octets(value)
        try:
            tree = field.decode(octets)
        except Malformed:
            return
        self.assertEqual(field.encode(tree), value[: octets.at])
        self.assertEqual(field.read(Words(lex(field.words(tree)))), tree)
