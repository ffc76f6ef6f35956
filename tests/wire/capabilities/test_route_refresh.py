"""Route refresh."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import route_refresh
from bgptwist.wire.errors import Malformed

EXAMPLES = {
    route_refresh.CAPABILITY: [("", "route refresh", '{"name": "route-refresh", "variant": "RFC"}')],
    route_refresh.OLD_CAPABILITY: [("", "cisco route refresh", '{"name": "route-refresh", "variant": "Cisco"}')],
}


class RouteRefreshTests(SynchronousTestCase):
    def test_it_has_no_value(self) -> None:
        self.assertEqual(route_refresh.RouteRefresh().octets(), b"")
        self.assertRaises(Malformed, route_refresh.decode, b"\0")
        self.assertRaises(Malformed, route_refresh.decode_old, b"\0")
