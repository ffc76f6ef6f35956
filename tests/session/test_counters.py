"""How messages are counted."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.session.counters import Counters, named
from bgptwist.wire.framing import KEEPALIVE, NOTIFICATION, OPEN, OPERATIONAL, ROUTE_REFRESH, UPDATE


class CountersTests(SynchronousTestCase):
    """Each type number has its name, and the rest is unknown."""

    def test_each_type_is_counted_under_its_name(self) -> None:
        counters = Counters()
        for times, kind in enumerate((OPEN, UPDATE, NOTIFICATION, KEEPALIVE, ROUTE_REFRESH, OPERATIONAL, 255), 1):
            counters.count_sent(kind, times)
            counters.count_received(kind)
        self.assertEqual(
            named(counters.sent),
            {
                "open": 1,
                "notification": 3,
                "keepalive": 4,
                "update": 2,
                "refresh": 5,
                "operational": 6,
                "unknown": 7,
                "total": 28,
            },
        )
        self.assertEqual(set(named(counters.received).values()), {1, 7})

    def test_the_order_is_that_of_show_neighbor(self) -> None:
        self.assertEqual(list(named(Counters().sent))[:5], ["open", "notification", "keepalive", "update", "refresh"])
        self.assertEqual(list(named(Counters().sent))[-1], "total")

    def test_sessions_that_ended_add_up(self) -> None:
        total, session = Counters(), Counters()
        session.count_sent(UPDATE, 2)
        session.count_received(OPEN)
        total.add(session)
        total.add(session)
        self.assertEqual((named(total.sent)["update"], named(total.received)["open"]), (4, 2))
