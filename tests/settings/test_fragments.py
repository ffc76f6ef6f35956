"""The fragments of Appendix A of the reference that need no more than unicast; their octets are tried elsewhere."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.render import statement
from bgptwist.settings.build import load_text
from tests.settings.broken import neighbor

HOP = "next-hop 10.0.0.9"
PREFIX = f"192.0.2.0/24 {HOP}"
GROUP = (
    f"route {PREFIX} med 1; route 198.51.100.0/24 {HOP} med 1; route 203.0.113.0/24 {HOP} med 2;",
    [f"{PREFIX} med 1", f"198.51.100.0/24 {HOP} med 1", f"203.0.113.0/24 {HOP} med 2"],
)

STATIC: dict[str, tuple[str, list[str]]] = {
    "A1": (f"route {PREFIX};", [PREFIX]),
    "A3": (
        f"route 198.51.100.7 {{ {HOP}; origin incomplete; med 50; local-preference 300; }}",
        [f"198.51.100.7/32 {HOP} origin incomplete med 50 local-preference 300"],
    ),
    "A4": ("route 0.0.0.0/0 next-hop self;", ["0.0.0.0/0 next-hop self"]),
    "A5": (
        f"route {PREFIX} as-path [ 65001 65010 ] ( 65020 65030 );",
        [f"{PREFIX} as-path [ 65001 65010 ] ( 65020 65030 )"],
    ),
    "A6": (
        f"route {PREFIX} atomic-aggregate aggregator ( 65010:10.0.0.7 );",
        [f"{PREFIX} atomic-aggregate aggregator 65010:10.0.0.7"],
    ),
    "A7": (
        f"route {PREFIX} community [ 65001:30 no-export blackhole 0x00010002 ];",
        [f"{PREFIX} community [ 1:2 65001:30 blackhole no-export ]"],
    ),
    "A8": (
        f"route {PREFIX} large-community [ 65001:2:3 65001:1:1 ];",
        [f"{PREFIX} large-community [ 65001:1:1 65001:2:3 ]"],
    ),
    "A11": (f"route {PREFIX} aigp 0x64;", [f"{PREFIX} aigp 100"]),
    "A12": (
        f"route {PREFIX} attribute [ 0x63 0xc0 0xdeadbeef ];",
        [f"{PREFIX} attribute [ 0x63 0xC0 0xDEADBEEF ]"],
    ),
    "A15": (f"route {PREFIX} split /26;", [f"192.0.2.{at}/26 {HOP}" for at in (0, 64, 128, 192)]),
    "A16": GROUP,
    "A17": (
        "route 2001:db8:1::/48 next-hop 2001:db8::9 med 7;",
        ["2001:db8:1::/48 next-hop 2001:db8::9 med 7"],
    ),
    "A19": (
        f"route {PREFIX} path-information 10; route 192.0.2.0/24 next-hop 10.0.0.8 path-information 0.0.0.11;",
        [
            f"192.0.2.0/24 path-information 0.0.0.10 {HOP}",
            "192.0.2.0/24 path-information 0.0.0.11 next-hop 10.0.0.8",
        ],
    ),
    "A42": (
        f"attributes {HOP} med 5 nlri 192.0.2.0/24 198.51.100.0/24;",
        [f"{PREFIX} med 5", f"198.51.100.0/24 {HOP} med 5"],
    ),
}

OTHERS: dict[str, tuple[str, list[str]]] = {
    "A18": (
        "nexthop { ipv4 unicast ipv6; } static { route 192.0.2.0/24 next-hop 2001:db8::9; }",
        ["192.0.2.0/24 next-hop 2001:db8::9"],
    ),
    "A23": (
        f"announce {{ ipv4 {{ unicast {PREFIX} community [ 65001:1 ]; }} }}",
        [f"{PREFIX} community 65001:1"],
    ),
    "A43": (
        f"capability {{ asn4 disable; }} static {{ route {PREFIX} as-path [ 4200000001 65010 ] "
        "aggregator 4200000001:10.0.0.7; }",
        [f"{PREFIX} as-path [ 4200000001 65010 ] aggregator 4200000001:10.0.0.7"],
    ),
    "A44": (f"announce {{ ipv4 {{ multicast {PREFIX}; }} }}", [PREFIX]),
}


class FragmentTests(SynchronousTestCase):
    FAMILIES = "ipv4 unicast; ipv4 multicast; ipv6 unicast;"

    def test_every_fragment_means_its_routes(self) -> None:
        fragments = {name: (f"static {{ {text} }}", wanted) for name, (text, wanted) in STATIC.items()} | OTHERS
        for name, (text, wanted) in fragments.items():
            (found,) = load_text(neighbor(text, self.FAMILIES)).neighbors
            self.assertEqual([statement(route) for route in found.routes], wanted, name)

    def test_extended_communities_are_taken_in_all_forms(self) -> None:
        for words in (
            "[ target:65001:100 origin:10.0.0.1:7 bandwidth:65001:1000000 0x030b000000000064 ]",
            "target:200000:9",
            "72:0.0.0.1",
        ):
            text = neighbor(f"static {{ route {PREFIX} extended-community {words}; }}")
            self.assertEqual(len(load_text(text).neighbors[0].routes), 1, words)
