"""BGPSEC_PATH."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import bgpsec_path
from bgptwist.wire.errors import WITHDRAW, Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

SEGMENT = "01000000fde9"


def block(signatures: int) -> str:
    """A signature block of algorithm suite 1, with signatures that are empty."""
    return f"{3 + 22 * signatures:04x}01" + ("a1" * 20 + "0000") * signatures


class BgpsecPathTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        words = Words(lex(text))
        octets = bgpsec_path.KIND.read(words).octets().hex()
        self.assertFalse(words.more)
        return octets

    def test_a_malformed_one_withdraws_the_route(self) -> None:
        self.assertEqual(bgpsec_path.KIND.malformed, WITHDRAW)

    def test_wrong_lengths_are_malformed(self) -> None:
        path = "0008" + SEGMENT
        for octets in (
            "",
            "00",
            "0001",
            "0002",
            "0002" + block(0),
            "0007" + SEGMENT[:10] + block(1),
            path,
            path + "0002",
            path + "0000",
            path + "00ff01",
            path + block(1) + "00",
            path + block(1)[:-4] + "0001",
        ):
            with self.assertRaises(Malformed, msg=octets):
                bgpsec_path.KIND.decode(bytes.fromhex(octets))

    def test_each_block_has_as_many_signatures_as_there_are_segments(self) -> None:
        for segments, blocks in ((1, (0,)), (1, (2,)), (2, (1,)), (2, (2, 1))):
            path = f"{2 + 6 * segments:04x}" + SEGMENT * segments
            octets = bytes.fromhex(path + "".join([block(signatures) for signatures in blocks]))
            with self.assertRaises(Malformed, msg=blocks):
                bgpsec_path.KIND.decode(octets)

    def test_three_blocks_are_too_many(self) -> None:
        path = "0008" + SEGMENT
        self.assertRaises(Malformed, bgpsec_path.KIND.decode, bytes.fromhex(path + block(1) * 3))
        bgpsec_path.KIND.decode(bytes.fromhex(path + block(1) * 2))

    def test_one_and_two_blocks_are_read(self) -> None:
        ski = "0x" + "A1" * 20
        block = f"( algorithm-suite 1 signatures [ ( ski {ski} signature 0x ) ] )"
        octets = "0008" + "01000000fde9"
        one = "0019" + "01" + "a1" * 20 + "0000"
        self.assertEqual(self.read(f"( secure-path [ ( as 65001 ) ] signature-blocks [ {block} ] )"), octets + one)
        text = f"( secure-path [ ( as 65001 ) ] signature-blocks [ {block} {block} ] )"
        self.assertEqual(self.read(text), octets + one + one)

    def test_what_would_be_malformed_is_refused(self) -> None:
        for text in (
            "( secure-path [ ( as 65001 ) ] signature-blocks [ ] )",
            "( secure-path [ ] signature-blocks [ ] )",
            "( secure-path [ ( as 65001 ) ] )",
            "( secure-path [ ( as 65001 ) ( as 65002 ) ] "
            f"signature-blocks [ ( algorithm-suite 1 signatures ( ski 0x{'A1' * 20} signature 0x ) ) ] )",
            "( secure-path ( as 65001 ) signature-blocks ( algorithm-suite 1 signatures ( ski 0xA1 signature 0x ) ) )",
            "0x0002",
        ):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)
