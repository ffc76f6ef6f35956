"""Route refresh."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import route_refresh
from bgptwist.wire.errors import Malformed


class RouteRefreshTests(SynchronousTestCase):
    def test_it_has_no_value(self) -> None:
        self.assertEqual(route_refresh.RouteRefresh().octets(), b"")
        self.assertRaises(Malformed, route_refresh.decode, b"\0")
        self.assertRaises(Malformed, route_refresh.decode_old, b"\0")
