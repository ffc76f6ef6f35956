"""Routes from the JSON of events."""

import json
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.encoders.dialects import VERSION_5, VERSION_6, Dialect
from bgptwist.api.encoders.json import encode_message
from bgptwist.grammar.render import statement
from bgptwist.grammar.reported import read
from bgptwist.grammar.route import RouteReader
from bgptwist.settings.environment import load
from bgptwist.settings.model import NeighborSettings
from bgptwist.speaker.events import UpdateMessage
from bgptwist.tools.reflection import Reflection
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.messages import update as updates
from bgptwist.wire.registry import FAMILIES
from tests.wire.examples import examples

NEIGHBOR = NeighborSettings(
    "127.0.0.1", local_address="127.0.0.1", router_id="1.2.3.4", local_as=1, peer_as=1, families=tuple(FAMILIES)
)

LOSSY = (
    *("bgp-ls bgp-ls", "bgp-ls bgp-ls-vpn", "bgp-ls bgp-ls-spf", "ipv4 nlri-mpls", "ipv6 nlri-mpls"),
    *("ipv4 mpls-vpn", "ipv6 mpls-vpn", "l2vpn vpls", "l2vpn evpn", "ipv4 mup"),
)
"""Families of which ExaBGP's events do not show everything: the bits of a label, some descriptors of BGP-LS."""


class ReportedTests(SynchronousTestCase):
    """What was reported can be announced."""

    def setUp(self) -> None:
        self.reader = RouteReader()
        self.reflection = Reflection(NEIGHBOR, load({})[0])

    def words(self, tree: object) -> tuple[list[str], list[str]]:
        found = read(self.reader, json.dumps(tree))
        return (
            [statement(route) for each in found.announced for route in each.routes],
            [route.family.words(route.nlri) for each in found.withdrawn for route in each.routes],
        )

    def event(self, afi: str, safi: str, text: str, dialect: Dialect) -> str:
        """The event that a peer would report about a route."""
        (route,) = self.reader.family_route(afi, safi, text).routes
        (message,) = updates.announce(
            self.reflection.negotiated.send, route.family, route.path, route.next_hop, [route.nlri]
        )
        update = updates.decode(message[19:], self.reflection.receive, self.reflection.paths)
        about: Any = (self.reflection.identity, 0.0, "receive", 2, message[19:], None)
        return encode_message(UpdateMessage(*about, update, self.reflection.receive), dialect)

    def test_an_event_or_its_inner_part(self) -> None:
        update = {
            "attribute": {"origin": "igp", "med": 5},
            "announce": {"ipv4 unicast": {"1.1.1.1": [{"nlri": "10.0.0.0/24"}, "10.0.1.0/24"]}},
            "withdraw": {"ipv6 unicast": [{"nlri": "2001:db8::/32", "path-information": "0.0.0.7"}]},
        }
        wanted = (
            [f"{each} next-hop 1.1.1.1 origin igp med 5" for each in ("10.0.0.0/24", "10.0.1.0/24")],
            ["2001:db8::/32 path-information 0.0.0.7"],
        )
        for tree in (update, {"update": update}, {"neighbor": {"message": {"update": update}}, "type": "update"}):
            self.assertEqual(self.words(tree), wanted)

    def test_every_family_comes_back_from_its_event(self) -> None:
        for family in FAMILIES:
            sizes = {size - len(family.next_hop_prefix) for size in family.next_hop_sizes}
            hop = "next-hop 2001:db8::1" if 4 not in sizes or (family.afi == 2 and 16 in sizes) else "next-hop 10.0.0.1"
            if sizes == {0}:
                hop = ""
            afi, safi = family.name.split()
            listed = examples(family)[:1] if family.name in LOSSY else examples(family)
            for octets, words, _ in listed:
                for dialect in (VERSION_5, VERSION_6):
                    event = self.event(afi, safi, f"{words} {hop} origin igp local-preference 100", dialect)
                    (again,) = [route for each in read(self.reader, event).announced for route in each.routes]
                    self.assertEqual(again.nlri, octets, f"{family.name} {dialect.key} {words}")

    def test_unknown_attributes_are_sent_as_they_came(self) -> None:
        tree = {
            "attribute": {"attribute-0x63-0xE0": "0xdeadbeef"},
            "announce": {"ipv4 unicast": {"1.1.1.1": [{"nlri": "10.0.0.0/24"}]}},
        }
        self.assertEqual(self.words(tree)[0], ["10.0.0.0/24 next-hop 1.1.1.1 attribute [ 0x63 0xE0 0xDEADBEEF ]"])

    def test_what_is_wrong_is_named(self) -> None:
        good = {"ipv4 unicast": {"1.1.1.1": [{"nlri": "10.0.0.0/24"}]}}
        for text, reason in (
            ("", "no JSON"),
            ("[]", "an object"),
            ("[" * 100_000, "nested"),
            ("{}", "no routes"),
            (json.dumps({"announce": {"ipv4 evpn": {}}, "withdraw": {"x": [1]}}), "'x' is not known"),
            (json.dumps({"announce": {"ipv4 unicast": {"1.1.1.1": [{"nlri": "10.0.0.1/24"}]}}}), "host bits"),
            (json.dumps({"announce": {"ipv4 unicast": {"1.1.1": ["10.0.0.0/24"]}}}), "next hop"),
            (json.dumps({"announce": {"ipv4 unicast": {"1.1.1.1 med 5": ["10.0.0.0/24"]}}}), "one word"),
            (json.dumps({"attribute": {"med": "x"}, "announce": good}), "attribute med"),
            (json.dumps({"attribute": {"color": 1}, "announce": good}), "attribute color"),
            (json.dumps({"attribute": {"attribute-0x1-0xC0": "0x"}, "announce": good}), "attribute-0x1-0xC0"),
        ):
            error = self.assertRaises(Misspelt, read, self.reader, text)
            self.assertIn(reason, str(error), text[:60])
