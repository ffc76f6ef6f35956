"""The BGP-LS attribute as a whole: framing, words people write, the JSON of ExaBGP; its corpus has all rows."""

import json
import time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import link_state
from bgptwist.wire.attributes.link_state import KIND, TABLE, check
from bgptwist.wire.errors import DISCARD, KEEP, Malformed, Misspelt
from bgptwist.wire.kinds import ReceiveContext
from bgptwist.wire.path import PathTable, header
from bgptwist.wire.values.field import Field
from bgptwist.wire.values.layout import Sequence
from bgptwist.wire.values.link_state_policy import Segment
from bgptwist.wire.values.link_state_tlv import Block, LinkStateTlvs
from bgptwist.wire.values.tlv import Tlv
from bgptwist.wire.values.tree import members
from bgptwist.wire.words import Words
from tests.wire.examples import examples
from tests.wire.spelling import lex

KIT_LINK = (
    "040400040a00ca0104050010fc001000011200000000000000000001040600040a00020104070010fc001000000200000000000000000001"
    "044100044e9502f90447000300000a0452001e003980000000fc0010000112e002000000000000000004e40004201010000452001e003980"
    "810000fc0010010112e002000000000000000004e4000420101000045a00040000000a045b00080000000a0000000a045c00040000000004"
    "620020040400001000000000000000044400040000000a045b00080000000a00000000"
)


def read(text: str) -> bytes:
    """The octets of words."""
    words = Words(lex(text))
    octets = KIND.read(words).octets() if KIND.read is not None else b""
    assert not words.more
    return octets


def shown(text: str) -> Any:
    """The JSON of octets in hexadecimal."""
    return json.loads(KIND.decode(bytes.fromhex(text)).json())


def restored(tree: object) -> str:
    """The octets of JSON, in hexadecimal."""
    assert KIND.restore is not None
    return read(KIND.restore(tree)).hex()


def tail(field: Field) -> LinkStateTlvs | None:
    """The TLVs that a value holds after its members."""
    return field.tail if isinstance(field, Block) else None


def reachable(table: LinkStateTlvs) -> set[Tlv]:
    """Every row of a table and of the tables in it."""
    found: set[Tlv] = set()
    waiting = [table]
    while waiting:
        for row in waiting.pop().rows.values():
            if row in found:
                continue
            found.add(row)
            fields = [*row.field.bodies.values()] if isinstance(row.field, Segment) else [row.field]
            waiting += [each for each in map(tail, fields) if each is not None]
    return found


def used(table: LinkStateTlvs, tree: object) -> set[Tlv]:
    """The rows that a tree has."""
    found: set[Tlv] = set()
    for key, value in table.parted(tree):
        row = table.by_key.get(key)
        if row is None:
            continue
        code = int.from_bytes(table.tlv(key, value)[:2], "big")
        found.add(table.rows[code])
        field = row.field
        if isinstance(field, Segment):
            field = field.body(members(value)["type"])
        inner = tail(field)
        if inner is not None and isinstance(field, Block):
            found |= used(inner, {name: part for name, part in members(value).items() if name not in field.by_key})
    return found


class CorpusTests(SynchronousTestCase):
    def test_every_row_of_every_table_has_an_example(self) -> None:
        found: set[Tlv] = set()
        for octets, _, _ in examples(KIND):
            found |= used(TABLE, json.loads(KIND.decode(octets).json()))
        missing = reachable(TABLE) - found
        self.assertEqual(sorted((row.code, row.key) for row in missing), [])

    def test_there_are_as_many_rows_as_the_reference_has(self) -> None:
        codes = {row.code for row in reachable(TABLE)}
        wanted = {
            *(258, 263, 266, 267),
            *range(1024, 1033),
            *range(1034, 1047),
            *range(1088, 1104),
            *(1105, 1106, 1107, 1108),
            *range(1114, 1123),
            *range(1152, 1160),
            *(1162, 1170, 1171, 1172, 1173, 1174, 1180, 1181, 1182, 1183, 1184),
            *range(1201, 1218),
            *(1250, 1251, 1252),
        }
        self.assertEqual(codes, wanted)

    def test_keys_and_words_are_lower_case_with_dashes(self) -> None:
        for row in reachable(TABLE):
            self.assertRegex(row.key, r"^[a-z0-9]+(-[a-z0-9]+)*$")
            self.assertRegex(row.word, r"^[a-z0-9]+(-[a-z0-9]+)*$")

    def test_lists_of_one_kind_are_spelt_in_the_plural_or_like_exabgp(self) -> None:
        for row in reachable(TABLE):
            if row.many:
                self.assertTrue(row.key.endswith("s") or "srv6" in row.key, row.key)
            self.assertFalse(row.many and isinstance(row.field, Sequence), row.key)


class FramingTests(SynchronousTestCase):
    def test_only_the_framing_is_checked(self) -> None:
        for text in ("", "04470000", "0447000300000a", "0410ffff" + "00" * 0xFFFF, "0462000104"):
            check(bytes.fromhex(text))

    def test_tlvs_that_run_past_the_end_are_malformed(self) -> None:
        for text in ("04", "0447", "044700", "04470001", "0447000300000a04", "0447000300000a04470003"):
            with self.assertRaises(Malformed, msg=text) as caught:
                KIND.decode(bytes.fromhex(text))
            self.assertIn("BGP-LS ends within", caught.exception.reason)

    def test_a_malformed_attribute_is_dropped_and_the_route_kept(self) -> None:
        table = PathTable(ReceiveContext({}, mandatory=False))
        received = table.receive(header(0x80, 29, 5) + bytes.fromhex("090018c000"))
        self.assertEqual(received.verdict, DISCARD)
        received = table.receive(header(0x80, 29, 4) + bytes.fromhex("04470000"))
        self.assertEqual(received.verdict, KEEP)

    def test_the_largest_attribute_is_checked_in_no_time_and_shown_in_linear_time(self) -> None:
        small, large = bytes.fromhex("02580000") * 4000, bytes.fromhex("02580000") * 16000
        times = []
        for value in (small, large):
            start = time.perf_counter()
            KIND.decode(value).json()
            times.append(time.perf_counter() - start)
        self.assertLess(times[1], 40 * times[0] + 0.1)
        start = time.perf_counter()
        check(large)
        self.assertLess(time.perf_counter() - start, 0.1)


class WordsTests(SynchronousTestCase):
    def test_what_people_write(self) -> None:
        cases = {
            "( node-name r1 igp-metric 10 sr-adj ( flags V+L weight 0 sid 299776 ) )": (
                "0402000272310447000300000a044b000730000000049300"
            ),
            "( unreserved-bandwidth 125000000 )": "04430020" + "4cee6b28" * 8,
            "( unreserved-bandwidth [ 1 2 3 4 5 6 7 8.5 ] )": (
                "044300203f80000040000000404000004080000040a0000040c0000040e0000041080000"
            ),
            "( srv6-end-x ( behavior End.X algorithm 0 weight 0 sid fc00::1 "
            "structure ( block 32 node 16 function 16 argument 0 ) ) )": (
                "0452001e000500000000fc00000000000000000000000000000104e4000420101000"
            ),
            "( area-id [ 49.0001 49.0002 ] local-router-id [ 10.0.0.1, 2001:db8::1 ] )": (
                "04030003490001040300034900020404000" + "40a0000010405001020010db8000000000000000000000001"
            ),
            "( sr-adj [ ( sid 1 ) ( index 2 ) ] )": "044b000700000000000001044b00080000000000000002",
            "( sr-adj 0x30000000049300 srv6-end-x 0x00 )": "044b0007300000000493000452000100",
            "( sr-capabilities ( ranges ( size 8000 sid 16000 ) flags I ) )": "040a000c800000" + "1f4004890003003e80",
            "( sr-segment-list ( segment ( type A sid 16001 ) weight 2 segment 0x0100000000 ) )": (
                "04b5002200000000000000000000000204b60009010080" + "0003e810000004b600050100000000"
            ),
            "( sr-segment-list ( segment [ ( type A sid 16001 algorithm 1 ) ] ) )": (
                "04b5001900000000000000000000000104b600090100800003e8100001"
            ),
            "( sr-adj-lan ( system-id 0000.0000.0015 sid 5 ) )": "044c000d00000000000000000015000005",
            "( link-identifiers ( local 7 ) igp-metric 10/2 te-metric 5/3 )": (
                "0102000800000007000000000447000200" + "0a04440003000005"
            ),
            "0x0447000300000a": "0447000300000a",
            "( )": "",
            "( generic-lsid-0x447 0x00 )": "0447000100",
        }
        for words, octets in cases.items():
            self.assertEqual(read(words).hex(), octets, words)

    def test_what_does_not_fit_is_refused_with_what_would(self) -> None:
        cases = {
            "": "'('",
            "( node-nam r1 )": "node-name",
            "( xyzzy 1 )": "generic-lsid-N",
            "( node-name": "hexadecimal",
            "( node-name r1": "')'",
            "( node-name a node-name b )": "another word",
            "( igp-metric 16777216 )": "3 octets",
            "( igp-metric 256/1 )": "METRIC/OCTETS",
            "( igp-metric 1/4 )": "METRIC/OCTETS",
            "( sr-adj ( weight 1 ) )": "sid or index",
            "( sr-adj ( sid 1 index 2 ) )": "sid or index",
            "( sr-adj ( sid 1 sid 2 ) )": "another word",
            "( sr-adj ( sid 16777216 ) )": "16777215",
            "( sr-adj ( flags Q sid 1 ) )": "F+B+V",
            "( sr-adj ( colour 1 sid 1 ) )": "flags, weight, reserved, sid, index",
            "( sr-adj-lan ( sid 1 ) )": "neighbor-id or system-id",
            "( sr-adj-lan ( system-id 1 sid 1 ) )": "1921.6825.2240",
            "( local-router-id [ 10.0.0.1 x ] )": "an IPv4 address or an IPv6 address",
            "( area-id 49.000 )": "49.0001",
            "( area-id 0x )": "49.0001",
            "( unreserved-bandwidth [ 1 2 3 ] )": "8",
            "( unreserved-bandwidth [ 1 2 3 4 5 6 7 8 9 ] )": "8",
            "( unidirectional-link-delay ( delay 1 anomalous maybe ) )": "true or false",
            "( srv6-end-x ( behavior 5 ) )": "sid and what it is",
            "( sr-binding-sid ( binding-sid 5 provisioned fc00::1 ) )": "two of one sort",
            "( sr-segment-list ( segment ( sid 5 ) ) )": "type",
            "( sr-segment-list ( segment ( type A flags S ) ) )": "sid",
            "( sr-segment-list ( segment ( type A node 10.0.0.1 ) ) )": "algorithm",
            "( rtm-capability 0x )": "octet",
            "( generic-lsid-65536 0x00 )": "65535",
            "( generic-lsid-1 5 )": "hexadecimal",
            "0x0447": "whole TLVs",
        }
        for words, expected in cases.items():
            with self.assertRaises(Misspelt, msg=words) as caught:
                read(words)
            self.assertIn(expected, str(caught.exception), words)


class JsonTests(SynchronousTestCase):
    def test_the_link_of_the_kit_keeps_all_it_has(self) -> None:
        tree = shown(KIT_LINK)
        self.assertEqual(tree["local-router-ids"], ["10.0.202.1", "fc00:1000:112::1"])
        self.assertEqual([each["algorithm"] for each in tree["srv6-endx"]], [0, 129])
        self.assertEqual(tree["application-specific-attributes"][0]["te-metric"], 10)
        self.assertEqual(restored(tree), KIT_LINK)

    def test_sids_of_three_octets_and_of_four_are_not_the_same(self) -> None:
        label, index = (shown(text)["sr-adjs"][0] for text in ("044b000700000000000005", "044b00080000000000000005"))
        self.assertEqual((label["sid"], index["index"]), (5, 5))
        self.assertNotIn("index", label)
        self.assertNotIn("sid", index)

    def test_the_order_of_mixed_tlvs_may_be_left_out_or_must_be_whole(self) -> None:
        tree = {"local-router-ids": ["10.0.0.1", "10.0.0.2"], "node-name": "a"}
        self.assertEqual(restored(tree), "040400040a000001040400040a0000020402000161")
        order = ["local-router-ids", "node-name", "local-router-ids"]
        self.assertEqual(restored({**tree, "order": order}), "040400040a0000010402000161040400040a000002")
        self.assertRaises(Misspelt, restored, {**tree, "order": order[:2]})
        self.assertRaises(Misspelt, restored, {**tree, "order": "node-name"})

    def test_what_exabgp_5_shows_becomes_octets_again(self) -> None:
        flags = {"F": 0, "B": 0, "V": 1, "L": 1, "S": 0, "P": 0, "RSV": 0}
        cases: list[tuple[dict[str, object], str]] = [
            (
                {"sr-adj": {"flags": flags, "sids": [299776], "weight": 0, "undecoded-sids": []}},
                "044b000730000000049300",
            ),
            (
                {"sr-adj": {"flags": {"B": 1}, "sids": [7], "weight": 0, "undecoded-sids": []}},
                "044b00084000000000000007",
            ),
            (
                {"sr-adj": {"flags": {"V": 1}, "sids": [], "weight": 0, "undecoded-sids": ["0x00000007"]}},
                "044b00082000000000000007",
            ),
            ({"area-id": "4784272"}, "04030003490090"),
            ({"area-ids": ["4784272", "73"]}, "040300034900900403000149"),
            ({"local-te-router-ids": ["10.134.0.41"]}, "040400040a860029"),
            ({"remote-te-router-id": "10.0.2.1"}, "040600040a000201"),
            (
                {"sids": [[8000, 16000]], "sr-capability-flags": {"I": 1, "V": 0, "RSV": 0}},
                "040a000c8000001f4004890003003e80",
            ),
            (
                {"sr-capability-flags": {"I": 0, "V": 0, "RSV": 0}, "sids": [[8, 0x100000]]},
                "040a000d00000000080489000400100000",
            ),
            (
                {"sr-prefix-flags": {"N": 1}, "sids": [101], "undecoded-sids": [], "sr-algorithm": 1},
                "048600084001000000000065",
            ),
            (
                {"link-protection-flags": {"Shared": 1, "Dedicated 1:1": 1, "ExtraTrafic": 0, "RSV": 0}},
                "044500020c00",
            ),
            ({"generic-lsid-266": ["0x010A"], "generic-lsid-1095": ["0x00000A"]}, "010a0002010a0447000300000a"),
            (
                {"local-te-router-ids": ["10.0.0.1"], "local-router-ids": ["10.0.0.2"]},
                "040400040a000001040400040a000002",
            ),
        ]
        for tree, octets in cases:
            self.assertEqual(restored(tree), octets, tree)

    def test_json_of_another_shape_is_misspelt(self) -> None:
        cases: list[object] = [
            None,
            [],
            5,
            "x",
            "0x04",
            {"colour": 1},
            {"generic-lsid-70000": ["0x"]},
            {"generic-lsid-7": [7]},
            {"igp-metric": -1},
            {"igp-metric": 5, "igp-metric-octets": 9},
            {"igp-metric": 5, "igp-metric-octets": 1.0},
            {"igp-metric-octets": 2},
            {"node-name": 5},
            {"sids": [[1, 2]]},
            {"sr-algorithm": 0},
            {"sr-capability-flags": {"I": 1}, "sids": [[1]]},
            {"sr-capability-flags": {"I": 1}, "sids": 1},
            {"sr-adj": {"flags": {}, "sids": [1, 2]}},
            {"sr-adj": {"flags": {}, "sids": []}},
            {"sr-adj": 7},
            {"sr-adjs": [{"flags": {"Z": 1}, "sid": 5}]},
            {"sr-adjs": [{"weight": 0}]},
            {"sr-adjs": [{"sid": 5, "colour": 1}]},
            {"sr-adjs": {"sid": "five"}},
            {"area-id": "x"},
            {"area-ids": ["0x"]},
            {"graceful-link-shutdown": False},
            {"unreserved-bandwidth": [1.0]},
            {"maximum-link-bandwidth": 1e300},
            {"application-specific-attributes": [{"standard-applications": "0x" + "00" * 256}]},
            {"application-specific-attributes": [{"application-specific-attributes": [{}]}]},
            {"sr-segment-lists": [{"segments": [{"sid": 5}]}]},
            {"sr-segment-lists": [{"segments": [{"type": "L"}]}]},
            {"sr-segment-lists": [{"segments": [{"type": ["A"], "algorithm": 0}]}]},
            {"sr-segment-lists": [{"segments": [{"type": "A", "flags": {"S": 1}, "algorithm": 0}]}]},
            {"sr-candidate-path-constraints": {"affinity": {"exclude-any": []}}},
            {"sr-candidate-path-constraints": {"affinity": {"exclude": [1]}}},
            {"sr-candidate-path-constraints": {"affinity": {"exclude-any": [0] * 256}}},
            {"sr-candidate-path-constraints": {"disjoint-group": {"identifier": "0x00"}}},
            {"sr-binding-sids": [{"binding-sid": "0x00", "provisioned-binding-sid": 0}]},
        ]
        for tree in cases:
            self.assertRaises(Misspelt, restored, tree)

    def test_an_error_says_where(self) -> None:
        with self.assertRaises(Misspelt) as caught:
            restored({"srv6-endx": [{"behavior": 5, "sid": "10.0.0.1"}]})
        self.assertIn("srv6-endx: sid: ", str(caught.exception))

    @settings(max_examples=300, deadline=None)
    @given(st.data())
    def test_any_tlvs_go_through_json_and_words(self, data: st.DataObject) -> None:
        codes = st.sampled_from(sorted(row.code for row in reachable(TABLE)))
        value = b"".join(
            code.to_bytes(2, "big") + len(inner).to_bytes(2, "big") + inner
            for code, inner in data.draw(st.lists(st.tuples(codes, st.binary(max_size=40)), max_size=8))
        )
        attribute = KIND.decode(value)
        self.assertEqual(read(attribute.words()), value)
        self.assertEqual(restored(json.loads(attribute.json())), value.hex())

    @settings(max_examples=300, deadline=None)
    @given(st.data())
    def test_json_with_anything_in_it_is_restored_or_misspelt(self, data: st.DataObject) -> None:
        tree = shown(data.draw(st.sampled_from([octets for octets, _, _ in examples(KIND)])).hex())
        anything = st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(-1, 1 << 33), st.floats(), st.text(max_size=5)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
            ),
            max_leaves=5,
        )
        keys = [*tree, *link_state.SPELLINGS, *link_state.PARTS, "igp-metric", "igp-metric-octets", "order"]
        tree[data.draw(st.sampled_from(keys))] = data.draw(anything)
        try:
            octets = restored(tree)
        except Misspelt:
            return
        self.assertEqual(restored(shown(octets)), octets)
