"""ENTROPY_LABEL_CAPABILITY."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import entropy_label
from bgptwist.wire.errors import DISCARD, Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class EntropyLabelTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        words = Words(lex(text))
        octets = entropy_label.KIND.read(words).octets().hex()
        self.assertFalse(words.more)
        return octets

    def test_a_malformed_one_is_dropped_alone(self) -> None:
        self.assertEqual(entropy_label.KIND.malformed, DISCARD)

    def test_no_octets_are_wrong(self) -> None:
        for octets in ("", "00", "ff" * 300):
            self.assertEqual(entropy_label.KIND.decode(bytes.fromhex(octets)).octets().hex(), octets)

    def test_nothing_follows_or_hexadecimal(self) -> None:
        self.assertEqual(self.read(""), "")
        self.assertEqual(self.read("0x01"), "01")
        words = Words(lex("med 5"))
        self.assertEqual(entropy_label.read(words).octets(), b"")
        self.assertEqual(words.peek(), "med")

    def test_odd_digits_are_refused(self) -> None:
        for text in (
            "0x1",
            "0xzz",
        ):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)

    def test_json_is_true_or_hexadecimal(self) -> None:
        self.assertEqual(entropy_label.restore(True), "")
        self.assertEqual(entropy_label.restore("0x01"), "0x01")
        for tree in (False, None, 1, "01", [], {}):
            self.assertRaises(Misspelt, entropy_label.restore, tree)

    def test_octets_that_are_cut_are_not_malformed(self) -> None:
        try:
            entropy_label.decode(b"\0")
        except Malformed:
            self.fail("it was refused")
