"""The Adj-RIB-In of one peer, and the watchdogs' groups."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.rib.incoming import Incoming
from bgptwist.rib.watchdog import Watchdogs
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.messages.update import Reach, Unreach, Update
from bgptwist.wire.path import Path
from bgptwist.wire.route import Announcement, Route

ONE, TWO = b"\x18\x0a\0\1", b"\x18\x0a\0\2"
PATH = Path(b"\x40\x01\x01\x00")
HOP = bytes((192, 0, 2, 1))


def announced(*nlris: bytes) -> Update:
    return Update(PATH, [Reach(IPV4_UNICAST, HOP, list(nlris))], [])


class IncomingTests(SynchronousTestCase):
    def test_what_is_announced_is_held_until_it_is_withdrawn(self) -> None:
        table = Incoming()
        table.update(announced(ONE, TWO))
        self.assertEqual([route.nlri for route in table.routes()], [ONE, TWO])
        table.update(Update(PATH, [], [Unreach(IPV4_UNICAST, [ONE, b"\x08\x09"])]))
        self.assertEqual(list(table.routes()), [Route(IPV4_UNICAST, TWO, PATH, HOP)])
        table.clear()
        self.assertEqual(len(table), 0)

    def test_a_prefix_that_is_withdrawn_and_announced_at_once_is_held(self) -> None:
        table = Incoming()
        update = announced(ONE)
        update.withdrawn.append(Unreach(IPV4_UNICAST, [ONE]))
        table.update(update)
        self.assertEqual(len(table), 1)

    def test_the_end_of_a_refresh_removes_what_was_not_announced_again(self) -> None:
        table = Incoming()
        table.update(announced(ONE, TWO))
        table.begin_refresh(IPV4_UNICAST)
        table.update(announced(TWO))
        self.assertEqual([route.nlri for route in table.end_refresh(IPV4_UNICAST)], [ONE])
        self.assertEqual([route.nlri for route in table.routes()], [TWO])

    def test_an_end_without_a_beginning_is_ignored(self) -> None:
        table = Incoming()
        table.update(announced(ONE))
        self.assertEqual(table.end_refresh(IPV4_UNICAST), [])
        self.assertEqual(len(table), 1)


class WatchdogTests(SynchronousTestCase):
    def test_a_name_keeps_its_routes_in_order_and_once(self) -> None:
        dogs = Watchdogs()
        routes = [Route(IPV4_UNICAST, nlri, PATH, HOP) for nlri in (ONE, TWO)]
        for _ in range(2):
            dogs.add(Announcement(routes, "dog"), 1)
        self.assertEqual(dogs.routes("dog"), [(routes[0], 1), (routes[1], 1)])
        self.assertEqual(dogs.routes("cat"), [])

    def test_a_member_that_is_gone_is_forgotten(self) -> None:
        dogs = Watchdogs()
        dogs.add(Announcement([Route(IPV4_UNICAST, ONE, PATH, HOP)], "dog"), 3)
        dogs.forget(1)
        self.assertEqual([members for _, members in dogs.routes("dog")], [2])
        dogs.forget(2)
        self.assertEqual(dogs.routes("dog"), [])
