"""Routes as statements."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar import render
from bgptwist.grammar.route import RouteReader
from bgptwist.wire.families import inet
from bgptwist.wire.kinds import NO_NEXT_HOP, SELF
from bgptwist.wire.path import Path
from bgptwist.wire.route import Route

STATEMENTS = (
    "10.0.0.0/24 next-hop 1.1.1.1",
    "10.0.0.0/24 next-hop self origin incomplete as-path [ 65001 65010 ] ( 65020 ) med 5 local-preference 7",
    "10.0.0.0/24 path-information 0.0.0.7 next-hop 1.1.1.1 atomic-aggregate aggregator 65010:10.0.0.7",
    "2001:db8::/32 next-hop ::1 community [ 1:2 no-export ] originator-id 1.2.3.4 cluster-list [ 1.1.1.1 2.2.2.2 ]",
    "10.0.0.0/24 next-hop 1.1.1.1 extended-community [ target:65000:1 origin:10.0.0.1:7 ] aigp 100",
    "10.0.0.0/24 next-hop 1.1.1.1 large-community [ 1:2:3 1:2:4 ] attribute [ 0x63 0xC0 0xDEADBEEF ]",
)


class RenderTests(SynchronousTestCase):
    def test_a_statement_comes_back(self) -> None:
        reader = RouteReader()
        for text in STATEMENTS:
            (route,) = reader.announcement(text).routes
            self.assertEqual(render.statement(route), text)

    def test_a_withdrawn_route_has_no_next_hop(self) -> None:
        route = Route(inet.IPV4_UNICAST, b"\x18\x0a\0\0", Path(b""), NO_NEXT_HOP)
        self.assertEqual(render.statement(route), "10.0.0.0/24")

    def test_the_words_of_a_path_are_remembered(self) -> None:
        path = Path(bytes.fromhex("80040400000005"))
        self.assertEqual(render.path(path), "med 5")
        self.assertIdentical(render.path(path), render.path(path))

    def test_attributes_without_a_keyword_are_octets(self) -> None:
        self.assertEqual(render.path(Path(bytes.fromhex("c0110402010001"))), "attribute [ 0x11 0xC0 0x02010001 ]")

    def test_next_hops_of_all_sizes_are_words(self) -> None:
        four, six = b"\1\1\1\1", bytes(15) + b"\1"
        hops = (SELF, four, six, six + six, bytes(8) + four, bytes(8) + six, bytes(8) + six + bytes(8) + six)
        found = [render.next_hop(hop) for hop in hops]
        self.assertEqual(found, ["self", "1.1.1.1", "::1", "::1", "1.1.1.1", "::1", "::1"])
