"""ORIGIN."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import origin
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.words import Words


class OriginTests(SynchronousTestCase):
    def test_three_is_no_origin(self) -> None:
        error = self.assertRaises(Malformed, origin.decode, b"\3")
        self.assertEqual((error.code, error.subcode), (3, 6))

    def test_case_does_not_matter(self) -> None:
        self.assertEqual(origin.read(Words(["IGP"])).octets(), b"\0")

    def test_another_word_is_refused_where_it_stands(self) -> None:
        error = self.assertRaises(Misspelt, origin.read, Words(["origin", "bgp"], 1))
        self.assertEqual((error.at, error.expected), (1, "igp, egp or incomplete"))

    def test_nothing_is_refused(self) -> None:
        self.assertRaises(Misspelt, origin.read, Words([]))
