"""BGP-LS NLRI: what is refused, what is kept though odd, and what people write."""

import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families import link_state
from bgptwist.wire.families.link_state import BY_CODE, KINDS, LINK_STATE, LINK_STATE_SPF, LINK_STATE_VPN, clamp
from bgptwist.wire.values.link_state_descriptors import NODE_ROWS, ROUTER_ID, framed
from bgptwist.wire.words import Words
from tests.wire.examples import examples
from tests.wire.spelling import lex

START = bytes.fromhex("02" + "0000000000000001")
"""IS-IS level 2 and an identifier."""

LOCAL = bytes.fromhex("0100000A" + "02030006192168252240")
REMOTE = bytes.fromhex("0101000A" + "02030006192168252162")
PREFIX = bytes.fromhex("01090003100A01")
RD = bytes.fromhex("0000FDE800000001")

NODE = "node protocol isis-l2 identifier 1 local ( router-id 192168252240 )"


def nlri(code: int, *tlvs: bytes, start: bytes = START) -> bytes:
    return framed(code, start + b"".join(tlvs))


def tlv(code: int, value: str = "") -> bytes:
    return framed(code, bytes.fromhex(value))


def read(text: str) -> bytes:
    words = Words(lex(text))
    found = LINK_STATE.read(words)
    assert not words.more, text
    return found


class FramingTests(SynchronousTestCase):
    """Where one NLRI ends and the next begins."""

    def test_a_field_is_cut_into_nlri(self) -> None:
        one, two = nlri(1, LOCAL), nlri(9)
        self.assertEqual(LINK_STATE.split(one + two, 0, len(one + two)), [one, two])

    def test_a_length_beyond_the_field_is_malformed(self) -> None:
        for field in ("00", "000100", "0001000101FF01", "0002FFFF03"):
            with self.assertRaises(Malformed) as caught:
                LINK_STATE.split(bytes.fromhex(field), 0, len(field) // 2)
            self.assertEqual((caught.exception.code, caught.exception.subcode), (3, 10))

    def test_path_identifiers_stand_before_the_type(self) -> None:
        one = b"\0\0\0\1" + nlri(1, LOCAL)
        family = LINK_STATE.with_path_id
        self.assertEqual(family.split(one + one, 0, 2 * len(one)), [one, one])
        self.assertEqual(json.loads(family.json(one))["path-information"], "0.0.0.1")
        with self.assertRaises(Malformed):
            family.split(one[:7], 0, 7)

    def test_clamp_corrects_a_length_beyond_the_field(self) -> None:
        one, two = nlri(1, LOCAL), nlri(2, LOCAL, REMOTE)
        broken = two[:2] + b"\xff\xff" + two[4:]
        self.assertEqual(clamp(one + broken), one + two)
        self.assertEqual(clamp(one + two), one + two)
        self.assertEqual(clamp(b"\0\0\0\1" + broken, 4), b"\0\0\0\1" + two)

    def test_clamp_leaves_what_is_no_nlri(self) -> None:
        for octets in (b"", b"\0", b"\0\1\0", nlri(1) + b"\0\1"):
            self.assertEqual(clamp(octets), octets)

    def test_the_families_have_their_code_points(self) -> None:
        families = (LINK_STATE, LINK_STATE_VPN, LINK_STATE_SPF)
        self.assertEqual([family.index for family in families], [0x400447, 0x400448, 0x400450])
        self.assertEqual(LINK_STATE_VPN.next_hop_prefix, bytes(8))
        self.assertEqual(LINK_STATE.next_hop_prefix, b"")


class CheckTests(SynchronousTestCase):
    """RFC 9552, 8.2.2: which NLRI make no sense."""

    def refused(self, octets: bytes, reason: str) -> None:
        with self.assertRaises(Malformed, msg=octets.hex()) as caught:
            link_state.PLAIN.check(octets)
        self.assertIn(reason, caught.exception.reason)
        self.assertEqual((caught.exception.code, caught.exception.subcode), (3, 10))
        link_state.PLAIN.words(octets)
        json.loads(link_state.PLAIN.json(octets))

    def test_what_is_mandatory(self) -> None:
        for kind in KINDS:
            self.refused(nlri(kind.code), "must have the TLVs")
        self.refused(nlri(2, LOCAL), "256, 257")
        self.refused(nlri(2, REMOTE), "256, 257")
        self.refused(nlri(3, LOCAL), "256, 265")
        self.refused(nlri(4, PREFIX), "256, 265")
        self.refused(nlri(5, LOCAL), "256, 554")
        self.refused(nlri(6, LOCAL), "256, 518")

    def test_too_short_for_protocol_and_identifier(self) -> None:
        for size in range(9):
            self.refused(framed(1, bytes(size)), "no room")

    def test_a_tlv_that_runs_over(self) -> None:
        self.refused(nlri(1, LOCAL, b"\1\3\0"), "3 octets where a TLV begins")
        self.refused(nlri(1, LOCAL, b"\1\3\0\2\0"), "a TLV of 2 octets")

    def test_rising_order(self) -> None:
        self.refused(nlri(2, REMOTE, LOCAL), "TLV 256 follows 257")
        self.refused(nlri(3, PREFIX, LOCAL), "TLV 256 follows 265")
        self.refused(nlri(2, LOCAL, REMOTE, tlv(260, "0A000001"), tlv(259, "0A000001")), "TLV 259 follows 260")
        self.refused(nlri(2, LOCAL, REMOTE, tlv(259, "0A000002"), tlv(259, "0A000001")), "values of TLV 259")
        self.refused(nlri(1, LOCAL, tlv(900, "02"), tlv(900, "01")), "values of TLV 900")

    def test_several_of_one_type(self) -> None:
        for code in (1, 2, 3, 7):
            self.refused(nlri(code, LOCAL, LOCAL), "TLV 256 stands twice")
        self.refused(nlri(2, LOCAL, REMOTE, tlv(258, "00" * 8), tlv(258, "00" * 8)), "TLV 258 stands twice")
        self.refused(nlri(2, LOCAL, REMOTE, tlv(263, "0001"), tlv(263, "0002")), "TLV 263 stands twice")
        check = LINK_STATE.check
        assert check is not None
        check(nlri(2, LOCAL, REMOTE, tlv(259, "0A000001"), tlv(259, "0A000001"), tlv(259, "0A000002")))
        check(nlri(1, LOCAL, tlv(900, "01"), tlv(900, "0100"), tlv(900, "02")))

    def test_lengths(self) -> None:
        for code, value in (
            (258, "00" * 4),
            (259, "00" * 16),
            (262, "00" * 4),
            (263, ""),
            (263, "000100"),
            (270, "0001"),
        ):
            self.refused(nlri(2, LOCAL, REMOTE, tlv(code, value)), f"TLV {code} has")
        for value in ("", "200A00000100"):
            self.refused(nlri(3, LOCAL, tlv(265, value)), "TLV 265 has")
        self.refused(nlri(3, LOCAL, tlv(264, "0101"), PREFIX), "TLV 264 has 2")
        self.refused(nlri(6, LOCAL, tlv(518, "00" * 4)), "TLV 518 has 4")
        self.refused(nlri(5, LOCAL, tlv(554, "00" * 28)), "TLV 554 has 28")
        self.refused(nlri(5, LOCAL, tlv(554, "0180" + "00" * 22)), "24 octets where its flags say 36")

    def test_bits_of_a_prefix(self) -> None:
        self.refused(nlri(3, LOCAL, tlv(265, "210A000001")), "33 bits")
        self.refused(nlri(4, LOCAL, tlv(265, "81")), "129 bits")

    def test_nodes(self) -> None:
        for value, reason in (
            ("020300", "3 octets where"),
            ("02030005192168252200", "515 has 5"),
            ("0200000219210200", "512 has 2"),
            ("02000008" + "00" * 4, "a sub-TLV of 8"),
            ("020000040000FDE9" + "020000040000FDE9", "512 follows 512"),
            ("020300040A000001" + "020000040000FDE9", "512 follows 515"),
            ("02580000" + "02570000", "599 follows 600"),
        ):
            self.refused(nlri(1, tlv(256, value)), reason)
        self.refused(nlri(2, LOCAL, tlv(257, "020000020000")), "512 has 2")

    def test_whatever_stands_in_an_unknown_type(self) -> None:
        check = LINK_STATE_VPN.check
        assert check is not None
        for octets in ("00080000", "FFFF000101", "00090003010203"):
            check(bytes.fromhex(octets))

    def test_the_rd_belongs_to_the_head(self) -> None:
        check = LINK_STATE_VPN.check
        assert check is not None
        check(nlri(1, LOCAL, start=RD + START))
        with self.assertRaises(Malformed):
            check(framed(1, RD + START[:8]))


class LeniencyTests(SynchronousTestCase):
    """What real routers send is kept, and nothing of it lost."""

    def kept(self, octets: bytes) -> dict[str, object]:
        assert LINK_STATE.check is not None and LINK_STATE.restore is not None
        LINK_STATE.check(octets)
        found: dict[str, object] = json.loads(LINK_STATE.json(octets))
        words = LINK_STATE.words(octets)
        self.assertEqual(read(words), octets)
        self.assertEqual(LINK_STATE.restore(found), words)
        return found

    def test_a_prefix_with_an_octet_less_than_its_bits_need(self) -> None:
        found = self.kept(nlri(3, LOCAL, tlv(265, "1E0A8602")))
        self.assertEqual((found["ip-reachability-tlv"], found["ip-reach-prefix"]), ("0x1E0A8602", "10.134.2.0/30"))

    def test_bits_beyond_a_prefix(self) -> None:
        found = self.kept(nlri(4, LOCAL, tlv(265, "2020010DB9AA")))
        self.assertEqual(found["ip-reach-prefix"], "2001:db9:aa00::/32")

    def test_protocols_and_router_ids_that_do_not_go_together(self) -> None:
        for protocol in (1, 3, 4, 7, 0, 255):
            for value in ("0A000001", "192168252240", "19216825224000", "0A0000010A000002", "20010DB8" + "00" * 12):
                node = tlv(256, f"0203{len(value) // 2:04X}{value}")
                self.kept(nlri(1, node, start=bytes((protocol,)) + bytes(8)))

    def test_a_known_tlv_in_the_wrong_place(self) -> None:
        found = self.kept(nlri(1, LOCAL, tlv(259, "0A000001")))
        self.assertEqual(found["generic-259"], ["0x0A000001"])

    def test_several_topologies(self) -> None:
        self.assertEqual(self.kept(nlri(3, LOCAL, tlv(263, "00000002"), PREFIX))["multi-topology-ids"], [0, 2])

    def test_octets_that_are_out_of_order_are_shown_as_they_are(self) -> None:
        octets = nlri(2, REMOTE, LOCAL)
        self.assertEqual(LINK_STATE.words(octets), f"raw 0x{octets.hex().upper()}")
        self.assertEqual(json.loads(LINK_STATE.json(octets)), {"code": 2, "parsed": False, "raw": octets.hex().upper()})


class WordsTests(SynchronousTestCase):
    """What people write."""

    def misspelt(self, text: str, reason: str, word: str = "") -> None:
        words = lex(text)
        with self.assertRaises(Misspelt, msg=text) as caught:
            LINK_STATE.read(Words(words))
        self.assertIn(reason, str(caught.exception))
        if word:
            self.assertEqual(words[caught.exception.at], word)

    def test_members_in_any_order_become_rising_tlvs(self) -> None:
        self.assertEqual(
            read(
                "link neighbor-address 2001:db8::2 interface-address [ 2001:db8::1 10.0.0.2 10.0.0.1 ] generic-300 0x02"
                " remote ( router-id 192168252162 ) generic-299 0x01 identifier 1 generic-300 0x01"
                " local ( router-id 1921.6825.2240 ) protocol 2"
            ),
            nlri(
                2,
                LOCAL,
                REMOTE,
                tlv(259, "0A000001"),
                tlv(259, "0A000002"),
                tlv(261, "20010DB8000000000000000000000001"),
                tlv(262, "20010DB8000000000000000000000002"),
                tlv(299, "01"),
                tlv(300, "01"),
                tlv(300, "02"),
            ),
        )

    def test_sub_tlvs_of_a_node_in_any_order(self) -> None:
        given = "router-id 10.0.0.1 ospf-area 1 bgp-ls-identifier 0.0.0.9 autonomous-system 1.1"
        sorted_out = "autonomous-system 65537 bgp-ls-identifier 9 ospf-area 0.0.0.1 router-id 10.0.0.1"
        found = read(f"node protocol ospfv2 local ( {given} )")
        self.assertEqual(found, read(f"node protocol 3 local ( {sorted_out} )"))
        self.assertEqual(LINK_STATE.words(found), f"node protocol ospfv2 identifier 0 local ( {sorted_out} )")

    def test_system_identifiers(self) -> None:
        plain = read("node protocol 1 local ( router-id 19216825224a )")
        for text in ("1921.6825.224A", "19216825224A", "0x19216825224A"):
            self.assertEqual(read(f"node protocol 1 local ( router-id {text} )"), plain)
        pseudonode = read("node protocol 1 local ( router-id 19216825224a psn 7 )")
        for text in ("1921.6825.224a.07", "1921.6825.224a-07", "19216825224a07", "19216825224a07 psn 7"):
            self.assertEqual(read(f"node protocol 1 local ( router-id {text} )"), pseudonode)

    def test_an_address_with_a_slip_is_no_system_identifier(self) -> None:
        for text in ("256.100.100.100", "1921.68.25.2240", "19216825224", "0x0A", "192168252240 designated-router x"):
            self.misspelt(f"node protocol 1 local ( router-id {text} )", "is no router id")
        self.misspelt("node protocol 1 local ( router-id 10.0.0.1 psn 1 )", "pseudonode", "10.0.0.1")
        self.misspelt("node protocol 1 local ( router-id 19216825224a07 psn 8 )", "pseudonode")
        self.misspelt("node protocol 1 local ( router-id 19216825224a psn 256 )", "a number from 0 to 255", "256")

    def test_what_is_missing_is_named(self) -> None:
        self.misspelt("node local ( )", "'protocol' is missing")
        self.misspelt("node protocol isis-l1", "'local' is missing")
        self.misspelt("link protocol isis-l1 local ( )", "'remote' is missing")
        self.misspelt("prefix-v4 protocol isis-l1 local ( )", "'prefix' is missing")
        self.misspelt("srv6-sid protocol isis-l1 local ( )", "'sid' is missing")
        self.misspelt("sr-policy protocol sr local ( )", "'candidate-path' is missing")
        with self.assertRaises(Misspelt) as caught:
            LINK_STATE_VPN.read(Words(lex(NODE)))
        self.assertIn("'rd' is missing", str(caught.exception))

    def test_what_is_wrong_is_named(self) -> None:
        self.misspelt("nodes", "'nodes' is no type of BGP-LS route, expected one of node, link", "nodes")
        self.misspelt("node protocol rip local ( )", "isis-l1, isis-l2", "rip")
        self.misspelt("node protocol 256 local ( )", "a number to 255", "256")
        self.misspelt("node protocol 1 protocol 1 local ( )", "'protocol' stands twice")
        self.misspelt("node protocol 1 local ( ) local ( )", "'local' stands twice")
        self.misspelt("node protocol 1 local ( ospf-area 1 ospf-area 1 )", "'ospf-area' stands twice")
        self.misspelt("node protocol 1 local ( generic-600 0x generic-600 0x )", "'generic-600' stands twice")
        self.misspelt("node protocol 1 local ( colour 1 )", "')'", "colour")
        self.misspelt("node protocol 1 identifier -1 local ( )", "a number from 0", "-1")
        self.misspelt("node protocol 1 local ( bgp-ls-identifier 4294967296 )", "four numbers with dots", "4294967296")
        self.misspelt("node protocol 1 local ( ) generic-65536 0x", "is not known", "generic-65536")
        self.misspelt("node protocol 1 local ( ) generic-1 x", "hexadecimal", "x")
        self.misspelt("prefix-v4 protocol 1 local ( ) prefix 10.0.0.1/8", "host bits", "10.0.0.1/8")
        self.misspelt("prefix-v4 protocol 1 local ( ) prefix 2001:db8::/32", "not a valid prefix", "2001:db8::/32")
        self.misspelt("prefix-v4 protocol 1 local ( ) prefix 0x21", "33 bits", "prefix-v4")
        self.misspelt("node protocol 1 local ( generic-512 0x00 )", "512 has 1 octets", "node")
        self.misspelt("raw 0x000100", "not one NLRI", "0x000100")
        self.misspelt("raw 0x0008000000080000", "not one NLRI")

    def test_the_rest_of_the_statement_is_left_alone(self) -> None:
        words = Words(lex(f"{NODE} next-hop 10.0.0.1"))
        self.assertEqual(LINK_STATE.read(words), nlri(1, LOCAL))
        self.assertEqual(words.peek(), "next-hop")

    def test_an_rd_is_for_the_vpn_family_alone(self) -> None:
        words = Words(lex("node rd 65000:1 protocol 1 local ( )"))
        self.assertRaises(Misspelt, LINK_STATE.read, words)
        found = LINK_STATE_VPN.read(
            Words(lex("node protocol isis-l2 identifier 1 rd 65000:1 local ( router-id 192168252240 )"))
        )
        self.assertEqual(found, nlri(1, LOCAL, start=RD + START))

    def test_the_help_names_every_word(self) -> None:
        for family in (LINK_STATE, LINK_STATE_VPN, LINK_STATE_SPF):
            for kind in KINDS:
                for word in (kind.word, *kind.by_word):
                    self.assertIn(word, family.help)
        for row in NODE_ROWS:
            self.assertIn(row.word, LINK_STATE.help)
        self.assertIn("rd RD", LINK_STATE_VPN.help)
        self.assertNotIn("rd RD", LINK_STATE.help)


class JsonTests(SynchronousTestCase):
    """Objects that are made into routes again."""

    def refused(self, tree: object, reason: str) -> None:
        assert LINK_STATE.restore is not None
        with self.assertRaises(Misspelt, msg=str(tree)) as caught:
            LINK_STATE.restore(tree)
        self.assertIn(reason, str(caught.exception))

    def test_objects_of_another_shape(self) -> None:
        node = {"ls-nlri-type": "bgpls-node", "protocol-id": 2, "node-descriptors": [{"router-id": "10.0.0.1"}]}
        self.refused([], "an object")
        self.refused({}, "not one NLRI")
        self.refused({"raw": "0001"}, "not one NLRI")
        self.refused({"ls-nlri-type": "bgpls-edge"}, "is not known")
        self.refused({"ls-nlri-type": 1}, "a string")
        self.refused({**node, "colour": 1}, "'colour' is not known")
        self.refused({**node, "rd": "65000:1"}, "'rd' is not known")
        self.refused({**node, "protocol-id": True}, "a number from 0 to 255")
        self.refused({**node, "l3-routing-topology": -1}, "a number from 0")
        self.refused({**node, "node-descriptors": {}}, "a list")
        self.refused({**node, "node-descriptors": [[]]}, "an object")
        self.refused({**node, "node-descriptors": [{}]}, "an object with one member")
        self.refused({**node, "node-descriptors": [{"ospf-area-id": []}]}, "ospf-area-id")
        self.refused({**node, "node-descriptors": [{"router-id": 1}]}, "a string")
        self.refused({**node, "node-descriptors": [{"router-id": "10.0.0.1", "colour": 1}]}, "is no router id")
        self.refused({**node, "generic-600": "0x"}, "a list")
        self.refused({**node, "generic-600": ["00"]}, "hexadecimal")
        self.refused({"ls-nlri-type": "bgpls-node"}, "'protocol' is missing")
        self.refused({"ls-nlri-type": "bgpls-node", "protocol-id": 2}, "must have the TLVs 256")
        self.refused({"ls-nlri-type": "bgpls-srv6sid", "protocol-id": 2, "srv6-sid-descriptors": 1}, "an object")

    def test_the_form_of_exabgp_is_understood(self) -> None:
        assert LINK_STATE.restore is not None
        tree = {
            "ls-nlri-type": "bgpls-prefix-v4",
            "l3-routing-topology": 0,
            "protocol-id": 2,
            "node-descriptors": [{"router-id": "192168252240", "psn": "1"}],
            "ip-reachability-tlv": "10.134.2.88",
            "ip-reach-prefix": "10.134.2.88/30",
            "nexthop": "10.0.0.1",
        }
        self.assertEqual(
            LINK_STATE.restore(tree),
            "prefix-v4 protocol isis-l2 identifier 0 local ( router-id 192168252240 psn 1 ) prefix 10.134.2.88/30",
        )


class IdentityTests(SynchronousTestCase):
    """Every octet tells one route from another."""

    def test_an_nlri_is_its_own_key(self) -> None:
        for family in (LINK_STATE, LINK_STATE_VPN, LINK_STATE_SPF):
            self.assertIsNone(family.key)

    def test_a_topology_makes_another_route(self) -> None:
        self.assertNotEqual(read(f"{NODE} generic-263 0x0001"), read(NODE))


class CorpusTests(SynchronousTestCase):
    """The examples show everything there is."""

    def test_every_type_tlv_and_sub_tlv_is_shown(self) -> None:
        seen: dict[int, set[int]] = {kind.code: set() for kind in KINDS}
        nodes: set[tuple[int, int]] = set()
        for octets, _, _ in examples(LINK_STATE):
            code = octets[0] << 8 | octets[1]
            at = 13
            while code in BY_CODE and at < len(octets):
                kind, size = octets[at] << 8 | octets[at + 1], octets[at + 2] << 8 | octets[at + 3]
                seen[code].add(kind)
                inner, at = at + 4, at + 4 + size
                while kind in (256, 257) and inner < at:
                    size = octets[inner + 2] << 8 | octets[inner + 3]
                    nodes.add((octets[inner] << 8 | octets[inner + 1], size))
                    inner += 4 + size
        everywhere = set().union(*seen.values())
        for kind_of_route in KINDS:
            self.assertTrue(kind_of_route.mandatory <= seen[kind_of_route.code], kind_of_route.word)
            self.assertTrue(set(kind_of_route.rules) <= everywhere, kind_of_route.word)
        wanted = {(row.code, 4) for row in NODE_ROWS} | {(ROUTER_ID, size) for size in (4, 6, 7, 8, 16)}
        self.assertEqual(wanted - nodes, set())

    @given(st.integers(1, 7), st.lists(st.tuples(st.integers(255, 275), st.binary(max_size=9)), max_size=6))
    def test_whatever_passes_the_check_is_spelt_and_read_again(self, code: int, tlvs: list[tuple[int, bytes]]) -> None:
        assert LINK_STATE.check is not None and LINK_STATE.restore is not None
        octets = nlri(code, *[framed(kind, value) for kind, value in sorted([(256, b""), (257, b""), *tlvs])])
        words = LINK_STATE.words(octets)
        tree = json.loads(LINK_STATE.json(octets))
        try:
            LINK_STATE.check(octets)
        except Malformed:
            return
        self.assertFalse(words.startswith("raw"), words)
        self.assertEqual(read(words), octets)
        self.assertEqual(LINK_STATE.restore(tree), words)
