"""The fields of BGP-LS descriptors."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Field
from bgptwist.wire.values.layout import show
from bgptwist.wire.values.link_state_descriptors import (
    CANDIDATE_PATH,
    NODE,
    OSPF_ROUTE,
    PROTOCOL,
    TOPOLOGIES,
    FourOctets,
    Reachability,
    check_node,
    framed,
    generic_code,
    router_id,
    router_id_octets,
)
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


def read(field: Field, text: str) -> object:
    words = Words(lex(text))
    found = field.read(words)
    assert not words.more, text
    return found


class NumberTests(SynchronousTestCase):
    """Numbers with names, and four octets in two spellings."""

    def test_names_are_for_words(self) -> None:
        self.assertEqual(PROTOCOL.decode(Octets(b"\3")), 3)
        self.assertEqual((PROTOCOL.words(3), PROTOCOL.words(227)), ("ospfv2", "227"))
        self.assertEqual([read(PROTOCOL, word) for word in ("ospfv2", "3", "0x03")], [3, 3, 3])
        self.assertEqual(read(OSPF_ROUTE, "nssa-2"), 6)
        for word in ("ospf", "256", "-1"):
            self.assertRaises(Misspelt, read, PROTOCOL, word)

    def test_four_octets_as_number_or_address(self) -> None:
        area, identifier = FourOctets(dotted=True), FourOctets(dotted=False)
        for text in ("10.0.0.1", "167772161", "0x0A000001"):
            self.assertEqual((read(area, text), read(identifier, text)), ("10.0.0.1", "167772161"))
        self.assertEqual(identifier.encode(1), b"\0\0\0\1")
        for tree in ("4294967296", "10.0.0", "", None, -1, 1.5, True):
            self.assertRaises(Misspelt, area.encode, tree)

    def test_a_list_of_one_needs_no_brackets(self) -> None:
        self.assertEqual(TOPOLOGIES.words([2]), "2")
        self.assertEqual(TOPOLOGIES.words([0, 2]), "[ 0 2 ]")
        self.assertEqual(read(TOPOLOGIES, "2"), read(TOPOLOGIES, "[ 2 ]"))


class ReachabilityTests(SynchronousTestCase):
    """Prefixes and what else routers send in their place."""

    def test_octets_that_are_no_proper_prefix_are_hexadecimal(self) -> None:
        for afi, value, tree, text in (
            (1, "180A0102", "10.1.2.0/24", "10.1.2.0/24"),
            (1, "180A01", "0x180A01", "10.1.0.0/24"),
            (1, "080A01", "0x080A01", "10.1.0.0/8"),
            (1, "210A010203", "0x210A010203", "10.1.2.3/33"),
            (1, "0A", "0x0A", "0.0.0.0/10"),
            (1, "", "0x", ""),
            (1, "200A01020304", "0x200A01020304", ""),
            (2, "2020010DB8", "2001:db8::/32", "2001:db8::/32"),
            (2, "2020010D", "0x2020010D", "2001:d00::/32"),
        ):
            field = Reachability(afi)
            octets = bytes.fromhex(value)
            self.assertEqual(show(field, octets), tree)
            self.assertEqual(field.text(tree), text)
            self.assertEqual(field.encode(read(field, tree)), octets)


class CandidatePathTests(SynchronousTestCase):
    """RFC 9857, 4."""

    def test_flags_follow_from_the_addresses(self) -> None:
        for endpoint, originator, flags, size in (
            ("10.0.0.9", "10.0.0.1", 0, 24),
            ("2001:db8::9", "10.0.0.1", 0x80, 36),
            ("10.0.0.9", "2001:db8::1", 0x40, 36),
            ("::", "::", 0xC0, 48),
        ):
            tree = {
                "protocol-origin": 2,
                "endpoint": endpoint,
                "color": 1,
                "originator-as-number": 65000,
                "originator-address": originator,
                "discriminator": 3,
            }
            octets = CANDIDATE_PATH.encode(tree)
            self.assertEqual((octets[1], len(octets)), (flags, size))
            self.assertEqual(CANDIDATE_PATH.decode(Octets(octets)), tree)
            self.assertEqual(read(CANDIDATE_PATH, CANDIDATE_PATH.words(tree)), tree)

    def test_what_is_not_known_who_made_it_is_zero(self) -> None:
        self.assertEqual(
            CANDIDATE_PATH.encode(read(CANDIDATE_PATH, "protocol-origin 1 endpoint 10.0.0.9 color 7")).hex(),
            "010000000a0000090000000700000000" + "0000000000000000",
        )
        self.assertRaises(Misspelt, read, CANDIDATE_PATH, "protocol-origin 1 endpoint 10.0.0.9")

    def test_reserved_bits_are_shown_in_hexadecimal(self) -> None:
        octets = bytes.fromhex("0120" + "00" * 22)
        self.assertEqual(show(CANDIDATE_PATH, octets), "0x0120" + "00" * 22)


class NodeTests(SynchronousTestCase):
    """Node descriptors."""

    @given(st.binary(max_size=17))
    def test_any_router_id_is_shown_and_made_again(self, value: bytes) -> None:
        item = router_id(value)
        if len(value) in (4, 6, 7, 8, 16):
            self.assertEqual(router_id_octets(item), value)
        else:
            self.assertEqual(item, {"generic-515": "0x" + value.hex().upper()})
        octets = framed(515, value)
        self.assertEqual(NODE.encode(NODE.decode(Octets(octets))), octets)
        if len(value) > 0:
            self.assertEqual(NODE.encode(read(NODE, NODE.words(NODE.decode(Octets(octets))))), octets)

    @given(st.lists(st.tuples(st.integers(510, 520), st.sampled_from([b"", b"\1\2\3\4", bytes(6), b"\xff" * 8]))))
    def test_any_sub_tlvs_in_order_are_shown_and_made_again(self, found: list[tuple[int, bytes]]) -> None:
        octets = b"".join([framed(code, value) for code, value in sorted(found)])
        tree = NODE.decode(Octets(octets))
        self.assertEqual(NODE.encode(tree), octets)
        try:
            check_node(octets, 0, len(octets))
        except Malformed:
            return
        self.assertEqual(read(NODE, NODE.words(tree)), tree)

    def test_router_ids_that_do_not_fit(self) -> None:
        for item in (
            {"router-id": "0x0A"},
            {"router-id": "10.0.0.1", "psn": 1},
            {"router-id": "192168252240", "psn": 256},
            {"router-id": "192168252240", "designated-router-id": "10.0.0.1"},
            {"router-id": "10.0.0.1", "designated-router-id": "::1"},
            {"router-id": "\u0661\u0662\u0663"},
        ):
            self.assertRaises(Misspelt, router_id_octets, item)

    def test_generic_codes(self) -> None:
        self.assertEqual(generic_code("generic-65535"), 65535)
        for key in ("generic-65536", "generic-", "generic", "other-1", "generic--1"):
            self.assertRaises(Misspelt, generic_code, key)

    def test_a_tlv_has_room_for_so_much(self) -> None:
        self.assertEqual(len(framed(1, bytes(0xFFFF))), 0x10003)
        self.assertRaises(Misspelt, framed, 1, bytes(0x10000))
