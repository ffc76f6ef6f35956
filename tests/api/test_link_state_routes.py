"""BGP-LS routes in the forms of ExaBGP, letter by letter where its decode cases show them."""

import json
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.encoders.link_state_routes import generation_5, generation_6, generation_6_as_4
from bgptwist.wire.families.link_state import LINK_STATE, LINK_STATE_SPF, LINK_STATE_VPN
from bgptwist.wire.kinds import Family
from bgptwist.wire.words import Words
from tests.wire.examples import examples
from tests.wire.spelling import lex

FORMS = (generation_5, generation_6_as_4, generation_6)
HOP = "192.168.100.2"

LOCAL = "local ( autonomous-system 15924 bgp-ls-identifier 0 router-id 0101.3400.0041 )"
NODE = f"node protocol isis-l2 identifier 700 {LOCAL}"
NODE_TREE = {
    "ls-nlri-type": "bgpls-node",
    "l3-routing-topology": 700,
    "protocol-id": 2,
    "node-descriptors": [{"autonomous-system": 15924}, {"bgp-ls-identifier": "0"}, {"router-id": "010134000041"}],
}
PREFIX = f"prefix-v4 protocol isis-l2 identifier 700 {LOCAL} prefix 10.134.2.88/30"
PREFIX_TREE = NODE_TREE | {
    "ls-nlri-type": "bgpls-prefix-v4",
    "ip-reachability-tlv": "10.134.2.88/30",
    "ip-reach-prefix": "10.134.2.88/30",
}


def told(words: str, hop: str = HOP, family: Family = LINK_STATE) -> list[Any]:
    """What the three forms make of the words of a route: trees."""
    nlri = family.read(Words(lex(words)))
    return [json.loads(form(family, nlri, hop)) for form in FORMS]


class LinkStateRouteTests(SynchronousTestCase):
    """Nodes, links, prefixes and SIDs."""

    def test_a_node_has_its_next_hop_where_the_api_is_of_version_4(self) -> None:
        hop = {"nexthop": HOP}
        self.assertEqual(told(NODE), [NODE_TREE | hop, NODE_TREE | hop, NODE_TREE])
        self.assertEqual(told(NODE, ""), [NODE_TREE] * 3)

    def test_a_prefix(self) -> None:
        hop = {"nexthop": HOP}
        short = {"ip-reachability-tlv": "10.134.2.88"}
        self.assertEqual(told(PREFIX), [PREFIX_TREE | hop | short, PREFIX_TREE | hop, PREFIX_TREE])

    def test_a_prefix_of_ipv6_and_of_ospf(self) -> None:
        words = "prefix-v6 protocol ospfv3 local ( router-id 10.0.0.1 ) prefix 2001:db8::/32 ospf-route-type external-2"
        five, four, _ = told(words)
        self.assertEqual((five["ip-reachability-tlv"], four["ip-reachability-tlv"]), ("2001:db8::", "2001:db8::/32"))
        self.assertEqual((five["ip-reach-prefix"], four["ip-reach-prefix"]), ("2001:db8::/32", "2001:db8::/32"))
        self.assertEqual(five["ospf-route-type"], 4)

    def test_octets_that_are_missing_in_a_prefix(self) -> None:
        five, four, _ = told("prefix-v4 protocol isis-l2 local ( router-id 10.0.0.1 ) prefix 0x1E0A8602")
        self.assertEqual((five["ip-reachability-tlv"], five["ip-reach-prefix"]), ("10.134.2.0", "10.134.2.0/30"))
        self.assertEqual(four["ip-reachability-tlv"], "10.134.2.0/30")

    def test_a_link_has_no_next_hop_and_in_generation_5_no_identifiers(self) -> None:
        node = "( router-id 10.1.4.1 designated-router 10.1.1.2 )"
        words = (
            f"link protocol ospfv2 local {node} remote {node} link-identifiers ( local 39 remote 53 ) multi-topology 2"
        )
        five, four, six = told(words)
        router = [{"router-id": "10.1.4.1", "designated-router-id": "10.1.1.2"}]
        tree = {
            "ls-nlri-type": "bgpls-link",
            "l3-routing-topology": 0,
            "protocol-id": 3,
            "local-node-descriptors": router,
            "remote-node-descriptors": router,
            "interface-addresses": [],
            "neighbor-addresses": [],
            "multi-topology-ids": [2],
            "link-identifiers": [],
        }
        self.assertEqual(five, tree)
        self.assertEqual(four, tree | {"link-identifiers": [{"link-local-id": 39, "link-remote-id": 53}]})
        self.assertEqual(six, four)
        self.assertEqual(list(four), list(tree))

    def test_a_pseudonode_is_told_unless_it_is_zero(self) -> None:
        words = "node protocol isis-l1 local ( router-id 1921.6825.2240.{} )"
        (five, *_) = told(words.format("42"))
        self.assertEqual(five["node-descriptors"], [{"router-id": "19216825224042", "psn": "66"}])
        (five, *_) = told(words.format("00"))
        self.assertEqual(five["node-descriptors"], [{"router-id": "19216825224000"}])

    def test_a_sid(self) -> None:
        words = (
            "srv6-sid protocol isis-l2 local ( router-id 10.0.0.1 ) sid 2001:db8:: multi-topology 2 generic-900 0x01"
        )
        tree = {
            "ls-nlri-type": "bgpls-srv6sid",
            "l3-routing-topology": 0,
            "protocol-id": 2,
            "node-descriptors": [{"router-id": "10.0.0.1"}],
            "srv6-sid-descriptors": {
                "multi-topology-ids": ["2"],
                "srv6-sid": "2001:db8::",
                "generic-tlv-900": ["0x01"],
            },
        }
        self.assertEqual(told(words), [tree] * 3)

    def test_what_exabgp_does_not_show(self) -> None:
        hop = {"nexthop": HOP}
        self.assertEqual(told(f"{NODE} generic-900 0x01")[0], NODE_TREE | hop)
        self.assertEqual(told(f"{PREFIX} multi-topology 2 bgp-route-type 1")[1], PREFIX_TREE | hop)

    def test_types_that_exabgp_does_not_know_are_as_in_our_own_form(self) -> None:
        for words in (
            "raw 0x00080000",
            "stub-link protocol direct local ( router-id 10.0.0.1 ) remote-as-number 65002",
            "sr-policy protocol sr local ( ) candidate-path ( protocol-origin 2 endpoint 10.0.0.9 color 100 )",
        ):
            nlri = LINK_STATE.read(Words(lex(words)))
            self.assertEqual(told(words), [json.loads(LINK_STATE.json(nlri))] * 3)

    def test_route_distinguishers_and_path_identifiers_stand_last(self) -> None:
        words = NODE.replace("node", "node rd 65000:1", 1)
        self.assertEqual(told(words, family=LINK_STATE_VPN)[0], NODE_TREE | {"nexthop": HOP, "rd": "65000:1"})
        nlri = b"\1\2\3\4" + LINK_STATE.read(Words(lex(NODE)))
        found = json.loads(generation_5(LINK_STATE.with_path_id, nlri, HOP))
        self.assertEqual(found, NODE_TREE | {"nexthop": HOP, "path-information": "1.2.3.4"})

    def test_every_example_can_be_told(self) -> None:
        for family in (LINK_STATE, LINK_STATE_VPN, LINK_STATE_SPF):
            for nlri, _, _ in examples(family):
                for form in FORMS:
                    text = form(family, nlri, HOP)
                    self.assertTrue(text.isascii() and text.isprintable())
                    self.assertTrue({"ls-nlri-type", "code"} & set(json.loads(text)))
