"""Enhanced route refresh."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import enhanced_refresh
from bgptwist.wire.errors import Malformed


class EnhancedRefreshTests(SynchronousTestCase):
    def test_it_has_no_value(self) -> None:
        self.assertEqual(enhanced_refresh.EnhancedRefresh().octets(), b"")
        self.assertRaises(Malformed, enhanced_refresh.decode, b"\0")
