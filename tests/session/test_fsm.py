"""The machine of one connection: every input in every state, and the timers (RFC 4271, 8; RFC 6608; RFC 9687)."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.session.fsm import TABLE, Ending, Input, Session, State
from bgptwist.session.negotiation import Local
from bgptwist.wire.errors import Malformed
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.framing import KEEPALIVE, NOTIFICATION, OPEN, OPERATIONAL, ROUTE_REFRESH, UPDATE
from bgptwist.wire.messages.notification import Notification
from bgptwist.wire.messages.open import Open
from bgptwist.wire.messages.refresh import RouteRefresh
from tests.fakes import RecordingDriver

LOCAL = Local(local_as=65001, router_id=bytes((10, 0, 0, 1)), families=(IPV4_UNICAST,), peer_as=65002, hold_time=90)
PEER = replace(LOCAL, local_as=65002, router_id=bytes((10, 0, 0, 2)), peer_as=65001)
"""What the other side would offer."""

OPENING = PEER.open().octets()
MARKER = b"\0\0\0\0"
"""The body of an End-of-RIB."""


class RecordingOwner:
    """Remembers what a session tells; `on_agreed` may resolve a collision."""

    def __init__(self) -> None:
        self.told_of: list[Any] = []
        self.endings: list[Ending] = []
        self.updates: list[bytes] = []
        self.refreshes: list[RouteRefresh] = []
        self.loses_collision = False

    def heard(self, session: Session, kind: int, body: bytes, value: object) -> None:
        self.told_of.append(("heard", kind))

    def told(self, session: Session, kind: int, body: bytes, value: object) -> None:
        self.told_of.append(("told", kind))

    def moved(self, session: Session) -> None:
        self.told_of.append(session.state)

    def agreed(self, session: Session) -> None:
        self.told_of.append("agreed")
        if self.loses_collision:
            session.feed(Input.COLLISION)

    def update(self, session: Session, body: bytes) -> None:
        self.updates.append(body)

    def refreshed(self, session: Session, refresh: RouteRefresh) -> None:
        self.refreshes.append(refresh)

    def closed(self, session: Session, ending: Ending) -> None:
        self.endings.append(ending)


class SessionTestCase(SynchronousTestCase):
    """A session on a clock, its driver and its owner."""

    def setUp(self) -> None:
        self.make()

    def make(self, local: Local = LOCAL, delay_open: float = 0.0) -> None:
        self.clock = Clock()
        self.driver = RecordingDriver()
        self.owner = RecordingOwner()
        self.session = Session(self.owner, self.driver, self.clock, lambda: 1.0, local, 60.0, delay_open)

    def bring(self, state: State, opening: bytes = OPENING, local: Local = LOCAL) -> None:
        """A new session, brought to a state as a peer would."""
        self.make(local, 5.0 if state is State.CONNECT else 0.0)
        self.session.start()
        if state in (State.OPEN_CONFIRM, State.ESTABLISHED):
            self.session.receive(OPEN, opening)
        if state is State.ESTABLISHED:
            self.session.receive(KEEPALIVE, b"")
        if state is State.CLOSED:
            self.session.feed(Input.STOP, Notification(6, 2))
        self.assertIs(self.session.state, state)

    def keep_alive(self, seconds: float, step: float = 20.0) -> None:
        """Time goes by in which the peer sends KEEPALIVEs."""
        passed = 0.0
        while passed < seconds and self.session.state is not State.CLOSED:
            self.clock.advance(step)
            self.session.receive(KEEPALIVE, b"")
            self.session.written()
            passed += step

    def assert_notified(self, code: int, subcode: int, data: bytes = b"") -> None:
        """The last message was this NOTIFICATION, and the session is over."""
        self.assertEqual(self.driver.messages[-1], (NOTIFICATION, bytes((code, subcode)) + data))
        self.assert_closed()
        self.assertEqual(self.owner.endings[-1].reason, f"notification sent ({code},{subcode})")

    def assert_silent(self) -> None:
        """The session is over without a NOTIFICATION."""
        self.assertNotIn(NOTIFICATION, self.driver.kinds)
        self.assert_closed()

    def assert_closed(self) -> None:
        self.assertIs(self.session.state, State.CLOSED)
        self.assertTrue(self.driver.closed)
        self.assertEqual(len(self.owner.endings), 1)
        self.assertEqual(self.clock.getDelayedCalls(), [])


class EstablishingTests(SessionTestCase):
    """The way up."""

    def test_the_order_of_what_happens_is_that_of_exabgp(self) -> None:
        self.bring(State.ESTABLISHED)
        self.assertEqual(
            self.owner.told_of,
            [
                State.CONNECT,
                ("told", OPEN),
                State.OPEN_SENT,
                ("heard", OPEN),
                "agreed",
                State.OPEN_CONFIRM,
                ("told", KEEPALIVE),
                ("heard", KEEPALIVE),
                State.ESTABLISHED,
            ],
        )

    def test_open_and_keepalive_are_all_that_is_sent(self) -> None:
        self.bring(State.ESTABLISHED)
        self.assertEqual(self.driver.messages, [(OPEN, LOCAL.open().octets()), (KEEPALIVE, b"")])

    def test_what_was_agreed_is_known(self) -> None:
        self.bring(State.OPEN_CONFIRM)
        assert self.session.negotiated is not None
        self.assertEqual((self.session.negotiated.hold_time, self.session.negotiated.peer_as), (90, 65002))

    def test_extended_messages_are_accepted_once_they_are_agreed(self) -> None:
        ours = replace(LOCAL, extended_message=True)
        self.bring(State.OPEN_CONFIRM, replace(PEER, extended_message=True).open().octets(), ours)
        self.assertEqual(self.driver.limit, 65535)
        self.bring(State.OPEN_CONFIRM)
        self.assertEqual(self.driver.limit, 4096)

    def test_updates_go_to_the_owner(self) -> None:
        self.bring(State.ESTABLISHED)
        self.session.receive(UPDATE, MARKER)
        self.assertEqual((self.owner.updates, self.session.counters.received[UPDATE]), ([MARKER], 1))

    def test_the_short_way_of_an_update_does_what_the_table_says(self) -> None:
        self.bring(State.ESTABLISHED)
        self.session.feed(Input.UPDATE, MARKER)
        self.assertEqual(self.owner.updates, [MARKER])

    def test_a_route_refresh_goes_to_the_owner(self) -> None:
        self.bring(State.ESTABLISHED)
        self.session.receive(ROUTE_REFRESH, bytes((0, 1, 0, 1)))
        self.assertEqual([(r.afi, r.safi, r.subtype) for r in self.owner.refreshes], [(1, 1, 0)])

    def test_messages_are_counted(self) -> None:
        self.bring(State.ESTABLISHED)
        self.session.wrote([b"\xff" * 16 + b"\0\x17\2" + MARKER])
        counters = self.session.counters
        self.assertEqual((counters.sent[OPEN], counters.sent[KEEPALIVE], counters.sent[UPDATE]), (1, 1, 1))
        self.assertEqual((counters.received[OPEN], counters.received[KEEPALIVE]), (1, 1))


class DelayOpenTests(SessionTestCase):
    """Our OPEN may wait, for a while or for the peer's."""

    def test_our_open_waits(self) -> None:
        self.bring(State.CONNECT)
        self.clock.advance(4)
        self.assertEqual(self.driver.sent, [])
        self.clock.advance(1)
        self.assertEqual((self.driver.kinds, self.session.state), ([OPEN], State.OPEN_SENT))

    def test_an_open_of_the_peer_ends_the_wait(self) -> None:
        self.bring(State.CONNECT)
        self.session.receive(OPEN, OPENING)
        self.assertEqual((self.driver.kinds, self.session.state), ([OPEN, KEEPALIVE], State.OPEN_CONFIRM))
        self.clock.advance(6)
        self.assertEqual(self.driver.kinds, [OPEN, KEEPALIVE])

    def test_local_as_auto_waits_for_the_number_of_the_peer(self) -> None:
        self.make(replace(LOCAL, local_as=None))
        self.session.start()
        self.clock.advance(10)
        self.assertEqual(self.driver.sent, [])
        self.session.receive(OPEN, OPENING)
        assert self.session.sent is not None and self.session.negotiated is not None
        self.assertEqual((self.session.sent.asn, self.session.negotiated.external), (65002, False))

    def test_local_as_auto_does_not_wait_for_ever(self) -> None:
        self.make(replace(LOCAL, local_as=None))
        self.session.start()
        self.clock.advance(60)
        self.assert_silent()

    def test_an_unacceptable_open_that_ended_the_wait_is_answered(self) -> None:
        self.bring(State.CONNECT)
        self.session.receive(OPEN, replace(PEER, local_as=65009).open().octets())
        self.assert_notified(2, 2)

    def test_what_is_wrong_before_our_open_closes_without_a_word(self) -> None:
        for feed in (
            lambda: self.session.receive(KEEPALIVE, b""),
            lambda: self.session.receive(OPEN, b"\3" + OPENING[1:]),
            lambda: self.session.feed(Input.HEADER_ERROR, Malformed("marker", 1, 1)),
            lambda: self.session.feed(Input.STOP, Notification(6, 2)),
            lambda: self.session.receive(255, b""),
        ):
            self.bring(State.CONNECT)
            feed()
            self.assertEqual(self.driver.sent, [])
            self.assert_silent()


class RefusedOpenTests(SessionTestCase):
    """An OPEN that is not acceptable."""

    def test_the_answer_says_what_is_wrong(self) -> None:
        for octets, answer in (
            (b"\3" + OPENING[1:], (2, 1, b"\0\4")),
            (replace(PEER, local_as=65009).open().octets(), (2, 2)),
            (replace(PEER, router_id=bytes(4)).open().octets(), (2, 3)),
            (replace(PEER, hold_time=2).open().octets(), (2, 6)),
            (OPENING[:-1], (2, 0)),
        ):
            self.bring(State.OPEN_SENT)
            self.session.receive(OPEN, octets)
            self.assert_notified(*answer)

    def test_the_reason_is_said_in_words(self) -> None:
        self.bring(State.OPEN_SENT)
        self.session.receive(OPEN, replace(PEER, local_as=65009).open().octets())
        self.assertEqual(self.owner.endings[0].text, "the peer's AS number is 65009, 65002 was expected")

    def test_a_collision_may_end_it(self) -> None:
        self.bring(State.OPEN_SENT)
        self.owner.loses_collision = True
        self.session.receive(OPEN, OPENING)
        self.assert_notified(6, 7)
        self.assertNotIn(KEEPALIVE, self.driver.kinds)


class EndingTests(SessionTestCase):
    """The ways down, from every state that has a connection."""

    TALKING = (State.OPEN_SENT, State.OPEN_CONFIRM, State.ESTABLISHED)

    def test_we_stop(self) -> None:
        for state in self.TALKING:
            self.bring(state)
            self.session.feed(Input.STOP, Notification(6, 3))
            self.assert_notified(6, 3)

    def test_we_close_without_a_word(self) -> None:
        for state in self.TALKING:
            self.bring(state)
            self.session.feed(Input.STOP, None)
            self.assert_silent()

    def test_an_owner_that_fails_still_hears_of_the_end(self) -> None:
        def fail(*arguments: object) -> None:
            raise ZeroDivisionError("broken on purpose")

        self.bring(State.ESTABLISHED)
        self.owner.told = fail  # type: ignore[method-assign]
        self.assertRaises(ZeroDivisionError, self.session.feed, Input.STOP, Notification(6, 2))
        self.assert_closed()

    def test_the_connection_is_lost(self) -> None:
        for state in (State.CONNECT, *self.TALKING):
            self.bring(state)
            self.session.feed(Input.CONNECTION_LOST, "Connection reset by peer")
            self.assert_silent()
            self.assertEqual(self.owner.endings[0].reason, "closing connection")

    def test_the_peer_ends_it(self) -> None:
        for state in (State.CONNECT, *self.TALKING):
            self.bring(state)
            self.session.receive(NOTIFICATION, bytes((6, 2)))
            self.assert_silent()
            self.assertEqual(self.owner.endings[0].reason, "notification received (6,2)")

    def test_the_peer_does_not_speak_our_version(self) -> None:
        for state in (State.CONNECT, *self.TALKING):
            self.bring(state)
            self.session.receive(NOTIFICATION, bytes((2, 1, 0, 4)))
            self.assert_silent()

    def test_a_notification_that_makes_no_sense_is_not_answered(self) -> None:
        for body in (b"", b"\6", bytes((200, 201)) + bytes(300)):
            self.bring(State.ESTABLISHED)
            self.session.receive(NOTIFICATION, body)
            self.assert_silent()

    def test_what_the_peer_says_at_the_end_is_escaped(self) -> None:
        self.bring(State.ESTABLISHED)
        text = b"good\x1b[2Jbye\n"
        self.session.receive(NOTIFICATION, bytes((6, 2, len(text))) + text)
        self.assertNotIn("\x1b", self.owner.endings[0].text)
        self.assertNotIn("\n", self.owner.endings[0].text)

    def test_a_header_error_is_answered(self) -> None:
        for state in self.TALKING:
            self.bring(state)
            self.session.feed(Input.HEADER_ERROR, Malformed("length", 1, 2, b"\xff\xff"))
            self.assert_notified(1, 2, b"\xff\xff")

    def test_an_unknown_type_is_answered_as_exabgp_does(self) -> None:
        for state in self.TALKING:
            self.bring(state)
            self.session.receive(255, b"anything")
            self.assert_notified(1, 0, b'can not decode update message of type "255"')

    def test_operational_is_unknown_unless_it_was_agreed(self) -> None:
        self.bring(State.ESTABLISHED)
        self.session.receive(OPERATIONAL, bytes(4))
        self.assert_notified(1, 0, b'can not decode update message of type "6"')
        self.bring(State.ESTABLISHED, replace(PEER, operational=True).open().octets(), replace(LOCAL, operational=True))
        self.session.receive(OPERATIONAL, bytes(4))
        self.assertIs(self.session.state, State.ESTABLISHED)
        self.assertIn(("heard", OPERATIONAL), self.owner.told_of)

    def test_a_malformed_update_is_answered(self) -> None:
        self.bring(State.ESTABLISHED)
        self.session.feed(Input.UPDATE_ERROR, Malformed("attributes", 3, 1))
        self.assert_notified(3, 1)

    def test_a_malformed_route_refresh_is_answered_with_itself(self) -> None:
        self.bring(State.ESTABLISHED)
        self.session.receive(ROUTE_REFRESH, bytes((0, 1, 1, 1, 0)))
        self.assertEqual(self.driver.messages[-1][1][:2], bytes((7, 1)))
        self.assert_closed()

    def test_a_closed_session_hears_nothing(self) -> None:
        self.bring(State.CLOSED)
        before = (list(self.driver.sent), list(self.owner.told_of))
        for kind in (*range(8), 128, 255):
            self.session.receive(kind, OPENING)
        self.session.resume()
        self.clock.advance(1000)
        self.assertEqual((self.driver.sent, self.owner.told_of), before)
        self.assert_closed()


UNEXPECTED = {
    State.OPEN_SENT: (5, 1, (UPDATE, KEEPALIVE, ROUTE_REFRESH)),
    State.OPEN_CONFIRM: (5, 2, (OPEN, UPDATE, ROUTE_REFRESH)),
    State.ESTABLISHED: (5, 3, (OPEN,)),
}


class EveryInputTests(SessionTestCase):
    """Each of the inputs in each of the states does what the table says, or is an FSM error."""

    def test_a_message_out_of_place_is_an_fsm_error_with_its_type(self) -> None:
        for state, (code, subcode, kinds) in UNEXPECTED.items():
            for kind in kinds:
                self.bring(state)
                self.session.receive(kind, OPENING if kind == OPEN else MARKER)
                self.assert_notified(code, subcode, bytes((kind,)))

    def test_an_unreadable_message_out_of_place_is_an_fsm_error_too(self) -> None:
        self.bring(State.ESTABLISHED)
        self.session.receive(OPEN, b"\3")
        self.assert_notified(5, 3, bytes((OPEN,)))

    def test_no_input_in_any_state_raises_or_leaves_a_timer_behind(self) -> None:
        details: dict[Input, Any] = {
            Input.STOP: Notification(6, 2),
            Input.CONNECTION_LOST: "lost",
            Input.OPEN: Open(4, 65002, 90, PEER.router_id, []),
            Input.HEADER_ERROR: Malformed("header", 1, 1),
            Input.OPEN_ERROR: Malformed("open", 2, 0),
            Input.VERSION_ERROR: Notification(2, 1),
            Input.NOTIFICATION: Notification(6, 4),
            Input.UPDATE: MARKER,
            Input.UPDATE_ERROR: Malformed("update", 3, 1),
            Input.REFRESH: RouteRefresh(1, 1),
            Input.REFRESH_ERROR: Malformed("refresh", 7, 1),
            Input.OPERATIONAL: bytes(4),
        }
        for state in State:
            for named in Input:
                self.bring(state)
                endings = len(self.owner.endings)
                self.session.feed(named, details.get(named))
                step = TABLE[state].get(named)
                expected = State.CLOSED if step is None else step.state
                self.assertIs(self.session.state, expected, f"{named.name} in {state.name}")
                if self.session.state is State.CLOSED:
                    self.assert_closed()
                    if state is State.CLOSED:
                        self.assertEqual(len(self.owner.endings), endings)

    def test_every_state_stands_in_the_table(self) -> None:
        self.assertEqual(set(TABLE), set(State))

    @given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=64)), max_size=20))
    def test_garbage_raises_nothing(self, messages: list[tuple[int, bytes]]) -> None:
        for state in State:
            self.bring(state)
            for kind, body in messages:
                self.session.receive(kind, body)
            if self.session.state is State.CLOSED:
                self.assertLessEqual(self.driver.kinds.count(NOTIFICATION), 1)
                self.assertEqual(self.clock.getDelayedCalls(), [])


class HoldTimerTests(SessionTestCase):
    """A silent peer is given up."""

    def test_an_open_that_does_not_come(self) -> None:
        self.bring(State.OPEN_SENT)
        self.clock.advance(59)
        self.assertIs(self.session.state, State.OPEN_SENT)
        self.clock.advance(1)
        self.assert_notified(4, 0)
        self.assertEqual(self.owner.endings[0].text, "no OPEN came in 60 s")

    def test_a_keepalive_that_does_not_come(self) -> None:
        self.bring(State.OPEN_CONFIRM)
        self.clock.pump([30, 30, 30])
        self.assert_notified(4, 0)

    def test_silence_in_an_established_session(self) -> None:
        self.bring(State.ESTABLISHED)
        self.keep_alive(1000)
        self.assertIs(self.session.state, State.ESTABLISHED)
        self.clock.pump([30, 30])
        self.assertIs(self.session.state, State.ESTABLISHED)
        self.clock.pump([30])
        self.assert_notified(4, 0)
        self.assertEqual(self.owner.endings[0].text, "the hold timer expired in 90 s")

    def test_an_update_is_a_sign_of_life(self) -> None:
        self.bring(State.ESTABLISHED)
        for _ in range(10):
            self.clock.advance(60)
            self.session.receive(UPDATE, MARKER)
            self.session.written()
        self.assertIs(self.session.state, State.ESTABLISHED)

    def test_the_hold_time_is_the_one_agreed(self) -> None:
        self.bring(State.ESTABLISHED, replace(PEER, hold_time=9).open().octets())
        self.clock.pump([1] * 9)
        self.assert_notified(4, 0)

    def test_hold_time_zero_waits_for_ever_and_sends_nothing(self) -> None:
        self.bring(State.ESTABLISHED, replace(PEER, hold_time=0).open().octets())
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.clock.advance(100000)
        self.assertEqual((self.session.state, self.driver.kinds), (State.ESTABLISHED, [OPEN, KEEPALIVE]))

    def test_it_waits_while_we_do_not_read(self) -> None:
        self.bring(State.ESTABLISHED)
        self.session.pause()
        self.clock.pump([30] * 10)
        self.assertIs(self.session.state, State.ESTABLISHED)
        self.session.resume()
        self.clock.pump([30, 30, 29])
        self.assertIs(self.session.state, State.ESTABLISHED)
        self.clock.pump([1])
        self.assert_notified(4, 0)


class KeepaliveTests(SessionTestCase):
    """We are heard of three times in a hold time."""

    def test_one_is_sent_every_third_of_the_hold_time(self) -> None:
        self.bring(State.ESTABLISHED)
        self.keep_alive(300, 10)
        self.assertEqual(self.driver.kinds.count(KEEPALIVE), 1 + 10)

    def test_none_is_needed_after_an_update(self) -> None:
        self.bring(State.ESTABLISHED)
        self.clock.advance(20)
        self.session.wrote([b"\xff" * 16 + b"\0\x17\2" + MARKER])
        self.session.receive(KEEPALIVE, b"")
        self.clock.advance(29)
        self.assertEqual(self.driver.kinds.count(KEEPALIVE), 1)
        self.clock.advance(1)
        self.assertEqual(self.driver.kinds.count(KEEPALIVE), 2)

    def test_they_are_sent_while_we_do_not_read(self) -> None:
        self.bring(State.ESTABLISHED)
        self.session.pause()
        self.clock.pump([30] * 4)
        self.assertEqual(self.driver.kinds.count(KEEPALIVE), 1 + 4)


class SendHoldTests(SessionTestCase):
    """A peer whose TCP takes nothing is given up, though it goes on talking (RFC 9687)."""

    def test_it_expires_after_eight_minutes(self) -> None:
        self.bring(State.ESTABLISHED)
        for _ in range(47):
            self.clock.advance(10)
            self.session.receive(KEEPALIVE, b"")
        self.assertIs(self.session.state, State.ESTABLISHED)
        self.clock.advance(10)
        self.assert_notified(8, 0)
        self.assertTrue(self.driver.aborted)

    def test_octets_that_reach_tcp_restart_it(self) -> None:
        self.bring(State.ESTABLISHED)
        self.keep_alive(5000)
        self.assertIs(self.session.state, State.ESTABLISHED)
