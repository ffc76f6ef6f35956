"""Ethernet segment identifiers."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.esi import Esi, octets, text
from bgptwist.wire.words import Words


class EsiTests(SynchronousTestCase):
    def test_the_zero_one_has_a_sign_of_its_own(self) -> None:
        self.assertEqual(text(bytes(10)), "-")
        for word in ("0", "-", "00:00:00:00:00:00:00:00:00:00", "0x" + "00" * 10):
            self.assertEqual(octets(word), bytes(10), word)
        self.assertEqual(Esi().words("-"), "0")

    def test_typed_forms_become_octets(self) -> None:
        for word, expected in (
            ("lacp:00:11:22:33:44:55:100", "01001122334455006400"),
            ("bridge:00:11:22:33:44:55:4096", "02001122334455100000"),
            ("mac:00:11:22:33:44:55:100", "03001122334455000064"),
            ("router-id:10.0.0.1:7", "040a0000010000000700"),
            ("as:65000:7", "050000fde80000000700"),
        ):
            self.assertEqual(octets(word).hex(), expected, word)

    def test_what_is_none_is_misspelt(self) -> None:
        for word in (
            "",
            "1",
            "00:11",
            "00:11:22:33:44:55:66:77:88:99:aa",
            "0:11:22:33:44:55:66:77:88:99",
            "gg:11:22:33:44:55:66:77:88:99",
            "+1:11:22:33:44:55:66:77:88:99",
            "0x0011",
            "mac:00:11:22:33:44:55",
            "mac:00:11:22:33:44:55:16777216",
            "lacp:00:11:22:33:44:55:65536",
            "router-id:10.0.0:7",
            "router-id:10.0.0.1:x",
            "as:4294967296:1",
            "as:x:1",
            "as:",
        ):
            error = self.assertRaises(Misspelt, Esi().read, Words([word]))
            self.assertIn("00:11:22", error.expected, word)

    @settings(max_examples=100, deadline=None)
    @given(st.binary(min_size=10, max_size=10))
    def test_any_ten_octets_are_written_and_read(self, value: bytes) -> None:
        field = Esi()
        tree = field.decode(Octets(value))
        self.assertEqual(field.encode(tree), value)
        self.assertEqual(field.read(Words([field.words(tree)])), tree)
