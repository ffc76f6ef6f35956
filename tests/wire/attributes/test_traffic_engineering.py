"""TRAFFIC_ENGINEERING."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import traffic_engineering
from bgptwist.wire.errors import WITHDRAW, Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class TrafficEngineeringTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        words = Words(lex(text))
        octets = traffic_engineering.KIND.read(words).octets().hex()
        self.assertFalse(words.more)
        return octets

    def test_a_malformed_one_withdraws_the_route(self) -> None:
        self.assertEqual(traffic_engineering.KIND.malformed, WITHDRAW)

    def test_descriptors_that_do_not_fill_it_are_malformed(self) -> None:
        for octets in (
            "",
            "01",
            "3302000000",
            "010100004e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b28",
            "010100004e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284974240005dc00",
            "330200004e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b2833",
        ):
            with self.assertRaises(Malformed, msg=octets):
                traffic_engineering.KIND.decode(bytes.fromhex(octets))

    def test_what_follows_depends_on_the_capability(self) -> None:
        bandwidths = "[ 1e9 1e9 1e9 1e9 1e9 1e9 1e9 1e9 ]"
        head = "4e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b28"
        for name, words, octets in (
            ("psc-1", "min-lsp-bandwidth 0 mtu 1500", "01010000" + head + "0000000005dc0000"),
            ("tdm", "min-lsp-bandwidth 0 indication 1", "64010000" + head + "0000000001000000"),
            ("lsc", "", "96010000" + head),
            ("99", "specific 0x01", "63010000" + head + "01"),
        ):
            text = f"[ ( switching-capability {name} encoding packet max-lsp-bandwidth {bandwidths} {words} ) ]"
            self.assertEqual(self.read(text), octets)

    def test_octets_of_an_unknown_capability_take_all_that_is_left(self) -> None:
        octets = bytes.fromhex(
            "630100004e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b28"
            + "330200004e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b284e6e6b28"
        )
        value = traffic_engineering.KIND.decode(octets)
        self.assertEqual(value.json().count("switching-capability"), 1)
        self.assertEqual(value.octets(), octets)

    def test_words_of_another_capability_are_refused(self) -> None:
        for text in (
            "( switching-capability lsc encoding packet max-lsp-bandwidth [ 1 1 1 1 1 1 1 1 ] mtu 1500 )",
            "[ ( switching-capability psc-1 encoding packet max-lsp-bandwidth [ 1 2 3 ] ) ]",
            "[ ( switching-capability psc-1 encoding packet max-lsp-bandwidth [ 1e9 1e9 1e9 1e9 1e9 1e9 1e9 1e9 ] ) ]",
            "[ ( switching-capability 256 encoding packet ) ]",
            "[ ]",
            "",
            "0x",
            "0x00",
        ):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)
