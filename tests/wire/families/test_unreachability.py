"""Unreachability information."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families import unreachability
from bgptwist.wire.words import Words
from tests.wire.examples import examples
from tests.wire.spelling import lex

FAMILY = unreachability.IPV4


def read(text: str) -> bytes:
    words = Words(lex(text))
    nlri = FAMILY.read(words)
    assert not words.more, text
    return nlri


class UnreachabilityTests(SynchronousTestCase):
    def test_reporters_stand_behind_the_prefix(self) -> None:
        nlri = read("10.0.0.0/24 reporter ( 192.0.2.1 as 65000 reason rpki-invalid timestamp 1 )")
        self.assertEqual(
            nlri.hex(),
            "001f" + "180a0000" + "010018" + "c0000201" + "0000fde8" + "0100020003" + "0200080000000000000001",
        )
        self.assertEqual(read("10.0.0.0/24").hex(), "0004180a0000")

    def test_every_reason_has_an_example(self) -> None:
        for family in (unreachability.IPV4, unreachability.IPV6):
            found = " ".join(text for _, _, text in examples(family))
            for reason in unreachability.REASONS.values():
                self.assertIn(f'"{reason}"', found)

    def test_the_prefix_is_the_key(self) -> None:
        key = FAMILY.key
        assert key is not None
        self.assertEqual(key(read("10.0.0.0/24")), key(read("10.0.0.0/24 reporter ( 192.0.2.1 as 65000 )")))
        self.assertNotEqual(key(read("10.0.0.0/24")), key(read("10.0.0.0/25")))
        key(b"\0\0")

    def test_nlri_that_make_no_sense_are_withdrawn_alone(self) -> None:
        assert FAMILY.check is not None
        for octets in ("0000", "0001ff", "0002180a", "00062100000000" + "00", "0006180a0000" + "0100"):
            nlri = bytes.fromhex(octets)
            self.assertEqual(FAMILY.split(nlri, 0, len(nlri)), [nlri])
            self.assertRaises(Malformed, FAMILY.check, nlri)
            self.assertEqual(FAMILY.words(nlri), f"raw 0x{octets.upper()}")

    def test_a_reporter_that_cannot_be_shown_is_no_reason_to_drop_the_prefix(self) -> None:
        nlri = bytes.fromhex("0009" + "180a0000" + "010002c000")
        assert FAMILY.check is not None
        FAMILY.check(nlri)
        self.assertEqual(json.loads(FAMILY.json(nlri)), {"nlri": "10.0.0.0/24", "generic-1": ["0xC000"]})

    def test_host_bits_are_masked(self) -> None:
        field = bytes.fromhex("0005190a0000ff" + "0004180a0000")
        self.assertEqual(
            [nlri.hex() for nlri in FAMILY.split(field, 0, len(field))], ["0005190a000080", "0004180a0000"]
        )

    def test_one_that_runs_past_the_field_is_malformed(self) -> None:
        for octets in ("00", "0004180a00"):
            field = bytes.fromhex(octets)
            error = self.assertRaises(Malformed, FAMILY.split, field, 0, len(field))
            self.assertEqual((error.code, error.subcode), (3, 10))

    def test_wrong_words_are_misspelt(self) -> None:
        for text in (
            "",
            "reporter ( 192.0.2.1 as 1 )",
            "10.0.0.1/24",
            "10.0.0.0/24 reporter 192.0.2.1",
            "10.0.0.0/24 reporter ( 192.0.2.1 )",
            "10.0.0.0/24 reporter ( 192.0.2.1 as 1 reason nothing )",
        ):
            self.assertRaises(Misspelt, read, text)
