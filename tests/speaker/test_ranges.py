"""Ranges of neighbors: whose connection it is, who comes and goes, and what each of them is told."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.selector import parse
from bgptwist.settings.model import ApiSettings, NeighborSettings, PrefixLimit
from bgptwist.settings.model import StaticRoute as Static
from bgptwist.speaker.events import StateChanged
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.ranges import QUIET, Directory, Refusal
from bgptwist.speaker.ranges import find as find_in_all
from bgptwist.speaker.speaker import SWEEP
from bgptwist.wire.framing import KEEPALIVE, NOTIFICATION, OPEN, UPDATE, Framer
from bgptwist.wire.messages.open import decode as read_open
from bgptwist.wire.messages.operational import ASM, Operational
from bgptwist.wire.registry import BY_CODE
from tests.fakes import RecordingDriver
from tests.net.loopback import PASSIVE, THERE
from tests.speaker.test_speaker import ENDS, HERE, ONE, World, announcement, neighbor, route, told

PORT = 179
IDLE = 60.0
MANY = neighbor(
    "10.0.0.0", "h", prefix_length=24, passive=True, peer_as=None, routes=(route(1), route(2)), range_limit=4
)
NARROW = replace(MANY, peer_address="10.0.0.16", prefix_length=28, routes=(route(9),))
BOTH_AUTO = replace(MANY, local_as=None)


def find(peers: list[Any], local: str, port: int, remote: str) -> Any:
    """The neighbor found, by a look at all and by the directory."""
    found = find_in_all(peers, local, port, remote)
    assert Directory(peers).find(local, port, remote) is found
    return found


def talker(settings: NeighborSettings, talks: bool = False) -> Any:
    """As much of a peer as `find` looks at."""
    return SimpleNamespace(settings=settings, session="a session" if talks else None)


class FindTests(SynchronousTestCase):
    """A connection belongs to the neighbor that fits best."""

    def test_the_address_decides(self) -> None:
        one, other = talker(PASSIVE), talker(replace(PASSIVE, peer_address="127.0.0.9"))
        self.assertIs(find([one, other], THERE, 179, "127.0.0.9"), other)
        self.assertIsNone(find([one, other], THERE, 179, "127.0.0.8"))

    def test_the_local_address_must_fit_when_there_is_one(self) -> None:
        one, other = talker(replace(PASSIVE, local_address="")), talker(PASSIVE)
        self.assertIs(find([one, other], THERE, 179, "127.0.0.1"), other)
        self.assertIs(find([one, other], "127.0.0.7", 179, "127.0.0.1"), one)
        self.assertIsNone(find([other], "127.0.0.7", 179, "127.0.0.1"))

    def test_a_neighbor_with_a_port_of_its_own_is_served_only_there(self) -> None:
        one, other = talker(PASSIVE), talker(replace(PASSIVE, listen=1790))
        self.assertIs(find([one, other], THERE, 1790, "127.0.0.1"), other)
        self.assertIs(find([one, other], THERE, 179, "127.0.0.1"), one)
        self.assertIsNone(find([other], THERE, 179, "127.0.0.1"))

    def test_an_address_counts_more_than_a_range_and_a_narrow_range_more_than_a_wide_one(self) -> None:
        wide = talker(replace(PASSIVE, peer_address="127.0.0.0", prefix_length=8))
        narrow = talker(replace(PASSIVE, peer_address="127.0.0.0", prefix_length=24))
        exact = talker(PASSIVE)
        everybody = [wide, exact, narrow]
        self.assertIs(find(everybody, THERE, 179, "127.0.0.1"), exact)
        self.assertIs(find(everybody, THERE, 179, "127.0.0.2"), narrow)
        self.assertIs(find(everybody, THERE, 179, "127.9.9.9"), wide)
        self.assertIsNone(find(everybody, THERE, 179, "10.0.0.1"))

    def test_a_range_of_ipv6(self) -> None:
        one = talker(replace(PASSIVE, peer_address="2001:db8::", prefix_length=32, local_address=""))
        self.assertIs(find([one], "::1", 179, "2001:db8:1::1"), one)
        self.assertIsNone(find([one], THERE, 179, "127.0.0.1"))

    def test_among_equals_the_one_that_does_not_talk_yet(self) -> None:
        one, other = talker(PASSIVE, talks=True), talker(replace(PASSIVE, router_id="10.0.0.7"))
        self.assertIs(find([one, other], THERE, 179, "127.0.0.1"), other)

    def test_a_scope_does_not_matter(self) -> None:
        one = talker(replace(PASSIVE, peer_address="fe80::1", local_address=""))
        self.assertIs(find([one], "fe80::2", 179, "fe80::1%eth0"), one)


class RangeTestCase(SynchronousTestCase):
    """A speaker with ranges, and peers that come."""

    def begin(self, *neighbors: NeighborSettings, **environment: Any) -> None:
        self.world = World(*neighbors, **environment)
        self.speaker, self.clock = self.world.speaker, self.world.clock
        self.came: list[str] = []
        self.gone: list[str] = []
        self.learnt: list[str] = []
        self.speaker.on_came = lambda peer: self.came.append(peer.settings.peer_address)
        self.speaker.on_gone = lambda peer: self.gone.append(peer.settings.peer_address)
        self.speaker.on_learnt = lambda peer: self.learnt.append(peer.settings.peer_address)

    def setUp(self) -> None:
        self.begin(MANY)

    def admit(self, address: str, port: int = PORT) -> Any:
        return self.speaker.admit(HERE, port, address)

    def connect(self, address: str) -> RecordingDriver:
        """Somebody connects; our OPEN has left, unless it waits for the peer's."""
        driver = RecordingDriver(HERE, address)
        peer = self.admit(address)
        self.assertIsInstance(peer, Peer)
        self.assertTrue(peer.accept(driver))
        return driver

    def come(self, address: str, asn: int = 65002) -> RecordingDriver:
        """Somebody connects, and the session comes up."""
        driver = self.connect(address)
        peer = self.peer(address)
        theirs = replace(peer.local(HERE), local_as=asn, peer_as=None, router_id=bytes((9, 9, 9, 9)))
        peer.received(driver, OPEN, theirs.open().octets())
        peer.received(driver, KEEPALIVE, b"")
        self.assertEqual(peer.state, "ESTABLISHED")
        self.world.settle()
        return driver

    def leave(self, address: str) -> None:
        """The connection of somebody is lost."""
        peer = self.peer(address)
        assert peer.session is not None
        peer.disconnected(peer.session.driver, "lost")

    def peer(self, address: str) -> Peer:
        (found,) = [peer for peer in self.speaker.peers.values() if peer.settings.peer_address == address]
        return found

    def there(self) -> list[str]:
        """The peers that came and are remembered."""
        return [peer.settings.peer_address for peer in self.speaker.peers.values() if peer.origin is not None]

    def pass_by(self, seconds: float) -> None:
        """Time goes by, in which peers with a session go on talking."""
        for _ in range(int(seconds)):
            for peer in list(self.speaker.peers.values()):
                if peer.state == "ESTABLISHED":
                    assert peer.session is not None
                    peer.received(peer.session.driver, KEEPALIVE, b"")
                    peer.written(peer.session.driver)
            self.clock.advance(1)

    def command(self, line: str, helper: str | None = "h") -> int:
        """The members that a selector means."""
        selectors, _ = parse(line.split())
        return self.speaker.select(selectors or None, helper)

    def assert_nothing_left(self) -> None:
        """Of all that came nothing is remembered: no peer, no bit, no route, no call."""
        self.assertEqual(self.there(), [])
        own = 0
        for peer in self.speaker.peers.values():
            own |= peer.member
        for table in self.speaker.outgoing._tables.values():
            for entry in table.values():
                self.assertEqual(getattr(entry, "members", own) & ~own, 0)
        self.assertEqual(self.speaker._taken, own)
        self.assertEqual(self.clock.getDelayedCalls(), [])


class ComingTests(RangeTestCase):
    """Every address has a peer of its own."""

    def test_everybody_is_told_the_routes_of_the_range(self) -> None:
        for address in ("10.0.0.7", "10.0.0.8", "10.0.0.9"):
            self.assertEqual(told(self.come(address)), ["+1", "+2", *ENDS])
        self.assertEqual(self.speaker.up, 3)
        self.assertEqual(self.came, ["10.0.0.7", "10.0.0.8", "10.0.0.9"])

    def test_each_has_name_address_counters_and_routes_of_its_own(self) -> None:
        self.come("10.0.0.7")
        self.come("10.0.0.8", 65003)
        one, other = self.peer("10.0.0.7"), self.peer("10.0.0.8")
        self.assertEqual(
            one.settings.name,
            "neighbor 10.0.0.7 local-ip 192.0.2.1 local-as 65001 peer-as auto router-id 10.0.0.1 "
            "family-allowed in-open",
        )
        assert one.session is not None
        one.received(one.session.driver, UPDATE, announcement(5))
        self.assertEqual((len(one.incoming or ()), len(other.incoming or ())), (1, 0))
        self.assertEqual((one.counters.received[UPDATE], other.counters.received[UPDATE]), (1, 0))
        self.assertEqual(len(list(self.speaker.routes_in(one.member | other.member))), 1)

    def test_events_have_its_own_address_and_number(self) -> None:
        self.come("10.0.0.7", 65002)
        self.come("10.0.0.8", 65003)
        ups = [event.identity for event in self.world.sink.of(StateChanged) if event.state == "up"]
        self.assertEqual([(who.peer_address, who.peer_as) for who in ups], [("10.0.0.7", 65002), ("10.0.0.8", 65003)])
        self.assertEqual([who.name for who in ups], [self.peer(who.peer_address).settings.name for who in ups])

    def test_our_number_may_be_theirs(self) -> None:
        self.begin(BOTH_AUTO)
        for address, number in (("10.0.0.7", 65002), ("10.0.0.8", 4200000000)):
            driver = self.come(address, number)
            opening = read_open(driver.messages[0][1], BY_CODE)
            self.assertEqual(opening.speaker_as, number)
            self.assertEqual(self.peer(address).learnt, (number, number))

    def test_the_second_connection_of_one_address_is_no_other_peer(self) -> None:
        first = self.connect("10.0.0.7")
        second = self.connect("10.0.0.7")
        self.assertEqual((self.there(), first.closed, second.closed), (["10.0.0.7"], True, False))

    def test_a_scope_is_no_part_of_the_address(self) -> None:
        self.begin(replace(MANY, peer_address="fe80::", prefix_length=10, local_address=""))
        peer = self.speaker.admit("fe80::1", PORT, "fe80::7%eth0")
        self.assertIsInstance(peer, Peer)
        self.assertEqual(self.there(), ["fe80::7"])

    def test_an_address_of_its_own_counts_more_than_a_range_and_a_narrow_one_more_than_a_wide_one(self) -> None:
        static = replace(ONE, peer_address="10.0.0.7", passive=True)
        self.begin(MANY, NARROW, static)
        self.assertIs(self.admit("10.0.0.7"), self.world.peer(static))
        self.assertEqual(told(self.come("10.0.0.17")), ["+9", *ENDS])
        self.assertEqual(told(self.come("10.0.0.33")), ["+1", "+2", *ENDS])
        self.assertIsNone(self.admit("10.0.1.1"))

    def test_what_operational_advice_stands_is_said_to_all(self) -> None:
        capability = replace(MANY.capability, operational=True)
        self.begin(replace(MANY, capability=capability))
        self.speaker.operational(Operational(ASM, 1, 1, advisory=b"hello"), self.command(""))
        self.assertIn(b"hello", b"".join(self.come("10.0.0.7").sent))

    def test_a_session_is_not_disturbed_by_others(self) -> None:
        driver = self.come("10.0.0.7")
        told(driver)
        self.come("10.0.0.8")
        self.leave("10.0.0.8")
        self.pass_by(IDLE + 2)
        self.assertEqual((told(driver), driver.closed, self.there()), ([], False, ["10.0.0.7"]))


class LimitTests(RangeTestCase):
    """There is room for so many at a time."""

    def fill(self, first: int = 1, count: int = 4) -> list[RecordingDriver]:
        return [self.come(f"10.0.0.{number}") for number in range(first, first + count)]

    def test_who_comes_too_late_hears_why(self) -> None:
        drivers = self.fill()
        refusal = self.admit("10.0.0.99")
        self.assertIsInstance(refusal, Refusal)
        messages = Framer().feed(refusal.octets)
        self.assertEqual([kind for kind, _ in messages], [OPEN, NOTIFICATION])
        self.assertEqual(read_open(messages[0][1], BY_CODE).speaker_as, 65001)
        self.assertEqual(messages[1][1], b"\6\5")
        self.assertEqual(refusal.reason, "10.0.0.99: refused, range-limit 4 is reached")
        self.assertFalse(any(driver.closed for driver in drivers))
        self.assertEqual((len(self.there()), self.world.peer(MANY).refused), (4, 1))

    def test_an_open_that_must_wait_for_theirs_is_not_sent(self) -> None:
        self.begin(BOTH_AUTO)
        self.fill()
        self.assertEqual(self.admit("10.0.0.99").octets, b"")

    def test_the_log_says_it_once_a_while(self) -> None:
        self.fill()
        reasons = [self.admit(f"10.0.0.{number}").reason for number in range(100, 200)]
        self.assertEqual(len([reason for reason in reasons if reason]), 1)
        self.pass_by(QUIET)
        self.assertTrue(self.admit("10.0.0.99").reason)

    def test_the_second_connection_of_somebody_needs_no_room(self) -> None:
        self.fill()
        self.assertIs(self.admit("10.0.0.1"), self.peer("10.0.0.1"))

    def test_there_is_room_again_at_once_when_somebody_left(self) -> None:
        self.fill()
        self.leave("10.0.0.2")
        self.leave("10.0.0.1")
        self.assertEqual(told(self.come("10.0.0.99")), ["+1", "+2", *ENDS])
        self.assertEqual(self.there(), ["10.0.0.1", "10.0.0.3", "10.0.0.4", "10.0.0.99"], "the longest without session")

    def test_who_was_shut_out_is_not_forgotten_for_another(self) -> None:
        self.begin(replace(MANY, maximum_prefix=(PrefixLimit(1, restart=600),)))
        self.fill()
        for number in (1, 2):
            peer = self.peer(f"10.0.0.{number}")
            assert peer.session is not None
            driver = peer.session.driver
            peer.received(driver, UPDATE, announcement(5))
            peer.received(driver, UPDATE, announcement(6))
            self.assertTrue(peer.barred)
        self.assertIsInstance(self.admit("10.0.0.99"), Refusal)
        self.pass_by(IDLE + 2)
        self.assertIsInstance(self.admit("10.0.0.99"), Refusal)
        self.assertFalse(self.admit("10.0.0.1").accept(RecordingDriver(HERE, "10.0.0.1")))
        self.pass_by(600)
        self.assertEqual(self.there(), ["10.0.0.3", "10.0.0.4"])

    def test_the_limit_may_change_without_a_new_session(self) -> None:
        drivers = self.fill()
        self.world.reload(replace(MANY, range_limit=5))
        self.fill(5, 1)
        self.world.reload(replace(MANY, range_limit=1))
        self.assertFalse(any(driver.closed for driver in drivers))
        self.assertIsInstance(self.admit("10.0.0.99"), Refusal)

    def test_with_one_attempt_the_end_of_one_session_is_the_end(self) -> None:
        self.begin(MANY, tcp_connections=1)
        self.come("10.0.0.1")
        self.assertIsInstance(self.admit("10.0.0.2"), Refusal)
        self.leave("10.0.0.1")
        self.assertEqual(self.world.finished, ["finished"])


class GoingTests(RangeTestCase):
    """Who has no session is forgotten after a while."""

    def test_nothing_is_left(self) -> None:
        for address in ("10.0.0.7", "10.0.0.8"):
            self.come(address)
            self.leave(address)
        self.clock.advance(IDLE - 1)
        self.assertEqual(self.there(), ["10.0.0.7", "10.0.0.8"])
        self.pass_by(2 + SWEEP)
        self.assert_nothing_left()
        self.assertEqual(self.gone, ["10.0.0.7", "10.0.0.8"])

    def test_at_once_when_the_configuration_says_so(self) -> None:
        self.begin(replace(MANY, range_idle=0))
        self.come("10.0.0.7")
        self.leave("10.0.0.7")
        self.clock.advance(0)
        self.assertEqual(self.gone, ["10.0.0.7"])
        self.clock.advance(SWEEP)
        self.assert_nothing_left()

    def test_who_connects_and_says_nothing_is_forgotten(self) -> None:
        self.connect("10.0.0.7")
        self.clock.advance(60)
        self.assertIsNone(self.peer("10.0.0.7").session)
        self.clock.advance(60 + 2)
        self.clock.advance(SWEEP)
        self.assert_nothing_left()

    def test_who_was_let_in_and_not_accepted_is_forgotten(self) -> None:
        self.admit("10.0.0.7")
        self.clock.advance(IDLE)
        self.clock.advance(SWEEP)
        self.assert_nothing_left()

    def test_who_comes_again_soon_finds_its_own_routes(self) -> None:
        self.come("10.0.0.7")
        mine = self.peer("10.0.0.7").member
        self.speaker.announce([route(5)], mine)
        self.speaker.withdraw([route(1)], mine)
        self.leave("10.0.0.7")
        self.assertEqual(self.peer("10.0.0.7").last_error, "closing connection: the connection was lost: lost")
        self.pass_by(IDLE - 1)
        self.assertEqual(told(self.come("10.0.0.7")), ["+2", "+5", *ENDS])

    def test_who_comes_again_late_begins_anew(self) -> None:
        self.come("10.0.0.7")
        self.speaker.announce([route(5)], self.peer("10.0.0.7").member)
        self.leave("10.0.0.7")
        self.clock.advance(IDLE)
        self.assertEqual(told(self.come("10.0.0.7")), ["+1", "+2", *ENDS])

    def test_the_place_is_used_again(self) -> None:
        self.come("10.0.0.7")
        place = self.peer("10.0.0.7").member
        self.leave("10.0.0.7")
        self.clock.advance(IDLE)
        self.clock.advance(SWEEP)
        self.come("10.0.0.8")
        self.assertEqual(self.peer("10.0.0.8").member, place)

    def test_a_teardown_leaves_time_to_come_again(self) -> None:
        driver = self.come("10.0.0.7")
        self.speaker.teardown(self.command("neighbor 10.0.0.7"), 4)
        self.assertEqual((told(driver)[-1], self.there()), ("notification 6/4", ["10.0.0.7"]))
        self.assertTrue(self.admit("10.0.0.7").takes)

    def test_a_stop_ends_all_and_leaves_no_call(self) -> None:
        drivers = [self.come("10.0.0.7"), self.come("10.0.0.8")]
        self.leave("10.0.0.8")
        self.speaker.stop()
        self.assertEqual(told(drivers[0])[-1], "notification 6/2")
        self.assertIsInstance(self.admit("10.0.0.9"), Refusal)
        self.clock.advance(0)
        self.assertEqual(self.clock.getDelayedCalls(), [])


class CommandTests(RangeTestCase):
    """Helpers speak to a range, to one of it, or to all."""

    def setUp(self) -> None:
        self.begin(MANY, ONE)
        self.drivers = {address: self.come(address, number) for address, number in self.NUMBERS.items()}
        for driver in self.drivers.values():
            told(driver)

    NUMBERS = {"10.0.0.7": 65007, "10.0.0.8": 65008}

    def heard(self, line: str, helper: str | None = "h") -> list[str]:
        """Who hears of an announcement: the last numbers of their addresses, `later` for those that come."""
        self.speaker.announce([route(50)], self.command(line, helper))
        self.world.settle()
        found = [address[-1] for address, driver in self.drivers.items() if "+50" in told(driver)]
        later = self.come("10.0.0.9")
        found += ["later"] if "+50" in told(later) else []
        self.leave("10.0.0.9")
        self.pass_by(IDLE)
        self.speaker.withdraw([route(50)], self.command("", None))
        self.world.settle()
        for driver in self.drivers.values():
            told(driver)
        return found

    def test_who_is_meant(self) -> None:
        for line, wanted in (
            ("", ["7", "8", "later"]),
            ("neighbor *", ["7", "8", "later"]),
            ("neighbor 10.0.0.0/24", ["7", "8", "later"]),
            ("neighbor 10.0.0.0/24 local-as 65001", ["7", "8", "later"]),
            ("neighbor * peer-as auto", ["7", "8", "later"]),
            ("neighbor 10.0.0.7", ["7"]),
            ("neighbor 10.0.0.7 peer-as auto router-id 10.0.0.1", ["7"]),
            ("neighbor 10.0.0.7 peer-as 65007", ["7"]),
            ("neighbor * peer-as 65008 local-as 65001", ["8"]),
            ("neighbor 10.0.0.7 peer-as 65008", []),
            ("neighbor 10.0.0.5", []),
        ):
            self.assertEqual(self.heard(line), wanted, line)

    def test_a_helper_has_no_rights_that_it_has_not_for_the_range(self) -> None:
        self.assertEqual(self.heard("neighbor *", "stranger"), [])

    def test_a_name_selects_one(self) -> None:
        peer = self.peer("10.0.0.7")
        self.assertEqual(self.command(peer.settings.name), peer.member)

    def test_what_was_taken_from_one_is_not_given_back_by_another(self) -> None:
        self.speaker.withdraw([route(1)], self.command("neighbor 10.0.0.7"))
        self.world.settle()
        self.assertEqual([told(driver) for driver in self.drivers.values()], [["-1"], []])
        self.come("10.0.0.9")
        self.assertEqual(self.world.held(self.peer("10.0.0.7").settings), ["2"])

    def test_one_may_be_told_something_else(self) -> None:
        self.speaker.announce([route(1, 7)], self.command("neighbor 10.0.0.7"))
        self.world.settle()
        self.assertEqual([told(driver) for driver in self.drivers.values()], [["+1*7"], []])
        self.assertEqual(told(self.come("10.0.0.9")), ["+1", "+2", *ENDS])

    def test_a_watchdog_is_everybodys(self) -> None:
        self.begin(replace(MANY, watched=(Static(route(3), "dog"), Static(route(4), "dog", held=True))))
        driver = self.come("10.0.0.7")
        self.assertEqual(told(driver), ["+1", "+2", "+3", *ENDS])
        self.assertTrue(self.speaker.watchdog("dog", True))
        self.world.settle()
        self.assertEqual(told(driver), ["+4"])
        other = self.come("10.0.0.8")
        self.assertEqual(told(other), ["+1", "+2", "+3", "+4", *ENDS])
        self.speaker.watchdog("dog", False)
        self.world.settle()
        self.assertEqual((told(driver), told(other)), (["-3", "-4"], ["-3", "-4"]))

    def test_all_of_them_are_known_by_state(self) -> None:
        range_name = MANY.name
        events = self.speaker.states([range_name])
        self.assertEqual(
            [(event.identity.peer_address, event.state) for event in events if event.state == "up"],
            [("10.0.0.7", "up"), ("10.0.0.8", "up")],
        )

    def test_numbers_that_were_learnt_are_told(self) -> None:
        self.assertEqual(self.learnt, ["10.0.0.7", "10.0.0.8"])
        self.leave("10.0.0.7")
        self.assertEqual(self.learnt[2:], ["10.0.0.7"])


class ReloadTests(RangeTestCase):
    """What a new configuration means for those that came."""

    def test_routes_reach_them_without_a_gap(self) -> None:
        drivers = [self.come("10.0.0.7"), self.come("10.0.0.8")]
        for driver in drivers:
            told(driver)
        self.world.reload(replace(MANY, routes=(route(2), route(3), route(4, 5))))
        for driver in drivers:
            self.assertEqual((sorted(told(driver)), driver.closed), (["+3", "+4*5", "-1"], False))
        self.assertEqual(told(self.come("10.0.0.9")), ["+2", "+3", "+4*5", *ENDS])

    def test_what_a_helper_changed_for_one_stays(self) -> None:
        driver = self.come("10.0.0.7")
        self.speaker.announce([route(1, 9)], self.command("neighbor 10.0.0.7"))
        self.world.settle()
        told(driver)
        self.world.reload(replace(MANY, routes=(route(2),)))
        self.assertEqual(told(driver), [])
        self.assertEqual(self.world.held(self.peer("10.0.0.7").settings), ["1*9", "2"])

    def test_helpers_of_the_range_become_theirs(self) -> None:
        driver = self.come("10.0.0.7")
        changed = replace(MANY, api=(ApiSettings(processes=("k",)),), description="x")
        listed = self.speaker.with_those_of_ranges([changed, ONE])
        self.assertEqual(
            [(one.peer_address, one.api) for one in listed],
            [("10.0.0.7", changed.api), ("10.0.0.0", changed.api), (ONE.peer_address, ONE.api)],
        )
        self.world.reload(changed)
        self.assertEqual((self.peer("10.0.0.7").settings.api, driver.closed), (changed.api, False))
        self.assertEqual(self.command("neighbor 10.0.0.7", "h"), 0)

    def test_a_range_that_is_gone_ends_all_of_them(self) -> None:
        drivers = [self.come("10.0.0.7"), self.come("10.0.0.8")]
        self.leave("10.0.0.8")
        told(drivers[0])
        self.world.reload()
        self.assertEqual((told(drivers[0]), drivers[0].closed), (["notification 6/3"], True))
        self.assertIsNone(self.admit("10.0.0.7"))
        self.clock.advance(SWEEP)
        self.assert_nothing_left()

    def test_a_range_that_changed_makes_them_come_again(self) -> None:
        driver = self.come("10.0.0.7")
        told(driver)
        self.world.reload(replace(MANY, hold_time=30))
        self.assertEqual((told(driver), self.there()), (["notification 6/3"], []))
        again = self.come("10.0.0.7")
        self.assertEqual(read_open(again.messages[0][1], BY_CODE).hold_time, 30)
        self.assertEqual(told(again), ["+1", "+2", *ENDS])

    def test_an_address_that_is_a_neighbor_now_is_no_dynamic_peer_any_more(self) -> None:
        driver, other = self.come("10.0.0.7"), self.come("10.0.0.8")
        told(driver), told(other)
        static = replace(MANY, peer_address="10.0.0.7", prefix_length=None, routes=(route(7),))
        self.assertEqual(static.name, self.peer("10.0.0.7").settings.name)
        self.world.reload(MANY, static)
        self.assertEqual((told(driver), told(other), self.there()), (["notification 6/3"], [], ["10.0.0.8"]))
        self.assertEqual(self.world.held(static), ["7"])
        self.assertIs(self.admit("10.0.0.7"), self.world.peer(static))

    def test_also_under_another_name(self) -> None:
        driver = self.come("10.0.0.7")
        told(driver)
        self.world.reload(MANY, replace(ONE, peer_address="10.0.0.7", passive=True))
        self.assertEqual((told(driver), self.there()), (["notification 6/3"], []))

    def test_a_narrower_range_takes_its_own(self) -> None:
        driver, other = self.come("10.0.0.17"), self.come("10.0.0.33")
        told(driver), told(other)
        self.world.reload(MANY, NARROW)
        self.assertEqual((told(driver), told(other)), (["notification 6/3"], []))
        self.assertEqual(told(self.come("10.0.0.17")), ["+9", *ENDS])

    def test_a_restart_of_all_leaves_them_time(self) -> None:
        driver = self.come("10.0.0.7")
        told(driver)
        self.speaker.restart()
        self.assertEqual((told(driver), self.there()), (["notification 6/3"], ["10.0.0.7"]))
        self.assertEqual(told(self.come("10.0.0.7")), ["+1", "+2", *ENDS])


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("come", "leave", "announce", "withdraw", "announce one", "withdraw one", "wait", "reload")),
        st.integers(1, 6),
    ),
    max_size=30,
)


class SequenceTests(RangeTestCase):
    """Whatever happens in whatever order."""

    @given(STEPS)
    def test_everybody_is_told_what_it_should_be_and_nothing_is_left(self, steps: list[tuple[str, int]]) -> None:
        self.begin(MANY)
        common = {1, 2}
        own: dict[str, set[int]] = {}
        drivers: dict[str, RecordingDriver] = {}
        heard: dict[str, set[int]] = {}
        for step, number in steps:
            address = f"10.0.0.{number}"
            peers = self.there()
            if step == "come" and (address in peers or len(peers) < 4):
                peer = self.admit(address)
                if peer.session is None:
                    drivers[address] = self.come(address)
                    heard[address] = set()
                    own.setdefault(address, set(common))
            elif step == "leave" and address in peers and self.peer(address).session is not None:
                self.leave(address)
            elif step == "announce":
                self.speaker.announce([route(number)], self.command("neighbor *"))
                common.add(number)
                for held in own.values():
                    held.add(number)
            elif step == "withdraw":
                self.speaker.withdraw([route(number)], self.command("neighbor 10.0.0.0/24"))
                common.discard(number)
                for held in own.values():
                    held.discard(number)
            elif step == "announce one" and address in peers:
                self.speaker.announce([route(77)], self.command(f"neighbor {address}"))
                own[address].add(77)
            elif step == "withdraw one" and address in peers:
                self.speaker.withdraw([route(1)], self.command(f"neighbor {address}"))
                own[address].discard(1)
            elif step == "wait":
                self.pass_by(number * 10)
            elif step == "reload":
                self.world.reload(replace(MANY, description=str(number)))
            self.world.settle()
            own = {address: held for address, held in own.items() if address in self.there()}
            members = [peer.member for peer in self.speaker.peers.values()]
            self.assertEqual(len(set(members)), len(members))
            for address, held in own.items():
                found = {int(word) for word in self.world.held(self.peer(address).settings)}
                self.assertEqual(found, held, (step, number, address))
                if self.peer(address).session is not None:
                    for word in told(drivers[address]):
                        if word[0] in "+-":
                            change = heard[address].add if word[0] == "+" else heard[address].discard
                            change(int(word[1:]))
                    self.assertEqual(heard[address], held, (step, number, address))
        for address in self.there():
            if self.peer(address).session is not None:
                self.leave(address)
        self.pass_by(IDLE + 2)
        self.pass_by(SWEEP)
        self.assert_nothing_left()
