"""The protocol of a connection, on a transport of strings."""

from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone, ConnectionRefusedError, TimeoutError
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from bgptwist.interfaces import ISessionDriver
from bgptwist.net.bgp import FAREWELLS, LINGER, BGPClientFactory, BGPServerFactory, Connections, failure_text
from bgptwist.speaker.ranges import Refusal
from bgptwist.wire.errors import Malformed
from bgptwist.wire.framing import KEEPALIVE, KEEPALIVE_MESSAGE, NOTIFICATION, OPEN, UPDATE, Framer, message
from tests.speaker.test_peer import OPENING, OURS, World, announcement


class Handle:
    """Stands for the socket below a transport."""

    family = 2

    def setsockopt(self, level: int, option: int, value: object) -> None:
        """Anything goes."""


class Transport(StringTransport):
    """Remembers how it was closed."""

    half_closed = False
    aborted = False

    def __init__(self) -> None:
        super().__init__(IPv4Address("TCP", "192.0.2.1", 179), IPv4Address("TCP", "192.0.2.2", 40000))

    def getHandle(self) -> Handle:
        return Handle()

    def loseWriteConnection(self) -> None:
        self.half_closed = True

    def abortConnection(self) -> None:
        self.aborted = True

    def messages(self) -> list[tuple[int, bytes]]:
        """What was written since the last look."""
        found = Framer(65535).feed(self.value())
        self.clear()
        return found

    def kinds(self) -> list[int]:
        return [kind for kind, _ in self.messages()]


class ProtocolTestCase(SynchronousTestCase):
    """A peer whose attempt ends in a protocol on a transport of strings."""

    def setUp(self) -> None:
        self.world = World()
        self.clock: Clock = self.world.clock
        self.connections = Connections(self.clock)
        self.peer = self.world.peer(OURS)
        self.peer.start()
        self.clock.advance(0)
        self.connect()

    def connect(self) -> None:
        protocol = BGPClientFactory(self.connections, self.peer).buildProtocol(None)
        assert protocol is not None
        self.protocol = protocol
        self.transport = Transport()
        self.protocol.makeConnection(self.transport)

    def establish(self) -> None:
        self.protocol.dataReceived(message(OPEN, OPENING) + KEEPALIVE_MESSAGE)
        self.assertEqual(self.peer.state, "ESTABLISHED")
        self.clock.advance(0)

    def lose(self) -> None:
        """The connection ends."""
        self.protocol.connectionLost(Failure(ConnectionDone()))


class ReceivingTests(ProtocolTestCase):
    """Octets become messages, in whatever pieces they come."""

    def test_it_drives_a_session(self) -> None:
        self.assertTrue(verifyObject(ISessionDriver, self.protocol))

    def test_addresses_are_those_of_the_connection(self) -> None:
        self.assertEqual((self.protocol.local_address, self.protocol.peer_address), ("192.0.2.1", "192.0.2.2"))

    def test_a_session_comes_up_in_one_piece(self) -> None:
        self.establish()
        self.assertEqual(self.transport.kinds(), [OPEN, KEEPALIVE, UPDATE])

    def test_a_session_comes_up_octet_by_octet(self) -> None:
        for octet in message(OPEN, OPENING) + KEEPALIVE_MESSAGE + message(UPDATE, announcement()):
            self.protocol.dataReceived(bytes((octet,)))
        self.assertEqual((self.peer.state, self.peer.counters.received[UPDATE]), ("ESTABLISHED", 1))

    def test_a_wrong_header_is_answered_after_the_messages_before_it(self) -> None:
        self.establish()
        self.transport.clear()
        self.protocol.dataReceived(message(UPDATE, announcement()) + bytes(19))
        self.assertEqual(self.transport.messages(), [(NOTIFICATION, b"\1\1")])
        self.assertEqual(self.peer.totals.received[UPDATE], 1)

    def test_a_length_beyond_the_limit_is_answered_before_anything_of_it_came(self) -> None:
        self.establish()
        self.transport.clear()
        self.protocol.dataReceived(b"\xff" * 16 + b"\xff\xff\2")
        self.assertEqual(self.transport.messages(), [(NOTIFICATION, b"\1\2\xff\xff")])

    def test_a_longer_message_is_taken_once_the_limit_is_raised(self) -> None:
        self.establish()
        self.protocol.set_limit(65535)
        self.protocol.dataReceived(message(255, bytes(60000)))
        self.assertEqual(self.transport.kinds()[-1], NOTIFICATION)
        self.assertEqual(self.world.downs(), ["notification sent (1,0)"])

    def test_nothing_is_heard_after_the_end(self) -> None:
        self.establish()
        self.protocol.dataReceived(message(255, b"") + message(UPDATE, announcement()))
        self.transport.clear()
        self.protocol.dataReceived(message(UPDATE, announcement()))
        self.assertEqual((self.transport.value(), self.peer.totals.received[UPDATE]), (b"", 0))

    def test_a_lost_connection_ends_the_session(self) -> None:
        self.establish()
        self.lose()
        self.assertEqual((self.world.downs(), len(self.connections)), (["closing connection"], 0))


class ClosingTests(ProtocolTestCase):
    """Last words are given time to arrive."""

    def test_our_side_is_closed_first(self) -> None:
        self.establish()
        self.transport.clear()
        self.peer.stop()
        self.assertEqual(self.transport.kinds(), [NOTIFICATION])
        self.assertEqual((self.transport.half_closed, self.transport.disconnecting), (True, False))

    def test_the_peer_closes_its_side(self) -> None:
        self.establish()
        self.peer.stop()
        self.lose()
        self.assertEqual((self.clock.getDelayedCalls(), len(self.connections)), ([], 0))

    def test_a_peer_that_does_not_is_cut_off(self) -> None:
        self.establish()
        self.peer.stop()
        self.assertFalse(self.transport.aborted)
        self.clock.advance(LINGER)
        self.assertTrue(self.transport.aborted)

    def test_nothing_is_written_after_the_end(self) -> None:
        self.establish()
        self.peer.stop()
        self.transport.clear()
        self.protocol.send(KEEPALIVE_MESSAGE)
        self.protocol.send_many([KEEPALIVE_MESSAGE])
        self.protocol.close()
        self.assertEqual(self.transport.value(), b"")

    def test_the_end_of_all_can_be_waited_for(self) -> None:
        drained: list[Any] = []
        self.establish()
        self.connections.drained().addCallback(drained.append)
        self.peer.stop()
        self.assertEqual(drained, [])
        self.lose()
        self.assertEqual(drained, [None])
        self.connections.drained().addCallback(drained.append)
        self.assertEqual(drained, [None, None])


class FlowTests(ProtocolTestCase):
    """The transport says when it is full, and the session when it does not want to read."""

    def test_a_full_transport_holds_routes_back(self) -> None:
        self.establish()
        self.transport.producer.pauseProducing()
        self.assertTrue(self.world.outgoing.is_behind(1))
        self.transport.producer.resumeProducing()
        self.assertFalse(self.world.outgoing.is_behind(1))

    def test_reading_stops_and_goes_on(self) -> None:
        self.establish()
        self.peer.pause_reading()
        self.assertEqual(self.transport.producerState, "paused")
        self.peer.resume_reading()
        self.assertEqual(self.transport.producerState, "producing")

    def test_a_session_that_was_not_read_is_closed_like_others(self) -> None:
        self.establish()
        self.peer.pause_reading()
        self.peer.stop()
        self.assertEqual(self.transport.producerState, "producing")

    def test_octets_that_left_restart_the_send_hold_timer(self) -> None:
        self.establish()
        for _ in range(20):
            self.clock.advance(60)
            self.protocol.dataReceived(KEEPALIVE_MESSAGE)
            self.protocol.written(1)
        self.assertEqual(self.peer.state, "ESTABLISHED")


class FailureTests(ProtocolTestCase):
    """What breaks, breaks one connection."""

    def fail(self, *arguments: object) -> None:  # type: ignore[override]
        raise ZeroDivisionError("broken on purpose")

    def test_an_error_of_ours_ends_this_connection_alone(self) -> None:
        self.establish()
        self.sink_fails()
        self.protocol.dataReceived(message(UPDATE, announcement()))
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 2)
        self.assertTrue(self.transport.aborted)

    def sink_fails(self) -> None:
        self.world.sink.publish = self.fail  # type: ignore[method-assign]

    def test_an_error_while_connecting_ends_this_connection_alone(self) -> None:
        self.lose()
        self.clock.advance(0)
        self.sink_fails()
        self.connect()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 2)
        self.assertTrue(self.transport.aborted)

    def test_an_error_when_the_connection_is_lost_is_logged(self) -> None:
        self.establish()
        self.sink_fails()
        self.lose()
        self.assertEqual((len(self.flushLoggedErrors(ZeroDivisionError)), len(self.connections)), (1, 0))

    def test_an_error_when_the_transport_takes_more_ends_this_connection_alone(self) -> None:
        self.establish()
        self.sink_fails()
        self.world.outgoing.resume = self.fail  # type: ignore[method-assign]
        self.transport.producer.resumeProducing()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 2)
        self.assertTrue(self.transport.aborted)


class FactoryTests(ProtocolTestCase):
    """Attempts that fail, and connections that others open."""

    def test_a_failed_attempt_is_reported_in_one_line(self) -> None:
        self.lose()
        self.clock.advance(0)
        factory = BGPClientFactory(self.connections, self.peer)
        factory.clientConnectionFailed(None, Failure(ConnectionRefusedError(111, "Connection refused")))
        self.assertEqual(self.peer.last_error, "no connection: Connection refused")

    def test_the_text_of_a_failure_is_short(self) -> None:
        self.assertEqual(failure_text(Failure(TimeoutError())), "nobody answered")
        self.assertEqual(failure_text(Failure(Malformed("why"))), "why")

    def test_a_cancelled_attempt_reports_nothing(self) -> None:
        factory = BGPClientFactory(self.connections, self.peer)
        factory.peer = None
        factory.clientConnectionFailed(None, Failure(ConnectionRefusedError()))
        self.assertIsNone(factory.buildProtocol(None))

    def serve(self, find: Any) -> None:
        """Somebody connects."""
        self.protocol = BGPServerFactory(self.connections, find).buildProtocol(None)
        self.transport = Transport()
        self.protocol.makeConnection(self.transport)

    def test_a_stranger_is_closed_without_a_word(self) -> None:
        self.serve(lambda local, port, remote: None)
        self.assertEqual((self.transport.value(), self.transport.disconnecting), (b"", True))
        self.protocol.dataReceived(message(OPEN, OPENING))
        self.assertEqual(self.transport.value(), b"")

    def test_who_is_refused_hears_why_and_our_side_is_closed(self) -> None:
        octets = message(OPEN, OPENING) + message(NOTIFICATION, b"\6\5")
        self.serve(lambda local, port, remote: Refusal("", octets))
        self.assertEqual((self.transport.value(), self.transport.half_closed), (octets, True))
        self.protocol.dataReceived(message(OPEN, OPENING))
        self.assertEqual(self.transport.value(), octets)
        self.clock.advance(LINGER)
        self.assertTrue(self.transport.aborted)

    def test_who_is_refused_without_a_word_is_closed_at_once(self) -> None:
        self.serve(lambda local, port, remote: Refusal(""))
        self.assertEqual((self.transport.value(), self.transport.disconnecting), (b"", True))

    def test_only_so_many_at_a_time_hear_why(self) -> None:
        served: list[tuple[Any, Transport]] = []
        for _ in range(FAREWELLS + 1):
            self.serve(lambda local, port, remote: Refusal("", message(NOTIFICATION, b"\6\5")))
            served.append((self.protocol, self.transport))
        self.assertEqual([transport.half_closed for _, transport in served], [True] * FAREWELLS + [False])
        self.assertEqual(served[-1][1].value(), b"")
        for protocol, _ in served:
            protocol.connectionLost(Failure(ConnectionDone()))
        self.serve(lambda local, port, remote: Refusal("", message(NOTIFICATION, b"\6\5")))
        self.assertTrue(self.transport.half_closed)

    def test_the_connection_of_a_neighbor_becomes_its_session(self) -> None:
        self.lose()
        asked: list[tuple[str, int, str]] = []

        def find(local: str, port: int, remote: str) -> Any:
            asked.append((local, port, remote))
            return self.peer

        self.serve(find)
        self.assertEqual(asked, [("192.0.2.1", 179, "192.0.2.2")])
        self.establish()

    def test_a_neighbor_that_was_stopped_is_closed_without_a_word(self) -> None:
        self.peer.stop()
        self.serve(lambda local, port, remote: self.peer)
        self.assertEqual((self.transport.value(), self.transport.disconnecting), (b"", True))
