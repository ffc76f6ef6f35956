"""IPV6_EXTENDED_COMMUNITIES; the forms themselves are in tests.wire.values.test_ipv6_extended_community."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import ipv6_extended_communities
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

ONE = bytes.fromhex("000220010db80000000000000000000000010001")
TWO = bytes.fromhex("000220010db80000000000000000000000020001")


class Ipv6ExtendedTests(SynchronousTestCase):
    def read(self, text: str) -> bytes:
        return ipv6_extended_communities.read(Words(lex(text))).octets()

    def test_they_are_sorted_when_read_and_duplicates_remain(self) -> None:
        self.assertEqual(
            self.read("[ target6:2001:db8::2:1 target6:2001:db8::1:1, target6:2001:db8::2:1 ]"), ONE + 2 * TWO
        )

    def test_those_of_a_peer_keep_their_order_in_octets_alone(self) -> None:
        value = ipv6_extended_communities.decode(TWO + ONE)
        assert isinstance(value, ipv6_extended_communities.Ipv6ExtendedCommunities)
        self.assertEqual(value.communities(), [TWO, ONE])
        self.assertEqual(value.words(), "[ target6:2001:db8::2:1 target6:2001:db8::1:1 ]")
        self.assertLess(value.json().index("::1:1"), value.json().index("::2:1"))

    def test_the_empty_list_is_none(self) -> None:
        self.assertEqual(self.read("[ ]"), b"")

    def test_two_statements_are_joined_in_order(self) -> None:
        self.assertEqual(ipv6_extended_communities.Ipv6ExtendedCommunities(TWO).joined(ONE).octets(), ONE + TWO)

    def test_the_error_names_the_word(self) -> None:
        words = Words(lex("extended-community-ipv6 [ target6:::1:1 target:1:1 ]"), 1)
        error = self.assertRaises(Misspelt, ipv6_extended_communities.read, words)
        self.assertEqual((error.at, error.reason), (3, "'target:1:1' is no extended community"))

    def test_no_octets_and_nineteen_are_malformed(self) -> None:
        for size in (0, 8, 19, 21):
            self.assertRaises(Malformed, ipv6_extended_communities.decode, bytes(size))
