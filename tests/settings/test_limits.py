"""Limits in the configuration: of ranges, and of routes in both directions."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.build import load_text
from bgptwist.settings.model import ConfigurationError, NeighborSettings, PrefixLimit, Settings
from bgptwist.settings.plan import plan
from bgptwist.wire.families.inet import IPV4_UNICAST, IPV6_UNICAST

PERCENT = "a percentage from 1 to 100"
NUMBER = "a number of routes, or a family and a number"
REFUSALS = (
    ("maximum-prefix;", f"2:15: the statement ends too early, expected {NUMBER}"),
    ("maximum-prefix many;", f"2:16: 'many' cannot be read, expected {NUMBER}"),
    ("maximum-prefix 0;", f"2:16: '0' cannot be read, expected {NUMBER}"),
    ("maximum-prefix 4294967296;", f"2:16: '4294967296' cannot be read, expected {NUMBER}"),
    ("maximum-prefix ipv4 5;", "2:21: family ipv4 5 is not known, expected unicast, "),
    ("maximum-prefix ipv4 unicast;", f"2:28: the statement ends too early, expected {NUMBER}"),
    ("maximum-prefix 5 warning 101;", f"2:26: '101' cannot be read, expected {PERCENT}"),
    ("maximum-prefix 5 restart 0;", "2:26: '0' cannot be read, expected seconds from 1 to 65535, or never"),
    ("maximum-prefix 5 quickly;", "2:18: 'quickly' cannot be read, expected warning, restart or warning-only"),
    (
        "maximum-prefix 5 restart 5 warning-only;",
        "2:1: a limit that only warns ends no session, expected 'restart' or 'warning-only'",
    ),
    ("maximum-prefix-out 0;", f"2:20: '0' cannot be read, expected {NUMBER}"),
    ("maximum-prefix-out 5 restart 5;", "2:22: 'restart' is one word too many, expected ';' after '5'"),
    ("range-limit 0;", "2:13: '0' cannot be read, expected a number from 1 to 65535"),
    ("range-idle soon;", "2:12: 'soon' cannot be read, expected seconds from 0 to 65535"),
)


def text(inside: str, peer: str = "10.0.0.0/24", more: str = "") -> str:
    return (
        f"neighbor {peer} {{ passive; router-id 1.1.1.1; local-as 1; peer-as auto;\n{inside}\n"
        f"family {{ ipv4 unicast; ipv6 unicast; }} {more} }}"
    )


class LimitTests(SynchronousTestCase):
    def one(self, inside: str) -> NeighborSettings:
        (found,) = load_text(text(inside)).neighbors
        return found

    def test_defaults(self) -> None:
        found = self.one("")
        self.assertEqual((found.range_limit, found.range_idle), (1000, 60))
        self.assertEqual((found.maximum_prefix, found.maximum_prefix_out), ((), ()))

    def test_ranges(self) -> None:
        found = self.one("range-limit 5; range-idle 0;")
        self.assertEqual((found.range_limit, found.range_idle), (5, 0))

    def test_what_is_received(self) -> None:
        for words, wanted in (
            ("100", PrefixLimit(100)),
            ("ipv6 unicast 100", PrefixLimit(100, IPV6_UNICAST)),
            ("IPV4 Unicast 100 warning 50 restart 10", PrefixLimit(100, IPV4_UNICAST, 50, 10)),
            ("100 restart never warning 90", PrefixLimit(100, None, 90, None)),
            ("100 warning-only", PrefixLimit(100, warning_only=True)),
        ):
            self.assertEqual(self.one(f"maximum-prefix {words};").maximum_prefix, (wanted,), words)

    def test_each_family_has_a_limit_of_its_own_and_the_last_counts(self) -> None:
        found = self.one("maximum-prefix 9; maximum-prefix ipv4 unicast 5; maximum-prefix 10; maximum-prefix-out 3;")
        self.assertEqual(found.maximum_prefix, (PrefixLimit(10), PrefixLimit(5, IPV4_UNICAST)))
        self.assertEqual(found.maximum_prefix_out, ((None, 3),))

    def test_templates_have_limits(self) -> None:
        template = "template { neighbor t { maximum-prefix 9; maximum-prefix-out ipv4 unicast 5; range-limit 3; } }\n"
        (found,) = load_text(template + text("inherit t;")).neighbors
        self.assertEqual((found.maximum_prefix, found.range_limit), ((PrefixLimit(9),), 3))
        self.assertEqual(found.maximum_prefix_out, ((IPV4_UNICAST, 5),))

    def test_what_has_no_effect_warns(self) -> None:
        for inside, warning in (
            ("maximum-prefix ipv4 multicast 5;", "2:1: ipv4 multicast is not in 'family': the limit has no effect"),
            ("maximum-prefix-out ipv4 mpls-vpn 5;", "2:1: ipv4 mpls-vpn is not in 'family': the limit has no effect"),
        ):
            (found,) = load_text(text(inside)).warnings
            self.assertEqual(str(found), f"text:{warning}")
        (found,) = load_text(text("range-limit 5;", "10.0.0.1")).warnings
        self.assertEqual(str(found), "text:2:1: range-limit matters for a range of neighbors only")

    def test_refusals(self) -> None:
        for inside, line in REFUSALS:
            error = self.assertRaises(ConfigurationError, load_text, text(inside))
            (found,) = error.errors
            self.assertTrue(str(found).startswith(f"text:{line}"), found)

    def test_two_ranges_may_share_a_port(self) -> None:
        more = "local-address 10.0.0.1; listen 1790;"
        text_of_both = text("", "10.0.0.0/24", more) + text("", "10.0.0.0/16", more)
        self.assertEqual(len(load_text(text_of_both).neighbors), 2)

    def test_what_needs_a_new_session(self) -> None:
        before = Settings((self.one(""),))
        for inside, restarts in (
            ("range-limit 5;", 0),
            ("range-idle 5;", 0),
            ("maximum-prefix 5;", 0),
            ("maximum-prefix-out 5;", 1),
        ):
            found = plan(before, Settings((self.one(inside),)))
            self.assertEqual((len(found.restarted), len(found.adjusted)), (restarts, 1 - restarts), inside)
