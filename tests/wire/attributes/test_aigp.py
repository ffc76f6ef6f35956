"""AIGP."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import aigp
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.words import Words


class AigpTests(SynchronousTestCase):
    def read(self, word: str) -> str:
        return aigp.read(Words([word])).octets().hex()

    def test_hexadecimal_metrics_are_read(self) -> None:
        self.assertEqual(self.read("0x64"), "01000b0000000000000064")
        self.assertEqual(self.read("0xFFFFFFFFFFFFFFFF"), "01000bffffffffffffffff")

    def test_what_does_not_fit_is_refused(self) -> None:
        for word in ("18446744073709551616", "0x10000000000000000", "-1", "x", "0x", "0x0200040101000B0000"):
            self.assertRaises(Misspelt, aigp.read, Words([word]))

    def test_bad_tlvs_are_malformed(self) -> None:
        for hexadecimal in (
            "",
            "010002",
            "01000a00000000000000",
            "01000b00000000000000",
            "020003",
            "01000b000000000000006401",
        ):
            with self.assertRaises(Malformed, msg=hexadecimal):
                aigp.decode(bytes.fromhex(hexadecimal))

    def test_the_first_metric_counts(self) -> None:
        value = aigp.decode(bytes.fromhex("01000b000000000000000101000b0000000000000002"))
        assert isinstance(value, aigp.Aigp)
        self.assertEqual(value.metric, 1)

    def test_json_is_the_metric_or_all_octets_when_there_is_more(self) -> None:
        self.assertEqual(aigp.decode(bytes.fromhex("01000b0000000000000001")).json(), "1")
        value = aigp.decode(bytes.fromhex("01000b000000000000000101000b0000000000000002"))
        self.assertEqual(value.json(), '"0x01000B000000000000000101000B0000000000000002"')
        self.assertEqual(aigp.restore("0x01000b000000000000000101000b0000000000000002"), value.words())

    def test_json_of_another_shape_is_misspelt(self) -> None:
        for tree in (-1, 1 << 64, "x", "0x", "0x0200040101000b0000", None, [], {}, True, 1.5):
            self.assertRaises(Misspelt, aigp.restore, tree)
