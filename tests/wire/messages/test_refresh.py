"""ROUTE-REFRESH."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed
from bgptwist.wire.framing import MARKER
from bgptwist.wire.messages.refresh import RouteRefresh, decode


class RefreshTests(SynchronousTestCase):
    def test_every_subtype_goes_both_ways(self) -> None:
        for subtype, name in ((0, "query"), (1, "begin"), (2, "end"), (255, "255")):
            refresh = decode(bytes((0, 2, subtype, 133)))
            self.assertEqual((refresh.afi, refresh.safi, refresh.subtype, refresh.name), (2, 133, subtype, name))
            self.assertEqual(refresh.octets(), bytes((0, 2, subtype, 133)))

    def test_it_is_spelt(self) -> None:
        self.assertEqual(RouteRefresh(1, 1).words(), "afi ipv4 safi unicast query")
        self.assertEqual(RouteRefresh(2, 1, 2).json(), '{ "afi": "ipv6", "safi": "unicast", "subtype": "end" }')

    def test_filters_are_kept_as_octets(self) -> None:
        octets = bytes.fromhex("0001000101400001ff")
        refresh = decode(octets)
        self.assertEqual(refresh.orf.hex(), "01400001ff")
        self.assertEqual(refresh.octets(), octets)

    def filters(self, octets: str, afi: int = 1) -> Any:
        refresh = decode(afi.to_bytes(2, "big") + b"\0\1" + bytes.fromhex(octets))
        self.assertTrue(refresh.words().endswith(f" query orf 0x{octets.upper()}"), refresh.words())
        return json.loads(refresh.json())

    def test_prefix_filters_are_told(self) -> None:
        add, remove = "00" + "00000005" + "1018" + "080a", "60" + "00000006" + "0000" + "19c0000280"
        for kind in ("40", "80"):
            found = self.filters("01" + kind + "0016" + add + remove + "80")
            self.assertEqual((found["subtype"], found["when"]), ("query", "immediate"))
            self.assertEqual(
                found["orf"],
                [
                    {
                        "type": int(kind, 16),
                        "entries": [
                            {
                                "action": "add",
                                "match": "permit",
                                "sequence": 5,
                                "prefix": "10.0.0.0/8",
                                "min-length": 16,
                                "max-length": 24,
                            },
                            {
                                "action": "remove",
                                "match": "deny",
                                "sequence": 6,
                                "prefix": "192.0.2.128/25",
                                "min-length": 0,
                                "max-length": 0,
                            },
                            {"action": "remove-all"},
                        ],
                    }
                ],
            )

    def test_filters_of_ipv6_and_of_several_types(self) -> None:
        found = self.filters("02" + "40000c" + "00" + "00000001" + "0000" + "2020010db8" + "410001ff", 2)
        self.assertEqual(found["when"], "defer")
        self.assertEqual(found["orf"][0]["entries"][0]["prefix"], "2001:db8::/32")
        self.assertEqual(found["orf"][1], {"type": 65, "raw": "0xFF"})

    def test_filters_that_make_no_sense_are_told_in_hexadecimal(self) -> None:
        for octets, told in (
            ("01", []),
            ("0140", [{"raw": "0x40"}]),
            ("01400009" + "00", [{"raw": "0x40000900"}]),
            ("01400001" + "00", [{"type": 64, "raw": "0x00"}]),
            ("01400001" + "c0", [{"type": 64, "raw": "0xC0"}]),
            ("01400008" + "0000000001000021", [{"type": 64, "raw": "0x0000000001000021"}]),
            ("01400009" + "000000000100002001", [{"type": 64, "raw": "0x000000000100002001"}]),
        ):
            self.assertEqual(self.filters(octets)["orf"], told, octets)
        self.assertEqual(self.filters("03")["when"], "3")
        self.assertEqual(self.filters("01400001" + "80", 25)["orf"], [{"type": 64, "raw": "0x80"}])

    def test_a_marker_with_more_is_answered_with_the_whole_message(self) -> None:
        for subtype in (1, 2):
            body = bytes((0, 1, subtype, 1, 9))
            error = self.assertRaises(Malformed, decode, body)
            self.assertEqual((error.code, error.subcode, error.data), (7, 1, MARKER + b"\0\x18\5" + body))

    def test_less_than_four_octets_are_a_bad_length(self) -> None:
        error = self.assertRaises(Malformed, decode, b"\0\1\0")
        self.assertEqual((error.code, error.subcode, error.data), (1, 2, b"\0\x16"))

    @settings(max_examples=50)
    @given(st.binary(max_size=12))
    def test_any_body(self, body: bytes) -> None:
        try:
            refresh = decode(body)
        except Malformed:
            return
        self.assertEqual(refresh.octets(), body)
        refresh.words()
        json.loads(refresh.json())

    @settings(max_examples=50)
    @given(st.binary(max_size=30))
    def test_any_filters(self, orf: bytes) -> None:
        json.loads(decode(b"\0\1\0\1" + orf).json())
