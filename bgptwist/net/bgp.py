"""A BGP connection as a Twisted protocol: octets in, messages to the Peer; the driver of the Peer's session."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectError, UserError
from twisted.internet.interfaces import IAddress, IConnector, IPushProducer
from twisted.internet.protocol import ClientFactory, Protocol, ServerFactory, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from bgptwist.interfaces import ISessionDriver
from bgptwist.net import sockets
from bgptwist.session.timers import Call, Clock
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.ranges import Refusal
from bgptwist.wire.framing import Framer

LINGER: Final = 2.0
"""Seconds in which the peer can take our last words and close its side."""

FAREWELLS: Final = 50
"""Refused connections that hear why at a time; more are closed without a word."""

Find = Callable[[str, int, str], Peer | Refusal | None]
"""Whose connection it is: our address and port, and the other's address, to a Peer, or why it is nobody's."""


class Connections:
    """The BGP connections there are."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._open: set[BGPProtocol] = set()
        self._waiting: list[Deferred[None]] = []
        self._refused: set[BGPProtocol] = set()

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: "BGPProtocol") -> None:
        """One more."""
        self._open.add(connection)

    def remove(self, connection: "BGPProtocol") -> None:
        """One less."""
        self._open.discard(connection)
        self._refused.discard(connection)
        if not self._open:
            waiting, self._waiting = self._waiting, []
            for deferred in waiting:
                deferred.callback(None)

    def may_part(self, connection: "BGPProtocol") -> bool:
        """Whether a refused connection may stay open until it has heard why."""
        if len(self._refused) < FAREWELLS:
            self._refused.add(connection)
        return connection in self._refused

    def drained(self) -> Deferred[None]:
        """Fires when there is none left.  A closing one takes LINGER seconds at most."""
        deferred: Deferred[None] = Deferred()
        self._waiting.append(deferred)
        if not self._open:
            self._waiting.remove(deferred)
            deferred.callback(None)
        return deferred


@implementer(IPushProducer)
class Valve:
    """Stands for the session at its own transport: hears when the transport is full and when it takes more."""

    def __init__(self, connection: "BGPProtocol") -> None:
        self._connection = connection

    def pauseProducing(self) -> None:
        """The transport is full."""
        self._connection.full()

    def resumeProducing(self) -> None:
        """The transport takes more."""
        self._connection.empty()

    def stopProducing(self) -> None:
        """The connection is lost, which the protocol hears of by itself."""


@implementer(ISessionDriver)
class BGPProtocol(Protocol):
    """One connection; the errors of whatever it calls end it, and it alone.

    `peer` is known from the beginning where we connected, and found by `find` where the other did.
    """

    _log = Logger()

    def __init__(self, connections: Connections, peer: Peer | None, find: Find | None = None) -> None:
        self.local_address = ""
        self.peer_address = ""
        self.given = 0
        self.taken = 0
        self.peer = peer
        self._find = find
        self._connections = connections
        self._framer = Framer()
        self._closing = False
        self._linger: Call | None = None

    # ------------------------------------------------------------------ from Twisted

    def connectionMade(self) -> None:
        """The connection is there: it belongs to a peer, or is closed without a word."""
        self._connections.add(self)
        host, other = self._transport.getHost(), self._transport.getPeer()
        self.local_address, self.peer_address = host.host, other.host
        self._transport.registerProducer(Valve(self), True)
        try:
            if self.peer is not None:
                self.peer.connected(self)
            else:
                self._admit(host.port)
        except Exception:
            self._broken()

    def _admit(self, port: int) -> None:
        """Find out whose connection this is."""
        peer = self._find(self.local_address, port, self.peer_address) if self._find else None
        if isinstance(peer, Refusal):
            self._refuse(peer)
            return
        if peer is None:
            self._log.info("no neighbor is configured for a connection from {address}", address=self.peer_address)
            self._drop()
            return
        try:
            sockets.prepare_accepted(self._transport.getHandle(), peer.settings)
        except sockets.Unsupported as error:
            self._log.error("{address}: {reason}", address=self.peer_address, reason=error.text)
            self._drop()
            return
        self.peer = peer
        if not peer.accept(self):
            self._log.info("a connection from {address} is not wanted now", address=self.peer_address)
            self._drop()

    def _refuse(self, refusal: Refusal) -> None:
        """Say why there is no session, and close."""
        if refusal.reason:
            self._log.info("{reason}", reason=refusal.reason)
        if refusal.octets and self._connections.may_part(self):
            self._transport.write(refusal.octets)
            self.close()
        else:
            self._drop()

    def dataReceived(self, data: bytes) -> None:
        """Octets came: the messages that are complete go to the peer, in order."""
        peer = self.peer
        if self._closing or peer is None:
            return
        try:
            for kind, body in self._framer.feed(data):
                peer.received(self, kind, body)
            if self._framer.fault is not None:
                peer.malformed(self, self._framer.fault)
        except Exception:
            self._broken()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """The connection is gone, by whatever end."""
        self._closing = True
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None
        try:
            if self.peer is not None:
                self.peer.disconnected(self, reason.getErrorMessage())
        except Exception:
            self._log.failure("{address}: internal error", address=self.peer_address)
        finally:
            self._connections.remove(self)

    def written(self, count: int) -> None:
        """The transport handed so many octets to TCP."""
        self.taken += count
        if self.peer is not None and not self._closing:
            self.peer.written(self)

    def full(self) -> None:
        """The transport is full."""
        if self.peer is not None and not self._closing:
            self.peer.paused(self)

    def empty(self) -> None:
        """The transport takes more."""
        try:
            if self.peer is not None and not self._closing:
                self.peer.resumed(self)
        except Exception:
            self._broken()

    def _broken(self) -> None:
        """Something of ours failed: log it, and end this connection alone."""
        self._log.failure("{address}: internal error", address=self.peer_address)
        try:
            if self.peer is not None:
                self.peer.disconnected(self, "internal error")
        except Exception:
            self._log.failure("{address}: internal error while closing", address=self.peer_address)
        self.abort()

    @property
    def _transport(self) -> Any:
        """The transport, for the many methods that no interface of a Protocol's transport names."""
        return self.transport

    # ------------------------------------------------------------------ ISessionDriver

    def send(self, octets: bytes) -> None:
        """Send whole messages."""
        if not self._closing:
            self.given += len(octets)
            self._transport.write(octets)

    def send_many(self, messages: Sequence[bytes]) -> None:
        """Send whole messages with one write."""
        if not self._closing:
            self.given += sum(map(len, messages))
            self._transport.writeSequence(messages)

    def close(self) -> None:
        """Send what is waiting, say that nothing more follows, and wait a little for the other side to close.

        Closing at once, with octets of the peer unread, would reset the connection: TCP would then throw away the
        NOTIFICATION before the peer has read it.
        """
        if self._closing:
            return
        self._closing = True
        self._transport.unregisterProducer()
        self._transport.resumeProducing()
        self._transport.loseWriteConnection()
        self._linger = self._connections.clock.callLater(LINGER, self._give_up)

    def _give_up(self) -> None:
        self._linger = None
        self._transport.abortConnection()

    def _drop(self) -> None:
        """Close a connection on which we have nothing to say."""
        self._closing = True
        self._transport.unregisterProducer()
        self._transport.loseConnection()

    def abort(self) -> None:
        """Close without sending what is waiting."""
        self._closing = True
        self._transport.abortConnection()

    def set_limit(self, octets: int) -> None:
        """The longest message to accept from now on."""
        self._framer.limit = octets

    def pause_reading(self) -> None:
        """Take nothing from the peer for now."""
        if not self._closing:
            self._transport.pauseProducing()

    def resume_reading(self) -> None:
        """Take messages again."""
        if not self._closing:
            self._transport.resumeProducing()


class BGPClientFactory(ClientFactory):
    """Makes the protocol of one attempt to connect, or tells the peer why it failed."""

    noisy = False

    def __init__(self, connections: Connections, peer: Peer) -> None:
        self.peer: Peer | None = peer
        """None when nobody waits for the result any more."""
        self._connections = connections

    def buildProtocol(self, addr: IAddress | None) -> BGPProtocol | None:
        """The connection is there."""
        return None if self.peer is None else BGPProtocol(self._connections, self.peer)

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """The connection cannot be had."""
        if self.peer is not None:
            self.peer.connect_failed(failure_text(reason))


class BGPServerFactory(ServerFactory):
    """Makes the protocols of the connections that others open."""

    noisy = False

    def __init__(self, connections: Connections, find: Find) -> None:
        self._connections = connections
        self._find = find

    def buildProtocol(self, addr: IAddress | None) -> BGPProtocol:
        """Somebody connected."""
        return BGPProtocol(self._connections, None, self._find)


def failure_text(reason: Failure) -> str:
    """Why a connection failed, in one line."""
    error = reason.value
    if isinstance(error, UserError):
        return "nobody answered"
    # Twisted puts the system's words there, or ours where it is a socket's option that failed.
    text = str(error.args[0]) if isinstance(error, ConnectError) and error.args else ""
    return text or reason.getErrorMessage()
