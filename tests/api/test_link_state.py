"""The BGP-LS attribute as ExaBGP 5 and its development show it."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.encoders.link_state import generation_5, generation_6
from bgptwist.wire.attributes.link_state import KIND, TABLE
from bgptwist.wire.errors import Malformed
from bgptwist.wire.words import Words
from tests.wire.examples import examples
from tests.wire.spelling import lex

ADJACENCIES = "044b000730000000049310" + "044b000770000000049300"
NODE = (
    "010a0002010a04020006726f7574657204030003490090040400040a860029040a000c8000001f4004890003003e80040b00020001"
    "040c000c00000003e804890003003a98"
)
DELAYS = "045a00040000000a045b00080000000a0000000a045c000400000000"


def shown(text: str) -> tuple[Any, Any]:
    """What both generations show of octets in hexadecimal; a key that is twice in one object fails."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len(dict(pairs)) == len(pairs), pairs
        return dict(pairs)

    attribute = KIND.decode(bytes.fromhex(text))
    old, new = (json.loads(spell(attribute), object_pairs_hook=unique) for spell in (generation_5, generation_6))
    return old, new


class LinkStateTests(SynchronousTestCase):
    def test_the_last_of_several_or_all_of_them(self) -> None:
        flags = {"F": 0, "B": 0, "V": 1, "L": 1, "S": 0, "P": 0, "RSV": 0}
        first = {"flags": flags, "sids": [299792], "weight": 0, "undecoded-sids": []}
        last = {"flags": {**flags, "B": 1}, "sids": [299776], "weight": 0, "undecoded-sids": []}
        self.assertEqual(shown(ADJACENCIES), ({"sr-adj": last}, {"sr-adjs": [first, last]}))

    def test_router_ids(self) -> None:
        text = "040400040a000001040400040a000002040600040a000003040600040a000004"
        old, new = shown(text)
        self.assertEqual(old, {"local-te-router-ids": ["10.0.0.2"], "remote-te-router-id": "10.0.0.4"})
        self.assertEqual(
            new, {"local-router-ids": ["10.0.0.1", "10.0.0.2"], "remote-router-ids": ["10.0.0.3", "10.0.0.4"]}
        )

    def test_a_node(self) -> None:
        common = {
            "generic-lsid-266": ["0x010A"],
            "node-name": "router",
            "sr-capability-flags": {"I": 1, "V": 0, "RSV": 0},
            "sids": [[8000, 16000]],
            "sr-algorithms": [0, 1],
            "generic-lsid-1036": ["0x00000003E804890003003A98"],
        }
        old, new = shown(NODE)
        self.assertEqual(old, {**common, "area-id": "4784272", "local-te-router-ids": ["10.134.0.41"]})
        self.assertEqual(new, {**common, "area-ids": ["4784272"], "local-router-ids": ["10.134.0.41"]})

    def test_what_only_the_development_knows(self) -> None:
        old, new = shown("01020008" + "00000172000001bb" + DELAYS)
        self.assertEqual(
            old,
            {
                "generic-lsid-258": ["0x00000172000001BB"],
                "generic-lsid-1114": ["0x0000000A"],
                "generic-lsid-1115": ["0x0000000A0000000A"],
                "generic-lsid-1116": ["0x00000000"],
            },
        )
        self.assertEqual(
            new,
            {
                "link-local-remote-identifiers": {"local-id": 370, "remote-id": 443},
                "unidirectional-link-delay": {"delay-us": 10, "anomalous": False},
                "minmax-unidirectional-link-delay": {"min-delay-us": 10, "max-delay-us": 10, "anomalous": False},
                "unidirectional-delay-variation": 0,
            },
        )

    def test_what_neither_knows(self) -> None:
        text = "0462000400000000" + "04610000" + "02580001ff" + "0258000100"
        found = {"generic-lsid-1122": ["0x00000000"], "generic-lsid-1121": ["0x"], "generic-lsid-600": ["0xFF", "0x00"]}
        self.assertEqual(shown(text), (found, found))

    def test_a_sid_whose_flags_do_not_tell_what_it_is_stays_undecoded(self) -> None:
        for text, sids, undecoded in (
            ("044b000730000000000005", [5], []),
            ("044b00080000000000000005", [5], []),
            ("044b00083000000000000005", [], ["0x00000005"]),
            ("044b000700000000000005", [], ["0x000005"]),
            ("044b000730000000f00005", [], ["0xF00005"]),
        ):
            found = shown(text)[0]["sr-adj"]
            self.assertEqual((found["sids"], found["undecoded-sids"]), (sids, undecoded), text)

    def test_prefix_sids_and_adjacencies_on_a_lan(self) -> None:
        old, new = shown("048600084001000000000065")
        self.assertEqual(old, new)
        self.assertEqual((old["sr-prefix-flags"]["N"], old["sids"], old["sr-algorithm"]), (1, [101], 1))
        old, new = shown("044c000d30000000192168252240049310")
        self.assertEqual(old, new)
        self.assertEqual(old["sr-adj-lan-sids"][0]["system-id"], "192168252240")
        self.assertEqual(old["sr-adj-lan-sids"][0]["sids"], [299792])

    def test_metrics_flags_and_protection(self) -> None:
        old, new = shown("0447000200050444000300000604450002040004920002e0ff")
        self.assertEqual(old, new)
        self.assertEqual((old["igp-metric"], old["te-metric"]), (5, 6))
        self.assertEqual(old["link-protection-flags"]["Shared"], 1)
        self.assertEqual(old["sr-prefix-attribute-flags"], {"X": 1, "R": 1, "N": 1, "RSV": 0})

    def test_values_that_make_no_sense_are_in_hexadecimal(self) -> None:
        self.assertEqual(
            shown("044700040000000104410004" + "7f800000")[0],
            {
                "generic-lsid-1095": ["0x00000001"],
                "generic-lsid-1089": ["0x7F800000"],
            },
        )

    def test_what_the_development_shows_can_be_announced_again(self) -> None:
        """Whatever is not reserved, and stands once where ExaBGP shows one; the order is its own."""
        assert KIND.restore is not None and KIND.read is not None
        for text in (
            ADJACENCIES,
            NODE,
            DELAYS,
            "048600084001000000000065",
            "044c000d30000000192168252240049310",
            "044500022500",
        ):
            _, new = shown(text)
            self.assertEqual(KIND.read(Words(lex(KIND.restore(new)))).octets().hex(), text)

    def test_every_example_has_both_forms(self) -> None:
        for octets, _, _ in examples(KIND):
            for found in shown(octets.hex()):
                self.assertEqual(json.loads(json.dumps(found)), found)

    @given(st.lists(st.tuples(st.sampled_from(sorted(TABLE.rows)), st.binary(max_size=24)), max_size=6))
    def test_any_tlvs_have_both_forms(self, tlvs: list[tuple[int, bytes]]) -> None:
        value = b"".join(code.to_bytes(2, "big") + len(inner).to_bytes(2, "big") + inner for code, inner in tlvs)
        try:
            shown(value.hex())
        except Malformed:
            self.fail("well framed")
