"""Service function chaining."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families.service_chaining import SERVICE_CHAINING
from tests.wire.families.typed import read


class ServiceChainingTests(SynchronousTestCase):
    def test_numbers_have_the_octets_of_their_field(self) -> None:
        self.assertEqual(read(SERVICE_CHAINING, "sfir rd 1:1 sft 65535")[-2:], b"\xff\xff")
        self.assertEqual(read(SERVICE_CHAINING, "sfpr spi 16777215 rd 1:1")[-3:], b"\xff\xff\xff")
        for words in ("sfir rd 1:1 sft 65536", "sfpr rd 1:1 spi 16777216", "sfir rd 1:1", "sfpr spi 1", "sff rd 1:1"):
            self.assertRaises(Misspelt, read, SERVICE_CHAINING, words)

    def test_other_lengths_are_malformed(self) -> None:
        assert SERVICE_CHAINING.check is not None
        for octets in ("00010009" + "00" * 9, "0001000b" + "00" * 11, "0002000a" + "00" * 10, "00020000"):
            self.assertRaises(Malformed, SERVICE_CHAINING.check, bytes.fromhex(octets))
        SERVICE_CHAINING.check(bytes.fromhex("0003000100"))
