"""CAPABILITY."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.messages.capability import decode


class CapabilityTests(SynchronousTestCase):
    def test_several_capabilities_with_numbers(self) -> None:
        found = decode(bytes.fromhex("40" + "00000001" + "0045" + "0004" + "00010103" + "81" + "00000002" + "00020000"))
        self.assertEqual(
            json.loads(found.json()),
            {
                "revisions": [
                    {
                        "action": "advertise",
                        "code": 69,
                        "raw": "0x00010103",
                        "sequence": 1,
                        "flags": ["acknowledge"],
                    },
                    {"action": "remove", "code": 2, "raw": "0x", "sequence": 2, "flags": ["acknowledgement"]},
                ]
            },
        )
        self.assertEqual(
            found.words(), "[advertise 69 0x00010103 sequence 1 acknowledge, remove 2 0x sequence 2 acknowledgement]"
        )

    def test_the_older_form(self) -> None:
        found = decode(bytes.fromhex("000104" + "00020001" + "010200"))
        self.assertEqual(found.words(), "[advertise 1 0x00020001, remove 2 0x]")

    def test_what_fits_neither_is_told_in_hexadecimal(self) -> None:
        found = decode(bytes.fromhex("0201"))
        self.assertEqual((found.words(), json.loads(found.json())), ("0x0201", {"raw": "0x0201"}))

    @settings(max_examples=50)
    @given(st.binary(max_size=30))
    def test_any_body_is_spelt(self, body: bytes) -> None:
        found = decode(body)
        self.assertTrue(found.words().isascii())
        json.loads(found.json())
