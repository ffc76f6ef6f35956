"""Four-octet AS numbers."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import asn4
from bgptwist.wire.errors import Malformed


class Asn4Tests(SynchronousTestCase):
    def test_two_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, asn4.decode, bytes(2))
