"""Route target constraint."""

import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families import rtc
from bgptwist.wire.words import Words

FAMILY = rtc.IPV4


def read(text: str) -> str:
    words = Words(text.split())
    nlri = FAMILY.read(words)
    assert not words.more, text
    return nlri.hex()


class RouteTargetTests(SynchronousTestCase):
    def test_words_are_read(self) -> None:
        whole = "600000fde80002fde800000064"
        self.assertEqual(read("origin-as 65000 route-target target:65000:100"), whole)
        self.assertEqual(read("origin-as 65000 target:65000:100"), whole)
        self.assertEqual(read("origin-as 65000 route-target 65000:100"), whole)
        self.assertEqual(read("default"), "00")
        self.assertEqual(read("origin-as 65000"), "200000fde8")
        self.assertEqual(read("origin-as 65000 0x0002/16"), "300000fde80002")

    def test_an_origin_alone_ends_before_the_next_hop(self) -> None:
        words = Words("origin-as 65000 next-hop 10.0.0.9".split())
        self.assertEqual(FAMILY.read(words).hex(), "200000fde8")
        self.assertEqual(words.peek(), "next-hop")

    def test_wrong_words_are_misspelt(self) -> None:
        for text, at in (
            ("", 0),
            ("target:65000:1", 0),
            ("origin-as", 1),
            ("origin-as 4294967296", 1),
            ("origin-as 1 route-target", 3),
            ("origin-as 1 route-target x:y:z", 3),
            ("origin-as 1 route-target 0x0002/17", 3),
            ("origin-as 1 route-target 0x0002FF/17", 3),
            ("origin-as 1 route-target 0x/0", 3),
            ("origin-as 1 route-target 0x0002FDE800000064/64", 3),
        ):
            error = self.assertRaises(Misspelt, read, text)
            self.assertEqual(error.at, at, text)
            self.assertTrue(error.expected)

    def test_json_is_that_of_exabgp(self) -> None:
        for octets, tree in (
            ("600000fde80002fde800000064", {"origin": 65000, "route-target": "target:65000:100"}),
            ("00", {"origin": 0, "route-target": None}),
        ):
            self.assertEqual(json.loads(FAMILY.json(bytes.fromhex(octets))), tree)

    def test_json_of_another_shape_is_misspelt(self) -> None:
        assert FAMILY.restore is not None
        for tree in (
            {"origin": 65000, "route-target": None, "length": 40},
            {"origin": 65000, "route-target": "target:1:2", "length": 32},
            {"origin": 65000, "route-target": None, "length": 0},
            {"origin": 65000, "route-target": "nonsense"},
            {"origin": -1, "route-target": None},
            {"route-target": None},
            {"parsed": False, "raw": "10FDE8"},
            [],
        ):
            self.assertRaises(Misspelt, FAMILY.restore, tree)
        self.assertEqual(FAMILY.restore({"origin": 65000, "route-target": None}), "origin-as 65000")

    def test_an_origin_that_is_not_whole_makes_no_sense(self) -> None:
        nlri = bytes.fromhex("10fde8")
        self.assertEqual(FAMILY.split(nlri, 0, 3), [nlri])
        assert FAMILY.check is not None
        self.assertRaises(Malformed, FAMILY.check, nlri)
        self.assertEqual(FAMILY.words(nlri), "raw 0x10FDE8")
        self.assertEqual(json.loads(FAMILY.json(nlri)), {"parsed": False, "raw": "10FDE8"})

    def test_more_than_96_bits_are_malformed(self) -> None:
        error = self.assertRaises(Malformed, FAMILY.split, b"\x61" + bytes(13), 0, 14)
        self.assertEqual((error.code, error.subcode), (3, 10))

    def test_bits_beyond_the_length_are_masked(self) -> None:
        field = bytes.fromhex("210000fde8ff")
        self.assertEqual([nlri.hex() for nlri in FAMILY.split(field, 0, 6)], ["210000fde880"])

    @given(st.integers(32, 96), st.binary(min_size=12, max_size=12))
    def test_every_length_becomes_words_and_json_and_back(self, bits: int, octets: bytes) -> None:
        field = bytes((bits,)) + octets[: (bits + 7) // 8]
        (nlri,) = FAMILY.split(field, 0, len(field))
        words = FAMILY.words(nlri)
        assert FAMILY.restore is not None
        self.assertEqual(FAMILY.restore(json.loads(FAMILY.json(nlri))), words)
        self.assertEqual(FAMILY.read(Words(words.split())), nlri)
