"""ONLY_TO_CUSTOMER."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import only_to_customer
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.words import Words


class OnlyToCustomerTests(SynchronousTestCase):
    def test_three_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, only_to_customer.decode, bytes(3))

    def test_dotted_numbers_are_read(self) -> None:
        self.assertEqual(only_to_customer.read(Words(["1.10"])).octets().hex(), "0001000a")

    def test_what_is_no_as_number_is_refused(self) -> None:
        self.assertRaises(Misspelt, only_to_customer.read, Words(["4294967296"]))
