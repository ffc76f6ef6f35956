"""Tables and parts of BGP-LS TLVs, apart from any that an RFC has."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Address, Field, Number, Text
from bgptwist.wire.values.layout import Member
from bgptwist.wire.values.link_state_tlv import (
    Block,
    LinkStateTlvs,
    Metric,
    Nothing,
    OctetFlags,
    OneOf,
    Reserved,
    SystemId,
    flags,
)
from bgptwist.wire.values.tlv import Tlv
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

BLOCK = Block(
    flags("A", "B"),
    Reserved(1),
    OneOf({3: Member("small", Number(3)), 4: Member("large", Number(4), word="big")}),
)
OUTER = Block(Member("size", Number(1)), tail=LinkStateTlvs((Tlv(2, "name", Text()),)))
TABLE = LinkStateTlvs(
    (
        Tlv(1, "blocks", BLOCK, word="block", many=True),
        Tlv(2, "name", Text()),
        Tlv(3, "metric", Metric(3, 1)),
        Tlv(4, "ids", Address(4), word="id", many=True),
        Tlv(5, "ids", Address(16), word="id", many=True),
        Tlv(6, "flag", Nothing()),
        Tlv(7, "outer", OUTER),
    )
)


def tree(field: Field, text: str) -> object:
    """The tree of octets in hexadecimal."""
    return field.decode(Octets(bytes.fromhex(text)))


def read(field: Field, text: str) -> object:
    """The tree of words."""
    return field.read(Words(lex(text)))


class TableTests(SynchronousTestCase):
    def test_two_rows_may_share_a_key_but_not_a_code_and_not_three(self) -> None:
        self.assertRaises(ValueError, LinkStateTlvs, (Tlv(1, "a", Number(1)), Tlv(1, "b", Number(1))))
        rows = tuple(Tlv(code, "a", Number(code), many=True) for code in (1, 2, 3))
        self.assertRaises(ValueError, LinkStateTlvs, rows)

    def test_the_value_says_which_of_two_rows_is_meant(self) -> None:
        found = {"ids": ["::1", "10.0.0.1"]}
        octets = "00050010" + "00" * 15 + "01" + "000400040a000001"
        self.assertEqual(TABLE.encode(found).hex(), octets)
        self.assertEqual(tree(TABLE, octets), found)
        self.assertEqual(read(TABLE, TABLE.words(found)), found)

    def test_a_metric_of_another_size_has_a_second_key(self) -> None:
        self.assertEqual(tree(TABLE, "0003000100"), {"metric": 0, "metric-octets": 1})
        self.assertEqual(tree(TABLE, "00030003000007"), {"metric": 7})
        self.assertEqual(tree(TABLE, "000300020007"), {"generic-lsid-3": ["0x0007"]})
        self.assertEqual(TABLE.encode({"metric-octets": 1, "metric": 7}).hex(), "0003000107")
        self.assertEqual(TABLE.encode({"metric-octets": 3, "metric": 7}).hex(), "00030003000007")
        self.assertEqual(TABLE.words({"metric": 7, "metric-octets": 1}), "metric 7/1")

    def test_what_stands_once_is_generic_the_second_time(self) -> None:
        octets = "0002000161000200016200060000"
        found = tree(TABLE, octets)
        self.assertEqual(found, {"name": "a", "generic-lsid-2": ["0x62"], "flag": True})
        self.assertEqual(TABLE.encode(found).hex(), octets)
        self.assertRaises(Misspelt, read, TABLE, "name a name b")
        self.assertRaises(Misspelt, read, TABLE, "flag flag")

    def test_a_good_value_after_a_bad_one_is_shown(self) -> None:
        octets = "0003000200070003000107"
        found = tree(TABLE, octets)
        self.assertEqual(found, {"generic-lsid-3": ["0x0007"], "metric": 7, "metric-octets": 1})
        self.assertEqual(TABLE.encode(found).hex(), octets)

    def test_numbers_of_generic_tlvs_are_decimal_in_the_tree(self) -> None:
        self.assertEqual(read(TABLE, "generic-lsid-0x10 0x01 generic-lsid-16 0x"), {"generic-lsid-16": ["0x01", "0x"]})

    def test_a_row_in_generic_form_stays_what_it_was_written_as(self) -> None:
        self.assertEqual(read(TABLE, "generic-lsid-2 0x61 name b"), {"generic-lsid-2": ["0x61"], "name": "b"})

    def test_a_whole_value_may_stand_in_hexadecimal(self) -> None:
        self.assertEqual(
            read(TABLE, "block 0x8000000005 block 0x80"), read(TABLE, "block ( flags A small 5 ) generic-lsid-1 0x80")
        )

    def test_few_names_are_all_told(self) -> None:
        with self.assertRaises(Misspelt) as caught:
            read(TABLE, "colour 5")
        self.assertEqual(
            str(caught.exception), "'colour' is not known here, expected one of block, name, metric, id, flag, outer"
        )

    @given(st.binary(max_size=40))
    def test_whatever_is_framed_comes_back(self, value: bytes) -> None:
        try:
            found = TABLE.decode(Octets(value))
        except Malformed:
            return
        self.assertEqual(TABLE.encode(found), value)
        self.assertEqual(TABLE.encode(read(TABLE, TABLE.words(found))), value)


class BlockTests(SynchronousTestCase):
    def test_members_are_read_in_any_order(self) -> None:
        self.assertEqual(read(BLOCK, "small 5 flags B"), read(BLOCK, "flags B small 5"))
        self.assertEqual(BLOCK.words(read(BLOCK, "small 5 flags 0 reserved 0")), "small 5")

    def test_what_is_reserved_is_shown_when_it_is_not_zero(self) -> None:
        self.assertEqual(tree(BLOCK, "8000000005"), {"flags": {"A": 1, "B": 0, "RSV": 0}, "small": 5})
        self.assertEqual(tree(BLOCK, "8007000005"), {"flags": {"A": 1, "B": 0, "RSV": 0}, "reserved": 7, "small": 5})
        self.assertEqual(BLOCK.words(tree(BLOCK, "8007000005")), "flags A reserved 7 small 5")
        self.assertEqual(BLOCK.encode({"small": 5, "reserved": 7}).hex(), "0007000005")

    def test_exactly_one_of_several_is_there(self) -> None:
        self.assertEqual(BLOCK.encode(read(BLOCK, "big 5")).hex(), "000000000005")
        for bad in ({}, {"small": 1, "large": 2}):
            self.assertRaises(Misspelt, BLOCK.encode, bad)
        self.assertRaises(Malformed, tree, BLOCK, "00000005")
        self.assertRaises(Misspelt, read, BLOCK, "flags A")

    def test_tlvs_and_members_may_be_mixed(self) -> None:
        for words in ("size 1 name a", "name a size 1"):
            self.assertEqual(read(OUTER, words), {"size": 1, "name": "a"})
        self.assertEqual(OUTER.encode({"name": "a", "size": 1}).hex(), "010002000161")
        self.assertRaises(Misspelt, read, OUTER, "name a size 1 name b")
        self.assertRaises(Misspelt, read, OUTER, "name a")
        self.assertRaises(Misspelt, read, OUTER, "size 1 size 1")

    def test_nothing_is_left_unsaid_in_a_tree(self) -> None:
        self.assertRaises(Misspelt, BLOCK.encode, {"small": 1, "colour": 1})
        self.assertRaises(Misspelt, OUTER.encode, {"size": 1, "colour": 1})
        self.assertRaises(Misspelt, OUTER.encode, {"name": "a"})

    def test_a_member_and_a_tlv_do_not_share_a_name(self) -> None:
        table = LinkStateTlvs((Tlv(1, "name", Text()),))
        self.assertRaises(ValueError, Block, Member("name", Number(1)), tail=table)
        self.assertRaises(ValueError, Block, Member("other", Number(1), word="name"), tail=table)
        self.assertRaises(ValueError, Block, Member("name", Number(1)), Member("name", Number(1)))


class FieldTests(SynchronousTestCase):
    def test_flags_of_any_length(self) -> None:
        field = OctetFlags("", "B", "C")
        for octets, words, found in (
            ("60", "B+C", {"B": 1, "C": 1, "RSV": 0}),
            ("00", "0", {"B": 0, "C": 0, "RSV": 0}),
            ("e0", "0xE0", {"B": 1, "C": 1, "RSV": 128}),
            ("4000", "0x4000", {"B": 1, "C": 0, "RSV": 0, "more": "0x00"}),
        ):
            self.assertEqual(tree(field, octets), found)
            self.assertEqual(field.words(found), words)
            self.assertEqual(field.encode(read(field, words)).hex(), octets)
        self.assertRaises(Malformed, tree, field, "")

    def test_system_ids(self) -> None:
        for words in ("192168252240", "1921.6825.2240"):
            self.assertEqual(read(SystemId(), words), "192168252240")
        for words in ("1921682522", "192168252240ff", "19216825224g", "192168 252240", "١٩٢١٦٨٢٥٢٢٤٠"):
            self.assertRaises(Misspelt, read, SystemId(), words)
        self.assertRaises(Misspelt, SystemId().encode, 5)

    def test_metrics(self) -> None:
        field = Metric(3, 2, 1)
        self.assertEqual([read(field, words) for words in ("7", "7/3", "7/2", "0x7/1")], [7, 7, [7, 2], [7, 1]])
        for words in ("x", "-1", "7/4", "7/", "/1", "256/1", "16777216"):
            self.assertRaises(Misspelt, read, field, words)
        for bad in ([7], [7, 4], [7, 1.0], [7, None], "x", None, 1 << 24):
            self.assertRaises(Misspelt, field.encode, bad)

    def test_what_says_all_by_being_there(self) -> None:
        self.assertEqual(Nothing().encode(True), b"")
        for bad in (False, 1, None, "true"):
            self.assertRaises(Misspelt, Nothing().encode, bad)
