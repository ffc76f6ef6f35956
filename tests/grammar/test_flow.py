"""Flow rules in commands and statements: rows of words, blocks in one line, blocks of a file."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.flow import ACTIONS, SCOPES
from bgptwist.grammar.lexer import Misplaced, Source, Statement, split_route
from bgptwist.grammar.render import statement as rendered
from bgptwist.grammar.route import RouteReader
from bgptwist.settings.tree import parse
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.kinds import SELF
from bgptwist.wire.registry import BY_NAME, FAMILIES
from bgptwist.wire.route import Route
from bgptwist.wire.values.flow_component import KEYWORDS
from tests.wire.examples import examples

PORT = "match { port 80; }"

VOCABULARY = (
    *(*sorted(KEYWORDS), *sorted(ACTIONS), *SCOPES, "match", "then", "scope", "route", "flow", "rd", "next-hop", "raw"),
    *("{", "}", ";", "{", "}", ";", "[", "]", "(", ")", ",", '"', "&", "=", "80", "=80", ">80&<90", "tcp", "syn+ack"),
    *("10.0.0.0/8", "2001:db8::/32", "::1/120-128", "::1/128/120", "65000:1", "10.0.0.1:1", "1.2.3.4", "2001:db8::1"),
    *("transitive:input:65000:1", "sample", "packets", "bytes", "self", "community", "no-export", "x", "0x03038106"),
    *(
        "extended-community",
        "target:1:2",
        "watchdog",
        "path-information",
        "label",
        "split",
        "/24",
        "med",
        "5",
        "\u00e9",
    ),
)
SENTENCES = st.lists(st.sampled_from(VOCABULARY), max_size=24).map(" ".join)


def file_statement(text: str) -> Statement:
    """The one statement of a text."""
    (found,) = parse(Source("f", text)).statements
    return found


class FlowTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reader = RouteReader()

    def route(self, text: str) -> Route:
        (found,) = self.reader.flow_route(text).routes
        return found

    def told(self, text: str) -> str:
        """Family and words of a command."""
        route = self.route(text)
        return f"{route.family.name} {rendered(route)}"

    def then(self, text: str) -> str:
        """What becomes of an action."""
        found = self.told(f"route {{ {PORT} then {{ {text}; }} }}")
        self.assertTrue(found.startswith("ipv4 flow flow port =80"), found)
        return found.removeprefix("ipv4 flow flow port =80").strip()

    def refused(self, text: str, word: str, reason: str = "") -> None:
        """The text is Misspelt where that word stands for the last time ('': at the end)."""
        error = self.assertRaises(Misspelt, self.reader.flow_route, text)
        words = split_route(text)
        self.assertIn(reason, str(error))
        self.assertEqual(words[error.at] if error.at < len(words) else "", word, f"{text}: {error}")


class CommandTests(FlowTests):
    def test_a_row_of_words_in_any_order(self) -> None:
        wanted = "ipv4 flow flow destination-ipv4 10.0.0.0/24 protocol =tcp extended-community rate-limit:9600"
        for text in (
            "route destination 10.0.0.0/24 protocol tcp rate-limit 9600",
            "route rate-limit 9600 bytes protocol tcp destination 10.0.0.0/24",
            "destination 10.0.0.0/24 rate-limit 9600 protocol tcp;",
            "flow destination-ipv4 10.0.0.0/24 protocol =tcp extended-community rate-limit:9600",
            "flow route destination-ipv4 10.0.0.0/24 protocol =tcp extended-community [ rate-limit:9600 ] ;",
        ):
            self.assertEqual(self.told(text), wanted, text)

    def test_a_block_in_one_line(self) -> None:
        wanted = "ipv4 flow flow destination-ipv4 10.0.0.0/24 protocol [ =tcp =udp ] extended-community rate-limit:0"
        for text in (
            "route { match { destination 10.0.0.0/24; protocol [ tcp udp ]; } then { discard; } }",
            "route name { match { destination 10.0.0.0/24; protocol [ tcp udp ]; } then { discard; } }",
            "route{match{destination 10.0.0.0/24;protocol [tcp udp];}then{discard;}}",
            "{ then { discard; } match { protocol tcp; } match { destination 10.0.0.0/24; protocol udp; } scope { } };",
        ):
            self.assertEqual(self.told(text), wanted, text)

    def test_routes_as_they_are_told_are_read_again(self) -> None:
        for family in FAMILIES:
            if family.safi not in (133, 134):
                continue
            afi, safi = family.name.split()
            for octets, words, _ in examples(family):
                text = f"{words} next-hop 10.0.0.9 med 5"
                (route,) = self.reader.family_route(afi, safi, text).routes
                self.assertEqual((route.family, route.nlri), (family, octets), words)
                self.assertEqual(rendered(route), text)
            for octets, words, _ in examples(family.with_path_id):
                (route,) = self.reader.family_route(afi, safi, words).routes
                self.assertEqual((route.family, route.nlri), (family.with_path_id, octets), words)

    def test_the_family_follows_from_the_words(self) -> None:
        for text, family in (
            ("port 80", "ipv4 flow"),
            ("source 10.0.0.0/8", "ipv4 flow"),
            ("source 2001:db8::/32", "ipv6 flow"),
            ("protocol tcp source 2001:db8::/32", "ipv6 flow"),
            ("next-header tcp source 10.0.0.0/8", "ipv4 flow"),
            ("next-header tcp", "ipv6 flow"),
            ("flow-label 5 protocol tcp", "ipv6 flow"),
            ("destination-ipv6 raw:0x402020010DB800000000", "ipv6 flow"),
            ("destination-ipv4 raw:0x070A", "ipv4 flow"),
            ("port 80 rd 65000:1", "ipv4 flow-vpn"),
            ("route-distinguisher 65000:1 source 2001:db8::/32", "ipv6 flow-vpn"),
            ("vlan-id 5", "l2vpn flow"),
            ("vlan-id 5 source 10.0.0.0/8 rd 65000:1", "l2vpn flow-vpn"),
        ):
            self.assertEqual(self.route(text).family.name, family, text)

    def test_a_family_that_is_named_counts(self) -> None:
        for afi, safi, text, family in (
            ("ipv6", "flow", "port 80", "ipv6 flow"),
            ("ipv4", "flow", "port 80 rd 1:1", "ipv4 flow-vpn"),
            ("ipv4", "flow-vpn", "port 80 rd 1:1", "ipv4 flow-vpn"),
            ("l2vpn", "flow", "port 80", "l2vpn flow"),
            ("ipv4", "flow", "next-header 6", "ipv4 flow"),
        ):
            (route,) = self.reader.family_route(afi, safi, text).routes
            self.assertEqual(route.family.name, family)
        for afi, safi, text, at in (
            ("ipv4", "flow-vpn", "source 10.0.0.0/8 discard", 3),
            ("ipv4", "flow", "source 2001:db8::/32", 1),
            ("ipv6", "flow", "discard source 10.0.0.0/8", 2),
            ("ipv4", "flow", "flow-label 5", 1),
            ("ipv4", "flow", "raw 0x00", 1),
            ("ipv4", "flow", "raw 0x03038106 port 80", 1),
        ):
            error = self.assertRaises(Misspelt, self.reader.family_route, afi, safi, text)
            self.assertEqual(error.at, at, f"{text}: {error}")

    def test_a_rule_that_matches_everything_is_refused_in_every_form(self) -> None:
        for text in (
            "",
            "route",
            "route discard",
            "route { }",
            "route { match { } then { discard; } }",
            "route name { then { discard; } }",
            "route rd 65000:1 discard",
        ):
            error = self.assertRaises(Misspelt, self.reader.flow_route, text)
            self.assertIn("matches everything", str(error))
            self.assertRaises(Misspelt, self.reader.flow_route, text, withdraw=True)

    def test_errors_are_where_the_wrong_word_stands(self) -> None:
        for text, word, reason in (
            ("route port 80 extra", "extra", "not known"),
            ("route port 80 port 65536", "65536", "too large"),
            ("route port", "", "too early"),
            ("route source any discard", "any", "no IPv4 prefix"),
            ("route source 10.0.0.0/8 destination 2001:db8::/33", "2001:db8::/33", "address family"),
            ("route port 80; protocol tcp;", "80;", "stands alone"),
            ("route port 80 }", "}", "stands alone"),
            ("route a b { match { port 80; } }", "b", "too many"),
            ("route { match { port 80 } }", "}", "not finished"),
            ("route { match { port 80; }", "", "not closed"),
            ("route { match { port 80; } } }", "}", "behind"),
            ("route { match { port 80; } } discard", "discard", "behind"),
            ("route { match { port; } then { discard; } }", "port;", "too early"),
            ("route { match { port 80 443; } }", "443;", "one word too many"),
            ("route { match { ; } }", ";", "nothing before"),
            ("route { match { port 80; discard; } }", "discard;", "'then'"),
            ("route { match { med 5; } }", "med", "no match"),
            ("route { port 80; }", "port", "'match'"),
            ("route { med 5; }", "med", "no place here"),
            ("route { then { port 80; } }", "port", "'match'"),
            ("route { then { rd 1:1; } }", "rd", "outside of sections"),
            ("route { scope { port 80; } }", "port", "'match'"),
            ("route { scope { med 5; } }", "med", "no scope"),
            ("route { nonsense { } }", "{", "no section"),
            ("route { match { match { } } }", "{", "no section"),
            ("route port 80 label 5", "", "'label' has no place"),
            ("route port 80 split /24", "", "'split' has no place"),
            ("route port 80 rd 1:1 rd 1:2", "rd", "two route distinguishers"),
            ("route raw 0x03038106", "0x03038106", "its family"),
        ):
            self.refused(text, word, reason)

    def test_watchdogs_and_path_identifiers_are_those_of_other_routes(self) -> None:
        found = self.reader.flow_route(
            "route { watchdog dog; withdraw; name x; path-information 7; match { port 80; } }"
        )
        (route,) = found.routes
        self.assertEqual((found.watchdog, found.held, found.name), ("dog", True, "x"))
        self.assertEqual(route.nlri.hex(), "00000007" + "03048150")
        self.assertIs(route.family, BY_NAME["ipv4 flow"].with_path_id)

    @given(SENTENCES)
    def test_any_words_are_a_rule_or_misspelt(self, text: str) -> None:
        reader = RouteReader()
        for read in (reader.flow_route, lambda words: reader.family_route("ipv6", "flow", words)):
            try:
                found = read(text)
            except Misspelt as error:
                self.assertLessEqual(0, error.at, text)
                self.assertLessEqual(error.at, len(split_route(text)), text)
                continue
            (route,) = found.routes
            family = route.family
            self.assertEqual(family.split(route.nlri, 0, len(route.nlri)), [route.nlri])
            assert family.check is not None
            family.check(route.nlri)


class ActionTests(FlowTests):
    def test_rates(self) -> None:
        for text, wanted in (
            ("discard", "rate-limit:0"),
            ("rate-limit 0", "rate-limit:0"),
            ("rate-limit 9600 bytes", "rate-limit:9600"),
            ("rate-limit 1000 packets", "rate-limit:1000:packets"),
            ("rate-limit 1000000000000", "rate-limit:999999995904"),
            ("rate-limit 99999999999999", "rate-limit:999999995904"),
        ):
            self.assertEqual(self.then(text), f"extended-community {wanted}")

    def test_nothing_is_done_to_what_is_accepted(self) -> None:
        self.assertEqual(self.then("accept"), "")

    def test_redirections_to_route_targets(self) -> None:
        for text, octets in (
            ("redirect 65500:12345", "8008ffdc00003039"),
            ("redirect 258:33756718", "800801020203162e"),
            ("redirect 10.0.0.1:7", "81080a0000010007"),
            ("redirect 200000:5", "820800030d400005"),
        ):
            route = self.route(f"{{ {PORT} then {{ {text}; }} }}")
            self.assertIn(bytes.fromhex(octets), route.path.octets, text)
            self.assertEqual(route.next_hop, b"")

    def test_redirections_to_ipv6_route_targets_have_the_subtype_of_rfc_8956(self) -> None:
        for text in ('redirect "[2001:db8::1]:99"', "redirect [2001:db8::1]:99", "redirect [ 2001:db8::1 ] :99"):
            self.assertEqual(self.then(text), "extended-community-ipv6 redirect6:2001:db8::1:99")
            octets = bytes.fromhex("c01914" + "000d" + "20010db8000000000000000000000001" + "0063")
            self.assertIn(octets, self.route(f"{{ {PORT} then {{ {text}; }} }}").path.octets)

    def test_redirections_to_addresses_are_next_hops(self) -> None:
        for text, hop, word in (
            ("redirect 10.0.0.77", "10.0.0.77", "redirect-to-nexthop"),
            ("redirect 2001:db8::1", "2001:db8::1", "redirect-to-nexthop"),
            ('redirect "[2001:db8::1]"', "2001:db8::1", "redirect-to-nexthop"),
            ("redirect [2001:db8::1]", "2001:db8::1", "redirect-to-nexthop"),
            ("copy 10.0.0.77", "10.0.0.77", "copy-to-nexthop"),
            ("copy [2001:db8::1]", "2001:db8::1", "copy-to-nexthop"),
        ):
            self.assertEqual(self.then(text), f"next-hop {hop} extended-community {word}")

    def test_redirections_of_the_newer_draft_have_the_address_in_them(self) -> None:
        for text, wanted in (
            ("redirect-to-nexthop-ietf 10.0.0.77", "extended-community redirect-to-nexthop-ietf 10.0.0.77"),
            ("copy-to-nexthop-ietf 10.0.0.77", "extended-community copy-to-nexthop-ietf 10.0.0.77"),
            ("redirect-to-nexthop-ietf 2001:db8::1", "extended-community-ipv6 redirect-to-nexthop-ietf 2001:db8::1"),
            ("copy-to-nexthop-ietf [2001:db8::1]", "extended-community-ipv6 copy-to-nexthop-ietf 2001:db8::1"),
        ):
            self.assertEqual(self.then(text), wanted)

    def test_a_redirection_to_the_next_hop_needs_one(self) -> None:
        for text in ("redirect-to-nexthop", "copy-to-nexthop"):
            self.refused(f"route port 80 {text}", text, "no next hop")
            route = self.route(f"route {{ next-hop self; {PORT} then {{ {text}; }} }}")
            self.assertEqual(route.next_hop, SELF)
            self.reader.flow_route(f"route port 80 {text}", withdraw=True)

    def test_next_hops_must_not_contradict_each_other(self) -> None:
        self.assertEqual(self.told("port 80 next-hop 1.2.3.4 redirect 1.2.3.4").split()[6], "1.2.3.4")
        self.refused("port 80 next-hop 1.2.3.4 redirect 1.2.3.5", "1.2.3.5", "another next hop")
        self.refused("port 80 copy 1.2.3.4 redirect 1.2.3.5", "1.2.3.5", "two addresses")

    def test_marks_and_actions(self) -> None:
        for text, octets in (
            ("mark 8", "8009000000000008"),
            ("action sample", "8007000000000002"),
            ("action terminal", "8007000000000001"),
            ("action sample-terminal", "8007000000000003"),
        ):
            route = self.route(f"{{ {PORT} then {{ {text}; }} }}")
            self.assertEqual(route.path.octets.hex(), "c01008" + octets)

    def test_scopes(self) -> None:
        for text, octets in (
            ("transitive:input:65001:9", "07020000fde94009"),
            ("input:65001:9", "07020000fde94009"),
            ("non-transitive:output:65001:16383", "47020000fde9bfff"),
            ("[ transitive:input-output:1:2, non-transitive:input:3:4 ]", "070200000001c0024702000000034004"),
        ):
            route = self.route(f"{{ {PORT} scope {{ interface-set {text}; }} }}")
            self.assertEqual(route.path.octets.hex(), f"c010{len(octets) // 2:02x}{octets}")

    def test_attributes_stand_beside_actions_and_communities_add_up(self) -> None:
        self.assertEqual(
            self.then(
                "discard; community [ 30740:0 no-export ]; large-community 1:2:3; origin egp; med 7; mark 1;"
                " extended-community [ target:1:2 origin:3:4 ]; extended-community-ipv6 target6:2001:db8::1:5;"
                ' redirect "[2001:db8::2]:6"'
            ),
            "origin egp med 7 community [ 30740:0 no-export ]"
            " extended-community [ target:1:2 origin:3:4 rate-limit:0 mark 1 ]"
            " extended-community-ipv6 [ target6:2001:db8::1:5 redirect6:2001:db8::2:6 ] large-community 1:2:3",
        )

    def test_what_no_action_can_be_is_refused(self) -> None:
        for text, word in (
            ("rate-limit", ""),
            ("rate-limit -1", "-1"),
            ("rate-limit nan", "nan"),
            ("rate-limit 10 stones", "stones"),
            ("redirect", ""),
            ("redirect nowhere", "nowhere"),
            ("redirect 65536:65536", "65536:65536"),
            ("redirect 1.2.3", "1.2.3"),
            ("redirect 10.0.0.0/8", "10.0.0.0/8"),
            ("redirect 10.0.0.1:65536", "10.0.0.1:65536"),
            ("redirect-to-nexthop-ietf self", "self"),
            ("copy 1:2", "1:2"),
            ("mark 64", "64"),
            ("action drop", "drop"),
            ("interface-set sideways:1:2", "sideways:1:2"),
            ("interface-set [ input:1:2 input:1:16384 ]", "input:1:16384"),
            ("interface-set [ ]", "]"),
            ("discard now", "now"),
        ):
            self.refused(f"port 80 {text}", word)


class StatementTests(FlowTests):
    """`route` in the section `flow` of a file."""

    def words(self, text: str) -> list[str]:
        return [rendered(route) for route in self.reader.flow_statement(file_statement(text)).routes]

    def misplaced(self, text: str) -> str:
        error = self.assertRaises(Misplaced, self.reader.flow_statement, file_statement(text))
        return str(error)

    def test_blocks_over_many_lines(self) -> None:
        text = (
            "route give-me-a-name {\n\trd 65535:65536; # of the VPN\n\tnext-hop 5.6.7.8;\n\tmatch {\n"
            "\t\tsource 10.0.0.1/32;\n\t\tport [ =80 =8080 ];\n\t\tdestination-port [ >8080&<8088 =3128];\n\t}\n"
            '\tthen { community [30740:0 30740:30740]; redirect "[2001:db8::1]:7"; discard; }\n}\n'
        )
        self.assertEqual(
            self.words(text),
            [
                "flow source-ipv4 10.0.0.1/32 port [ =80 =8080 ] destination-port [ >8080&<8088 =3128 ] rd 65535:65536"
                " next-hop 5.6.7.8 community [ 30740:0 30740:30740 ] extended-community rate-limit:0"
                " extended-community-ipv6 redirect6:2001:db8::1:7"
            ],
        )

    def test_rows_of_words(self) -> None:
        wanted = ["flow source-ipv4 10.0.0.0/24 extended-community rate-limit:0"]
        self.assertEqual(self.words("route source 10.0.0.0/24 discard;"), wanted)

    def test_errors_have_their_places(self) -> None:
        for text, place in (
            ("route;", "f:1:6: the rule matches everything"),
            ("route { }", "f:1:1: the rule matches everything"),
            ("route { match { } }", "f:1:1: the rule matches everything"),
            ("route { then { discard; } }", "f:1:23: the rule matches everything"),
            ("route { match { port 65536; } }", "f:1:22: 65536 is too large"),
            ("route {\n match {\n  port [ 80\n   x ];\n } }", "f:4:4: 'x' cannot be read"),
            ("route { match { port; } }", "f:1:21: the statement ends too early"),
            ("route { match { port 80 90; } }", "f:1:25: '90' is one word too many"),
            ("route a b { match { port 80; } }", "f:1:9: 'b' is one word too many"),
            ("route { match x { port 80; } }", "f:1:9: there is no section 'match x'"),
            ("route { match { a { port 80; } } }", "f:1:17: there is no section 'a' in 'match'"),
            ("route { match { port 80; } then { redirect-to-nexthop; } }", "f:1:35: there is no next hop"),
            ("route { match { port 80; } then { community [ 1:2 x ]; } }", "f:1:51: "),
            ('route { match { port "8 0"; } }', "f:1:22: '8 0' is not possible in a rule"),
            ('route { match { port ""; } }', "f:1:22: '' is not possible in a rule"),
            ("route port 80 discard x;", "f:1:23: 'x' is not known"),
        ):
            found = self.misplaced(text)
            self.assertTrue(found.startswith(place), f"{text}: {found}")

    def test_the_form_of_announce_names_the_family(self) -> None:
        text = "flow source-ipv4 10.0.0.1/32 rd 65535:65536 extended-community [rate-limit:0];"
        (route,) = self.reader.family_statement("ipv4", file_statement(text)).routes
        self.assertEqual(route.family.name, "ipv4 flow-vpn")
        error = self.assertRaises(
            Misplaced, self.reader.family_statement, "ipv4", file_statement("flow-vpn source 10.0.0.0/8 discard;")
        )
        self.assertTrue(str(error).startswith("f:1:35: a rule for a VPN"), str(error))

    @given(SENTENCES)
    def test_any_statement_is_a_rule_or_misplaced(self, text: str) -> None:
        for statement in parse(Source("f", f"route {text}")).statements:
            try:
                RouteReader().flow_statement(statement)
            except Misplaced:
                pass
