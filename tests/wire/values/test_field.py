"""Fields: octets, tree and words into each other; what does not fit is refused with one line."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import (
    Address,
    Choice,
    CountedAddress,
    Field,
    Flags,
    Mac,
    Number,
    Prefix,
    Raw,
    Real,
    Text,
)
from bgptwist.wire.values.label import Label
from bgptwist.wire.values.rd import RouteDistinguisher
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

FIELDS: dict[str, Field] = {
    "number": Number(3),
    "limited": Number(2, 1000),
    "choice": Choice(1, {1: "one", 7: "seven"}),
    "real": Real(),
    "ipv4": Address(4),
    "ipv6": Address(16),
    "any address": Address(),
    "counted address": CountedAddress(),
    "ipv4 prefix": Prefix(1),
    "ipv6 prefix": Prefix(2),
    "raw": Raw(),
    "raw of two": Raw(2),
    "text": Text(),
    "flags": Flags(1, ("A", "B", "", "C")),
    "all flags": Flags(1, ("A", "B", "C", "D", "E", "F", "G", "H")),
    "mac": Mac(),
    "label": Label(),
    "rd": RouteDistinguisher(),
}

TABLE = (
    ("number", "000007", 7, "7"),
    ("choice", "07", "seven", "seven"),
    ("choice", "08", 8, "8"),
    ("real", "3f800000", 1.0, "1.0"),
    ("ipv4", "0a000001", "10.0.0.1", "10.0.0.1"),
    ("any address", "20010db8000000000000000000000001", "2001:db8::1", "2001:db8::1"),
    ("counted address", "00", "", "none"),
    ("counted address", "200a000001", "10.0.0.1", "10.0.0.1"),
    ("ipv4 prefix", "0c0a10", "10.16.0.0/12", "10.16.0.0/12"),
    ("ipv6 prefix", "00", "::/0", "::/0"),
    ("raw", "00ff", "0x00FF", "0x00FF"),
    ("text", "7231", "r1", "r1"),
    ("text", "722031", "r 1", "0x722031"),
    ("text", "ff", "0xFF", "0xFF"),
    ("text", "3078", "0x3078", "0x3078"),
    ("text", "", "", "0x"),
    ("flags", "80", {"A": 1, "B": 0, "C": 0, "RSV": 0}, "A"),
    ("flags", "51", {"A": 0, "B": 1, "C": 1, "RSV": 1}, "0x51"),
    ("all flags", "00", dict.fromkeys("ABCDEFGH", 0), "0"),
    ("all flags", "81", {**dict.fromkeys("ABCDEFGH", 0), "A": 1, "H": 1}, "A+H"),
    ("mac", "0011223344ff", "00:11:22:33:44:FF", "00:11:22:33:44:FF"),
    ("label", "000641", [100, 1601], "100"),
    ("label", "000640", [100, 1600], "vni:1600"),
    ("label", "000000", [0], "vni:0"),
    ("label", "000001", [0, 1], "0"),
    ("rd", "0000fde800000001", "65000:1", "65000:1"),
    ("rd", "00010a0000010007", "10.0.0.1:7", "10.0.0.1:7"),
    ("rd", "000200030d400009", "200000:9", "200000:9"),
    ("rd", "0002000000050009", "5L:9", "5L:9"),
    ("rd", "00ff000000050009", "0x00FF000000050009", "0x00FF000000050009"),
)

REFUSED = (
    ("number", ("16777216", "-1", "x", "")),
    ("limited", ("1001",)),
    ("choice", ("256", "two")),
    ("real", ("nan", "inf", "1e99", "x", "1_0")),
    ("ipv4", ("10.0.0", "::1", "10.0.0.1/32")),
    ("counted address", ("10.0", "any")),
    ("ipv4 prefix", ("10.0.0.1/24", "10.0.0.0/33", "::/0", "10.0.0.0/x", "10.0.0.0/-1")),
    ("raw", ("12", "0x1", "0xgg")),
    ("raw of two", ("0x", "0x123456")),
    ("text", ("[", ",", "0x1")),
    ("flags", ("Z", "A+", "256", "-1")),
    ("mac", ("00:11:22:33:44", "00:11:22:33:44:gg", "001122334455", "00:11:22:33:44:+5")),
    ("label", ("1048576", "vni:16777216", "vni:", "x")),
    ("rd", ("65000", "70000:70000", "65000:4294967296", "10.0.0.1:65536", ":1", "1:", "0x00", "1:0x1")),
)


class FieldTests(SynchronousTestCase):
    """Each field by itself."""

    def test_octets_tree_and_words_are_the_same_thing(self) -> None:
        for name, octets, tree, words in TABLE:
            field = FIELDS[name]
            self.assertEqual(field.decode(Octets(bytes.fromhex(octets))), tree, name)
            self.assertEqual(field.encode(tree).hex(), octets, name)
            self.assertEqual(field.words(tree), words, name)
            cursor = Words(lex(words))
            self.assertEqual(field.encode(field.read(cursor)).hex(), octets, name)
            self.assertFalse(cursor.more, name)

    def test_words_that_do_not_fit_are_misspelt_where_they_stand(self) -> None:
        for name, refused in REFUSED:
            for word in refused:
                cursor = Words(["before", *([word] if word else [])], 1)
                error = self.assertRaises(Misspelt, self.both, FIELDS[name], cursor)
                self.assertTrue(error.expected, f"{name} {word}")
                self.assertIn(error.at, (1, -1), f"{name} {word}")

    def both(self, field: Field, words: Words) -> bytes:
        return field.encode(field.read(words))

    def test_trees_of_another_shape_are_misspelt(self) -> None:
        for name, field in FIELDS.items():
            for tree in (None, [], {"x": 1}, [1, 2, 3], -1, 1 << 200, "\ud800", True, ["a"], [None, None]):
                try:
                    field.encode(tree)
                except Misspelt:
                    continue
                self.assertIn(name, ("real", "flags", "label"), f"{name} took {tree!r}")

    @given(st.sampled_from(sorted(FIELDS)), st.binary(max_size=20))
    def test_any_octets_are_malformed_or_become_words_that_can_be_read(self, name: str, octets: bytes) -> None:
        field = FIELDS[name]
        cursor = Octets(octets)
        try:
            tree = field.decode(cursor)
            again = field.encode(tree)
        except (Malformed, Misspelt):
            return
        words = lex(field.words(tree))
        self.assertEqual(len(words), 1, f"{name} {words}")
        self.assertEqual(field.encode(field.read(Words(words))), again, f"{name} {octets.hex()}")

    @given(st.sampled_from(sorted(FIELDS)), st.text(max_size=20))
    def test_any_word_is_read_or_misspelt(self, name: str, word: str) -> None:
        try:
            self.both(FIELDS[name], Words([word]))
        except Misspelt as error:
            self.assertLessEqual(error.at, 1)
