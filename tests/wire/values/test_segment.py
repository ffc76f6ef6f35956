"""Segments and segment lists of SR policies."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.registry import KINDS
from bgptwist.wire.values.segment import SEGMENTS, SegmentList, segment_octets, segment_tree
from bgptwist.wire.words import Words
from tests.wire.examples import examples
from tests.wire.spelling import lex

LIST = SegmentList()
SID = "fc00::1"


def octets(words: str) -> str:
    read = Words(lex(words))
    found = LIST.encode(LIST.read(read))
    assert not read.more, words
    return found.hex()


def listed(tree: object) -> list[Any]:
    """All segments in a tree, wherever they are."""
    if isinstance(tree, list):
        return [segment for item in tree for segment in listed(item)]
    if isinstance(tree, dict):
        return tree.get("segments", []) + [segment for item in tree.values() for segment in listed(item)]
    return []


class SegmentTests(SynchronousTestCase):
    def test_every_type_stands_in_the_corpus_with_all_its_lengths(self) -> None:
        seen: dict[str, set[tuple[bool, bool]]] = {}
        codes: set[int] = set()
        for _, _, text in examples(KINDS[23]):
            for segment in listed(json.loads(text)):
                row = next((row for row in SEGMENTS if row.letter == segment["type"]), None)
                if row is not None:
                    seen.setdefault(row.letter, set()).add((row.key in segment, "endpoint-behavior" in segment))
                    codes.add(segment.get("code", row.code))
        for row in SEGMENTS:
            self.assertEqual(len(seen[row.letter]), len(row.sizes), row.letter)
            self.assertIn(row.code, codes)
            self.assertTrue(row.old in codes or not row.old, row.letter)

    def test_lengths_are_those_of_the_registry(self) -> None:
        sizes = {row.letter: sorted(row.sizes) for row in SEGMENTS}
        expected = {
            "A": [6],
            "B": [18, 26],
            "C": [6, 10],
            "D": [18, 22],
            "E": [10, 14],
            "F": [10, 14],
            "G": [42, 46],
            "H": [34, 38],
            "I": [18, 34, 42],
            "J": [42, 58, 66],
            "K": [34, 50, 58],
        }
        self.assertEqual(sizes, expected)

    def test_the_last_label_of_types_a_and_c_ends_the_stack(self) -> None:
        self.assertEqual(
            octets("segment type-a mpls 1 segment type-a mpls 2 segment type-f local 10.0.0.1 remote 10.0.0.2 sid 3"),
            "00" + "0106" + "0000" + "00001000" + "0106" + "0000" + "00002100"
            "060e" + "0000" + "0a0000010a000002" + "00003000",
        )
        self.assertEqual(octets("segment type-a mpls 1 s 0"), "00" + "0106000000001000")
        self.assertEqual(octets("segment type-c ipv4 10.0.0.1 algorithm 0"), "00" + "0306" + "00000a000001")

    def test_flags_follow_from_what_is_there(self) -> None:
        self.assertEqual(octets(f"segment type-b srv6 {SID}")[6:8], "00")
        self.assertEqual(octets(f"segment type-b srv6 {SID} endpoint-behavior 65 32 0 16 0")[6:8], "10")
        self.assertEqual(octets(f"segment type-b srv6 {SID} endpoint-behavior End.DT4 32 0 16 0 flags V+B")[6:8], "90")

    def test_words_of_a_segment_stand_in_any_order(self) -> None:
        self.assertEqual(
            octets("segment type-c sid 5 algorithm 1 ipv4 10.0.0.1"),
            octets("segment type-c ipv4 10.0.0.1 algorithm 1 sid 5"),
        )

    def test_what_cannot_be_shown_is_raw(self) -> None:
        self.assertEqual(segment_tree(1, b"\0"), {"type": 1, "raw": "0x00"})
        self.assertEqual(segment_tree(13, bytes(20)), {"type": 13, "raw": "0x" + "00" * 20})
        self.assertEqual(segment_octets({"type": 1, "raw": "0x00"}, True), b"\1\1\0")

    def test_wrong_words_say_what_is_missing(self) -> None:
        for words, reason in (
            ("segment type-a", "'mpls'"),
            ("segment type-z", "type-z"),
            ("segment", "too early"),
            ("segment type-a mpls 1048576", "1048576"),
            ("segment type-c algorithm 0", "'ipv4'"),
            ("segment type-c ipv4 2001:db8::1 algorithm 0", "2001"),
            ("segment type-c ipv4 10.0.0.1 algorithm 256", "256"),
            ("segment type-c ipv4 10.0.0.1 algorithm 0 tc 1", "'sid'"),
            ("segment type-e local-if-id 1", "'ipv4'"),
            ("segment type-g local-if-id 1 local-ipv6 ::1 remote-if-id 2", "'remote-ipv6'"),
            ("segment type-i ipv6 ::1 algorithm 0 endpoint-behavior 1 2 3 4 5", "'sid'"),
            (f"segment type-b srv6 {SID} endpoint-behavior 65 32 0 16", "too early"),
            (f"segment type-b srv6 {SID} srv6 {SID}", "twice"),
            (f"segment type-b srv6 {SID} code 3", "3 is no number"),
            ("weight 1 weight 2", "twice"),
            ("weight 4294967296", "4294967296"),
            ("segment raw 300 0x00", "300"),
            ("segment raw 30 00", "00"),
        ):
            with self.assertRaises(Misspelt) as caught:
                octets(words)
            self.assertIn(reason, str(caught.exception), words)

    def test_wrong_trees(self) -> None:
        for tree in (
            {"segments": [{"type": "A"}]},
            {"segments": [{"type": "A", "label": 1, "other": 1}]},
            {"segments": [{"type": "Z", "label": 1}]},
            {"segments": [{"type": "C", "algorithm": 0}]},
            {"segments": [{"type": "I", "ipv6_node": "::1", "endpoint-behavior": {}}]},
            {"segments": [{"type": "B", "sid": SID, "endpoint-behavior": {"behavior": 1}}]},
            {"segments": [{"type": "B", "sid": SID, "code": 3}]},
            {"segments": [{"type": 7, "raw": "0x" + "00" * 256}]},
            {"segments": [{"type": 7}]},
            {"segments": [{"type": []}]},
            {"segments": [1]},
            {"segments": {}},
            {"weight": 1, "weight-position": 1, "segments": []},
            {"others": 1},
            [],
        ):
            with self.assertRaises(Misspelt):
                LIST.encode(tree)

    @given(
        st.integers(0, 2),
        st.lists(
            st.one_of(
                st.builds(
                    lambda row, flags, second, draw: (row, bytes((flags, second)) + draw),
                    st.sampled_from([code for row in SEGMENTS for code in (row.code, row.old) if code]),
                    st.integers(0, 255),
                    st.integers(0, 255),
                    st.binary(min_size=2, max_size=64),
                ),
                st.tuples(st.integers(0, 255), st.binary(max_size=10)),
                st.tuples(st.just(9), st.binary(min_size=6, max_size=6)),
            ),
            max_size=5,
        ),
    )
    def test_nothing_is_lost(self, reserved: int, parts: list[tuple[int, bytes]]) -> None:
        value = bytes((reserved,)) + b"".join([bytes((code, len(part))) + part for code, part in parts])
        tree = LIST.decode(Octets(value))
        self.assertEqual(LIST.encode(tree), value)
        self.assertEqual(LIST.encode(json.loads(json.dumps(tree))), value)
        self.assertEqual(octets(LIST.words(tree)), value.hex())

    @given(st.data())
    def test_segments_of_right_length_lose_nothing(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(SEGMENTS))
        size = data.draw(st.sampled_from(sorted(row.sizes)))
        part = data.draw(st.binary(min_size=size, max_size=size))
        tree = segment_tree(row.code, part)
        self.assertEqual(tree["type"], row.letter)
        self.assertEqual(segment_octets(tree, False), bytes((row.code, size)) + part)
