"""One neighbor: seeking, accepting, colliding, backing off, and what is published of it; two of them through memory."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.rib.outgoing import Outgoing
from bgptwist.session import fsm
from bgptwist.session.negotiation import Local
from bgptwist.settings.model import ApiSettings, CapabilitySettings, Environment, NeighborSettings
from bgptwist.speaker.contexts import Contexts
from bgptwist.speaker.events import (
    Agreed,
    FsmChanged,
    KeepaliveMessage,
    Message,
    NotificationMessage,
    OpenMessage,
    RefreshMessage,
    StateChanged,
    UnknownMessage,
    UpdateMessage,
)
from bgptwist.speaker.peer import TABLE, Input, Peer, State
from bgptwist.wire.attributes.med import Med
from bgptwist.wire.errors import Malformed
from bgptwist.wire.families.inet import IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.framing import KEEPALIVE, NOTIFICATION, OPEN, ROUTE_REFRESH, UPDATE
from bgptwist.wire.kinds import SELF, SendContext
from bgptwist.wire.messages import update as updates
from bgptwist.wire.messages.notification import Notification
from bgptwist.wire.path import path_of
from bgptwist.wire.route import Route
from tests.fakes import EVENTS, FakeNetwork, RecordingDriver, RecordingSink, RecordingTap, connect

OURS = NeighborSettings(
    peer_address="192.0.2.2",
    local_address="192.0.2.1",
    router_id="10.0.0.1",
    local_as=65001,
    peer_as=65002,
    families=(IPV4_UNICAST,),
)
THEIRS = replace(
    OURS, peer_address="192.0.2.1", local_address="192.0.2.2", router_id="10.0.0.2", local_as=65002, peer_as=65001
)
OFFER = Local(
    local_as=65002, router_id=bytes((10, 0, 0, 2)), families=(IPV4_UNICAST,), peer_as=65001, route_refresh=True
)
OPENING = OFFER.open().octets()
MARKER = bytes(4)
PREFIX = bytes((24, 198, 51, 100))
HOP = bytes((192, 0, 2, 9))
MADE_AT = 1_700_000_000.0


def route(prefix: bytes = PREFIX, med: int = 1) -> Route:
    return Route(IPV4_UNICAST, prefix, path_of([Med(med)]), HOP)


def announcement(prefix: bytes = PREFIX) -> bytes:
    """The body of an UPDATE as the peer sends it."""
    context = SendContext({IPV4_UNICAST.index: IPV4_UNICAST}, local_as=65002)
    return updates.announce(context, IPV4_UNICAST, path_of([]), HOP, [prefix])[0][19:]


class World:
    """What a peer lives in."""

    def __init__(self, clock: Clock | None = None, wanted: frozenset[str] = EVENTS) -> None:
        self.clock = clock or Clock()
        self.network = FakeNetwork()
        self.sink = RecordingSink(wanted)
        self.tap = RecordingTap()
        self.problems: list[str] = []
        self.outgoing = Outgoing(self.clock, lambda member, reason: self.problems.append(reason))
        self.lines: list[str] = []
        self.finished: list[Peer] = []

    def peer(self, settings: NeighborSettings = OURS, environment: Environment | None = None) -> Peer:
        return Peer(
            settings,
            environment or Environment(),
            1,
            self.clock,
            self.network,
            self.sink,
            self.outgoing,
            Contexts(),
            version="0.1",
            now=lambda: MADE_AT + self.clock.seconds(),
            log=self.lines.append,
            on_finished=self.finished.append,
            random=lambda: 1.0,
            taps=[self.tap],
        )

    def story(self) -> list[str]:
        """The events in short."""
        return [short(event) for event in self.sink.events]

    def downs(self) -> list[str]:
        """The reasons of the down events."""
        return [event.reason for event in self.sink.of(StateChanged) if event.state == "down"]


def short(event: object) -> str:
    """An event in two words."""
    match event:
        case FsmChanged(state=state):
            return f"fsm {state}"
        case StateChanged(state=state):
            return f"state {state}"
        case Agreed():
            return "negotiated"
        case UpdateMessage(direction=direction, update=update):
            return f"{direction} {'eor' if update.end_of_rib is not None else 'update'}"
        case Message(direction=direction):
            return f"{direction} {type(event).__name__.removesuffix('Message').lower()}"
    raise AssertionError(event)


class PeerTestCase(SynchronousTestCase):
    """A peer, started, in its world."""

    def setUp(self) -> None:
        self.begin()

    def begin(self, settings: NeighborSettings = OURS, environment: Environment | None = None) -> None:
        self.world = World()
        self.clock, self.network, self.sink = self.world.clock, self.world.network, self.world.sink
        self.peer = self.world.peer(settings, environment)
        self.peer.start()
        self.clock.advance(0)

    def connect(self) -> RecordingDriver:
        """The latest attempt succeeds."""
        driver: RecordingDriver = self.network.attempts[-1].succeed()
        return driver

    def establish(self, opening: bytes = OPENING) -> RecordingDriver:
        """The latest attempt becomes a session."""
        driver = self.connect()
        self.peer.received(driver, OPEN, opening)
        self.peer.received(driver, KEEPALIVE, b"")
        self.assertEqual(self.peer.state, "ESTABLISHED")
        self.clock.advance(0)
        return driver

    def incoming(self) -> tuple[RecordingDriver, bool]:
        """The peer connects to us."""
        driver = RecordingDriver()
        return driver, self.peer.accept(driver)


class EventsTests(PeerTestCase):
    """What is published, in ExaBGP's order, and of what nobody wants nothing."""

    START = [
        "fsm ACTIVE",
        "fsm IDLE",
        "state connected",
        "fsm CONNECT",
        "send open",
        "fsm OPENSENT",
        "receive open",
        "negotiated",
        "fsm OPENCONFIRM",
        "send keepalive",
        "receive keepalive",
        "fsm ESTABLISHED",
        "state up",
    ]

    def test_a_session_starts_in_this_order(self) -> None:
        self.establish()
        self.assertEqual(self.world.story(), [*self.START, "send eor"])

    def test_routes_leave_before_end_of_rib(self) -> None:
        self.world.outgoing.announce([route()], 1)
        self.establish()
        self.assertEqual(self.world.story(), [*self.START, "send update", "send eor"])

    def test_connected_is_said_when_tcp_is_connected(self) -> None:
        self.network.attempts[-1].fail()
        self.assertEqual(self.world.story(), ["fsm ACTIVE", "fsm IDLE"])

    def test_an_update_is_published_decoded(self) -> None:
        driver = self.establish()
        self.peer.received(driver, UPDATE, announcement())
        event = self.sink.events[-1]
        self.assertIsInstance(event, UpdateMessage)
        self.assertEqual((event.direction, event.kind, event.body), ("receive", UPDATE, announcement()))
        self.assertEqual([reach.nlris for reach in event.update.announced], [[PREFIX]])

    def test_nothing_is_made_that_nobody_wants(self) -> None:
        self.sink.wanted = frozenset()
        self.sink.events.clear()
        driver = self.establish()
        self.world.outgoing.announce([route()], 1)
        self.clock.advance(0)
        self.peer.received(driver, UPDATE, announcement())
        self.peer.stop()
        self.assertEqual(self.sink.events, [])
        self.assertIn(UPDATE, driver.kinds)

    def test_only_what_is_wanted_is_made(self) -> None:
        self.sink.wanted = frozenset({"receive-update", "neighbor-changes"})
        driver = self.establish()
        self.peer.received(driver, UPDATE, announcement())
        self.assertEqual(self.world.story()[-3:], ["state connected", "state up", "receive update"])

    def test_an_event_says_who_and_when(self) -> None:
        self.clock.advance(7)
        self.establish()
        event = self.sink.of(StateChanged)[-1]
        who = event.identity
        self.assertEqual(
            (who.name, who.local_address, who.peer_address, who.local_as, who.peer_as, who.router_id),
            (OURS.name, "192.0.2.1", "192.0.2.2", 65001, 65002, "10.0.0.1"),
        )
        self.assertEqual(event.time, MADE_AT + 7)

    def test_an_identity_is_complete_before_anything_happened(self) -> None:
        who = World().peer(replace(OURS, local_address="", peer_as=None)).identity
        self.assertEqual((who.local_address, who.peer_as), ("", 0))

    def test_the_as_number_of_peer_as_auto_is_known_from_its_open_on(self) -> None:
        self.begin(replace(OURS, peer_as=None))
        self.establish()
        self.assertEqual([event.identity.peer_as for event in self.sink.of(StateChanged)], [0, 65002])

    def test_taps_see_every_message_both_ways(self) -> None:
        driver = self.establish()
        self.peer.received(driver, UPDATE, announcement())
        self.assertEqual(
            [(direction, kind) for _, direction, kind, _ in self.world.tap.seen],
            [
                ("send", OPEN),
                ("receive", OPEN),
                ("send", KEEPALIVE),
                ("receive", KEEPALIVE),
                ("send", UPDATE),
                ("receive", UPDATE),
            ],
        )

    def test_a_message_that_cannot_be_read_is_published_as_octets(self) -> None:
        driver = self.connect()
        self.peer.received(driver, OPEN, b"\3" + OPENING[1:])
        self.assertEqual([event.body[0] for event in self.sink.of(UnknownMessage)], [3])

    def test_negotiated_says_what_was_agreed(self) -> None:
        self.establish()
        (event,) = self.sink.of(Agreed)
        self.assertIs(event.negotiated, self.peer.negotiated)
        self.assertEqual(event.negotiated.hold_time, 180)
        self.assertEqual([opened.open.asn for opened in self.sink.of(OpenMessage)], [65001, 65002])

    def test_keepalives_are_published(self) -> None:
        driver = self.establish()
        self.peer.received(driver, KEEPALIVE, b"")
        self.clock.advance(60)
        self.assertEqual(
            [event.direction for event in self.sink.of(KeepaliveMessage)], ["send", "receive", "receive", "send"]
        )


class DownTests(PeerTestCase):
    """Reasons in ExaBGP's words, and what follows."""

    def test_the_reason_is_exabgps(self) -> None:
        cases: dict[str, Callable[[RecordingDriver], object]] = {
            "notification sent (6,3)": lambda driver: self.peer.teardown(3),
            "notification sent (1,1)": lambda driver: self.peer.malformed(driver, Malformed("marker", 1, 1)),
            "notification sent (5,3)": lambda driver: self.peer.received(driver, OPEN, OPENING),
            "notification sent (3,10)": lambda driver: self.peer.received(driver, UPDATE, MARKER + b"\x21" + bytes(5)),
            "notification sent (4,0)": lambda driver: self.clock.pump([60.0, 60.0, 60.0]),
            "notification received (6,2)": lambda driver: self.peer.received(driver, NOTIFICATION, b"\6\2"),
            "closing connection": lambda driver: self.peer.disconnected(driver, "Connection reset by peer"),
            "stop, message [shutting down]": lambda driver: self.peer.stop(),
        }
        for reason, act in cases.items():
            self.begin()
            act(self.establish())
            self.assertEqual(self.world.downs(), [reason])

    def test_idle_follows_down(self) -> None:
        driver = self.establish()
        self.peer.disconnected(driver, "lost")
        self.assertEqual(self.world.story()[-2:], ["state down", "fsm IDLE"])
        self.assertEqual((self.peer.state, self.peer.negotiated, self.peer.established_at), ("ACTIVE", None, None))

    def test_a_notification_is_published_before_down(self) -> None:
        self.establish()
        self.peer.stop(6, 3)
        self.assertEqual(self.world.story()[-3:], ["send notification", "state down", "fsm IDLE"])
        (event,) = self.sink.of(NotificationMessage)
        self.assertEqual((event.notification.code, event.notification.subcode), (6, 3))

    def test_a_connection_that_never_was_a_session_goes_down_too(self) -> None:
        driver = self.connect()
        self.peer.disconnected(driver, "lost")
        self.assertEqual(self.world.downs(), ["closing connection"])

    def test_a_shutdown_is_said_even_where_graceful_restart_was_agreed(self) -> None:
        self.begin(replace(OURS, capability=CapabilitySettings(graceful_restart=120)))
        driver = self.establish(replace(OFFER, graceful_restart=120).open().octets())
        self.peer.stop()
        self.assertEqual(driver.messages[-1], (NOTIFICATION, b"\6\2"))
        self.assertEqual((driver.closed, self.world.downs()), (True, ["stop, message [shutting down]"]))

    def test_a_removal_is_not_silent(self) -> None:
        self.begin(replace(OURS, capability=CapabilitySettings(graceful_restart=120)))
        driver = self.establish(replace(OFFER, graceful_restart=120).open().octets())
        self.peer.stop(6, 3)
        self.assertEqual(driver.messages[-1], (NOTIFICATION, b"\6\3"))

    def test_a_sink_that_fails_does_not_end_the_attempts(self) -> None:
        def fail(event: object) -> None:
            raise ZeroDivisionError("broken on purpose")

        driver = self.establish()
        self.sink.publish = fail  # type: ignore[method-assign]
        self.assertRaises(ZeroDivisionError, self.peer.disconnected, driver, "lost")
        self.sink.publish = self.sink.events.append  # type: ignore[method-assign]
        self.clock.advance(0)
        self.establish()

    def test_what_the_peer_wrote_is_escaped_in_the_log(self) -> None:
        driver = self.establish()
        text = b"\x1b[31mred\r\nfake line"
        self.peer.received(driver, NOTIFICATION, bytes((6, 2, len(text))) + text)
        self.assertTrue(all(line.isprintable() for line in self.world.lines))
        self.assertIn("fake line", self.peer.last_error)

    def test_the_last_error_says_why(self) -> None:
        driver = self.establish()
        self.peer.disconnected(driver, "Connection reset by peer")
        self.assertEqual(self.peer.last_error, "closing connection: the connection was lost: Connection reset by peer")

    def test_flaps_and_messages_are_added_up(self) -> None:
        for _ in range(2):
            driver = self.establish()
            self.peer.disconnected(driver, "lost")
            self.clock.advance(2)
        self.assertEqual((self.peer.totals.flaps, self.peer.totals.sent[OPEN]), (2, 2))
        self.assertEqual(self.peer.counters.sent[OPEN], 0)


class AttemptTests(PeerTestCase):
    """Connecting again and again, until enough is enough."""

    def pauses(self, count: int) -> list[float]:
        """Seconds between attempts that fail."""
        found = []
        for _ in range(count):
            attempts, before = len(self.network.attempts), self.clock.seconds()
            self.network.attempts[-1].fail()
            self.clock.advance(0)
            while len(self.network.attempts) == attempts:
                self.clock.advance(0.25)
            found.append(self.clock.seconds() - before)
        return found

    def test_pauses_grow_as_exabgps(self) -> None:
        self.assertEqual(self.pauses(8), [0, 1, 2, 3, 4, 5, 7, 9])

    def test_the_state_tells_what_it_does(self) -> None:
        self.assertEqual(self.peer.state, "CONNECT")
        self.network.attempts[-1].fail()
        self.assertEqual(self.peer.state, "ACTIVE")

    def test_a_failure_is_logged_once_until_it_is_another(self) -> None:
        self.pauses(5)
        self.network.attempts[-1].fail("No route to host")
        self.assertEqual(
            self.world.lines,
            ["192.0.2.2: no connection: Connection refused", "192.0.2.2: no connection: No route to host"],
        )

    def test_a_stable_session_is_followed_by_an_attempt_at_once(self) -> None:
        self.pauses(5)
        driver = self.establish()
        self.clock.advance(20)
        self.peer.disconnected(driver, "lost")
        self.clock.advance(0)
        self.assertEqual(self.peer.state, "CONNECT")

    def test_a_refused_open_is_not_tried_again_at_once(self) -> None:
        driver = self.connect()
        self.peer.received(driver, OPEN, replace(OFFER, local_as=65009).open().octets())
        self.clock.advance(4.9)
        self.assertEqual(len(self.network.attempts), 1)
        self.clock.advance(0.1)
        self.assertEqual(len(self.network.attempts), 2)

    def test_a_teardown_is(self) -> None:
        self.pauses(5)
        driver = self.establish()
        self.peer.teardown(6)
        self.assertEqual(driver.messages[-1], (NOTIFICATION, b"\6\6"))
        attempts = len(self.network.attempts)
        self.clock.advance(0)
        self.assertEqual(len(self.network.attempts), attempts + 1)

    def test_a_teardown_of_who_waits_ends_the_wait(self) -> None:
        self.pauses(5)
        self.network.attempts[-1].fail()
        self.peer.teardown(4)
        self.clock.advance(0)
        self.assertEqual(self.peer.state, "CONNECT")

    def test_one_attempt_was_allowed_and_failed(self) -> None:
        self.begin(environment=Environment(tcp_connections=1))
        self.network.attempts[-1].fail()
        self.assertEqual((self.peer.finished, self.world.finished), (True, [self.peer]))
        self.clock.advance(1000)
        self.assertEqual(len(self.network.attempts), 1)

    def test_one_attempt_was_allowed_and_its_session_ended(self) -> None:
        self.begin(environment=Environment(tcp_connections=1))
        driver = self.establish()
        self.assertFalse(self.peer.finished)
        self.peer.disconnected(driver, "lost")
        self.assertEqual(self.world.finished, [self.peer])

    def test_three_attempts_are_three(self) -> None:
        self.begin(environment=Environment(tcp_connections=3))
        self.pauses(2)
        self.network.attempts[-1].fail()
        self.assertEqual((len(self.network.attempts), self.world.finished), (3, [self.peer]))

    def test_a_passive_peer_counts_what_it_accepts(self) -> None:
        self.begin(replace(OURS, passive=True), Environment(tcp_connections=1))
        driver, accepted = self.incoming()
        self.assertTrue(accepted)
        self.peer.disconnected(driver, "lost")
        self.assertEqual(self.world.finished, [self.peer])
        self.assertFalse(self.incoming()[1])

    def test_nothing_is_tried_after_a_stop(self) -> None:
        self.pauses(3)
        self.network.attempts[-1].fail()
        self.peer.stop()
        self.assertEqual((self.peer.state, self.clock.getDelayedCalls()), ("IDLE", []))
        self.assertFalse(self.incoming()[1])

    def test_a_stop_cancels_the_attempt(self) -> None:
        self.peer.stop()
        self.assertTrue(self.network.attempts[-1].cancelled)
        late = RecordingDriver()
        self.peer.connected(late)
        self.assertTrue(late.closed)

    def test_a_stopped_peer_can_start_again(self) -> None:
        self.establish()
        self.peer.stop()
        self.peer.start()
        self.clock.advance(0)
        self.establish()

    def test_other_settings_reset_the_session(self) -> None:
        driver = self.establish()
        self.peer.reconfigure(replace(OURS, hold_time=30))
        self.assertEqual(driver.messages[-1], (NOTIFICATION, b"\6\3"))
        self.clock.advance(0)
        again = self.connect()
        self.assertEqual(again.messages[0][1][3:5], bytes((0, 30)))

    def test_other_settings_while_connecting_begin_a_new_attempt(self) -> None:
        self.peer.reconfigure(replace(OURS, peer_address="192.0.2.3"))
        self.assertTrue(self.network.attempts[0].cancelled)
        self.clock.advance(0)
        self.assertEqual((len(self.network.attempts), self.peer.identity.peer_address), (2, "192.0.2.3"))

    def test_the_second_open_says_restarting(self) -> None:
        self.begin(replace(OURS, capability=CapabilitySettings(graceful_restart=120)))
        driver = self.establish()
        self.assertIn(bytes((64, 6, 0, 120)), driver.messages[0][1])
        self.peer.disconnected(driver, "lost")
        self.clock.advance(0)
        self.assertIn(bytes((64, 6, 0x80, 120)), self.connect().messages[0][1])


class AcceptTests(PeerTestCase):
    """The peer connects to us."""

    def test_a_passive_peer_waits(self) -> None:
        for settings, environment in (
            (replace(OURS, passive=True), Environment()),
            (OURS, Environment(bgp_passive=True)),
        ):
            self.begin(settings, environment)
            self.clock.advance(1000)
            self.assertEqual((self.network.attempts, self.peer.state), ([], "ACTIVE"))
            self.assertEqual(self.world.story(), ["fsm ACTIVE"])

    def test_it_accepts_and_becomes_established(self) -> None:
        self.begin(replace(OURS, passive=True))
        driver, accepted = self.incoming()
        self.assertTrue(accepted)
        self.peer.received(driver, OPEN, OPENING)
        self.peer.received(driver, KEEPALIVE, b"")
        self.assertEqual(self.world.story(), EventsTests.START)

    def test_a_connection_is_accepted_while_the_next_attempt_waits(self) -> None:
        self.network.attempts[-1].fail()
        self.clock.advance(0)
        self.network.attempts[-1].fail()
        driver, accepted = self.incoming()
        self.assertEqual((accepted, self.peer.state), (True, "OPENSENT"))
        self.clock.advance(10)
        self.assertEqual(len(self.network.attempts), 2, "who talks does not try")

    def test_who_was_not_started_accepts_nothing(self) -> None:
        self.assertFalse(World().peer().accept(RecordingDriver()))

    def test_a_peer_that_connects_again_has_given_up_its_first_connection(self) -> None:
        self.begin(replace(OURS, passive=True))
        first, _ = self.incoming()
        second, accepted = self.incoming()
        self.assertEqual((accepted, first.messages[-1], second.closed), (True, (NOTIFICATION, b"\6\7"), False))

    def test_a_range_talks_to_nobody_itself(self) -> None:
        self.begin(replace(OURS, peer_address="192.0.2.0", prefix_length=24, passive=True))
        self.assertFalse(self.peer.accept(RecordingDriver(peer_address="192.0.2.7")))

    def test_a_link_local_address_of_another_link_is_another_router(self) -> None:
        self.begin(replace(OURS, peer_address="fe80::1", passive=True))
        first, other = RecordingDriver(peer_address="fe80::1%eth0"), RecordingDriver(peer_address="fe80::1%eth1")
        self.assertEqual((self.peer.accept(first), self.peer.accept(other)), (True, False))

    def test_the_router_id_is_our_address_when_none_is_configured(self) -> None:
        self.begin(replace(OURS, router_id=""))
        driver = self.connect()
        self.assertEqual(driver.messages[0][1][5:9], bytes((192, 0, 2, 1)))


class CollisionTests(PeerTestCase):
    """Two connections to one peer: RFC 4271, 6.8."""

    def two(self, ours: NeighborSettings) -> tuple[RecordingDriver, RecordingDriver]:
        """Our connection and the peer's, our OPEN sent on both."""
        self.begin(ours)
        theirs, accepted = self.incoming()
        self.assertTrue(accepted)
        return self.connect(), theirs

    def test_ours_is_kept_when_our_identifier_is_higher(self) -> None:
        for first, second in ((0, 1), (1, 0)):
            pair = self.two(replace(OURS, router_id="10.0.0.9"))
            self.peer.received(pair[first], OPEN, OPENING)
            self.peer.received(pair[second], OPEN, OPENING)
            self.assertEqual((pair[0].closed, pair[1].closed), (False, True))
            self.assertEqual(pair[1].messages[-1], (NOTIFICATION, b"\6\7"))
            self.assertEqual(self.peer.state, "OPENCONFIRM")

    def test_theirs_is_kept_when_our_identifier_is_lower(self) -> None:
        for first, second in ((0, 1), (1, 0)):
            pair = self.two(OURS)
            self.peer.received(pair[first], OPEN, OPENING)
            self.peer.received(pair[second], OPEN, OPENING)
            self.assertEqual((pair[0].closed, pair[1].closed), (True, False))
            self.assertEqual(pair[0].messages[-1], (NOTIFICATION, b"\6\7"))

    def test_nobody_hears_of_the_connection_that_went(self) -> None:
        ours, theirs = self.two(OURS)
        self.peer.received(ours, OPEN, OPENING)
        self.peer.received(theirs, OPEN, OPENING)
        self.peer.received(theirs, KEEPALIVE, b"")
        states = [event.state for event in self.sink.of(StateChanged)]
        self.assertEqual((states, self.peer.state), (["connected", "up"], "ESTABLISHED"))
        self.assertEqual(
            [event.state for event in self.sink.of(FsmChanged)],
            ["ACTIVE", "IDLE", "CONNECT", "OPENSENT", "OPENCONFIRM", "ESTABLISHED"],
        )

    def test_an_established_session_refuses_another(self) -> None:
        first = self.establish()
        second, accepted = self.incoming()
        self.assertTrue(accepted)
        self.peer.received(second, OPEN, OPENING)
        self.assertEqual(second.messages[-1], (NOTIFICATION, b"\6\7"))
        self.assertEqual((first.closed, self.peer.state, self.world.downs()), (False, "ESTABLISHED", []))

    def test_an_established_session_yields_to_a_peer_that_restarted(self) -> None:
        self.begin(replace(OURS, capability=CapabilitySettings(graceful_restart=120)))
        first = self.establish(replace(OFFER, graceful_restart=120).open().octets())
        second, _ = self.incoming()
        self.peer.received(second, OPEN, replace(OFFER, graceful_restart=120, restarting=True).open().octets())
        self.assertEqual((first.closed, second.closed), (True, False))
        self.assertNotIn(NOTIFICATION, first.kinds)
        self.peer.received(second, KEEPALIVE, b"")
        self.assertEqual(self.peer.state, "ESTABLISHED")

    def test_our_attempt_ends_when_the_connection_of_the_peer_is_established(self) -> None:
        driver, _ = self.incoming()
        self.peer.received(driver, OPEN, OPENING)
        self.assertFalse(self.network.attempts[-1].cancelled)
        self.peer.received(driver, KEEPALIVE, b"")
        self.assertTrue(self.network.attempts[-1].cancelled)

    def test_our_attempt_goes_on_when_the_connection_of_the_peer_is_lost(self) -> None:
        driver, _ = self.incoming()
        self.peer.disconnected(driver, "lost")
        self.assertEqual((self.peer.state, len(self.network.attempts)), ("CONNECT", 1))
        self.establish()

    def test_our_attempt_may_fail_while_the_connection_of_the_peer_lives(self) -> None:
        driver, _ = self.incoming()
        self.network.attempts[-1].fail()
        self.peer.received(driver, OPEN, OPENING)
        self.assertEqual(self.peer.state, "OPENCONFIRM")
        self.peer.disconnected(driver, "lost")
        self.assertEqual(self.peer.state, "ACTIVE")


class RoutesTests(PeerTestCase):
    """What an established session exchanges."""

    def test_routes_announced_later_leave_too(self) -> None:
        driver = self.establish()
        self.world.outgoing.announce([route()], 1)
        self.clock.advance(0)
        self.assertEqual(driver.kinds[-2:], [UPDATE, UPDATE])
        self.assertTrue(driver.sent[-1].endswith(PREFIX))
        self.assertEqual(self.peer.counters.sent[UPDATE], 2)

    def test_next_hop_self_is_our_address_of_this_connection(self) -> None:
        driver = self.establish()
        self.world.outgoing.announce([Route(IPV4_UNICAST, PREFIX, path_of([]), SELF)], 1)
        self.clock.advance(0)
        self.assertIn(bytes((0x40, 3, 4, 192, 0, 2, 1)), driver.sent[-1])

    def test_routes_are_told_again_in_the_next_session(self) -> None:
        self.world.outgoing.announce([route()], 1)
        self.peer.disconnected(self.establish(), "lost")
        self.clock.advance(0)
        driver = self.establish()
        self.assertEqual(driver.kinds, [OPEN, KEEPALIVE, UPDATE, UPDATE])

    def test_nothing_leaves_after_the_session(self) -> None:
        driver = self.establish()
        self.peer.disconnected(driver, "lost")
        sent = len(driver.sent)
        self.world.outgoing.announce([route()], 1)
        self.clock.advance(0)
        self.assertEqual(len(driver.sent), sent)

    def test_manual_eor_sends_none(self) -> None:
        self.begin(replace(OURS, manual_eor=True))
        self.assertEqual(self.establish().kinds, [OPEN, KEEPALIVE])

    def test_received_routes_are_kept_for_the_session(self) -> None:
        driver = self.establish()
        self.peer.received(driver, UPDATE, announcement())
        assert self.peer.incoming is not None
        self.assertEqual([held.nlri for held in self.peer.incoming.routes()], [PREFIX])
        self.peer.disconnected(driver, "lost")
        self.assertIsNone(self.peer.incoming)

    def test_received_routes_are_not_kept_when_nobody_wants_them(self) -> None:
        self.begin(replace(OURS, adj_rib_in=False))
        self.peer.received(self.establish(), UPDATE, announcement())
        self.assertIsNone(self.peer.incoming)
        self.assertEqual(self.world.story()[-1], "receive update")

    def test_a_malformed_attribute_is_logged_once(self) -> None:
        driver = self.establish()
        body = announcement().replace(b"\x40\x01\x01\0", b"\x40\x01\x01\7")
        for _ in range(3):
            self.peer.received(driver, UPDATE, body)
        self.assertEqual(len([line for line in self.world.lines if "malformed" in line]), 1)
        self.assertEqual(self.peer.state, "ESTABLISHED")

    def test_a_full_transport_pauses_what_is_sent(self) -> None:
        driver = self.establish()
        self.peer.paused(driver)
        sent = len(driver.sent)
        self.world.outgoing.announce([route()], 1)
        self.clock.advance(0)
        self.assertEqual(len(driver.sent), sent)
        self.peer.resumed(driver)
        self.clock.advance(0)
        self.assertTrue(driver.sent[-1].endswith(PREFIX))

    def test_another_connection_pauses_nothing(self) -> None:
        self.establish()
        self.peer.paused(RecordingDriver())
        self.assertFalse(self.world.outgoing.is_behind(1))

    def test_rate_limit_spreads_what_is_sent(self) -> None:
        self.begin(replace(OURS, rate_limit=5, group_updates=False))
        for number in range(40):
            self.world.outgoing.announce([route(bytes((24, 10, 0, number)), number)], 1)
        driver = self.establish()
        self.assertEqual(driver.kinds.count(UPDATE), 5)
        self.clock.pump([0.1] * 20)
        self.assertLess(driver.kinds.count(UPDATE), 17)
        self.clock.pump([0.1] * 60)
        self.assertEqual(driver.kinds.count(UPDATE), 41)
        self.assertEqual(driver.messages[-1], (UPDATE, MARKER))

    def test_reading_can_be_paused_and_silence_is_forgiven(self) -> None:
        driver = self.establish()
        self.peer.pause_reading()
        self.assertFalse(driver.reading)
        self.clock.pump([60.0] * 4)
        self.assertEqual(self.peer.state, "ESTABLISHED")
        self.peer.resume_reading()
        self.assertTrue(driver.reading)
        self.clock.pump([60.0] * 3)
        self.assertEqual(self.world.downs(), ["notification sent (4,0)"])

    def test_a_session_that_comes_up_later_is_not_read_either(self) -> None:
        self.peer.pause_reading()
        self.assertFalse(self.establish().reading)

    def test_announcing_waits_for_the_minute_of_tcp_delay(self) -> None:
        self.begin(environment=Environment(tcp_delay=5))
        self.world.outgoing.announce([route()], 1)
        driver = self.establish()
        self.assertNotIn(UPDATE, driver.kinds)
        self.clock.pump([20.0] * 15)
        self.assertIn(UPDATE, driver.kinds)

    def test_a_session_that_ends_before_that_minute_leaves_nothing_behind(self) -> None:
        self.begin(environment=Environment(tcp_delay=5))
        self.establish()
        self.peer.stop()
        self.clock.advance(600)
        self.assertFalse(self.world.outgoing.is_behind(1))

    def test_end_of_rib_waits_for_the_helpers_when_graceful_restart_is_on(self) -> None:
        capability = CapabilitySettings(graceful_restart=120)
        api = (ApiSettings(processes=("helper",)),)
        self.begin(replace(OURS, capability=capability, api=api), Environment(bgp_eor_settle=1.0))
        driver = self.establish()
        self.assertNotIn(UPDATE, driver.kinds)
        self.clock.pump([0.5] * 4)
        self.assertEqual(driver.messages[-1], (UPDATE, MARKER))


class RefreshTests(PeerTestCase):
    """ROUTE-REFRESH, plain and enhanced."""

    def setUp(self) -> None:
        self.begin(replace(OURS, capability=CapabilitySettings(route_refresh=True)))
        self.world.outgoing.announce([route()], 1)

    def test_a_request_is_answered_between_marks(self) -> None:
        driver = self.establish()
        self.peer.received(driver, ROUTE_REFRESH, bytes((0, 1, 0, 1)))
        self.clock.advance(0)
        self.assertEqual(driver.kinds[-3:], [ROUTE_REFRESH, UPDATE, ROUTE_REFRESH])
        self.assertEqual([event.direction for event in self.sink.of(RefreshMessage)], ["receive", "send", "send"])
        self.assertEqual(self.peer.counters.sent[ROUTE_REFRESH], 2)

    def test_a_request_for_another_family_is_ignored(self) -> None:
        driver = self.establish()
        sent = len(driver.sent)
        self.peer.received(driver, ROUTE_REFRESH, bytes((0, 2, 0, 1)))
        self.clock.advance(0)
        self.assertEqual((len(driver.sent), self.peer.state), (sent, "ESTABLISHED"))

    def test_a_request_without_the_capability_is_ignored(self) -> None:
        self.begin()
        driver = self.establish()
        sent = len(driver.sent)
        self.peer.received(driver, ROUTE_REFRESH, bytes((0, 1, 0, 1)))
        self.clock.advance(0)
        self.assertEqual((len(driver.sent), self.peer.state), (sent, "ESTABLISHED"))

    def test_what_was_not_announced_between_the_marks_of_the_peer_is_forgotten(self) -> None:
        driver = self.establish()
        other = bytes((24, 203, 0, 113))
        self.peer.received(driver, UPDATE, announcement())
        self.peer.received(driver, UPDATE, announcement(other))
        self.peer.received(driver, ROUTE_REFRESH, bytes((0, 1, 1, 1)))
        self.peer.received(driver, UPDATE, announcement(other))
        self.peer.received(driver, ROUTE_REFRESH, bytes((0, 1, 2, 1)))
        assert self.peer.incoming is not None
        self.assertEqual([held.nlri for held in self.peer.incoming.routes()], [other])

    def test_we_can_ask(self) -> None:
        self.assertFalse(self.peer.send_refresh(IPV4_UNICAST), "nobody is there")
        driver = self.establish()
        self.assertTrue(self.peer.send_refresh(IPV4_UNICAST))
        self.assertEqual(driver.messages[-1], (ROUTE_REFRESH, bytes((0, 1, 0, 1))))
        self.assertFalse(self.peer.send_refresh(IPV6_UNICAST), "that family was not agreed")


class EveryInputTests(PeerTestCase):
    """Each input of the peer's machine in each of its states."""

    def test_no_input_in_any_state_raises(self) -> None:
        details: dict[Input, Callable[[], Any]] = {
            Input.START: lambda: 0.0,
            Input.STOP: lambda: Notification(6, 2),
            Input.CONNECTED: RecordingDriver,
            Input.INCOMING: RecordingDriver,
            Input.FAILED: lambda: "failed",
            Input.ENDED: lambda: 1.0,
            Input.RESET: lambda: 0.0,
        }
        ways: dict[State, Callable[[], object]] = {
            State.IDLE: lambda: self.peer.stop(),
            State.ACTIVE: lambda: self.network.attempts[-1].fail(),
            State.CONNECT: lambda: None,
            State.TALKING: lambda: self.connect(),
            State.FINISHED: lambda: self.network.attempts[-1].fail(),
        }
        for state, reach in ways.items():
            for named in Input:
                self.begin(environment=Environment(tcp_connections=1 if state is State.FINISHED else 0))
                reach()
                self.assertIs(self.peer.phase, state)
                self.peer.feed(named, details.get(named, lambda: None)())
                step = TABLE[state].get(named)
                self.assertIs(self.peer.phase, state if step is None else step.state, f"{named} in {state}")

    def test_every_state_stands_in_the_table(self) -> None:
        self.assertEqual(set(TABLE), set(State))

    def test_a_connection_nobody_knows_is_ignored(self) -> None:
        stranger = RecordingDriver()
        self.peer.received(stranger, OPEN, OPENING)
        self.peer.malformed(stranger, Malformed("marker", 1, 1))
        self.peer.disconnected(stranger, "lost")
        self.peer.written(stranger)
        self.peer.resumed(stranger)
        self.assertEqual((stranger.sent, self.peer.state), ([], "CONNECT"))

    def test_garbage_after_the_end_is_ignored(self) -> None:
        driver = self.establish()
        self.peer.received(driver, 255, b"")
        sent = len(driver.sent)
        self.peer.received(driver, UPDATE, announcement())
        self.peer.malformed(driver, Malformed("marker", 1, 1))
        self.assertEqual((len(driver.sent), self.world.downs()), (sent, ["notification sent (1,0)"]))


class TwoPeersTests(SynchronousTestCase):
    """Two speakers through memory."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.here, self.there = World(self.clock), World(self.clock)

    def meet(self, ours: NeighborSettings = OURS, theirs: NeighborSettings = THEIRS) -> tuple[Peer, Peer]:
        """One connects to the other."""
        one, other = self.here.peer(ours), self.there.peer(theirs)
        one.start()
        other.start()
        self.clock.pump([0, 0])
        connect(self.clock, self.here.network.attempts[-1], other, ("192.0.2.1", "192.0.2.2"))
        self.run_for(1)
        return one, other

    def run_for(self, seconds: float) -> None:
        self.clock.pump([0.0] * 20)
        for _ in range(int(seconds * 4)):
            self.clock.advance(0.25)
            self.clock.pump([0.0] * 5)

    def test_they_become_established(self) -> None:
        one, other = self.meet()
        self.assertEqual((one.state, other.state), ("ESTABLISHED", "ESTABLISHED"))

    def test_routes_of_one_arrive_at_the_other(self) -> None:
        self.here.outgoing.announce([route()], 1)
        _, other = self.meet()
        assert other.incoming is not None
        self.assertEqual([held.nlri for held in other.incoming.routes()], [PREFIX])
        self.here.outgoing.withdraw([route()], 1)
        self.run_for(1)
        self.assertEqual(list(other.incoming.routes()), [])

    def test_they_stay_for_an_hour_with_nothing_to_say(self) -> None:
        one, other = self.meet(replace(OURS, hold_time=9))
        self.run_for(3600)
        self.assertEqual((one.state, other.state), ("ESTABLISHED", "ESTABLISHED"))
        self.assertGreater(one.counters.sent[KEEPALIVE], 1000)

    def test_when_both_connect_one_connection_is_left(self) -> None:
        for low, high in (("10.0.0.1", "10.0.0.2"), ("10.0.0.2", "10.0.0.1")):
            self.setUp()
            one = self.here.peer(replace(OURS, router_id=low))
            other = self.there.peer(replace(THEIRS, router_id=high))
            one.start()
            other.start()
            self.clock.pump([0, 0])
            connect(self.clock, self.here.network.attempts[-1], other, ("192.0.2.1", "192.0.2.2"))
            connect(self.clock, self.there.network.attempts[-1], one, ("192.0.2.2", "192.0.2.1"))
            self.run_for(5)
            self.assertEqual((one.state, other.state), ("ESTABLISHED", "ESTABLISHED"))
            self.assertEqual((self.here.downs(), self.there.downs()), ([], []))
            assert one.session is not None and other.session is not None
            self.assertEqual((one.session.ours, other.session.ours), (low > high, high > low))

    def test_a_stop_of_one_is_heard_by_the_other(self) -> None:
        one, _ = self.meet()
        one.stop()
        self.run_for(1)
        self.assertEqual(self.there.downs(), ["notification received (6,2)"])

    def test_both_may_have_as_numbers_of_four_octets(self) -> None:
        one, other = self.meet(
            replace(OURS, local_as=4200000001, peer_as=4200000002),
            replace(THEIRS, local_as=4200000002, peer_as=4200000001),
        )
        assert one.negotiated is not None and other.negotiated is not None
        self.assertEqual((one.negotiated.peer_as, other.negotiated.peer_as), (4200000002, 4200000001))

    def test_one_may_take_its_as_number_from_the_other(self) -> None:
        one, other = self.meet(
            replace(OURS, local_as=None, peer_as=None), replace(THEIRS, local_as=65002, peer_as=None)
        )
        self.assertEqual((one.state, other.state), ("ESTABLISHED", "ESTABLISHED"))
        assert other.negotiated is not None
        self.assertEqual((other.negotiated.peer_as, one.identity.local_as), (65002, 65002))

    def test_path_identifiers_go_where_they_were_agreed(self) -> None:
        sends = replace(OURS, capability=CapabilitySettings(add_path=2))
        receives = replace(THEIRS, capability=CapabilitySettings(add_path=1))
        self.here.outgoing.announce([route()], 1)
        _, other = self.meet(sends, receives)
        assert other.incoming is not None
        self.assertEqual([held.nlri for held in other.incoming.routes()], [bytes(4) + PREFIX])

    def test_the_session_recovers_from_a_lost_connection(self) -> None:
        one, other = self.meet()
        assert one.session is not None
        one.disconnected(one.session.driver, "lost")
        assert other.session is not None
        other.disconnected(other.session.driver, "lost")
        self.run_for(1)
        connect(self.clock, self.here.network.attempts[-1], other, ("192.0.2.1", "192.0.2.2"))
        self.run_for(1)
        self.assertEqual((one.state, other.state), ("ESTABLISHED", "ESTABLISHED"))

    def test_the_states_of_a_session_are_those_of_its_machine(self) -> None:
        one, _ = self.meet()
        self.assertEqual(one.state, fsm.State.ESTABLISHED.value)
