"""ORIGINATOR_ID."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import originator_id
from bgptwist.wire.errors import DISCARD, Malformed, Misspelt
from bgptwist.wire.words import Words


class OriginatorIdTests(SynchronousTestCase):
    def test_five_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, originator_id.decode, bytes(5))

    def test_it_is_not_for_other_as(self) -> None:
        self.assertEqual(originator_id.KIND.policy(external=True, asn4=True), DISCARD)

    def test_what_is_no_ipv4_address_is_refused_where_it_stands(self) -> None:
        for word in ("::1", "1.2.3", "x", "1.2.3.256", "01.2.3.4"):
            error = self.assertRaises(Misspelt, originator_id.read, Words(["originator-id", word], 1))
            self.assertEqual(error.at, 1)
