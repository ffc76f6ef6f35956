"""The section `flow` of a neighbor: its routes, those of `announce`, and what ExaBGP lets pass."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.render import statement
from bgptwist.settings.build import load_text
from bgptwist.settings.model import ConfigurationError
from tests.settings.broken import neighbor

FAMILIES = "ipv4 flow; ipv4 flow-vpn; ipv6 flow; ipv6 flow-vpn; l2vpn flow; l2vpn flow-vpn;"


class FlowTests(SynchronousTestCase):
    def told(self, text: str, families: str = FAMILIES) -> list[str]:
        """Family and words of every route."""
        settings = load_text(neighbor(text, families))
        self.assertEqual(settings.warnings, ())
        return [f"{route.family.name} {statement(route)}" for route in settings.neighbors[0].routes]

    def refused(self, text: str, families: str = FAMILIES) -> str:
        return str(self.assertRaises(ConfigurationError, load_text, neighbor(text, families), name="f"))

    def test_sections_add_up_in_their_order(self) -> None:
        self.assertEqual(
            self.told(
                "flow { route a { match { port 80; } } route port 81 discard; }"
                " announce { ipv4 { flow port 83; } l2vpn { flow vlan-id 5; } }"
                " flow { route a { match { source 2001:db8::/32; } } }"
            ),
            [
                "ipv4 flow flow port =80",
                "ipv4 flow flow port =81 extended-community rate-limit:0",
                "ipv6 flow flow source-ipv6 2001:db8::/32/0",
                "ipv4 flow flow port =83",
                "l2vpn flow flow vlan-id =5",
            ],
        )

    def test_the_section_may_be_empty(self) -> None:
        self.assertEqual(self.told("flow { }"), [])

    def test_rules_may_be_of_a_template(self) -> None:
        text = "template { neighbor t { flow { route port 80 discard; } } }\n" + neighbor("inherit t;", FAMILIES)
        (found,) = load_text(text).neighbors
        self.assertEqual(len(found.routes), 1)

    def test_a_rule_with_a_watchdog_waits(self) -> None:
        (found,) = load_text(
            neighbor("flow { route { watchdog w; withdraw; match { port 80; } } }", FAMILIES)
        ).neighbors
        ((route, watchdog, held),) = [(each.route, each.watchdog, each.held) for each in found.watched]
        self.assertEqual((statement(route), watchdog, held), ("flow port =80", "w", True))

    def test_the_family_must_be_agreed(self) -> None:
        for text, families, wanted in (
            ("flow { route source 2001:db8::/32; }", "ipv4 flow;", "'ipv6 flow;'"),
            ("flow { route { rd 65000:1; match { port 80; } } }", "ipv4 flow;", "'ipv4 flow-vpn;'"),
            ("flow { route next-header 6; }", "ipv4 flow;", "'ipv6 flow;'"),
        ):
            self.assertIn(f"expected {wanted} in the section 'family'", self.refused(text, families))

    def test_our_own_address_must_be_of_the_family(self) -> None:
        text = "flow {{ route {{ next-hop self; match {{ source {}; }} then {{ redirect-to-nexthop; }} }} }}"
        self.assertEqual(len(self.told(text.format("10.0.0.0/8"))), 1)
        self.assertIn("no address of ours", self.refused(text.format("2001:db8::/32")))

    def test_other_keywords_are_refused(self) -> None:
        for text in ("flow { rule { } }", "flow { route { }; }", "flow x { }", "flow;", "flow { route port 80 }"):
            self.assertTrue(self.refused(text).startswith("f:7:"), text)

    def test_several_errors_are_told_at_once(self) -> None:
        error = self.refused("flow {\nroute port 65536;\nroute { match { port x; } }\n}")
        self.assertEqual([line.split(": ")[0] for line in error.splitlines()], ["f:8:12", "f:9:22"])
