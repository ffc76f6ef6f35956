"""AS numbers."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.values import asn
from bgptwist.wire.words import Words


class AsnTests(SynchronousTestCase):
    def test_plain_and_dotted_numbers_are_read(self) -> None:
        for word, number in (
            ("0", 0),
            ("65000", 65000),
            ("4294967295", 0xFFFFFFFF),
            ("1.10", 65546),
            ("65535.65535", 0xFFFFFFFF),
        ):
            self.assertEqual(asn.number(word), number)

    def test_anything_else_is_none(self) -> None:
        for word in (
            "",
            "x",
            "-1",
            "+1",
            "4294967296",
            "1.65536",
            "65536.1",
            "1.",
            ".1",
            "1.2.3",
            "0x10",
            "1 ",
            "\u0661",
            "9" * 99,
        ):
            self.assertEqual(asn.number(word), -1, word)

    def test_as_0_is_refused_where_it_means_nothing(self) -> None:
        self.assertEqual(asn.read(Words(["0"])), 0)
        self.assertRaises(Misspelt, asn.read, Words(["0"]), 1)
        self.assertRaises(Misspelt, asn.read_positive, "0")
