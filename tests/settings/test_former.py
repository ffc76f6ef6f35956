"""Spellings of ExaBGP 3 and 4: they mean what their successors mean, with one warning that names these."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.render import statement
from bgptwist.settings.build import load_text
from bgptwist.settings.model import NeighborSettings, Settings
from bgptwist.settings.schema import ROOT, Former, Section
from tests.settings.broken import ROUTE, neighbor

PROCESS = "process p { run /bin/true; encoder json; }\n"

PAIRS: tuple[tuple[str, str, str], ...] = (
    ("ttl-security 254;", "incoming-ttl 254;", "text:7:1: 'ttl-security'"),
    ('md5 "a secret";', 'md5-password "a secret";', "text:7:1: 'md5'"),
    ("process p;", "api { processes p; }", "text:7:1: 'process'"),
    ("process [ p ];", "api { processes [ p ]; }", "text:7:1: 'process'"),
    ("asn4 disable;", "capability { asn4 disable; }", "text:7:1: 'asn4'"),
    ("graceful-restart;", "capability { graceful-restart; }", "text:7:1: 'graceful-restart'"),
    ("graceful-restart 60;", "capability { graceful-restart 60; }", "text:7:1: 'graceful-restart'"),
    ("multi-session;", "capability { multi-session; }", "text:7:1: 'multi-session'"),
    ("route-refresh;", "capability { route-refresh; }", "text:7:1: 'route-refresh'"),
    ("capability { route refresh; }", "capability { route-refresh; }", "text:7:14: 'route refresh'"),
    ("capability { route refresh enable; }", "capability { route-refresh enable; }", "text:7:14: 'route refresh'"),
    ("family { inet4 multicast; }", "family { ipv4 multicast; }", "text:7:10: 'inet4'"),
    ("family { inet multicast; }", "family { ipv4 multicast; }", "text:7:10: 'inet'"),
    ("family { inet6 unicast; }", "family { ipv6 unicast; }", "text:7:10: 'inet6'"),
    (
        "flow { route { match { fragment not-a-fragment; } then { discard; } } }",
        "flow { route { match { fragment !is-fragment; } then { discard; } } }",
        "text:7:33: 'not-a-fragment'",
    ),
    (
        "flow { route fragment [ not-a-fragment first-fragment ] discard; }",
        "flow { route fragment [ !is-fragment first-fragment ] discard; }",
        "text:7:25: 'not-a-fragment'",
    ),
)
"""What was written, what is written today, and how the warning begins."""


def shown(settings: Settings) -> list[tuple[NeighborSettings, list[str]]]:
    """Neighbors and what they announce."""
    return [(each, [statement(route) for route in each.routes]) for each in settings.neighbors]


def records(section: Section) -> set[str]:
    """The former words of a section and of those inside."""
    found = {each.word for each in section.contents.values() if isinstance(each, Former)}
    for each in section.contents.values():
        if isinstance(each, Section):
            found |= records(each) | ({each.word} if each.former else set())
    return found


class FormerTests(SynchronousTestCase):
    FAMILIES = "ipv4 unicast; ipv4 flow;"

    def test_what_was_written_means_what_is_written(self) -> None:
        for old, new, warning in PAIRS:
            found = load_text(PROCESS + neighbor(old, self.FAMILIES).replace("\n", " \n", 1), name="text")
            wanted = load_text(PROCESS + neighbor(new, self.FAMILIES))
            self.assertEqual(shown(found), shown(wanted), old)
            (told,) = [str(each) for each in found.warnings]
            self.assertTrue(told.startswith(warning.replace(":7:", ":8:")), told)

    def test_every_former_word_is_tried(self) -> None:
        tried = {warning.split("'")[1].split()[0] for _, _, warning in PAIRS}
        self.assertEqual(records(ROOT) - tried, {"group"})

    def test_the_warning_names_the_successor(self) -> None:
        (warning,) = load_text(neighbor("ttl-security 254;")).warnings
        self.assertEqual((warning.expected, warning.at), ("'incoming-ttl 254;'", -1))

    def test_a_password_is_not_told(self) -> None:
        self.assertNotIn("a secret", str(load_text(neighbor('md5 "a secret";')).warnings[0]))

    def test_old_and_new_spellings_add_up(self) -> None:
        (found,) = load_text(neighbor("multi-session; capability { route-refresh; } graceful-restart 60;")).neighbors
        capability = found.capability
        self.assertEqual(
            (capability.multi_session, capability.route_refresh, capability.graceful_restart), (True, True, 60)
        )

    def test_templates_may_have_old_spellings(self) -> None:
        template = "template { neighbor t { ttl-security 254; multi-session; process p; } }\n"
        (found,) = load_text(PROCESS + template + neighbor("inherit t;")).neighbors
        self.assertEqual((found.incoming_ttl, found.capability.multi_session), (254, True))
        self.assertEqual(found.api[0].processes, ("p",))

    def test_a_process_may_be_declared_in_a_neighbor(self) -> None:
        old = "process p { run /bin/true; encoder text; neighbor-changes; receive { parsed; update; } }"
        new = "api { processes [ p ]; neighbor-changes; receive { parsed; update; } }"
        found = load_text(neighbor(old))
        wanted = load_text("process p { run /bin/true; encoder text; }\n" + neighbor(new))
        self.assertEqual((found.neighbors, found.helpers), (wanted.neighbors, wanted.helpers))
        self.assertEqual(len(found.warnings), 1)


class GroupTests(SynchronousTestCase):
    """`group { ... neighbor ... }` of ExaBGP 3."""

    GROUP = f"""\
group edge {{
	local-as 65001;
	peer-as 65002;
	local-address 10.0.0.1;
	hold-time 30;
	family {{ ipv4 unicast; }}
	capability {{ asn4 disable; route-refresh; }}
	process p {{ run /bin/true; encoder json; receive {{ parsed; update; }} }}
	static {{ {ROUTE}; }}
	neighbor 10.0.0.2 {{ hold-time 60; capability {{ asn4 enable; }} }}
	neighbor 10.0.0.3 {{ static {{ route 198.51.100.0/24 next-hop self; }} }}
}}
"""

    def test_neighbors_share_what_stands_beside_them(self) -> None:
        first, second = load_text(self.GROUP).neighbors
        self.assertEqual((first.peer_as, second.peer_as, first.router_id), (65002, 65002, "10.0.0.1"))
        self.assertEqual([statement(route) for route in first.routes], [ROUTE.removeprefix("route ")])
        self.assertEqual(len(second.routes), 2)
        self.assertEqual([each.api[0].processes for each in (first, second)], [("p",), ("p",)])

    def test_values_of_a_neighbor_win(self) -> None:
        first, second = load_text(self.GROUP).neighbors
        self.assertEqual((first.hold_time, second.hold_time), (60, 30))
        self.assertEqual((first.capability.asn4, second.capability.asn4), (True, False))
        self.assertEqual((first.capability.route_refresh, second.capability.route_refresh), (True, True))

    def test_there_is_one_warning_for_each_old_thing(self) -> None:
        warnings = [str(each) for each in load_text(self.GROUP).warnings]
        self.assertEqual([each.partition(": ")[0] for each in warnings], ["text:1:1", "text:8:2"])

    def test_routes_of_the_group_are_shared(self) -> None:
        text = self.GROUP.replace("static { route 198.51.100.0/24 next-hop self; }", "")
        first, second = load_text(text).neighbors
        self.assertIs(first.routes, second.routes)

    def test_a_group_may_have_no_name_and_stand_among_neighbors(self) -> None:
        other = "neighbor 10.0.0.9 { local-as 1; peer-as 2; local-address 10.0.0.1; }\n"
        last = other.replace("10.0.0.9", "10.0.0.8")
        found = load_text(other + self.GROUP.replace("group edge", "group") + last)
        self.assertEqual(
            [each.peer_address for each in found.neighbors], ["10.0.0.9", "10.0.0.2", "10.0.0.3", "10.0.0.8"]
        )

    def test_neighbors_of_a_group_may_inherit(self) -> None:
        template = "template { neighbor t { hold-time 9; } }\n"
        found = load_text(template + self.GROUP.replace("neighbor 10.0.0.3 {", "neighbor 10.0.0.3 { inherit t;"))
        self.assertEqual(found.neighbors[1].hold_time, 9)
