"""Components of flow specifications: items into octets and back, what is refused, and that every row is tried."""

import struct

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes.extended import ExtendedCommunities
from bgptwist.wire.attributes.med import Med
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.values import flow_action, flow_names, service
from bgptwist.wire.values.flow_component import (
    IPV4_WORDS,
    IPV6_WORDS,
    KEYWORDS,
    LAYER_2_WORDS,
    VOCABULARIES,
    Component,
    Match,
    Vocabulary,
)
from bgptwist.wire.values.flow_matcher import Item
from tests.wire.examples import CORPUS

WORDS = ("ipv4-flow.txt", "ipv6-flow.txt", "l2vpn-flow.txt")


def octets(vocabulary: Vocabulary, word: str, *texts: str) -> str:
    """The octets of some items of a component, in hexadecimal."""
    maximum = KEYWORDS[word].maximum
    return vocabulary.octets([Match(word, Item(text, at, maximum)) for at, text in enumerate(texts)]).hex()


class NumericTests(SynchronousTestCase):
    def test_an_operator_stands_before_each_number(self) -> None:
        self.assertEqual(octets(IPV4_WORDS, "port", "80", "=80"), "040150" + "8150")
        self.assertEqual(octets(IPV4_WORDS, "port", "!=80", ">=1&<=2"), "040650" + "0301" + "c502")
        self.assertEqual(octets(IPV4_WORDS, "port", ">1", "<2", "false", "true"), "040201" + "0402" + "0000" + "8700")

    def test_a_number_takes_as_few_octets_as_can_be(self) -> None:
        for value, wanted in ((0, "8100"), (255, "81ff"), (256, "910100"), (65535, "91ffff")):
            self.assertEqual(octets(IPV4_WORDS, "port", str(value)), "04" + wanted)
        self.assertEqual(octets(IPV6_WORDS, "flow-label", "1048575"), "0d" + "a1000fffff")

    def test_it_takes_as_many_as_its_width_says(self) -> None:
        self.assertEqual(
            octets(IPV4_WORDS, "protocol", "tcp/2", "=6/4", "6/8"), "03110006" + "2100000006" + "b1" + "0" * 15 + "6"
        )
        self.assertEqual(octets(IPV4_WORDS, "protocol", "=300/2"), "0391012c")
        self.assertEqual(octets(LAYER_2_WORDS, "vlan-id", "7", "7/1"), "15110007" + "8107")

    def test_names_may_be_in_capitals_and_with_underscores(self) -> None:
        self.assertEqual(octets(IPV4_WORDS, "icmp-type", "ECHO_Request"), "078108")
        self.assertEqual(octets(IPV4_WORDS, "protocol", "=TCP", "icmp"), "030106" + "8101")

    def test_types_of_icmp_have_the_numbers_of_their_family(self) -> None:
        self.assertEqual(octets(IPV4_WORDS, "icmp-type", "echo-request", "unreachable"), "070108" + "8103")
        self.assertEqual(octets(IPV6_WORDS, "icmp-type", "echo-request", "unreachable"), "070180" + "8101")

    def test_services_are_ports(self) -> None:
        self.assertEqual(octets(IPV4_WORDS, "port", "http", ">=http_alt", "bgp"), "040150" + "131f90" + "81b3")

    def test_what_does_not_fit_is_refused_where_it_stands(self) -> None:
        for word, texts, at in (
            ("port", ("80", "65536"), 1),
            ("protocol", ("256",), 0),
            ("protocol", ("tcp+udp",), 0),
            ("protocol", ("tcp", "udp", "nobody"), 2),
            ("protocol", ("!tcp",), 0),
            ("protocol", ("==tcp",), 0),
            ("protocol", ("=",), 0),
            ("protocol", ("",), 0),
            ("protocol", ("tcp&",), 0),
            ("protocol", ("&tcp",), 0),
            ("protocol", ("tcp&&udp",), 0),
            ("protocol", ("6/3",), 0),
            ("protocol", ("6/",), 0),
            ("protocol", ("300/1",), 0),
            ("protocol", ("true:",), 0),
            ("protocol", ("-1",), 0),
            ("dscp", ("64",), 0),
            ("packet-length", ("0x10000",), 0),
            ("icmp-code", ("echo-request",), 0),
        ):
            error = self.assertRaises(Misspelt, octets, IPV4_WORDS, word, *texts)
            self.assertEqual(error.at, at, f"{word} {texts}: {error}")
            self.assertTrue(error.expected)

    def test_dscp_has_six_bits_and_traffic_class_eight_in_both_families(self) -> None:
        for vocabulary in (IPV4_WORDS, IPV6_WORDS):
            self.assertEqual(octets(vocabulary, "dscp", "63"), "0b813f")
            self.assertEqual(octets(vocabulary, "traffic-class", "255"), "0b81ff")
            self.assertRaises(Misspelt, octets, vocabulary, "dscp", "64")
            self.assertRaises(Misspelt, octets, vocabulary, "traffic-class", "256")

    @given(
        st.lists(st.tuples(st.integers(0, 7), st.booleans(), st.sampled_from((0, 1, 2, 3)), st.integers(0)), min_size=1)
    )
    def test_any_list_becomes_items_that_become_the_same(self, terms: list[tuple[int, bool, int, int]]) -> None:
        value = b""
        for at, (operator, joined, power, number) in enumerate(terms):
            end = 0x80 if at == len(terms) - 1 else 0
            width = 1 << power
            value += bytes((operator | (0x40 if joined and at else 0) | power << 4 | end,))
            value += (number & (1 << 8 * width) - 1).to_bytes(width, "big")
        for vocabulary in VOCABULARIES.values():
            for code in (3, 4, 7, 8, 9, 10, 11, 12):
                component = vocabulary.by_code[code]
                items = component.items(value, 0)
                self.assertEqual(component.octets([Item(text) for text in items], 0), value, items)
                if code not in (9, 12):
                    self.assertFalse(items[0].startswith("raw:"), items)


class BitmaskTests(SynchronousTestCase):
    def test_masks_have_their_operators(self) -> None:
        self.assertEqual(octets(IPV4_WORDS, "tcp-flags", "=syn", "!ack&rst"), "090102" + "0210" + "c004")
        self.assertEqual(octets(IPV4_WORDS, "tcp-flags", "SYN", "RST&FIN&!=push"), "090002" + "0004" + "4001" + "c308")

    def test_flags_are_joined_and_never_added(self) -> None:
        self.assertEqual(octets(IPV4_WORDS, "tcp-flags", "syn+ack", "syn+syn"), "090012" + "8002")
        self.assertEqual(octets(IPV4_WORDS, "tcp-flags", "ns+0x1", "urgent+urg"), "09100101" + "8020")
        self.assertEqual(
            octets(IPV4_WORDS, "fragment", "is-fragment", "first-fragment+last-fragment"), "0c0002" + "800c"
        )

    def test_bits_without_name_are_hexadecimal(self) -> None:
        component = IPV4_WORDS.by_word["tcp-flags"]
        self.assertEqual(component.items(bytes.fromhex("91f002"), 0), ["=syn+0xF000"])
        self.assertEqual(component.items(bytes.fromhex("8000"), 0), ["0"])

    def test_what_is_no_flag_is_refused(self) -> None:
        for text in ("syn+", "+syn", "syn+foo", ">1", "!!syn", "", "=!syn", "0x10000"):
            self.assertRaises(Misspelt, octets, IPV4_WORDS, "tcp-flags", text)


class PrefixTests(SynchronousTestCase):
    def test_bits_behind_the_length_do_not_count(self) -> None:
        self.assertEqual(octets(IPV4_WORDS, "source", "10.1.2.3/20"), "02140a0100")
        self.assertEqual(octets(IPV6_WORDS, "source", "2001:db8::1/32"), "02200020010db8")

    def test_several_prefixes_are_several_components(self) -> None:
        self.assertEqual(octets(IPV4_WORDS, "source", "10.1.0.0/16", "10.0.0.0/16"), "02100a01" + "02100a00")

    def test_the_notation_of_rfc_8956_gives_its_octets(self) -> None:
        for text, wanted in (
            ("::1234:5678:9800:0/64-104", "0268401234567898"),
            ("::1234:5678:9800:0/65-104", "0268412468acf130"),
            ("::1:1234:5678:9800:0/60-104", "02683c112345678980"),
            ("2001:db8::/0-32", "02200020010db8"),
            ("::1/120-128", "02807801"),
        ):
            self.assertEqual(octets(IPV6_WORDS, "source", text), wanted)

    def test_the_notation_of_exabgp_gives_the_whole_address_if_the_bits_left_out_are_zero(self) -> None:
        self.assertEqual(octets(IPV6_WORDS, "source", "::1/128/120"), "028078" + "0" * 31 + "1")
        self.assertEqual(octets(IPV6_WORDS, "source", "2001:db8::/64/32"), "024020" + "00000000")

    def test_a_rule_has_one_form_only(self) -> None:
        matches = [Match("destination", Item("2001:db8::/64/32")), Match("source", Item("::1/128/120"))]
        self.assertEqual(IPV6_WORDS.octets(matches).hex(), "01402000000000" + "02807801")

    def test_a_whole_address_that_would_be_read_as_something_else_is_cut(self) -> None:
        prefix = Match("source", Item("0:0:0:3::/64/8"))
        self.assertEqual(IPV6_WORDS.octets([prefix]).hex(), "024008" + "0000000000000003")
        # Behind the whole address, `03 0401 918150` could be a next header: seven octets are all that RFC 8956 has.
        matches = [prefix, Match("port", Item("=145")), Match("port", Item("=80"))]
        self.assertEqual(IPV6_WORDS.octets(matches).hex(), "024008" + "00000000000003" + "040191" + "8150")

    def test_what_is_no_prefix_is_refused(self) -> None:
        for text in (
            "any",
            "10.0.0.0/33",
            "10.0.0.0",
            "10.0.0/8",
            "10.0.0.0/",
            "10.0.0.0/255.0.0.0",
            "2001:db8::/32",
            "",
        ):
            self.assertRaises(Misspelt, octets, IPV4_WORDS, "destination", text)
        for text in (
            *("any", "2001:db8::/129", "2001:db8::", "10.0.0.0/8", "2001:db8::/32/32", "2001:db8::/32/33", "::/32-16"),
            *("::/16-16", "2001:db8::/32/", "2001:db8::/32/x", "::/-32", "::/32-", "fe80::1%eth0/64"),
        ):
            self.assertRaises(Misspelt, octets, IPV6_WORDS, "destination", text)

    @given(st.integers(0, 128), st.integers(0, 128), st.integers(0, (1 << 128) - 1))
    def test_any_bits_of_an_address_go_there_and_back(self, length: int, offset: int, bits: int) -> None:
        if offset >= length and offset:
            return
        size = (length - offset + 7) // 8
        pattern = bits & ~((1 << 128 - length + offset) - 1)
        value = bytes((length, offset)) + pattern.to_bytes(16, "big")[:size]
        items = IPV6_WORDS.by_code[1].items(value, 0)
        self.assertFalse(items[0].startswith("raw:"), items)
        self.assertEqual(octets(IPV6_WORDS, "destination", *items), "01" + value.hex())


class LinkAddressTests(SynchronousTestCase):
    def test_an_address_alone_is_in_the_form_of_older_drafts(self) -> None:
        self.assertEqual(octets(LAYER_2_WORDS, "source-mac", "00-11-22-33-44-5"), "0f06001122334405")
        self.assertEqual(octets(LAYER_2_WORDS, "source-mac", "fa:11:22:33:44:55"), "0f06fa1122334455")

    def test_operators_stand_before_length_and_address(self) -> None:
        self.assertEqual(octets(LAYER_2_WORDS, "source-mac", "=0:0:0:0:0:1"), "0f8106000000000001")
        self.assertEqual(
            octets(LAYER_2_WORDS, "destination-mac", ">=0:0:0:0:0:1&!=0:0:0:0:0:2", "0:0:0:0:0:3"),
            "10" + "0306000000000001" + "4606000000000002" + "8106000000000003",
        )

    def test_what_is_no_address_is_refused(self) -> None:
        for text in ("", "=", "0:0:0:0:0", "0:0:0:0:0:0:0", "0:0:0:0:0:g", "0:0:0:0:0:100", "+0:0:0:0:0:1"):
            self.assertRaises(Misspelt, octets, LAYER_2_WORDS, "source-mac", text)

    def test_an_address_that_would_be_read_as_an_operator_is_refused(self) -> None:
        found = octets(LAYER_2_WORDS, "source-mac", "06:81:06:00:00:00")
        self.assertEqual(LAYER_2_WORDS.tree(bytes.fromhex(found), 0), {"source-mac": ["06:81:06:00:00:00"]})


class VocabularyTests(SynchronousTestCase):
    def test_words_have_their_family(self) -> None:
        self.assertEqual([vocabulary.name for vocabulary in VOCABULARIES.values()], ["IPv4", "IPv6", "layer 2"])
        self.assertRaises(Misspelt, octets, IPV4_WORDS, "flow-label", "1")
        self.assertRaises(Misspelt, octets, IPV6_WORDS, "vlan-id", "1")

    def test_nothing_at_all_is_refused(self) -> None:
        self.assertRaises(Misspelt, IPV4_WORDS.octets, [])
        self.assertRaises(Malformed, IPV4_WORDS.scan, b"", 0)

    def test_components_are_sorted_and_keywords_of_one_type_add_up(self) -> None:
        matches = [Match("port", Item("80")), Match("protocol", Item("6")), Match("next-header", Item("17"))]
        self.assertEqual(IPV4_WORDS.octets(matches).hex(), "030106" + "8111" + "048150")

    def test_octets_in_hexadecimal_must_be_sound(self) -> None:
        self.assertEqual(octets(IPV4_WORDS, "port", "raw:0x8950"), "048950")
        for text in ("raw:0x0150", "raw:0x81", "raw:0x815000", "raw:", "raw:0x8", "raw:x"):
            self.assertRaises(Misspelt, octets, IPV4_WORDS, "port", text)
        self.assertRaises(Misspelt, octets, IPV4_WORDS, "port", "raw:0x8150", "=80")

    def test_every_component_stands_in_the_corpus_of_its_family(self) -> None:
        for vocabulary, name in zip(VOCABULARIES.values(), WORDS, strict=True):
            text = (CORPUS / "families" / name).read_text()
            for word in vocabulary.by_word:
                self.assertIn(f'"{word}": [', text, name)

    def test_every_name_stands_in_the_corpus(self) -> None:
        for name, tables in (
            (
                "ipv4-flow.txt",
                (flow_names.PROTOCOLS, flow_names.ICMP_TYPES, flow_names.TCP_FLAGS, flow_names.FRAGMENTS),
            ),
            ("ipv6-flow.txt", (flow_names.ICMPV6_TYPES,)),
            ("l2vpn-flow.txt", (flow_names.ETHERTYPES,)),
        ):
            text = (CORPUS / "families" / name).read_text()
            for table in tables:
                for word in table.values():
                    self.assertRegex(text, f'["+=!]{word}["+&]', name)

    def test_every_keyword_means_a_component_of_some_family(self) -> None:
        for word, keyword in KEYWORDS.items():
            found = [each for each in VOCABULARIES.values() if keyword.code in each.by_code]
            self.assertTrue(found, word)

    def test_every_component_is_described(self) -> None:
        components: list[Component] = [each for table in VOCABULARIES.values() for each in table.by_code.values()]
        self.assertTrue(all(component.help for component in components))


class ServiceTests(SynchronousTestCase):
    def test_names_are_words_with_ports(self) -> None:
        for name, port in service.PORTS.items():
            self.assertRegex(name, service.NAME)
            self.assertTrue(0 < port < 65536, name)

    def test_the_highest_port_counts(self) -> None:
        self.assertEqual([service.port(name) for name in ("http-alt", "echo", "https", "domain")], [8080, 7, 443, 53])

    def test_others_are_not_known(self) -> None:
        for name in ("", "80", "no-such-service", "HTTP", "a b", "\0", "\u00e9", "x" * 100):
            self.assertEqual(service.port(name), -1, name)


class ActionTests(SynchronousTestCase):
    """RFC 8955, 7.1: a rate that is no number, or a negative one, makes the flow malformed."""

    def fault(self, kind: str, rate: float) -> str:
        value = bytes.fromhex(kind) + b"\0\0" + struct.pack(">f", rate)
        return flow_action.fault([Med(5), ExtendedCommunities(bytes.fromhex("0002000100000001") + value)])

    def test_rates_must_be_finite_and_not_negative(self) -> None:
        for kind in ("8006", "800c"):
            for rate in (0.0, -0.0, 9600.0, 1e30):
                self.assertEqual(self.fault(kind, rate), "")
            for rate in (float("nan"), float("inf"), float("-inf"), -1.0):
                self.assertTrue(self.fault(kind, rate))

    def test_other_communities_do_not_matter(self) -> None:
        self.assertEqual(self.fault("8007", float("nan")), "")
        self.assertEqual(flow_action.fault([]), "")
