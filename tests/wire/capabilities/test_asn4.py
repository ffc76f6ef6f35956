"""Four-octet AS numbers."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import asn4
from bgptwist.wire.errors import Malformed

EXAMPLES = {
    asn4.CAPABILITY: [
        ("0000fde8", "asn4(65000)", '{"name": "asn4", "asn4": 65000}'),
        ("fa56ea01", "asn4(4200000001)", '{"name": "asn4", "asn4": 4200000001}'),
    ]
}


class Asn4Tests(SynchronousTestCase):
    def test_two_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, asn4.decode, bytes(2))
