"""Flow rules in the JSON of ExaBGP."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.encoders.flow import FLOW_NLRIS, FLOW_NLRIS_6, flow_with_both, flow_with_next_hop
from bgptwist.wire.families.flow import FAMILIES

IPV4 = FAMILIES[0]
RULE = bytes.fromhex("03038106")
PLAIN = {"protocol": ["=tcp"], "string": "flow protocol =tcp"}


class FlowTests(SynchronousTestCase):
    def test_without_next_hop_nothing_is_added(self) -> None:
        for spelling in (flow_with_next_hop, flow_with_both):
            self.assertEqual(json.loads(spelling(IPV4, RULE, "")), PLAIN)

    def test_generation_5_tells_the_next_hop_twice(self) -> None:
        found = json.loads(flow_with_both(IPV4, RULE, "1.2.3.4"))
        wanted = {"protocol": ["=tcp"], "next-hop": "1.2.3.4", "string": "flow protocol =tcp next-hop 1.2.3.4"}
        self.assertEqual(list(found.items()), list(wanted.items()))

    def test_generation_6_tells_it_once_under_version_4(self) -> None:
        found = json.loads(flow_with_next_hop(IPV4, RULE, "2001:db8::1"))
        self.assertEqual(found, {**PLAIN, "next-hop": "2001:db8::1"})

    def test_path_identifiers_and_rules_in_hexadecimal_are_no_hindrance(self) -> None:
        twin = IPV4.with_path_id
        found = json.loads(flow_with_both(twin, b"\0\0\0\7" + RULE, "1.2.3.4"))
        self.assertEqual(found["string"], "flow protocol =tcp next-hop 1.2.3.4")
        self.assertEqual(found["path-information"], "0.0.0.7")
        found = json.loads(flow_with_both(IPV4, bytes.fromhex("020000"), "1.2.3.4"))
        self.assertEqual(found["string"], "flow raw 0x020000 next-hop 1.2.3.4")

    def test_what_is_told_is_read_again(self) -> None:
        for family in FAMILIES:
            for table in (FLOW_NLRIS, FLOW_NLRIS_6):
                rule = RULE if family.safi == 133 else bytes.fromhex("0b0000fde800000001038106")
                assert family.restore is not None
                tree = json.loads(table[family.index](family, rule, "1.2.3.4"))
                self.assertEqual(family.restore(tree), family.words(rule))
