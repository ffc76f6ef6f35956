"""Circuits of multi-segment pseudowires."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families import mspw
from bgptwist.wire.words import Words

FAMILY = mspw.L2VPN
WHOLE = "a0" + "0000fde800000001" + "0000fc00" + "c0000201" + "00000007"


class CircuitTests(SynchronousTestCase):
    def test_members_may_be_left_out_at_the_end(self) -> None:
        text = "rd 65000:1 global-id 64512 prefix 192.0.2.1 ac-id 7"
        self.assertEqual(FAMILY.read(Words(text.split())).hex(), WHOLE)
        self.assertEqual(FAMILY.read(Words("rd 65000:1".split())).hex(), "400000fde800000001")

    def test_one_left_out_in_between_is_misspelt(self) -> None:
        assert FAMILY.restore is not None
        error = self.assertRaises(Misspelt, FAMILY.read, Words("rd 65000:1 global-id 1 ac-id 7".split()))
        self.assertEqual((error.at, error.expected), (0, "'prefix'"))
        self.assertRaises(Misspelt, FAMILY.restore, {"rd": "65000:1", "global-id": 1, "ac-id": 7})
        self.assertRaises(Misspelt, FAMILY.restore, {"global-id": 1})

    def test_lengths_in_octets_are_taken(self) -> None:
        octets = "14" + WHOLE[2:]
        field = bytes.fromhex(WHOLE + octets + WHOLE)
        self.assertEqual([nlri.hex() for nlri in FAMILY.split(field, 0, len(field))], [WHOLE, octets, WHOLE])
        self.assertEqual(FAMILY.words(bytes.fromhex(octets)), f"raw 0x{octets.upper()}")

    def test_bits_beyond_the_length_are_masked(self) -> None:
        field = bytes.fromhex("410000fde800000001ff")
        self.assertEqual([nlri.hex() for nlri in FAMILY.split(field, 0, len(field))], ["410000fde80000000180"])

    def test_other_lengths_are_malformed(self) -> None:
        for length in (0, 7, 21, 63, 161, 255):
            error = self.assertRaises(Malformed, FAMILY.split, bytes((length,)) + bytes(40), 0, 41)
            self.assertEqual((error.code, error.subcode), (3, 10))

    def test_json_has_the_members_there_are(self) -> None:
        self.assertEqual(
            json.loads(FAMILY.json(bytes.fromhex(WHOLE))),
            {"rd": "65000:1", "global-id": 64512, "prefix": "192.0.2.1", "ac-id": 7},
        )
