"""Two peers with real sockets on the loopback interface, under whatever reactor runs the tests."""

import socket
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall, deferLater
from twisted.trial.unittest import TestCase

from bgptwist.net.bgp import Connections
from bgptwist.net.connect import Network
from bgptwist.net.listen import Listeners
from bgptwist.rib.outgoing import Outgoing
from bgptwist.settings.model import Environment, NeighborSettings
from bgptwist.speaker.contexts import Contexts
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.ranges import Range, Refusal, find
from bgptwist.wire.families.inet import IPV4_UNICAST
from tests.fakes import RecordingSink

HERE = "127.0.0.1"
THERE = "127.0.0.2"

ACTIVE = NeighborSettings(
    peer_address=THERE,
    local_address=HERE,
    router_id="10.0.0.1",
    local_as=65001,
    peer_as=65002,
    families=(IPV4_UNICAST,),
)
"""The side that connects."""

PASSIVE = replace(
    ACTIVE,
    peer_address=HERE,
    local_address=THERE,
    router_id="10.0.0.2",
    local_as=65002,
    peer_as=65001,
    passive=True,
)
"""The side that listens."""


class CountingPeer(Peer):
    """Counts how often TCP took octets."""

    taken = 0

    def written(self, driver: Any) -> None:
        self.taken += 1
        super().written(driver)


def free_port(address: str = THERE) -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


def handle_of(peer: Peer) -> socket.socket:
    """The socket below a peer's session."""
    session = peer.session
    assert session is not None
    driver: Any = session.driver
    handle: socket.socket = driver.transport.getHandle()
    return handle


async def until(check: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until something is true; AssertionError when it is not in time."""
    done: Deferred[None] = Deferred()

    def look() -> None:
        if check() and not done.called:
            done.callback(None)

    looking = LoopingCall(look)
    looking.start(0.01).addErrback(lambda failure: done.called or done.errback(failure))
    limit = reactor.callLater(seconds, lambda: done.called or done.errback(AssertionError("it did not happen")))
    try:
        await done
    finally:
        if looking.running:
            looking.stop()
        if limit.active():
            limit.cancel()


async def pause(seconds: float) -> None:
    """Let the reactor run, to see that something does not happen."""
    await deferLater(reactor, seconds)


class LoopbackTestCase(TestCase):
    """Peers that connect and listen for real; all of it is taken down after the test."""

    def setUp(self) -> None:
        self.port = free_port()
        self.sink = RecordingSink()
        self.lines: list[str] = []
        self.problems: list[str] = []
        self.connections = Connections(reactor)
        self.network = Network(reactor, self.connections)
        self.peers: list[CountingPeer] = []
        self.ranges: list[Range] = []
        self.listeners = Listeners(reactor, self.connections, self.find)

    def tearDown(self) -> Coroutine[Any, Any, None]:
        return self.take_down()

    async def take_down(self) -> None:
        for peer in self.peers:
            peer.stop()
        for each in self.ranges:
            each.halt()
        if self.listeners.running:
            await self.listeners.stopService()
        await self.connections.drained()

    def peer(self, settings: NeighborSettings, environment: Environment | None = None) -> CountingPeer:
        """A peer, not yet started, with tables of its own."""
        peer = CountingPeer(
            settings,
            environment or Environment(),
            1,
            reactor,
            self.network,
            self.sink,
            Outgoing(reactor, lambda member, reason: self.problems.append(reason)),
            Contexts(),
            version="0.1",
            now=reactor.seconds,
            log=self.lines.append,
        )
        self.peers.append(peer)
        return peer

    def find(self, local: str, port: int, remote: str) -> Peer | Refusal | None:
        """Whose connection it is; an address of a range gets a peer of its own."""
        found = find([peer for peer in self.peers if peer.origin is None], local, port, remote)
        if found is None or found.settings.prefix_length is None:
            return found
        self.ranges.append(Range(found, reactor, self.come, self.peers.remove))
        return self.ranges[-1].admit(local, port, remote)

    def come(self, settings: NeighborSettings, origin: Peer) -> Peer:
        """A peer that came from a range."""
        peer = self.peer(settings)
        peer.origin = origin
        peer.start()
        return peer

    def listen(self, *settings: NeighborSettings, environment: Environment | None = None) -> list[str]:
        """Listen for these neighbors; what could not be done."""
        if not self.listeners.running:
            self.listeners.startService()
        return self.listeners.expect(settings, environment or Environment())

    def pair(self, active: NeighborSettings = ACTIVE, passive: NeighborSettings = PASSIVE) -> tuple[Any, Any]:
        """Both sides, started."""
        active, passive = replace(active, connect=self.port), replace(passive, listen=self.port)
        self.assertEqual(self.listen(passive), [])
        one, other = self.peer(active), self.peer(passive)
        other.start()
        one.start()
        return one, other

    async def established(self, *peers: Peer) -> None:
        await until(lambda: all(peer.state == "ESTABLISHED" for peer in peers))
