"""Flow specifications: frames, what makes one malformed, words, JSON, and which of two comes first."""

import json
from functools import cmp_to_key

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families import flow, tunnelled_flow
from bgptwist.wire.families.flow import FORMS
from bgptwist.wire.kinds import Family
from bgptwist.wire.registry import by_index
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

IPV4 = FORMS[0x185]
IPV4_VPN = FORMS[0x186]
IPV6 = FORMS[0x285]
LAYER_2 = FORMS[0x1985]


def read(index: int, text: str) -> bytes:
    """The NLRI of some words, which must be read whole."""
    words = Words(lex(text))
    found = FORMS[index].read(words)
    assert not words.more, words.peek()
    return found


class FrameTests(SynchronousTestCase):
    """RFC 8955, 4.1."""

    def rule(self, size: int) -> bytes:
        """A rule with a body of so many octets."""
        rest = size - 4
        terms = b"\x01\x01" * (rest // 2 - 1) + b"\x81\x01" if rest % 2 == 0 else None
        assert terms is not None
        return b"\x03\x81\x06\x04" + terms

    def test_the_length_takes_two_octets_from_240_on(self) -> None:
        for size, head in ((238, "ee"), (240, "f0f0"), (256, "f100"), (4094, "fffe")):
            body = self.rule(size)
            nlri = bytes.fromhex(head) + body
            self.assertEqual(flow.FAMILIES[0].split(nlri, 0, len(nlri)), [nlri])
            self.assertEqual(flow.FAMILIES[0].read(Words(lex(IPV4.words(nlri)))), nlri)

    def test_a_length_of_two_octets_that_could_be_one_is_shortened(self) -> None:
        self.assertEqual(flow.FAMILIES[0].split(bytes.fromhex("f003038106"), 0, 5), [bytes.fromhex("03038106")])

    def test_a_rule_that_is_too_long_is_refused(self) -> None:
        self.assertRaises(Misspelt, read, 0x185, f"port [ {'1 ' * 3000} ]")

    def test_several_rules_are_cut_apart(self) -> None:
        field = bytes.fromhex("0303810600" + "0204")
        self.assertRaises(Malformed, flow.FAMILIES[0].split, field, 0, len(field))
        self.assertEqual(flow.FAMILIES[0].split(field, 0, 5), [field[:4], field[4:5]])
        with_path = flow.FAMILIES[0].with_path_id
        field = bytes.fromhex("0000000a03038106" + "0000000bf00303810600")
        self.assertEqual(
            with_path.split(field, 0, len(field) - 1),
            [bytes.fromhex("0000000a03038106"), bytes.fromhex("0000000b03038106")],
        )

    def test_what_is_cut_short_has_the_subcode_of_nlri(self) -> None:
        for octets in ("03", "0303", "f0", "f1", "f00303"):
            error = self.assertRaises(Malformed, flow.FAMILIES[0].split, bytes.fromhex(octets), 0, len(octets) // 2)
            self.assertEqual((error.code, error.subcode), (3, 10))


class CheckTests(SynchronousTestCase):
    """What makes one rule malformed, which is then withdrawn alone."""

    def wrong(self, index: int, body: str) -> None:
        nlri = flow.framed(bytes.fromhex(body))
        family = by_index(index)
        assert family is not None and family.check is not None
        self.assertEqual(family.split(nlri, 0, len(nlri)), [nlri])
        self.assertRaises(Malformed, family.check, nlri)
        self.assertIn("raw 0x", family.words(nlri))
        self.assertEqual(json.loads(family.json(nlri))["parsed"], False)

    def test_components_must_be_known(self) -> None:
        for body in ("0d8101", "00", "ff8101", "0381060d8101"):
            self.wrong(0x185, body)
        for body in ("0e8101", "00"):
            self.wrong(0x285, body)
        self.wrong(0x1985, "198101")

    def test_components_must_be_in_order(self) -> None:
        self.wrong(0x185, "048150" + "038106")
        self.wrong(0x185, "02080a" + "01080a")

    def test_components_stand_once(self) -> None:
        self.wrong(0x185, "038106" + "038111")
        check = flow.FAMILIES[0].check
        assert check is not None
        check(flow.framed(bytes.fromhex("01080a" + "01080b")))  # as ExaBGP sends it

    def test_components_must_not_be_cut_short(self) -> None:
        for body in ("03", "0381", "0306", "030106", "0391", "039100", "01", "0121", "01180a00", "0380"):
            self.wrong(0x185, body)

    def test_prefixes_must_not_be_too_long(self) -> None:
        self.wrong(0x185, "0121" + "0a00000001")
        self.wrong(0x285, "018100" + "00" * 17)
        self.wrong(0x285, "014041" + "00" * 8)
        self.wrong(0x285, "014040")
        self.wrong(0x285, "0140")

    def test_there_must_be_components(self) -> None:
        self.wrong(0x185, "")
        self.wrong(0x186, "0000fde800000001")

    def test_a_vpn_needs_a_route_distinguisher(self) -> None:
        self.wrong(0x186, "038106")
        self.wrong(0x286, "0000fde8000000")

    def test_reserved_bits_are_passed_over(self) -> None:
        for body in ("038906", "03c106", "098c02", "0501170a0001"[2:]):
            check = flow.FAMILIES[0].check
            assert check is not None
            check(flow.framed(bytes.fromhex(body)))


class WordsTests(SynchronousTestCase):
    def test_any_order_of_words_gives_the_order_of_types(self) -> None:
        self.assertEqual(
            read(0x185, "port 80 protocol tcp source 10.0.0.0/8").hex(), "09" + "02080a" + "038106" + "048150"
        )

    def test_the_first_word_may_be_flow(self) -> None:
        self.assertEqual(read(0x185, "flow port 80"), read(0x185, "port 80"))

    def test_a_route_distinguisher_may_stand_anywhere(self) -> None:
        for text in ("rd 65000:1 port 80", "port 80 rd 65000:1", "flow route-distinguisher 65000:1 port =80"):
            self.assertEqual(read(0x186, text).hex(), "0b" + "0000fde800000001" + "048150")

    def test_a_vpn_without_one_and_a_plain_rule_with_one_are_refused(self) -> None:
        for index, text in ((0x186, "port 80"), (0x185, "port 80 rd 65000:1"), (0x186, "rd x port 80"), (0x186, "rd")):
            self.assertRaises(Misspelt, read, index, text)
        self.assertRaises(Misspelt, read, 0x186, "rd 1:1 port 80 rd 1:2")

    def test_what_follows_is_left(self) -> None:
        words = Words(lex("port 80 next-hop 10.0.0.1 community [ 1:2 ]"))
        IPV4.read(words)
        self.assertEqual(words.peek(), "next-hop")

    def test_commas_may_stand_between_items_and_keywords_be_repeated(self) -> None:
        self.assertEqual(read(0x185, "port [ 80, 443 ]"), read(0x185, "port 80 port 443"))

    def test_errors_are_at_their_words(self) -> None:
        for index, text, at in (
            (0x185, "source 10.0.0.0/8 port [ 80 65536 ]", 5),
            (0x185, "port [ ]", 2),
            (0x185, "port", 1),
            (0x185, "flow-label 5", 1),
            (0x185, "", 0),
            (0x185, "discard", 0),
            (0x285, "port 80 source 10.0.0.0/8", 3),
            (0x185, "raw 0x0303810", 1),
            (0x185, "raw 0x04038106", 1),
            (0x185, "raw 0x0303810600", 1),
            (0x185, "raw", 1),
        ):
            error = self.assertRaises(Misspelt, read, index, text)
            self.assertEqual(error.at, at, f"{text}: {error}")

    def test_a_rule_in_hexadecimal_is_taken_as_it_is(self) -> None:
        self.assertEqual(read(0x185, "raw 0x03038106").hex(), "03038106")
        self.assertEqual(read(0x185, "flow raw 0x0100").hex(), "0100")


class JsonTests(SynchronousTestCase):
    def test_what_exabgp_adds_does_not_matter(self) -> None:
        tree = {"source-ipv4": ["10.0.0.0/8"], "next-hop": "1.2.3.4", "string": "flow next-hop 1.2.3.4"}
        self.assertEqual(IPV4.restore(tree), "flow source-ipv4 10.0.0.0/8")

    def test_items_are_checked(self) -> None:
        for tree in (
            {},
            [],
            {"port": []},
            {"port": "=80"},
            {"port": [80]},
            {"port": ["=65536"]},
            {"nonsense": ["=80"]},
            {"flow-label": ["=5"]},
            {"port": ["=80"], "rd": "65000:1"},
            {"parsed": False},
            {"parsed": False, "raw": "05"},
            {"parsed": False, "raw": "xy"},
        ):
            self.assertRaises(Misspelt, IPV4.restore, tree)
        self.assertRaises(Misspelt, IPV4_VPN.restore, {"port": ["=80"]})
        self.assertRaises(Misspelt, IPV4_VPN.restore, {"port": ["=80"], "rd": 5})

    def test_octets_of_generation_6_are_read(self) -> None:
        # ExaBGP's main sends the whole address behind an offset, with whatever is in front of it
        self.assertEqual(
            json.loads(IPV6.json(bytes.fromhex("0b01402020010db800000000"))),
            {
                "destination-ipv6": ["raw:0x402020010DB800000000"],
                "string": "flow destination-ipv6 raw:0x402020010DB800000000",
            },
        )


class OrderTests(SynchronousTestCase):
    """RFC 8955, 5.1; RFC 8956, 4."""

    def check_order(self, index: int, *texts: str) -> None:
        """The rules are in the order in which they are applied."""
        nlris = [read(index, text) for text in texts]
        form = FORMS[index]
        for at, one in enumerate(nlris):
            for behind, other in enumerate(nlris):
                wanted = (at > behind) - (at < behind)
                self.assertEqual(form.precedence(one, other), wanted, f"{texts[at]} and {texts[behind]}")
        backwards = nlris[::-1]
        backwards.sort(key=cmp_to_key(form.precedence))
        self.assertEqual(backwards, nlris)

    def test_the_lower_type_is_first(self) -> None:
        self.check_order(0x185, "destination 10.0.0.0/8", "source 10.0.0.0/8", "protocol 6", "port 1", "fragment 1")

    def test_the_longer_prefix_inside_another_is_first(self) -> None:
        self.check_order(
            0x185,
            "destination 10.0.1.0/24",
            "destination 10.0.0.0/16",
            "destination 10.0.0.0/8",
            "destination 192.0.2.0/24",
            "destination 0.0.0.0/0",
        )

    def test_the_lower_value_is_first_otherwise(self) -> None:
        self.check_order(0x185, "protocol 1", "protocol 2", "protocol >1")
        self.check_order(0x185, "port [ 1 2 ]", "port [ 1 3 ]", "port 1")

    def test_the_rule_with_more_components_is_first(self) -> None:
        self.check_order(0x185, "destination 10.0.0.0/8 port 1", "destination 10.0.0.0/8")
        self.check_order(0x185, "destination 10.0.0.0/8 protocol 1", "destination 10.0.0.0/8 port 1")

    def test_the_lower_offset_is_first(self) -> None:
        self.check_order(
            0x285,
            "source 2001:db8::/64",
            "source 2001:db8::/32",
            "source ::/0",
            "source ::1/64-128",
            "source ::/64-120",
            "source ::/65-120",
        )

    def test_both_forms_of_an_offset_are_equal(self) -> None:
        self.assertEqual(IPV6.precedence(read(0x285, "source ::1/128/120"), read(0x285, "source ::1/120-128")), 0)
        self.assertEqual(IPV6.precedence(read(0x285, "source ::1/128/120"), read(0x285, "source ::2/120-128")), -1)

    def test_the_route_distinguisher_does_not_matter(self) -> None:
        one, other = read(0x186, "rd 2:2 protocol 1"), read(0x186, "rd 1:1 protocol 2")
        self.assertEqual(IPV4_VPN.precedence(one, other), -1)
        self.assertEqual(IPV4_VPN.precedence(one, read(0x186, "rd 3:3 protocol 1")), 0)

    RULES = st.lists(
        st.sampled_from(
            ["destination 10.0.0.0/8", "source 10.1.0.0/16", "source 10.0.0.0/8", "port 1", "port [ 1 2 ]", "dscp 5"]
        ),
        min_size=1,
        unique_by=lambda text: text.split()[0],
    ).map(" ".join)

    @given(RULES, RULES, RULES)
    def test_the_order_is_total(self, first: str, second: str, third: str) -> None:
        one, two, three = (read(0x185, text) for text in (first, second, third))
        order = IPV4.precedence
        self.assertEqual(order(one, two), -order(two, one))
        self.assertEqual(order(one, two) == 0, one == two)
        if order(one, two) <= 0 and order(two, three) <= 0:
            self.assertLessEqual(order(one, three), 0)


class FamilyTests(SynchronousTestCase):
    def test_a_rule_is_its_own_key_and_needs_no_next_hop(self) -> None:
        families: tuple[Family, ...] = (*flow.FAMILIES, *tunnelled_flow.FAMILIES)
        for family in families:
            self.assertIsNone(family.key)
            self.assertIn(0, family.next_hop_sizes)
            self.assertFalse(family.next_hop_attribute)

    def test_layer_2_has_components_of_ipv4_as_well(self) -> None:
        text = "source 10.0.0.0/8 vlan-id 5"
        self.assertEqual(read(0x1985, text).hex(), "0702080a" + "15910005")
        self.assertRaises(Misspelt, read, 0x1985, "source 2001:db8::/32 vlan-id 5")

    def test_headers_of_snap_may_have_five_octets(self) -> None:
        self.assertEqual(read(0x1985, "snap [ 1/5 2/5 ]").hex(), "0d14" + "010000000001" + "810000000002")
        self.assertRaises(Misspelt, read, 0x1985, "snap [ 1/5 2 ]")

    def test_tunnelled_rules_are_hexadecimal(self) -> None:
        family = tunnelled_flow.FAMILIES[0]
        self.assertEqual(family.read(Words(["raw", "0x0101"])).hex(), "0101")
        for words in (["raw", "0x0201"], ["raw"], ["port", "80"], ["raw", "0x"], []):
            self.assertRaises(Misspelt, family.read, Words(words))
        assert family.restore is not None
        self.assertRaises(Misspelt, family.restore, {"raw": "02"})
        self.assertRaises(Misspelt, family.restore, {})
