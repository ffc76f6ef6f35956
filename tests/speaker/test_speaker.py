"""All peers and what they are told: who is meant, how a plan is walked, watchdogs, and what commands ask for."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.selector import parse
from bgptwist.settings.model import ApiSettings, CapabilitySettings, Environment, NeighborSettings, Settings
from bgptwist.settings.model import StaticRoute as Static
from bgptwist.settings.plan import plan, route_key
from bgptwist.speaker.events import SignalReceived
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.speaker import SWEEP, Speaker, words_of
from bgptwist.wire.attributes.med import Med
from bgptwist.wire.families.inet import IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.framing import KEEPALIVE, NOTIFICATION, OPEN, ROUTE_REFRESH, UPDATE
from bgptwist.wire.kinds import ReceiveContext, SendContext
from bgptwist.wire.messages import update as updates
from bgptwist.wire.path import PathTable, path_of
from bgptwist.wire.route import Announcement, Route
from tests.fakes import FakeNetwork, RecordingDriver, RecordingSink
from tests.settings.test_plan import SETTINGS

NOW = 1_700_000_000.0
HERE = "192.0.2.1"
FAMILIES = (IPV4_UNICAST, IPV6_UNICAST)
HOP = bytes((192, 0, 2, 9))


def neighbor(address: str, *helpers: str, **named: Any) -> NeighborSettings:
    """A neighbor of another AS that some helpers may command."""
    return NeighborSettings(
        address,
        **{
            "local_address": HERE,
            "router_id": "10.0.0.1",
            "local_as": 65001,
            "peer_as": 65002,
            "families": FAMILIES,
            "api": tuple(ApiSettings(processes=(helper,)) for helper in helpers),
            **named,
        },
    )


ONE = neighbor("192.0.2.11", "h")
TWO = neighbor("192.0.2.12", "h", "k", peer_as=65003)
THREE = neighbor("192.0.2.13")
RANGE = neighbor("10.0.0.0", "k", prefix_length=24, passive=True, peer_as=None, local_as=None)


def route(number: int, med: int = 0) -> Route:
    return Route(IPV4_UNICAST, bytes((24, 10, 0, number)), path_of([Med(med)]), HOP)


def word(found: Route) -> str:
    """The number and metric of a route: `3` or `3*5`."""
    (med,) = (attribute.words() for attribute in found.path.attributes() if attribute.code == Med.code)
    return f"{found.nlri[3]}" if med == "0" else f"{found.nlri[3]}*{med}"


class World:
    """A speaker with some neighbors, and what they hear."""

    def __init__(self, *neighbors: NeighborSettings, **environment: Any) -> None:
        self.clock = Clock()
        self.network = FakeNetwork()
        self.sink = RecordingSink()
        self.lines: list[str] = []
        self.finished: list[str] = []
        self.speaker = Speaker(
            self.clock,
            self.network,
            self.sink,
            Environment(**environment),
            self.lines.append,
            "0.1",
            lambda: NOW + self.clock.seconds(),
        )
        self.speaker.on_finished = lambda: self.finished.append("finished")
        self.settings = Settings()
        self.reload(*neighbors)

    def reload(self, *neighbors: NeighborSettings) -> None:
        """Another configuration counts from now on."""
        before, self.settings = self.settings, Settings(neighbors)
        self.speaker.apply(plan(before, self.settings))
        self.settle()

    def settle(self) -> None:
        for _ in range(5):
            self.clock.advance(0)

    def peer(self, settings: NeighborSettings) -> Peer:
        return self.speaker.peers[settings.name]

    def members(self, *several: NeighborSettings) -> int:
        """The member set of these neighbors."""
        return sum(self.peer(settings).member for settings in several)

    def attempts(self, settings: NeighborSettings) -> list[Any]:
        """The attempts to connect to a neighbor."""
        return [attempt for attempt in self.network.attempts if attempt.peer is self.peer(settings)]

    def establish(self, settings: NeighborSettings) -> RecordingDriver:
        """The latest attempt becomes a session with a neighbor that offers what we do; gives the connection."""
        peer = self.peer(settings)
        self.settle()
        driver: RecordingDriver = self.attempts(settings)[-1].succeed(RecordingDriver(HERE, settings.peer_address))
        theirs = replace(peer.local(HERE), local_as=settings.peer_as, peer_as=None, router_id=bytes((9, 9, 9, 9)))
        peer.received(driver, OPEN, theirs.open().octets())
        peer.received(driver, KEEPALIVE, b"")
        self.settle()
        return driver

    def held(self, settings: NeighborSettings) -> list[str]:
        """What a neighbor is told according to the table."""
        return sorted(word(found) for _, found in self.speaker.routes_out(self.members(settings)))


def told(driver: RecordingDriver) -> list[str]:
    """What went over a connection since this was asked last: `+3*5` announced, `-3` withdrawn, other messages."""
    context = ReceiveContext({family.index: family for family in FAMILIES})
    paths = PathTable(context)
    found: list[str] = []
    for kind, body in driver.messages:
        if kind == NOTIFICATION:
            found.append(f"notification {body[0]}/{body[1]}")
        elif kind == ROUTE_REFRESH:
            found.append(f"refresh {body.hex()}")
        elif kind == UPDATE:
            update = updates.decode(body, context, paths)
            found += [f"-{nlri[3]}" for unreach in update.withdrawn for nlri in unreach.nlris]
            for reach in update.announced:
                found += [f"+{word(Route(reach.family, nlri, update.path, b''))}" for nlri in reach.nlris]
            if update.end_of_rib is not None:
                found.append(f"end of {update.end_of_rib.name}")
    driver.sent.clear()
    return found


def announcement(number: int) -> bytes:
    """The body of an UPDATE from a peer."""
    context = SendContext({IPV4_UNICAST.index: IPV4_UNICAST}, local_as=65002)
    return updates.announce(context, IPV4_UNICAST, path_of([]), HOP, [route(number).nlri])[0][19:]


ENDS = ["end of ipv4 unicast", "end of ipv6 unicast"]


class SelectTests(SynchronousTestCase):
    """Which neighbors a command means."""

    EVERYBODY = (ONE, TWO, THREE, RANGE)

    def setUp(self) -> None:
        self.world = World(*self.EVERYBODY)

    def meant(self, line: str | None = None, helper: str | None = None) -> list[str]:
        """The addresses of those meant."""
        selectors = None if line is None else parse(line.replace(",", " , ").split())[0]
        members = self.world.speaker.select(selectors, helper)
        return [peer.settings.peer_address[-2:] for peer in self.world.speaker.members_of(members)]

    def test_without_selector_and_helper_everybody(self) -> None:
        self.assertEqual(self.meant(), ["11", "12", "13", ".0"])

    def test_a_helper_commands_its_own_neighbors(self) -> None:
        self.assertEqual(self.meant(helper="h"), ["11", "12"])
        self.assertEqual(self.meant(helper="k"), ["12", ".0"])
        self.assertEqual(self.meant(helper="stranger"), [])

    def test_an_address_means_one(self) -> None:
        self.assertEqual(self.meant("neighbor 192.0.2.12"), ["12"])
        self.assertEqual(self.meant("neighbor 192.0.2.99"), [])

    def test_a_star_means_everybody(self) -> None:
        self.assertEqual(self.meant("neighbor *"), ["11", "12", "13", ".0"])

    def test_a_selector_does_not_give_rights(self) -> None:
        self.assertEqual(self.meant("neighbor *", "h"), ["11", "12"])
        self.assertEqual(self.meant("neighbor 192.0.2.13", "h"), [])

    def test_several_selectors_mean_all_of_them_once(self) -> None:
        self.assertEqual(self.meant("neighbor 192.0.2.11 , neighbor 192.0.2.13 , neighbor 192.0.2.11"), ["11", "13"])

    def test_conditions_narrow(self) -> None:
        for line, addresses in (
            ("neighbor * peer-as 65002", ["11", "13"]),
            ("neighbor * peer-as 65003 local-as 65001", ["12"]),
            ("neighbor * peer-as auto", [".0"]),
            ("neighbor * local-as auto", [".0"]),
            ("neighbor * local-ip 192.0.2.1 router-id 10.0.0.1", ["11", "12", "13", ".0"]),
            ("neighbor * local-ip 192.0.2.2", []),
            ("neighbor * family-allowed in-open", ["11", "12", "13", ".0"]),
            ("neighbor 192.0.2.11 peer-as 65003", []),
        ):
            self.assertEqual(self.meant(line), addresses, line)

    def test_a_range_is_named_with_its_length(self) -> None:
        self.assertEqual(self.meant("neighbor 10.0.0.0/24"), [".0"])
        self.assertEqual(self.meant("neighbor 10.0.0.0"), [])
        self.assertEqual(self.meant("neighbor 10.0.0.7"), [])

    def test_a_name_selects_its_neighbor(self) -> None:
        for settings in self.EVERYBODY:
            selectors, _ = parse(settings.name.split())
            members = self.world.speaker.select(selectors, None)
            self.assertEqual(members, self.world.members(settings), settings.name)

    def test_unset_words_are_auto(self) -> None:
        words = words_of(replace(ONE, local_address="", local_as=None, peer_as=None))
        self.assertEqual([words[key] for key in ("local-ip", "local-as", "peer-as")], ["auto"] * 3)

    def test_members_that_left_are_passed_over(self) -> None:
        members = self.world.members(*self.EVERYBODY)
        self.world.speaker.remove(TWO.name)
        left = self.world.speaker.members_of(members)
        self.assertEqual([peer.settings for peer in left], [ONE, THREE, RANGE])

    @given(st.lists(st.sampled_from(EVERYBODY), min_size=1), st.sampled_from((None, "h", "k")))
    def test_selectors_add_up_and_rights_take_away(self, several: list[NeighborSettings], helper: str | None) -> None:
        speaker = self.world.speaker
        selectors, _ = parse(" , ".join(settings.name for settings in several).split())
        everybody = speaker.select(None, helper)
        self.assertEqual(speaker.select(selectors, helper), self.world.members(*set(several)) & everybody)


class PlanTests(SynchronousTestCase):
    """What a new configuration does."""

    def test_a_new_neighbor_is_connected_to_and_told_its_routes(self) -> None:
        world = World()
        world.reload(replace(ONE, routes=(route(1), route(2))))
        self.assertEqual(len(world.attempts(ONE)), 1)
        driver = world.establish(ONE)
        self.assertEqual(told(driver), ["+1", "+2", *ENDS])

    def test_a_passive_neighbor_is_waited_for(self) -> None:
        world = World(replace(ONE, passive=True))
        self.assertEqual(world.network.attempts, [])
        self.assertEqual(world.peer(ONE).state, "ACTIVE")

    def test_a_removed_neighbor_is_told_why_and_everything_of_it_is_forgotten(self) -> None:
        world = World(replace(ONE, routes=(route(1),), watched=(Static(route(2), "dog"),)), TWO)
        driver = world.establish(ONE)
        member = world.members(ONE)
        told(driver)
        world.reload(TWO)
        self.assertEqual((told(driver), driver.closed), (["notification 6/3"], True))
        self.assertNotIn(ONE.name, world.speaker.peers)
        self.assertEqual(list(world.speaker.routes_out(member)), [])
        self.assertFalse(world.speaker.watchdog("dog", True))
        self.assertEqual(world.speaker.members_of(member), [])

    def test_a_removed_neighbor_does_not_connect_any_more(self) -> None:
        world = World(ONE)
        attempt = world.attempts(ONE)[0]
        world.reload()
        self.assertTrue(attempt.cancelled)
        world.clock.advance(1000)
        self.assertEqual(len(world.network.attempts), 1)

    def test_the_place_of_a_removed_neighbor_is_taken_without_its_routes(self) -> None:
        world = World(ONE)
        member = world.members(ONE)
        world.speaker.announce([route(1)], member)
        world.reload()
        world.clock.advance(SWEEP)
        world.reload(TWO)
        self.assertEqual(world.members(TWO), member)
        self.assertEqual(world.held(TWO), [])
        self.assertEqual(told(world.establish(TWO)), ENDS)

    def test_its_place_is_not_taken_before_its_routes_are_forgotten(self) -> None:
        world = World(ONE)
        member = world.members(ONE)
        world.speaker.announce([route(1)], member)
        world.reload(TWO)
        self.assertNotEqual(world.members(TWO), member)
        self.assertEqual((world.held(TWO), world.speaker.outgoing.count(member)), ([], 1))
        world.clock.advance(SWEEP)
        self.assertEqual(world.speaker.outgoing.count(member), 0)

    def test_a_neighbor_that_comes_back_begins_anew(self) -> None:
        world = World(ONE)
        world.speaker.announce([route(1)], world.members(ONE))
        world.reload()
        world.reload(ONE)
        self.assertEqual(told(world.establish(ONE)), ENDS)

    def test_an_unknown_name_is_not_removed(self) -> None:
        world = World(ONE)
        world.speaker.remove(TWO.name)
        self.assertEqual(list(world.speaker.peers), [ONE.name])

    def test_a_changed_neighbor_gets_a_new_session_with_the_new_routes(self) -> None:
        world = World(replace(ONE, routes=(route(1), route(2))))
        driver = world.establish(ONE)
        world.speaker.announce([route(9)], world.members(ONE))
        world.settle()
        told(driver)
        peer = world.peer(ONE)
        world.reload(replace(ONE, hold_time=30, routes=(route(2), route(3))))
        self.assertEqual((told(driver), driver.closed), (["notification 6/3"], True))
        self.assertIs(world.peer(ONE), peer)
        self.assertEqual((peer.settings.hold_time, len(world.attempts(ONE))), (30, 2))
        again = world.establish(ONE)
        self.assertEqual((peer.negotiated and peer.negotiated.hold_time), 30)
        self.assertEqual(sorted(told(again)), sorted(["+2", "+3", "+9", *ENDS]))

    def test_the_others_keep_their_sessions(self) -> None:
        world = World(ONE, TWO)
        driver = world.establish(TWO)
        told(driver)
        world.reload(replace(ONE, hold_time=30), TWO)
        self.assertEqual((told(driver), driver.closed), ([], False))

    def test_an_adjusted_neighbor_is_told_what_changed_and_nothing_else(self) -> None:
        world = World(replace(ONE, routes=(route(1), route(2), route(3))))
        driver = world.establish(ONE)
        told(driver)
        world.reload(replace(ONE, description="x", routes=(route(2), route(3, 5), route(4))))
        self.assertEqual(sorted(told(driver)), ["+3*5", "+4", "-1"])
        self.assertEqual((driver.closed, world.peer(ONE).settings.description), (False, "x"))

    def test_the_same_configuration_again_says_nothing(self) -> None:
        settings = replace(ONE, routes=(route(1),), watched=(Static(route(2), "dog"),))
        world = World(settings)
        driver = world.establish(ONE)
        told(driver)
        world.reload(replace(settings, routes=(route(1),), watched=(Static(route(2), "dog"),)))
        self.assertEqual(told(driver), [])

    def test_routes_of_helpers_outlive_a_new_configuration(self) -> None:
        world = World(replace(ONE, routes=(route(1),)))
        world.speaker.announce([route(9)], world.members(ONE))
        world.reload(replace(ONE, routes=()))
        self.assertEqual(world.held(ONE), ["9"])

    def test_neighbors_with_the_same_routes_share_the_work(self) -> None:
        routes = (route(1), route(2))
        world = World(replace(ONE, routes=routes), replace(TWO, routes=routes))
        self.assertEqual([world.held(ONE), world.held(TWO)], [["1", "2"]] * 2)
        offers = {
            id(world.speaker.outgoing.holds(IPV4_UNICAST, route(1).nlri, world.members(each))) for each in (ONE, TWO)
        }
        self.assertEqual(len(offers), 1)

    def test_a_route_that_cannot_be_sent_is_logged_with_its_neighbor(self) -> None:
        world = World(ONE)
        world.establish(ONE)
        world.speaker.announce(
            [Route(IPV6_UNICAST, b"\x20\x20\x01\x0d\xb8", path_of([]), b"self!")], world.members(ONE)
        )
        world.settle()
        self.assertEqual(len([line for line in world.lines if line.startswith("192.0.2.11: 1 routes of ipv6")]), 1)

    @given(SETTINGS, SETTINGS, st.sampled_from(("dog", "cat")), st.booleans())
    def test_a_plan_makes_the_speaker_that_the_new_file_would_have_made(
        self, old: Settings, new: Settings, name: str, announce: bool
    ) -> None:
        world, wanted = World(*apart(old)), World(*apart(new))
        world.reload(*apart(new))
        self.assertEqual(table(world), table(wanted))
        self.assertEqual(
            {name: peer.settings for name, peer in world.speaker.peers.items()},
            {name: peer.settings for name, peer in wanted.speaker.peers.items()},
        )
        for each in (world, wanted):
            each.speaker.watchdog(name, announce)
        self.assertEqual(table(world), table(wanted))


def apart(settings: Settings) -> Iterable[NeighborSettings]:
    """Neighbors in which no watchdog has a prefix of anybody else, which would depend on the order."""
    for each in settings.neighbors:
        keys = {route_key(plain) for plain in each.routes}
        watched: list[Static] = []
        for static in each.watched:
            if route_key(static.route) not in keys:
                keys.add(route_key(static.route))
                watched.append(static)
        yield replace(each, watched=tuple(watched), families=FAMILIES)


def table(world: World) -> dict[str, set[Route]]:
    """What everybody is told."""
    found: dict[str, set[Route]] = {name: set() for name in world.speaker.peers}
    for peer, each in world.speaker.routes_out(world.speaker.select(None, None)):
        found[peer.settings.name].add(each)
    return found


class WatchdogTests(SynchronousTestCase):
    """Routes that come and go together."""

    def test_configured_ones_are_announced_unless_they_are_held(self) -> None:
        world = World(replace(ONE, watched=(Static(route(1), "dog"), Static(route(2), "dog", True))))
        self.assertEqual(world.held(ONE), ["1"])

    def test_a_watchdog_moves_all_of_its_name_at_every_neighbor(self) -> None:
        watched = (Static(route(1), "dog"), Static(route(2), "dog", True), Static(route(3), "cat"))
        world = World(replace(ONE, watched=watched), replace(TWO, watched=watched[:1]))
        self.assertTrue(world.speaker.watchdog("dog", False))
        self.assertEqual([world.held(ONE), world.held(TWO)], [["3"], []])
        self.assertTrue(world.speaker.watchdog("dog", True))
        self.assertEqual([world.held(ONE), world.held(TWO)], [["1", "2", "3"], ["1"]])

    def test_a_name_that_nobody_uses_moves_nothing(self) -> None:
        world = World(replace(ONE, routes=(route(1),)))
        self.assertFalse(world.speaker.watchdog("dog", False))
        self.assertEqual(world.held(ONE), ["1"])

    def test_an_announcement_of_a_helper_is_remembered_and_may_be_held(self) -> None:
        world = World(ONE, TWO)
        world.speaker.hold(Announcement([route(1)], "dog"), world.members(ONE))
        world.speaker.hold(Announcement([route(2)], "dog", True), world.members(ONE, TWO))
        self.assertEqual([world.held(ONE), world.held(TWO)], [["1"], []])
        world.speaker.watchdog("dog", True)
        self.assertEqual([world.held(ONE), world.held(TWO)], [["1", "2"], ["2"]])

    def test_the_latest_route_for_a_prefix_is_the_one_that_comes_back(self) -> None:
        world = World(ONE)
        for med in (1, 2, 1):
            world.speaker.hold(Announcement([route(1, med)], "dog"), world.members(ONE))
        world.speaker.watchdog("dog", False)
        world.speaker.watchdog("dog", True)
        self.assertEqual(world.held(ONE), ["1*1"])

    def test_neighbors_may_have_different_routes_for_a_prefix(self) -> None:
        world = World(ONE, TWO, THREE)
        world.speaker.hold(Announcement([route(1, 1)], "dog"), world.members(ONE, TWO, THREE))
        world.speaker.hold(Announcement([route(1, 2)], "dog"), world.members(TWO))
        world.speaker.watchdog("dog", False)
        world.speaker.watchdog("dog", True)
        self.assertEqual([world.held(each) for each in (ONE, TWO, THREE)], [["1*1"], ["1*2"], ["1*1"]])

    def test_a_new_configuration_leaves_routes_as_their_watchdog_left_them(self) -> None:
        settings = replace(ONE, watched=(Static(route(1), "dog"), Static(route(2), "dog", True)))
        world = World(settings)
        world.speaker.watchdog("dog", False)
        world.reload(replace(settings, routes=(route(9),)))
        self.assertEqual(world.held(ONE), ["9"])
        world.speaker.watchdog("dog", True)
        world.reload(settings)
        self.assertEqual(world.held(ONE), ["1", "2"])

    def test_a_route_of_the_file_wins_over_one_of_a_watchdog_at_the_start_and_at_a_reload(self) -> None:
        both = replace(ONE, routes=(route(1),), watched=(Static(route(1, 5), "dog"),))
        self.assertEqual(World(both).held(ONE), ["1"])
        world = World(replace(ONE, routes=(route(1),)))
        driver = world.establish(ONE)
        told(driver)
        for settings in (both, replace(ONE, routes=(route(1),))):
            world.reload(settings)
            self.assertEqual(world.held(ONE), ["1"])
            self.assertEqual(set(told(driver)) - {"+1"}, set())

    def test_a_route_that_left_the_file_leaves_its_watchdog(self) -> None:
        world = World(replace(ONE, watched=(Static(route(1), "dog"), Static(route(2), "dog"))))
        world.reload(replace(ONE, watched=(Static(route(2, 5), "dog"),)))
        self.assertEqual(world.held(ONE), ["2*5"])
        world.speaker.watchdog("dog", True)
        self.assertEqual(world.held(ONE), ["2*5"])

    def test_a_route_may_change_to_another_watchdog(self) -> None:
        world = World(replace(ONE, watched=(Static(route(1), "dog"),)))
        world.reload(replace(ONE, watched=(Static(route(1), "cat", True),)))
        self.assertEqual((world.held(ONE), world.speaker.watchdog("dog", True)), ([], False))
        world.speaker.watchdog("cat", True)
        self.assertEqual(world.held(ONE), ["1"])

    def test_twenty_thousand_routes_of_one_name_come_together(self) -> None:
        world = World(ONE)
        routes = [Route(IPV4_UNICAST, bytes((32, 10, n >> 8, n & 255, 1)), path_of([]), HOP) for n in range(20_000)]
        for each in routes:
            world.speaker.hold(Announcement([each], "dog", True), 1)
        world.speaker.watchdog("dog", True)
        self.assertEqual(world.speaker.outgoing.count(1), 20_000)


class SessionTests(SynchronousTestCase):
    """What commands ask of sessions."""

    def setUp(self) -> None:
        refresh = CapabilitySettings(route_refresh=True)
        self.one, self.two = replace(ONE, capability=refresh), replace(TWO)
        self.world = World(self.one, self.two, THREE)
        self.speaker = self.world.speaker
        self.drivers = [self.world.establish(self.one), self.world.establish(self.two)]
        self.everybody = self.world.members(self.one, self.two, THREE)
        self.take()

    def take(self) -> list[list[str]]:
        """What both sessions were told."""
        self.world.settle()
        return [told(driver) for driver in self.drivers]

    def test_routes_reach_the_neighbors_meant_and_no_others(self) -> None:
        self.speaker.announce([route(1)], self.everybody)
        self.speaker.announce([route(2)], self.world.members(self.two))
        self.assertEqual(self.take(), [["+1"], ["+1", "+2"]])
        self.speaker.withdraw([route(1)], self.world.members(self.one))
        self.assertEqual(self.take(), [["-1"], []])
        self.assertEqual([self.world.held(each) for each in (self.one, self.two, THREE)], [[], ["1", "2"], ["1"]])

    def test_who_is_not_established_is_told_later(self) -> None:
        self.speaker.announce([route(1)], self.everybody)
        self.assertEqual(told(self.world.establish(THREE)), ["+1", *ENDS])

    def test_how_many_are_up(self) -> None:
        self.assertEqual(self.speaker.up, 2)
        self.speaker.stop()
        self.assertEqual(self.speaker.up, 0)

    def test_end_of_rib_is_sent_to_established_sessions(self) -> None:
        self.assertTrue(self.speaker.end_of_rib(IPV6_UNICAST, self.everybody))
        self.assertEqual(self.take(), [["end of ipv6 unicast"]] * 2)
        self.assertFalse(self.speaker.end_of_rib(IPV6_UNICAST, self.world.members(THREE)))

    def test_end_of_rib_follows_what_was_announced_before_it(self) -> None:
        self.speaker.announce([route(1)], self.everybody)
        self.speaker.end_of_rib(IPV4_UNICAST, self.everybody)
        self.assertEqual(self.take(), [["+1", "end of ipv4 unicast"]] * 2)

    def test_routes_are_asked_for_again_where_that_was_agreed(self) -> None:
        self.assertTrue(self.speaker.route_refresh(IPV4_UNICAST, self.everybody))
        self.assertEqual(self.take(), [["refresh 00010001"], []])
        self.assertFalse(self.speaker.route_refresh(IPV4_UNICAST, self.world.members(THREE)))

    def test_a_flush_sends_everything_again_between_marks_where_they_were_agreed(self) -> None:
        self.speaker.announce([route(1)], self.everybody)
        self.take()
        self.speaker.flush(self.everybody)
        marked = ["refresh 00010101", "+1", "refresh 00010201", "refresh 00020101", "refresh 00020201"]
        self.assertEqual(self.take(), [marked, ["+1"]])

    def test_a_teardown_ends_established_sessions_and_they_start_again(self) -> None:
        self.speaker.teardown(self.world.members(self.one, THREE), 4)
        self.assertEqual(self.take(), [["notification 6/4"], []])
        self.assertEqual([len(self.world.attempts(each)) for each in (self.one, self.two, THREE)], [2, 1, 1])

    def test_a_restart_resets_everybody(self) -> None:
        self.speaker.restart()
        self.assertEqual(self.take(), [["notification 6/3"]] * 2)
        self.assertEqual([len(self.world.attempts(each)) for each in (self.one, self.two, THREE)], [2, 2, 2])

    def test_who_comes_late_can_be_told_the_states(self) -> None:
        self.assertEqual(
            [(event.identity.name, event.state) for event in self.speaker.states()],
            [(each.name, state) for each in (self.one, self.two) for state in ("connected", "up")],
        )
        self.assertEqual([event.state for event in self.speaker.states([self.two.name])], ["connected", "up"])
        driver = RecordingDriver(HERE, THREE.peer_address)
        self.world.peer(THREE).accept(driver)
        self.assertEqual([event.state for event in self.speaker.states([THREE.name])], ["connected"])
        self.speaker.stop()
        self.assertEqual(self.speaker.states(), [])

    def test_a_route_of_a_helper_stays_when_the_one_of_the_file_that_it_replaced_goes(self) -> None:
        world = World(replace(self.one, routes=(route(1), route(2))))
        world.establish(world.settings.neighbors[0])
        world.speaker.announce([route(1, 7)], world.members(self.one))
        world.reload(replace(self.one, routes=()))
        self.assertEqual(world.held(self.one), ["1*7"])

    def test_after_a_stop_nothing_is_tried_until_a_start(self) -> None:
        self.speaker.stop(6, 2)
        self.assertEqual(self.take(), [["notification 6/2"]] * 2)
        self.world.clock.advance(1000)
        self.assertEqual(len(self.world.network.attempts), 3)
        self.speaker.start()
        self.world.settle()
        self.assertEqual(len(self.world.network.attempts), 6)

    def test_clearing_withdraws_everything_of_the_neighbors_meant(self) -> None:
        self.speaker.announce([route(1), route(2)], self.everybody)
        self.take()
        self.speaker.clear_out(self.world.members(self.one, THREE))
        self.assertEqual([sorted(each) for each in self.take()], [["-1", "-2"], []])
        self.assertEqual([self.world.held(each) for each in (self.one, self.two, THREE)], [[], ["1", "2"], []])

    def test_routes_received_are_known_with_their_peer_until_they_are_cleared(self) -> None:
        one, two = self.world.peer(self.one), self.world.peer(self.two)
        one.received(self.drivers[0], UPDATE, announcement(1))
        two.received(self.drivers[1], UPDATE, announcement(2))
        found = [(peer, each.nlri[3]) for peer, each in self.speaker.routes_in(self.everybody)]
        self.assertEqual(found, [(one, 1), (two, 2)])
        self.speaker.clear_in(one.member)
        self.assertEqual([peer for peer, _ in self.speaker.routes_in(self.everybody)], [two])
        self.assertEqual(list(self.speaker.routes_in(one.member)), [])

    def test_routes_sent_are_known_with_their_peer(self) -> None:
        self.speaker.announce([route(1)], self.everybody)
        found = [(peer.settings, word(each)) for peer, each in self.speaker.routes_out(self.everybody)]
        self.assertEqual(found, [(self.one, "1"), (self.two, "1"), (THREE, "1")])

    def test_routes_may_change_while_they_are_shown(self) -> None:
        self.speaker.announce([route(number) for number in range(10)], self.everybody)
        shown = self.speaker.routes_out(self.world.members(self.one))
        first = next(shown)
        self.speaker.clear_out(self.everybody)
        self.assertEqual((word(first[1]), list(shown)), ("0", []))

    def test_a_signal_is_told_about_every_neighbor_to_those_that_asked(self) -> None:
        self.speaker.signal(10, "SIGUSR1")
        events = self.world.sink.of(SignalReceived)
        self.assertEqual({event.identity.name for event in events}, set(self.speaker.peers))
        self.assertEqual({(event.code, event.signal, event.time) for event in events}, {(10, "SIGUSR1", NOW)})
        self.world.sink.wanted = frozenset()
        self.world.sink.events.clear()
        self.speaker.signal(10, "SIGUSR1")
        self.assertEqual(self.world.sink.events, [])


class FinishedTests(SynchronousTestCase):
    """The end of all attempts."""

    def test_it_is_told_once_no_neighbor_has_an_attempt_left(self) -> None:
        world = World(ONE, TWO, tcp_connections=1)
        world.attempts(ONE)[0].fail()
        self.assertEqual(world.finished, [])
        world.attempts(TWO)[0].fail()
        self.assertEqual(world.finished, ["finished"])

    def test_nobody_need_hear_of_it(self) -> None:
        world = World(ONE, tcp_connections=1)
        world.speaker.on_finished = None
        world.attempts(ONE)[0].fail()
        self.assertTrue(world.peer(ONE).finished)

    def test_attempts_are_endless_unless_they_are_counted(self) -> None:
        world = World(ONE)
        for _ in range(20):
            world.attempts(ONE)[-1].fail()
            world.clock.advance(1000)
        self.assertEqual((world.finished, len(world.attempts(ONE))), ([], 21))
