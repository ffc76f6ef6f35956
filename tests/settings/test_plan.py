"""From old settings to new ones."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.model import (
    ApiSettings,
    CapabilitySettings,
    Environment,
    HelperSettings,
    NeighborSettings,
    Settings,
    StaticRoute,
)
from bgptwist.settings.plan import Listener, Plan, RouteChanges, listeners, plan, route_key
from bgptwist.wire.families import inet
from bgptwist.wire.kinds import Family
from bgptwist.wire.path import Path
from bgptwist.wire.route import Route

PATHS = (Path(b""), Path(bytes.fromhex("80040400000001")), Path(bytes.fromhex("80040400000002")))
HOPS = (b"\1\1\1\1", b"\2\2\2\2")


def route(number: int, path: int = 0, hop: int = 0, family: Family = inet.IPV4_UNICAST) -> Route:
    return Route(family, bytes((24, 10, 0, number)), PATHS[path], HOPS[hop])


ROUTES = st.builds(
    route,
    st.integers(0, 3),
    st.integers(0, 2),
    st.integers(0, 1),
    st.sampled_from((inet.IPV4_UNICAST, inet.IPV4_MULTICAST)),
)
WATCHED = st.builds(StaticRoute, ROUTES, st.sampled_from(("dog", "cat")), st.booleans())
NEIGHBORS = st.builds(
    NeighborSettings,
    peer_address=st.sampled_from(("10.0.0.1", "10.0.0.2", "10.0.0.3")),
    local_address=st.just("10.0.0.9"),
    local_as=st.integers(1, 2),
    hold_time=st.integers(3, 4),
    description=st.sampled_from(("", "x")),
    listen=st.sampled_from((0, 1790)),
    manual_eor=st.booleans(),
    capability=st.builds(CapabilitySettings, asn4=st.booleans()),
    api=st.lists(st.builds(ApiSettings, fsm=st.booleans()), max_size=1).map(tuple),
    routes=st.lists(ROUTES, max_size=4).map(tuple),
    watched=st.lists(WATCHED, max_size=2, unique_by=lambda each: (each.watchdog, route_key(each.route))).map(tuple),
)
HELPERS = st.builds(HelperSettings, st.sampled_from("abc"), st.sampled_from((("/bin/true",), ("/bin/false",))))
ENVIRONMENTS = st.builds(
    Environment, tcp_bind=st.lists(st.sampled_from(("127.0.0.1", "::1")), max_size=2).map(tuple), tcp_port=st.just(179)
)
SETTINGS = st.builds(
    Settings,
    st.lists(NEIGHBORS, max_size=3, unique_by=lambda each: each.name).map(tuple),
    st.lists(HELPERS, max_size=3, unique_by=lambda each: each.name).map(tuple),
    ENVIRONMENTS,
)


class Daemon:
    """What a plan acts on, as plain tables; a session has a number, which changes when it is restarted."""

    def __init__(self, settings: Settings) -> None:
        self.helpers = {helper.name: helper for helper in settings.helpers}
        self.listening = set(listeners(settings))
        self.neighbors: dict[str, NeighborSettings] = {}
        self.sessions: dict[str, int] = {}
        self.routes: dict[str, dict[tuple[Family, bytes], Route]] = {}
        self.watched: dict[str, set[StaticRoute]] = {}
        self.add(settings.neighbors)

    def add(self, neighbors: tuple[NeighborSettings, ...]) -> None:
        for neighbor in neighbors:
            self.neighbors[neighbor.name] = neighbor
            self.sessions[neighbor.name] = 1
            self.routes[neighbor.name] = {route_key(each): each for each in neighbor.routes}
            self.watched[neighbor.name] = set(neighbor.watched)

    def apply(self, found: Plan) -> None:
        for name in found.stopped_helpers:
            del self.helpers[name]
        for listener in found.closed:
            self.listening.remove(listener)
        for name in found.removed:
            for table in (self.neighbors, self.sessions, self.routes, self.watched):
                del table[name]
        for neighbor in (*found.restarted, *found.adjusted):
            self.neighbors[neighbor.name] = neighbor
        for neighbor in found.restarted:
            self.sessions[neighbor.name] += 1
        for name, changes in found.routes:
            for each in changes.withdraw:
                del self.routes[name][route_key(each)]
            self.routes[name].update({route_key(each): each for each in changes.announce})
            self.watched[name] -= set(changes.unwatch)
            self.watched[name] |= set(changes.watch)
        self.add(found.added)
        self.listening.update(found.opened)
        for helper in found.started_helpers:
            assert helper.name not in self.helpers
            self.helpers[helper.name] = helper


class PlanTests(SynchronousTestCase):
    PEER = NeighborSettings("10.0.0.1", "10.0.0.9", local_as=1, peer_as=1, routes=(route(1), route(2, 1)))

    def changed(self, **fields: object) -> Plan:
        """The plan when some fields of a neighbor change."""
        after = replace(self.PEER, **fields)  # type: ignore[arg-type]
        return plan(Settings((self.PEER,)), Settings((after,)))

    @given(SETTINGS, SETTINGS)
    def test_a_plan_makes_the_old_the_new(self, old: Settings, new: Settings) -> None:
        daemon, wanted = Daemon(old), Daemon(new)
        daemon.apply(plan(old, new))
        for table in ("helpers", "listening", "neighbors", "routes", "watched"):
            self.assertEqual(getattr(daemon, table), getattr(wanted, table), table)

    @given(SETTINGS)
    def test_nothing_is_to_do_when_nothing_changed(self, settings: Settings) -> None:
        found = plan(settings, settings)
        self.assertEqual((bool(found), found), (False, Plan()))

    def test_a_changed_definition_restarts_the_session(self) -> None:
        for fields in (
            {"hold_time": 30},
            {"connect": 1790},
            {"md5_password": b"x"},
            {"source_interface": "eth0"},
            {"capability": CapabilitySettings(asn4=False)},
            {"next_hops": ((inet.IPV4_UNICAST, 2),)},
            {"add_path_families": ()},
        ):
            found = self.changed(**fields)
            self.assertEqual(([each.name for each in found.restarted], found.adjusted), ([self.PEER.name], ()))

    def test_who_is_told_what_changes_without_a_new_session(self) -> None:
        for fields in ({"description": "x"}, {"manual_eor": True}, {"api": (ApiSettings(fsm=True),)}):
            found = self.changed(**fields)
            self.assertEqual((found.restarted, [each.name for each in found.adjusted]), ((), [self.PEER.name]))
            self.assertEqual(found.routes, ())

    def test_another_name_is_another_neighbor(self) -> None:
        found = self.changed(local_as=2)
        self.assertEqual((found.removed, len(found.added)), ((self.PEER.name,), 1))

    def test_routes_change_by_key_path_and_next_hop(self) -> None:
        found = self.changed(routes=(route(2, 2), route(3), route(3, 0, 1)))
        wanted = RouteChanges(withdraw=(route(1),), announce=(route(2, 2), route(3, 0, 1)))
        self.assertEqual(found.routes, ((self.PEER.name, wanted),))
        self.assertEqual(len(found.adjusted), 1)

    def test_equal_routes_of_another_load_are_no_change(self) -> None:
        found = self.changed(routes=(route(1), route(2, 1)))
        self.assertFalse(found)

    def test_a_watched_route_stays_as_its_watchdog_left_it(self) -> None:
        before = replace(self.PEER, watched=(StaticRoute(route(5), "dog", True),))
        after = replace(self.PEER, watched=(StaticRoute(route(5), "dog", True), StaticRoute(route(6), "dog")))
        found = plan(Settings((before,)), Settings((after,)))
        self.assertEqual(found.routes, ((after.name, RouteChanges(watch=(StaticRoute(route(6), "dog"),))),))

    def test_a_route_comes_again_where_one_of_a_watchdog_comes_or_goes(self) -> None:
        before = replace(self.PEER, watched=(StaticRoute(route(1, 2), "dog"),))
        for old, new in ((self.PEER, before), (before, self.PEER)):
            ((_, found),) = plan(Settings((old,)), Settings((new,))).routes
            self.assertEqual((found.announce, found.withdraw), ((route(1),), ()))

    def test_a_helper_with_another_command_starts_again(self) -> None:
        one, two = HelperSettings("a", ("/bin/true",)), HelperSettings("a", ("/bin/true", "x"))
        found = plan(Settings(helpers=(one,)), Settings(helpers=(two,)))
        self.assertEqual((found.stopped_helpers, found.started_helpers), (("a",), (two,)))

    def test_neighbors_with_the_same_routes_are_compared_once(self) -> None:
        many, more = tuple(map(route, range(4))), tuple(map(route, range(1, 5)))
        old = [replace(self.PEER, local_as=number, routes=many) for number in range(3)]
        new = [replace(self.PEER, local_as=number, routes=more) for number in range(3)]
        found = plan(Settings(tuple(old)), Settings(tuple(new)))
        (one, two, three) = (changes for _, changes in found.routes)
        self.assertIdentical(one, two)
        self.assertIdentical(two, three)

    def test_own_ports_of_neighbors_are_listeners(self) -> None:
        neighbors = (replace(self.PEER, listen=1790), replace(self.PEER, listen=1791, md5_ip="10.0.0.8"))
        found = listeners(Settings(neighbors, environment=Environment(tcp_bind=("::1",), tcp_port=180)))
        self.assertEqual(found, [Listener("::1", 180), Listener("10.0.0.9", 1790), Listener("10.0.0.8", 1791)])
