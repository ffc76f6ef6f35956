"""Families that name an endpoint, a router or a policy: encapsulation, VPN discovery, policies."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families import encapsulation, routing_policy, softwire, vpn_discovery
from bgptwist.wire.kinds import Family
from bgptwist.wire.words import Words
from tests.wire.examples import examples


def read(family: Family, text: str) -> str:
    words = Words(text.split())
    nlri = family.read(words)
    assert not words.more, text
    return nlri.hex()


class EndpointTests(SynchronousTestCase):
    def test_words_become_octets(self) -> None:
        for family, text, octets in (
            (encapsulation.IPV4, "endpoint 192.0.2.1", "20c0000201"),
            (encapsulation.IPV6, "endpoint 2001:db8::1", "80" + "20010db8" + "00" * 11 + "01"),
            (vpn_discovery.IPV4, "rd 65000:1 address 192.0.2.1", "0000fde800000001c0000201"),
            (routing_policy.IPV4, "policy-type import distinguisher 7 peer 192.0.2.1", "090200000007c0000201"),
            (softwire.IPV4_OVER_IPV6, "10.0.0.0/24", "180a0000"),
            (softwire.IPV6_6OVER4, "2001:db8::/32", "2020010db8"),
        ):
            self.assertEqual(read(family, text), octets)

    def test_wrong_words_are_misspelt(self) -> None:
        for family, text in (
            (encapsulation.IPV4, ""),
            (encapsulation.IPV4, "192.0.2.1"),
            (encapsulation.IPV4, "endpoint 2001:db8::1"),
            (encapsulation.IPV4, "raw 0x"),
            (encapsulation.IPV4, "raw 0x21c000020100"),
            (vpn_discovery.IPV4, "rd 65000:1 address ::"),
            (routing_policy.IPV4, "policy-type both distinguisher 7 peer 192.0.2.1"),
            (routing_policy.IPV4, "policy-type 256 distinguisher 7 peer 192.0.2.1"),
        ):
            self.assertRaises(Misspelt, read, family, text)

    def test_lengths_over_the_maximum_are_malformed(self) -> None:
        for family, octets in (
            (encapsulation.IPV4, "21c000020100"),
            (encapsulation.IPV4, "20c00002"),
            (vpn_discovery.IPV4, "00" * 13),
            (routing_policy.IPV4, "0901"),
        ):
            field = bytes.fromhex(octets)
            error = self.assertRaises(Malformed, family.split, field, 0, len(field))
            self.assertEqual((error.code, error.subcode), (3, 10), family.name)

    def test_lengths_below_it_make_no_sense(self) -> None:
        for family, octets in (
            (encapsulation.IPV4, "10c000"),
            (encapsulation.IPV4, "1fc0000201"),
            (routing_policy.IPV4, "050200000007"),
            (routing_policy.EITHER, "070200000007c000"),
        ):
            field = bytes.fromhex(octets)
            self.assertEqual(family.split(field, 0, len(field)), [field])
            assert family.check is not None
            if octets != "1fc0000201":
                self.assertRaises(Malformed, family.check, field)
            self.assertEqual(json.loads(family.json(field)), {"parsed": False, "raw": octets.upper()})
            self.assertEqual(read(family, family.words(field)), octets)

    def test_every_type_of_policy_has_an_example(self) -> None:
        for family in (routing_policy.IPV4, routing_policy.IPV6, routing_policy.EITHER):
            found = {json.loads(text)["policy-type"] for _, _, text in examples(family)}
            self.assertEqual(set(routing_policy.TYPES.values()) - found, set())

    def test_next_hops_are_those_of_the_documents(self) -> None:
        self.assertEqual(softwire.IPV4_OVER_IPV6.next_hop_sizes, (16,))
        self.assertEqual(softwire.IPV4_6OVER4.next_hop_sizes, (4,))
        self.assertEqual(routing_policy.IPV4.next_hop_sizes, (0,))
