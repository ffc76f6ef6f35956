"""ATTR_SET."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import attr_set
from bgptwist.wire.errors import WITHDRAW, Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class AttrSetTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        words = Words(lex(text))
        octets = attr_set.KIND.read(words).octets().hex()
        self.assertFalse(words.more)
        return octets

    def test_a_malformed_one_withdraws_the_route(self) -> None:
        self.assertEqual(attr_set.KIND.malformed, WITHDRAW)

    def test_what_runs_past_the_end_is_malformed(self) -> None:
        for octets in (
            "",
            "0000fd",
            "0000fde840",
            "0000fde84001",
            "0000fde8400101",
            "0000fde850010001",
            "0000fde8500100",
        ):
            with self.assertRaises(Malformed, msg=octets):
                attr_set.KIND.decode(bytes.fromhex(octets))

    def test_next_hops_and_nlri_do_not_belong_there(self) -> None:
        for octets in (
            "0000fde84003040a000001",
            "0000fde8800e050001010000",
            "0000fde8800f03000101",
            "0000fde8400101004003040a000001",
        ):
            with self.assertRaises(Malformed, msg=octets):
                attr_set.KIND.decode(bytes.fromhex(octets))

    def test_a_malformed_attribute_within_makes_the_set_malformed(self) -> None:
        for octets in (
            "0000fde840010103",
            "0000fde84001020000",
            "0000fde840020102",
            "0000fde8400206020100000000",
            "0000fde840020602010000fd",
            "0000fde8800403000000",
            "0000fde8400503000000",
            "0000fde840060100",
            "0000fde8c00706fde80a000001",
            "0000fde8c00800",
            "0000fde8c00803ffffff",
            "0000fde8800900",
            "0000fde8800a00",
            "0000fde8c01009000000000000000000",
            "0000fde8c019080000000000000000",
            "0000fde8c0200400000001",
            "0000fde8c02300",
        ):
            with self.assertRaises(Malformed, msg=octets):
                attr_set.KIND.decode(bytes.fromhex(octets))

    def test_unknown_attributes_and_sets_within_a_set_are_octets(self) -> None:
        for octets in ("c06300", "c0800400000001", "c08000", "801600"):
            value = attr_set.KIND.decode(bytes.fromhex("0000fde8" + octets))
            self.assertEqual(value.octets().hex(), "0000fde8" + octets)
            self.assertIn("attribute [ ", value.words())

    def test_long_attributes_have_their_length_in_two_octets(self) -> None:
        text = "( origin-as 65000 community [ " + "65001:1 " * 64 + "] )"
        octets = self.read(text)
        self.assertEqual(octets, "0000fde8" + "d0080100" + "fde90001" * 64)
        self.assertEqual(attr_set.KIND.decode(bytes.fromhex(octets)).words(), " ".join(text.split()))

    def test_order_and_duplicates_remain(self) -> None:
        octets = "0000fde8" + "80040400000001" + "40010100" + "80040400000002"
        self.assertEqual(
            attr_set.KIND.decode(bytes.fromhex(octets)).words(), "( origin-as 65000 med 1 origin igp med 2 )"
        )
        self.assertEqual(self.read("( origin-as 65000 med 1 origin igp med 2 )"), octets)

    def test_an_as_number_may_have_a_dot(self) -> None:
        self.assertEqual(self.read("( origin-as 1.10 )"), "0001000a")

    def test_what_cannot_be_is_refused(self) -> None:
        for text in (
            "( )",
            "( origin igp )",
            "( origin-as x )",
            "( origin-as 65000 origin bgp )",
            "( origin-as 65000 next-hop 10.0.0.1 )",
            "( origin-as 65000 attribute [ 0x03 0x40 0x0A000001 ] )",
            "( origin-as 65000 attribute [ 0x63 0xC0 ] )",
            "( origin-as 65000 attribute [ 256 0xC0 0x ] )",
            "( origin-as 65000 attribute [ 0x04 0x80 0x00 ] )",
            "( origin-as 65000 community [ ] )",
            "( origin-as 65000 community 65536:1 )",
            "( origin-as 65000 large-community 1:2 )",
            "( origin-as 65000 aggregator 65000 )",
            "( origin-as 65000 med 1",
            "0x00",
        ):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)

    def test_json_needs_a_code_or_a_name_and_a_value(self) -> None:
        tree = {"origin-as": 65000, "attributes": [{"name": "med", "value": 5}, {"code": 99, "value": "0x01"}]}
        self.assertEqual(attr_set.SHAPE.restore(tree), "( origin-as 65000 med 5 attribute [ 0x63 0xC0 0x01 ] )")
        for part in ({}, {"value": 5}, {"name": "med"}, {"code": 99, "value": 5}, {"code": 256, "value": "0x"}, 7):
            with self.assertRaises(Misspelt, msg=part):
                attr_set.SHAPE.restore({"origin-as": 65000, "attributes": [part]})
        for tree in ({}, {"attributes": []}, {"origin-as": -1}, {"origin-as": 1, "attributes": {}}, [], None):
            self.assertRaises(Misspelt, attr_set.SHAPE.restore, tree)
