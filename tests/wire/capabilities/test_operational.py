"""OPERATIONAL messages."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import operational
from bgptwist.wire.errors import Malformed


class OperationalTests(SynchronousTestCase):
    def test_it_has_no_value(self) -> None:
        self.assertEqual(operational.Operational().octets(), b"")
        self.assertRaises(Malformed, operational.decode, b"\0")
