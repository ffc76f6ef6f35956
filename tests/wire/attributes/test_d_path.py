"""D-PATH."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import d_path
from bgptwist.wire.errors import WITHDRAW, Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class DPathTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        words = Words(lex(text))
        octets = d_path.KIND.read(words).octets().hex()
        self.assertFalse(words.more)
        return octets

    def test_a_malformed_one_withdraws_the_route(self) -> None:
        self.assertEqual(d_path.KIND.malformed, WITHDRAW)

    def test_segments_without_domains_and_cut_ones_are_malformed(self) -> None:
        for octets in (
            "",
            "00",
            "01",
            "010000fde80001",
            "020000fde8000146",
            "010000fde800014600",
            "010000fde800014602",
        ):
            with self.assertRaises(Malformed, msg=octets):
                d_path.KIND.decode(bytes.fromhex(octets))

    def test_segments_are_lists_within_a_list(self) -> None:
        self.assertEqual(self.read("[ [ 65000:2:evpn 65000:1:128 ] ]"), "020000fde80002460000fde8000180")
        self.assertEqual(self.read("[ [ 1:1:unicast ] [ 2:2:local ] ]"), "0100000001000101" + "0100000002000200")
        self.assertEqual(self.read("65000:1:mpls-vpn"), "010000fde8000180")

    def test_what_is_no_domain_is_refused(self) -> None:
        for text in (
            "[ ]",
            "[ [ ] ]",
            "65000:1",
            "65000:1:l2vpn",
            "65000:65536:evpn",
            "4294967296:1:evpn",
            "65000:1:256",
            "a:1:1",
            "65000:1:evpn:1",
            "",
            "0x00",
        ):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)

    def test_more_domains_than_a_segment_holds_are_refused(self) -> None:
        self.assertRaises(Misspelt, self.read, f"[ [ {'1:1:1 ' * 256}] ]")

    def test_json_of_another_shape_is_misspelt(self) -> None:
        for tree in (
            None,
            {},
            [],
            [[]],
            [[{}]],
            [[{"global": 1, "local": 1}]],
            [["1:1:1"]],
            [[{"global": 1, "local": 1, "safi": "x"}]],
        ):
            self.assertRaises(Misspelt, d_path.SHAPE.restore, tree)
