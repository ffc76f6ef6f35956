"""Layouts: members, lists and TLVs; nothing that a peer sent is lost on the way through words and JSON."""

import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.values.field import Address, Field, Flags, Mac, Number, Pad, Raw, Text
from bgptwist.wire.values.layout import BySize, Member, Sequence, Struct, hide, read_shown, show, shown_words
from bgptwist.wire.values.structured import Shape
from bgptwist.wire.values.tlv import Tlv, Tlvs
from bgptwist.wire.values.typed import RouteType, TypedNlri
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

SID = BySize({3: Number(3, 0xFFFFF), 6: Mac()})
POINT = Struct(
    Member("flags", Flags(1, ("X",)), default={"X": 0, "RSV": 0}),
    Member("pad", Pad(1)),
    Member("weight", Number(2)),
    Member("next", Address(4), optional=True),
)
TABLE = Tlvs(
    (
        Tlv(1, "name", Text()),
        Tlv(2, "metric", Number(4), word="cost"),
        Tlv(3, "point", POINT, many=True),
        Tlv(4, "numbers", Sequence(Number(2))),
    ),
    sizes=(1, 1),
)
LEADING = Struct(Member("ip", Address(4), word=""), Member("metric", Number(1), default=3), Member("rest", TABLE))

ROUTES = TypedNlri(
    (
        RouteType(1, "point", "Point", Struct(Member("rd", Raw(2)), Member("metric", Number(1))), identity=("rd",)),
        RouteType(2, "named", "Named", Struct(Member("text", Text()))),
    )
)
LAYOUTS: tuple[Field, ...] = (POINT, TABLE, LEADING, Sequence(POINT), Sequence(Number(2), 1))


class LayoutTests(SynchronousTestCase):
    """Structures."""

    def same(self, field: Field, octets: str, tree: object, words: str) -> None:
        value = bytes.fromhex(octets)
        self.assertEqual(show(field, value), tree)
        self.assertEqual(hide(field, tree), value)
        self.assertEqual(shown_words(field, tree), words)
        self.assertEqual(read_shown(field, Words(lex(words))), value)

    def test_a_struct(self) -> None:
        tree: dict[str, object] = {"flags": {"X": 1, "RSV": 0}, "weight": 9}
        self.same(POINT, "80000009", tree, "( flags X weight 9 )")
        tree["next"] = "10.0.0.1"
        self.same(POINT, "800000090a000001", tree, "( flags X weight 9 next 10.0.0.1 )")

    def test_members_stand_in_any_order_and_have_defaults(self) -> None:
        self.assertEqual(read_shown(POINT, Words(lex("( next 10.0.0.1 weight 9 )"))).hex(), "000000090a000001")

    def test_leading_members_have_no_word(self) -> None:
        tree = {"ip": "10.0.0.1", "metric": 3, "rest": {"name": "a"}}
        self.same(LEADING, "0a00000103010161", tree, "( 10.0.0.1 rest ( name a ) )")

    def test_what_a_layout_would_lose_is_hexadecimal(self) -> None:
        for octets in ("80010009", "8000", "80000009" + "0a0000", ""):
            self.same(POINT, octets, "0x" + octets.upper(), "0x" + octets.upper())

    def test_a_list(self) -> None:
        self.same(Sequence(Number(2)), "00010002", [1, 2], "[ 1 2 ]")
        self.same(Sequence(Number(2)), "", [], "[ ]")
        self.assertEqual(read_shown(Sequence(Number(2)), Words(["7"])).hex(), "0007")
        self.assertEqual(read_shown(Sequence(Number(2)), Words(lex("[1, 2]"))).hex(), "00010002")

    def test_tlvs(self) -> None:
        tree = {"name": "r1", "metric": 5, "numbers": [1], "generic-9": ["0xFF", "0x"]}
        words = "( name r1 cost 5 numbers [ 1 ] generic-9 0xFF generic-9 0x )"
        self.same(TABLE, "01027231" + "020400000005" + "04020001" + "0901ff" + "0900", tree, words)

    def test_tlvs_that_are_repeated_are_a_list(self) -> None:
        point: dict[str, object] = {"flags": {"X": 0, "RSV": 0}, "weight": 1}
        self.same(TABLE, "030400000001" * 2, {"point": [point, point]}, "( point ( weight 1 ) point ( weight 1 ) )")

    def test_a_second_tlv_of_a_row_that_is_not_repeated_is_kept(self) -> None:
        tree = {"name": "a", "generic-1": ["0x62"]}
        self.same(TABLE, "010161010162", tree, "( name a generic-1 0x62 )")

    def test_a_value_that_its_row_cannot_show_is_kept(self) -> None:
        self.same(TABLE, "020100", {"generic-2": ["0x00"]}, "( generic-2 0x00 )")

    def test_framing_is_checked_without_looking_inside(self) -> None:
        TABLE.check(bytes.fromhex("0201000900"))
        for octets in ("01", "0102ff", "010161ff"):
            self.assertRaises(Malformed, TABLE.check, bytes.fromhex(octets))

    def test_words_that_do_not_fit_say_what_was_expected(self) -> None:
        for field, words, reason in (
            (POINT, "( flags X )", "'weight' is missing"),
            (POINT, "( weight 1 weight 2 )", "'weight' stands twice"),
            (POINT, "( weight 1", "the statement ends too early"),
            (POINT, "weight 1", "'weight' cannot be read"),
            (TABLE, "( cost 1 cost 2 )", "'cost' stands twice"),
            (TABLE, "( color 1 )", "'color' cannot be read"),
            (TABLE, "( generic-300 0x )", "300"),
            (TABLE, f"( name {'a' * 300} )", "too many"),
            (Sequence(Number(2), 1), "[ ]", "']' cannot be read"),
        ):
            error = self.assertRaises(Misspelt, read_shown, field, Words(lex(words)))
            self.assertIn(reason, error.reason, words)
            self.assertTrue(error.expected, words)

    def test_trees_that_do_not_fit_name_the_member(self) -> None:
        for field, tree, reason in (
            (POINT, {"weight": "x"}, "weight"),
            (POINT, {}, "weight"),
            (TABLE, {"metric": -1}, "metric"),
            (TABLE, {"other": 1}, "other"),
            (TABLE, {"generic-x": ["0x"]}, "generic-x"),
            (TABLE, [], "[]"),
        ):
            self.assertIn(reason, self.assertRaises(Misspelt, hide, field, tree).reason)

    def test_size_chooses_and_the_first_that_takes_a_tree_wins(self) -> None:
        self.same(SID, "000064", 100, "100")
        self.same(SID, "001122334455", "00:11:22:33:44:55", "00:11:22:33:44:55")

    def test_a_shape_makes_an_attribute(self) -> None:
        shape = Shape(200, TABLE, TABLE.check)
        value = shape.decode(bytes.fromhex("010161"))
        self.assertEqual((value.code, value.json(), value.words()), (200, '{"name": "a"}', "( name a )"))
        self.assertEqual(shape.read(Words(lex("( name a )"))).octets().hex(), "010161")
        self.assertEqual(shape.restore({"name": "a"}), "( name a )")
        self.assertRaises(Malformed, shape.decode, b"\1\2")

    @given(st.sampled_from(LAYOUTS), st.binary(max_size=40))
    def test_any_octets_come_back(self, field: Field, octets: bytes) -> None:
        tree = show(field, octets)
        self.assertEqual(hide(field, json.loads(json.dumps(tree))), octets)
        words = shown_words(field, tree)
        cursor = Words(lex(words))
        self.assertEqual(read_shown(field, cursor), octets, words)
        self.assertFalse(cursor.more)


class TypedTests(SynchronousTestCase):
    """NLRI with type and length."""

    def test_routes(self) -> None:
        nlri = bytes.fromhex("0103" + "000a" + "07")
        self.assertEqual(ROUTES.words(nlri), "point rd 0x000A metric 7")
        self.assertEqual(
            json.loads(ROUTES.json(nlri)),
            {"code": 1, "parsed": True, "raw": "0103000A07", "name": "Point", "rd": "0x000A", "metric": 7},
        )
        self.assertEqual(ROUTES.read(Words(lex("point metric 7 rd 0x000a"))), nlri)
        self.assertEqual(ROUTES.key(nlri), b"\1\0\n")

    def test_members_count_more_than_raw(self) -> None:
        tree = {"code": 1, "parsed": True, "raw": "0103000A07", "name": "Point", "rd": "0x000A", "metric": 8}
        self.assertEqual(ROUTES.restore(tree), "point rd 0x000A metric 8")

    def test_an_unknown_type_is_kept(self) -> None:
        nlri = bytes.fromhex("0902aabb")
        ROUTES.check(nlri)
        self.assertEqual(json.loads(ROUTES.json(nlri)), {"code": 9, "parsed": False, "raw": "0902AABB"})
        self.assertEqual(ROUTES.restore({"code": 9, "parsed": False, "raw": "0902AABB"}), "raw 0x0902AABB")
        self.assertEqual(ROUTES.read(Words(["raw", "0x0902aabb"])), nlri)
        self.assertEqual(ROUTES.key(nlri), nlri)

    def test_a_body_that_does_not_fit_its_type_is_malformed_but_shown(self) -> None:
        nlri = bytes.fromhex("01020001")
        self.assertRaises(Malformed, ROUTES.check, nlri)
        self.assertEqual(ROUTES.words(nlri), "raw 0x01020001")

    def test_a_field_is_cut_or_malformed(self) -> None:
        field = bytes.fromhex("0103000a07" + "0900")
        self.assertEqual(ROUTES.split(field, 0, 7), [field[:5], field[5:]])
        for end in (1, 4, 6):
            self.assertRaises(Malformed, ROUTES.split, field, 0, end)

    def test_words_that_do_not_fit(self) -> None:
        for words in ("", "other", "raw 0x01", "raw 0x0900ff", "point rd 0x000A", f"named text 0x{'00' * 300}"):
            self.assertRaises(Misspelt, ROUTES.read, Words(lex(words)))
