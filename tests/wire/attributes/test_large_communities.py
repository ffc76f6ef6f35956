"""LARGE_COMMUNITY."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import large_communities
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class LargeCommunitiesTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        return large_communities.read(Words(lex(text))).octets().hex()

    def test_they_are_sorted_and_duplicates_dropped_when_read(self) -> None:
        self.assertEqual(
            self.read("[ 65001:2:3 65001:1:1 65001:2:3 ]"), "0000fde900000001000000010000fde90000000200000003"
        )

    def test_duplicates_of_a_peer_are_dropped_in_their_order(self) -> None:
        two, one = "000000020000000000000000", "000000010000000000000000"
        value = large_communities.decode(bytes.fromhex(two + one + two))
        self.assertEqual(value.octets().hex(), two + one)
        self.assertEqual(value.words(), "[ 2:0:0 1:0:0 ]")

    def test_hexadecimal_is_read(self) -> None:
        self.assertEqual(self.read("0x0000fde90000000200000003"), "0000fde90000000200000003")

    def test_the_empty_list_is_none(self) -> None:
        self.assertEqual(self.read("[ ]"), "")

    def test_what_cannot_be_read_is_refused(self) -> None:
        for text in ("1:2", "1:2:3:4", "1:2:4294967296", "a:b:c", "1::3", "5", "0x" + "f" * 25, "[ 1:2:3"):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)

    def test_no_octets_and_thirteen_are_malformed(self) -> None:
        self.assertRaises(Malformed, large_communities.decode, b"")
        self.assertRaises(Malformed, large_communities.decode, bytes(13))
