"""COMMUNITIES."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import communities
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.values import community
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

NAMES = {
    "graceful-shutdown": 0xFFFF0000,
    "accept-own": 0xFFFF0001,
    "route-filter-translated-v4": 0xFFFF0002,
    "route-filter-v4": 0xFFFF0003,
    "route-filter-translated-v6": 0xFFFF0004,
    "route-filter-v6": 0xFFFF0005,
    "llgr-stale": 0xFFFF0006,
    "no-llgr": 0xFFFF0007,
    "accept-own-nexthop": 0xFFFF0008,
    "standby-pe": 0xFFFF0009,
    "blackhole": 0xFFFF029A,
    "no-export": 0xFFFFFF01,
    "no-advertise": 0xFFFFFF02,
    "no-export-subconfed": 0xFFFFFF03,
    "no-peer": 0xFFFFFF04,
    "nopeer": 0xFFFFFF04,
}


def read(text: str) -> str:
    return communities.read(Words(lex(text))).octets().hex()


class CommunitiesTests(SynchronousTestCase):
    def test_they_are_sorted_when_read_and_duplicates_remain(self) -> None:
        self.assertEqual(
            read("[ 65001:30 no-export blackhole 0x00010002 1:2 ]"), "0001000200010002fde9001effff029affffff01"
        )

    def test_those_of_a_peer_keep_their_order_in_octets_alone(self) -> None:
        value = communities.decode(bytes.fromhex("fde900020000000100000003"))
        self.assertEqual(value.octets().hex(), "fde900020000000100000003")
        self.assertEqual(value.words(), "[ 65001:2 0:1 0:3 ]")
        self.assertEqual(value.json(), "[ [0, 1], [0, 3], [65001, 2] ]")

    def test_every_name_is_known_with_hyphens_and_underscores_in_any_case(self) -> None:
        for name, value in NAMES.items():
            self.assertEqual(read(name), f"{value:08x}")
            self.assertEqual(read(name.replace("-", "_").upper()), f"{value:08x}")

    def test_numbers_are_read(self) -> None:
        self.assertEqual(read("[ 0 ]"), "00000000")
        self.assertEqual(read("65538"), "00010002")
        self.assertEqual(read("0x87654321"), "87654321")

    def test_the_empty_list_is_none(self) -> None:
        self.assertEqual(read("[ ]"), "")

    def test_halves_are_checked(self) -> None:
        for text in (
            "1:70000",
            "70000:1",
            "1:2:3",
            "1:",
            ":1",
            "0x100000000",
            "4294967296",
            "nonsense",
            "-1:1",
            "[ 1:1",
            "[",
        ):
            with self.assertRaises(Misspelt, msg=text):
                read(text)

    def test_the_error_names_the_word(self) -> None:
        error = self.assertRaises(Misspelt, communities.read, Words(lex("community [ 1:1 1:70000 2:2 ]"), 1))
        self.assertEqual((error.at, error.reason), (3, "'1:70000' is no community"))

    def test_no_octets_and_five_are_malformed(self) -> None:
        self.assertRaises(Malformed, communities.decode, b"")
        self.assertRaises(Malformed, communities.decode, bytes(5))

    @settings(max_examples=50)
    @given(st.integers(0, 0xFFFFFFFF))
    def test_every_community_is_read_as_it_is_written(self, value: int) -> None:
        self.assertEqual(community.parse(community.write(value)), value)
