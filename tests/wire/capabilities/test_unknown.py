"""Capabilities that nobody knows."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities.unknown import Unknown


class UnknownTests(SynchronousTestCase):
    def test_it_is_told_in_hexadecimal(self) -> None:
        value = Unknown(100, b"\xab\0")
        self.assertEqual(value.octets(), b"\xab\0")
        self.assertEqual(value.words(), "unassigned 100")
        self.assertEqual(
            json.loads(value.json()), {"name": "unknown", "iana": "unassigned", "value": 100, "raw": "AB00"}
        )

    def test_the_standing_is_told_for_every_code(self) -> None:
        words = [Unknown(code, b"").words() for code in (0, 1, 9, 10, 63, 64, 66, 77, 78, 127, 128, 255)]
        self.assertEqual(
            words,
            [
                "reserved 0",
                "unknown 1",
                "unknown 9",
                "unassigned 10",
                "unassigned 63",
                "unknown 64",
                "unknown 66",
                "unknown 77",
                "unassigned 78",
                "unassigned 127",
                "reserved 128",
                "reserved 255",
            ],
        )
