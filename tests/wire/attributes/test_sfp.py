"""SFP."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import sfp
from bgptwist.wire.errors import WITHDRAW, Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class SfpTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        words = Words(lex(text))
        octets = sfp.KIND.read(words).octets().hex()
        self.assertFalse(words.more)
        return octets

    def test_a_malformed_one_withdraws_the_route(self) -> None:
        self.assertEqual(sfp.KIND.malformed, WITHDRAW)

    def test_tlvs_that_do_not_fill_it_are_malformed(self) -> None:
        for octets in (
            "",
            "01",
            "0100",
            "010001",
            "020000",
            "020002ff",
        ):
            with self.assertRaises(Malformed, msg=octets):
                sfp.KIND.decode(bytes.fromhex(octets))

    def test_a_hop_whose_tlvs_do_not_fill_it_is_malformed(self) -> None:
        for octets in (
            "020000",
            "020002ff01",
            "020004ff0300",
            "020005ff03000401",
            "020005ff0300040102000100",
        ):
            with self.assertRaises(Malformed, msg=octets):
                sfp.KIND.decode(bytes.fromhex(octets))

    def test_hops_are_read(self) -> None:
        self.assertEqual(self.read("( hop ( service-index 255 ) )"), "020001ff")
        self.assertEqual(
            self.read("( hop ( service-index 255 service-function ( type 41 instances [ 10.0.0.1:1 65000:2 ] ) ) )"),
            "020016ff" + "030012" + "0029" + "00010a0000010001" + "0000fde800000002",
        )

    def test_what_cannot_be_is_refused(self) -> None:
        for text in (
            "( )",
            "( hop ( ) )",
            "( hop ( service-index 256 ) )",
            "( association ( rd 65000:1 path-identifier 1 ) )",
            "( association ( association-type 1 rd 65000:1 path-identifier 16777216 ) )",
            "( generic-2 0x )",
            "0x020000",
        ):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)
