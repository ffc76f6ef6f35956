"""AGGREGATOR."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import aggregator
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.words import Words


class AggregatorTests(SynchronousTestCase):
    def test_parentheses_may_stand_around_it(self) -> None:
        for words in (["65010:10.0.0.7"], ["(", "65010:10.0.0.7", ")"], ["(65010:10.0.0.7)"], ["0.65010:10.0.0.7"]):
            source = Words([*words, "med"])
            self.assertEqual(aggregator.read(source).octets().hex(), "0000fdf20a000007")
            self.assertEqual(source.peek(), "med")

    def test_what_cannot_be_read_is_refused(self) -> None:
        for words in (
            ["65010"],
            ["(", "65010:10.0.0.7"],
            ["x:10.0.0.7"],
            ["65010:10.0.0"],
            ["65010:::1"],
            ["4294967296:10.0.0.7"],
            ["0:10.0.0.7"],
            ["("],
            [],
        ):
            self.assertRaises(Misspelt, aggregator.read, Words(words))

    def test_as_0_and_other_lengths_are_malformed(self) -> None:
        for hexadecimal in ("000000000a000007", "0000fdf20a0000", "fdf20a000007", ""):
            self.assertRaises(Malformed, aggregator.decode, bytes.fromhex(hexadecimal))

    def test_it_is_widened_and_narrowed(self) -> None:
        self.assertEqual(aggregator.widen(bytes.fromhex("fdf20a000007")).hex(), "0000fdf20a000007")
        self.assertEqual(aggregator.narrow(bytes.fromhex("0000fdf20a000007")).hex(), "fdf20a000007")
        self.assertEqual(aggregator.narrow(bytes.fromhex("fa56ea010a000007")).hex(), "5ba00a000007")

    def test_other_lengths_are_neither(self) -> None:
        self.assertRaises(Malformed, aggregator.widen, bytes(8))
        self.assertRaises(Malformed, aggregator.narrow, bytes(6))
