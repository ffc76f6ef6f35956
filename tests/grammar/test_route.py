"""Route statements and commands."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.lexer import Misplaced, Source, Statement
from bgptwist.grammar.render import statement as rendered
from bgptwist.grammar.route import PARTS, RouteReader
from bgptwist.settings.tree import parse
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.families import inet
from bgptwist.wire.kinds import NO_NEXT_HOP, SELF
from bgptwist.wire.registry import WORDS
from bgptwist.wire.route import Announcement, Route

HOP = "next-hop 10.0.0.9"

VOCABULARY = (
    *(*sorted(WORDS), "next-hop", "self", "path-information", "label", "rd", "split", "watchdog", "withdraw", "name"),
    *("[", "]", "(", ")", ",", "{", "}", ";", "nlri", "igp", "1", "65000:1", "1:2:3", "0x63", "0xc0", "/26", "x"),
    *("10.0.0.9", "10.0.0.0/24", "2001:db8::/32", "2001:db8::1", "224.0.0.0/4", "target:65000:1", "'", '"', "\u00e9"),
)
SENTENCES = st.lists(st.sampled_from(VOCABULARY), max_size=14).map(" ".join)


def file_statement(text: str) -> Statement:
    """The one statement of a text."""
    (found,) = parse(Source("f", text)).statements
    return found


class RouteReaderTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reader = RouteReader()

    def route(self, text: str) -> Route:
        (found,) = self.reader.announcement(text).routes
        return found

    def words(self, text: str) -> list[str]:
        return [rendered(route) for route in self.reader.announcement(text).routes]

    def refused(self, text: str, at: int, reason: str = "") -> None:
        """The text is Misspelt at that word."""
        error = self.assertRaises(Misspelt, self.reader.announcement, text)
        self.assertIn(reason, str(error))
        self.assertEqual(error.at, at, str(error))

    def test_the_family_follows_from_the_prefix(self) -> None:
        texts = ("10.0.0.0/24", "224.0.0.0/4", "239.1.1.0/24", "208.0.0.0/4", "0.0.0.0/0", "2001:db8::/32", "ff00::/8")
        families = [self.route(f"{text} {HOP}").family for text in texts]
        four, many, six = inet.IPV4_UNICAST, inet.IPV4_MULTICAST, inet.IPV6_UNICAST
        refused = [four, many, many, four, four, six, six]
        self.assertEqual(families, refused)

    def test_a_prefix_without_length_is_a_host(self) -> None:
        self.assertEqual(self.words(f"10.0.0.1 {HOP}"), ["10.0.0.1/32 next-hop 10.0.0.9"])

    def test_host_bits_are_refused(self) -> None:
        self.refused(f"9.9.9.9/24 {HOP}", 0, "host bits")

    def test_attributes_stand_in_any_order(self) -> None:
        wanted = "10.0.0.0/24 next-hop 10.0.0.9 origin igp med 5 local-preference 7 community 1:2"
        self.assertEqual(self.words(wanted), [wanted])
        shuffled = "10.0.0.0/24 community [1:2] local-preference 7 next-hop 10.0.0.9 med 5 origin igp"
        self.assertEqual(self.words(shuffled), [wanted])

    def test_equal_words_share_a_path(self) -> None:
        one, other = self.route(f"10.0.0.0/24 {HOP} med 5"), self.route(f"10.0.1.0/24 {HOP} med 5")
        self.assertIdentical(one.path, other.path)

    def test_equal_attributes_in_other_words_share_a_path(self) -> None:
        one = self.route(f"10.0.0.0/24 {HOP} med 5 origin igp")
        other = self.route("10.0.1.0/24  origin  igp next-hop 10.0.0.8 med 5")
        self.assertIdentical(one.path, other.path)

    def test_what_was_forgotten_is_read_again(self) -> None:
        reader = RouteReader(limit=2)
        for metric in (*range(9), *range(9)):
            (route,) = reader.announcement(f"10.0.0.0/24 {HOP} med {metric}").routes
            self.assertEqual(rendered(route), f"10.0.0.0/24 {HOP} med {metric}")

    def test_of_two_equal_attributes_the_first_counts(self) -> None:
        self.assertEqual(self.words(f"10.0.0.0/24 {HOP} med 5 med 6 next-hop 10.0.0.8"), [f"10.0.0.0/24 {HOP} med 5"])

    def test_extended_communities_add_up(self) -> None:
        text = f"10.0.0.0/24 {HOP} extended-community origin:1:2 med 5 extended-community [ target:1:2 target:3:4 ]"
        wanted = f"10.0.0.0/24 {HOP} med 5 extended-community [ target:1:2 target:3:4 origin:1:2 ]"
        self.assertEqual(self.words(text), [wanted])

    def test_an_empty_list_of_communities_is_nothing(self) -> None:
        text = f"10.0.0.0/24 {HOP} community [ ] extended-community [ ] large-community [ ]"
        self.assertEqual(self.words(text), [f"10.0.0.0/24 {HOP}"])

    def test_an_attribute_in_octets_replaces_the_standard_one(self) -> None:
        text = f"10.0.0.0/24 {HOP} med 5 attribute [0x04 0x80 0x00000006]"
        self.assertEqual(self.words(text), [f"10.0.0.0/24 {HOP} med 6"])

    def test_next_hop_self_stays_a_word(self) -> None:
        for word in ("self", "SELF"):
            self.assertEqual(self.route(f"10.0.0.0/24 next-hop {word}").next_hop, SELF)

    def test_the_next_hop_may_be_of_the_other_family(self) -> None:
        self.assertEqual(self.words("10.0.0.0/24 next-hop BAD::1"), ["10.0.0.0/24 next-hop bad::1"])

    def test_a_route_without_next_hop_is_refused(self) -> None:
        self.refused("10.0.0.0/24", 1, "next hop")
        self.refused("10.0.0.0/24 med 5", 3, "next hop")

    def test_a_withdrawal_needs_no_next_hop(self) -> None:
        for text in ("10.0.0.0/24", "10.0.0.0/24 med 5", "10.0.0.0/24 next-hop 0.0.0.0"):
            (route,) = self.reader.withdrawal(text).routes
            self.assertEqual((route.family, route.nlri), (inet.IPV4_UNICAST, b"\x18\x0a\0\0"))
        self.assertEqual(self.reader.withdrawal("10.0.0.0/24").routes[0].next_hop, NO_NEXT_HOP)

    def test_a_path_identifier_makes_the_family_with_paths(self) -> None:
        for word in ("16909060", "1.2.3.4", "0x01020304"):
            route = self.route(f"10.0.0.0/24 {HOP} path-information {word}")
            self.assertEqual(route.family, inet.IPV4_UNICAST.with_path_id)
            self.assertEqual(route.nlri, b"\1\2\3\4\x18\x0a\0\0")
        self.assertEqual(rendered(route), f"10.0.0.0/24 path-information 1.2.3.4 {HOP}")

    def test_a_path_identifier_has_32_bits(self) -> None:
        self.refused(f"10.0.0.0/24 {HOP} path-information 4294967296", 4)
        self.refused(f"10.0.0.0/24 {HOP} path-information 1.2.3", 4)

    def test_split_makes_all_subnets(self) -> None:
        wanted = [f"192.0.2.{at}/26 {HOP}" for at in (0, 64, 128, 192)]
        self.assertEqual(self.words(f"192.0.2.0/24 {HOP} split /26"), wanted)
        self.assertEqual(self.words(f"192.0.2.0/24 {HOP} split 26"), wanted)
        wanted = ["2001:db8::/33 next-hop ::1", "2001:db8:8000::/33 next-hop ::1"]
        self.assertEqual(self.words("2001:db8::/32 next-hop ::1 split /33"), wanted)

    def test_split_of_paths_keeps_the_identifier(self) -> None:
        found = self.words(f"10.0.0.0/31 {HOP} path-information 5 split /32")
        self.assertEqual(found, [f"10.0.0.{at}/32 path-information 0.0.0.5 {HOP}" for at in (0, 1)])

    def test_split_of_everything_starts_at_zero(self) -> None:
        self.assertEqual(self.words(f"0.0.0.0/0 {HOP} split /1"), [f"0.0.0.0/1 {HOP}", f"128.0.0.0/1 {HOP}"])

    def test_split_into_longer_prefixes_than_asked_is_no_split(self) -> None:
        self.assertEqual(self.words(f"192.0.2.0/24 {HOP} split /24"), [f"192.0.2.0/24 {HOP}"])
        self.assertEqual(self.words(f"192.0.2.0/24 {HOP} split /8"), [f"192.0.2.0/24 {HOP}"])

    def test_split_is_bounded(self) -> None:
        self.assertEqual(len(self.words(f"10.0.0.0/16 {HOP} split /32")), PARTS)
        self.refused(f"10.0.0.0/15 {HOP} split /32", 4, "more than 65536 parts")
        self.refused(f"10.0.0.0/15 {HOP} split /33", 4, "too long")
        self.refused(f"::/0 {HOP} split /129", 4)

    def test_a_watchdog_names_its_routes(self) -> None:
        held = self.reader.announcement(f"10.0.0.0/24 {HOP} watchdog dog withdraw name this")
        self.assertEqual((held.watchdog, held.held, held.name), ("dog", True, "this"))
        free = self.reader.announcement(f"10.0.0.0/24 {HOP} watchdog dog")
        self.assertEqual((free.watchdog, free.held), ("dog", False))

    def test_withdraw_without_a_watchdog_does_nothing(self) -> None:
        self.assertEqual(self.reader.announcement(f"10.0.0.0/24 {HOP} withdraw").held, False)

    def test_labels_and_route_distinguishers_choose_the_family(self) -> None:
        for words, wanted in (
            (f"10.0.0.0/24 {HOP} rd 65000:1 label 5", f"10.0.0.0/24 label 5 rd 65000:1 {HOP}"),
            (f"10.0.0.0/24 label [ 5 6 ] {HOP}", f"10.0.0.0/24 label [ 5 6 ] {HOP}"),
            (f"10.0.0.0/24 label 5/3/1 {HOP}", f"10.0.0.0/24 label 5/3/1 {HOP}"),
        ):
            self.assertEqual(self.words(words), [wanted])
        families = [
            self.reader.announcement(f"10.0.0.0/24 {HOP} {each}").routes[0].family.name
            for each in ("label 5", "label 5 rd 1:1")
        ]
        self.assertEqual(families, ["ipv4 nlri-mpls", "ipv4 mpls-vpn"])

    def test_a_withdrawal_needs_no_label(self) -> None:
        (route,) = self.reader.withdrawal("10.0.0.0/24 rd 65000:1").routes
        (announced,) = self.reader.announcement(f"10.0.0.0/24 rd 65000:1 label 5 {HOP}").routes
        assert route.family.key is not None
        self.assertEqual(route.family.key(route.nlri), route.family.key(announced.nlri))

    def test_labels_have_twenty_bits(self) -> None:
        self.refused(f"10.0.0.0/24 {HOP} label 1048576", 4)
        self.refused(f"10.0.0.0/24 {HOP} label [ 1 x ]", 6)
        self.refused(f"10.0.0.0/24 {HOP} label [ ]", 5)

    def test_brackets_and_parentheses_may_touch_words(self) -> None:
        text = f"10.0.0.0/24 {HOP} as-path [1 2](3) aggregator(1:1.2.3.4) community[1:1]"
        self.assertEqual(
            self.words(text), [f"10.0.0.0/24 {HOP} as-path [ 1 2 ] ( 3 ) aggregator 1:1.2.3.4 community 1:1"]
        )

    def test_an_error_counts_words_from_the_prefix(self) -> None:
        self.refused("", 0)
        self.refused(f"x {HOP}", 0)
        self.refused("10.0.0.0/24 next-hop x", 2)
        self.refused(f"10.0.0.0/24 {HOP} community [1:1 x]", 6)
        self.refused(f"10.0.0.0/24 {HOP} metric 5", 3)
        self.refused(f"10.0.0.0/24 {HOP} med", 4)

    def test_attributes_that_no_message_holds_are_refused(self) -> None:
        self.refused(f"10.0.0.0/24 {HOP} community [ {'1:1 ' * 20000}]", 20006, "the attributes take 80000 octets")
        many = self.route(f"10.0.0.0/24 {HOP} community [ {'1:1 ' * 16000}]")
        self.assertEqual(len(many.path.octets), 64004)

    def test_a_command_may_end_with_a_semicolon_or_have_braces(self) -> None:
        wanted = [f"10.0.0.0/24 {HOP} med 5"]
        self.assertEqual(self.words(f"10.0.0.0/24 {HOP} med 5;"), wanted)
        self.assertEqual(self.words(f"10.0.0.0/24 {{ {HOP}; med 5; }}"), wanted)
        self.assertEqual(self.reader.withdrawal("10.0.0.0/24;").routes[0].nlri, b"\x18\x0a\0\0")
        self.refused(f"10.0.0.0/24 {{ {HOP}; med 5 }}", 1)

    @given(SENTENCES)
    def test_any_words_are_routes_or_misspelt(self, text: str) -> None:
        for read in (self.reader.announcement, self.reader.withdrawal, self.reader.attributes):
            try:
                found = read(text)
            except Misspelt as error:
                self.assertGreaterEqual(error.at, 0)
                self.assertTrue(error.reason)
            else:
                self.check(found)

    @given(SENTENCES, st.sampled_from(("ipv4 unicast", "ipv6 unicast", "ipv4 multicast", "ipv4 mpls-vpn", "x y")))
    def test_any_words_are_routes_of_a_family_or_misspelt(self, text: str, family: str) -> None:
        afi, safi = family.split()
        try:
            found = self.reader.family_route(afi, safi, text)
        except Misspelt:
            return
        self.check(found)

    def check(self, found: Announcement) -> None:
        """What was read is written in words that mean the same."""
        for route in found.routes[:3]:
            words = rendered(route)
            if route.family.base in (inet.IPV4_UNICAST, inet.IPV6_UNICAST):
                (again,) = self.reader.withdrawal(words).routes
                self.assertEqual(again, route)


class AttributesTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reader = RouteReader()

    def test_many_prefixes_share_attributes(self) -> None:
        found = self.reader.attributes(f"med 5 {HOP} nlri 10.0.0.0/24 2001:db8::/32 10.0.1.1")
        wanted = [f"{prefix} {HOP} med 5" for prefix in ("10.0.0.0/24", "2001:db8::/32", "10.0.1.1/32")]
        self.assertEqual([rendered(route) for route in found.routes], wanted)

    def test_helper_words_count_for_all(self) -> None:
        text = f"path-information 1.2.3.4 {HOP} watchdog dog withdraw nlri 10.0.0.0/24 10.0.1.0/24"
        found = self.reader.attributes(text)
        self.assertEqual([route.family.path_id for route in found.routes], [True, True])
        self.assertEqual((found.watchdog, found.held), ("dog", True))

    def test_errors_count_words_from_the_attributes(self) -> None:
        for text, at in (
            ("", 0),
            (HOP, 2),
            (f"{HOP} nlri", 3),
            (f"{HOP} metric nlri 10.0.0.0/24", 2),
            (f"{HOP} nlri 10.0.0.0/24 10.0.0.1/24", 4),
            ("med 5 nlri 10.0.0.0/24", 2),
            (f"{HOP} split /32 nlri 10.0.0.0/17 10.1.0.0/17 10.2.0.0/17", 7),
        ):
            error = self.assertRaises(Misspelt, self.reader.attributes, text)
            self.assertEqual(error.at, at, text)

    def test_a_withdrawal_needs_no_next_hop(self) -> None:
        self.assertEqual(len(self.reader.attributes("med 5 nlri 10.0.0.0/24;", withdraw=True).routes), 1)


class FamilyRouteTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reader = RouteReader()

    def test_the_family_is_the_one_named(self) -> None:
        (route,) = self.reader.family_route("ipv4", "multicast", f"10.0.0.0/24 {HOP} med 5").routes
        self.assertEqual((route.family, rendered(route)), (inet.IPV4_MULTICAST, f"10.0.0.0/24 {HOP} med 5"))

    def test_a_prefix_of_the_other_family_is_refused(self) -> None:
        error = self.assertRaises(Misspelt, self.reader.family_route, "ipv4", "unicast", f"2001:db8::/32 {HOP}")
        self.assertEqual(error.at, 0)

    def test_an_unknown_family_is_refused(self) -> None:
        error = self.assertRaises(Misspelt, self.reader.family_route, "ipv4", "evpn", f"10.0.0.0/24 {HOP}")
        self.assertIn("family ipv4 evpn is not known", str(error))

    def test_words_of_another_family_are_refused(self) -> None:
        text = f"10.0.0.0/24 {HOP} label 5"
        error = self.assertRaises(Misspelt, self.reader.family_route, "ipv4", "unicast", text)
        self.assertIn("'label' has no place in a route of ipv4 unicast", str(error))

    def test_a_withdrawal_needs_no_next_hop(self) -> None:
        self.assertEqual(len(self.reader.family_route("ipv4", "unicast", "10.0.0.0/24", withdraw=True).routes), 1)


class StatementTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reader = RouteReader()

    def words(self, text: str) -> list[str]:
        return [rendered(route) for route in self.reader.statement(file_statement(text)).routes]

    def place(self, text: str) -> str:
        error = self.assertRaises(Misplaced, self.reader.statement, file_statement(text))
        return str(error).partition(" ")[0]

    def test_all_forms_mean_the_same(self) -> None:
        wanted = [f"10.0.0.0/24 {HOP} med 5 community [ 1:2 1:3 ]"]
        for text in (
            f"route 10.0.0.0/24 {HOP} med 5 community [1:2 1:3];",
            f"route\n 10.0.0.0/24 \\\n {HOP} med 5 # a comment\n community [ 1:2 1:3 ] ;",
            f"'route' \"10.0.0.0/24\" {HOP} med 5 community [1:2 1:3];",
            f"route 10.0.0.0/24 {{ {HOP}; community [1:2 1:3]; med 5; }}",
            f"route 10.0.0.0/24 {HOP} {{ community [ '1:2' 1:3 ]; med 5; }}",
            f"attributes {HOP} med 5 community [1:2 1:3] nlri 10.0.0.0/24;",
            f"attribute {HOP} med 5 community [1:2 1:3] nlri 10.0.0.0/24 ;",
        ):
            self.assertEqual(self.words(text), wanted, text)

    def test_errors_have_their_place(self) -> None:
        for text, place in (
            (f"route 10.0.0.1/24 {HOP};", "f:1:7:"),
            (f" route  10.0.0.0/24 {HOP} aggregator (1:x);", "f:1:51:"),
            (f"route 10.0.0.0/24 {{\n {HOP};\n med x; }}", "f:3:6:"),
            (f"route 10.0.0.0/24 {{\n {HOP};\n med\n; }}", "f:3:5:"),
            (f"route 10.0.0.1/24 {{\n {HOP}; }}", "f:1:7:"),
            ("route 10.0.0.0/24 { }", "f:1:18:"),
            (f"attributes {HOP} nlri 10.0.0.0/24 x;", "f:1:47:"),
            ("attributes { }", "f:1:12:"),
            ("route 10.0.0.0/24 { a { } }", "f:1:21:"),
            ("route;", "f:1:6:"),
        ):
            self.assertEqual(self.place(text), place, text)

    def test_a_route_of_a_family_has_one_form(self) -> None:
        text = f"unicast 10.0.0.0/24 {HOP};"
        (route,) = self.reader.family_statement("ipv4", file_statement(text)).routes
        self.assertEqual(rendered(route), f"10.0.0.0/24 {HOP}")
        for wrong in ("unicast 10.0.0.0/24 { }", "unicast x next-hop 1.1.1.1;", "unicast '' next-hop 1.1.1.1;"):
            self.assertRaises(Misplaced, self.reader.family_statement, "ipv4", file_statement(wrong))
