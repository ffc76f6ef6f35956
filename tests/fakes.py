"""Stand-ins for whatever the core reaches outwards: each provides its interface and remembers what was asked of it."""

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.task import Clock
from zope.interface import implementer

from bgptwist.interfaces import IConnecting, IEventSink, INetwork, ISessionDriver, ITap, IUpdateWriter
from bgptwist.wire.framing import HEADER, Framer

EVENTS = frozenset(
    [
        "neighbor-changes",
        "fsm",
        "negotiated",
        "signal",
        *(
            f"{direction}-{kind}"
            for direction in ("send", "receive")
            for kind in ("open", "update", "notification", "keepalive", "refresh", "operational", "unknown")
        ),
    ]
)
"""Every word of interest."""


@implementer(ISessionDriver)
class RecordingDriver:
    """A connection that goes nowhere: `sent` holds whole messages."""

    def __init__(self, local_address: str = "192.0.2.1", peer_address: str = "192.0.2.2") -> None:
        self.local_address = local_address
        self.peer_address = peer_address
        self.sent: list[bytes] = []
        self.given = 0
        self.taken = 0
        self.closed = False
        self.aborted = False
        self.reading = True
        self.limit = 4096

    @property
    def messages(self) -> list[tuple[int, bytes]]:
        """Type and body of what was sent."""
        return [(octets[HEADER - 1], octets[HEADER:]) for octets in self.sent]

    @property
    def kinds(self) -> list[int]:
        """The types of what was sent."""
        return [kind for kind, _ in self.messages]

    def send(self, octets: bytes) -> None:
        assert not self.closed, "nothing can be sent on a closed connection"
        self.given += len(octets)
        self.sent.append(octets)

    def send_many(self, messages: Sequence[bytes]) -> None:
        for octets in messages:
            self.send(octets)

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True

    def set_limit(self, octets: int) -> None:
        self.limit = octets

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


@implementer(IConnecting)
class FakeConnecting:
    """An attempt whose outcome the test decides."""

    def __init__(self, peer: Any) -> None:
        self.peer = peer
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True

    def succeed(self, driver: ISessionDriver | None = None) -> Any:
        """The connection comes up; gives its driver."""
        driver = driver or RecordingDriver()
        self.peer.connected(driver)
        return driver

    def fail(self, reason: str = "Connection refused") -> None:
        """The connection does not come up."""
        self.peer.connect_failed(reason)


@implementer(INetwork)
class FakeNetwork:
    """A network in which every attempt waits for the test."""

    def __init__(self) -> None:
        self.attempts: list[FakeConnecting] = []

    def connect(self, peer: object) -> FakeConnecting:
        self.attempts.append(FakeConnecting(peer))
        return self.attempts[-1]


@implementer(IEventSink)
class RecordingSink:
    """Remembers events; `wanted` are the words of interest, all of them unless said otherwise."""

    def __init__(self, wanted: frozenset[str] = EVENTS) -> None:
        self.events: list[Any] = []
        self.wanted = wanted

    def publish(self, event: object) -> None:
        self.events.append(event)

    def interest(self, name: str) -> frozenset[str]:
        return self.wanted

    def of(self, kind: type) -> list[Any]:
        """The events of one class."""
        return [event for event in self.events if isinstance(event, kind)]


@implementer(ITap)
class RecordingTap:
    """Remembers messages as (neighbor, direction, type, body)."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, int, bytes]] = []

    def message(self, name: str, direction: str, kind: int, body: bytes) -> None:
        self.seen.append((name, direction, kind, body))


@implementer(IUpdateWriter)
class RecordingWriter:
    """Remembers the messages of the Adj-RIB-Out."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write_updates(self, messages: Sequence[bytes]) -> None:
        self.written.extend(messages)


@implementer(ISessionDriver)
class MemoryDriver:
    """One end of a connection through memory: what is sent arrives at the other end in a later turn of the clock."""

    def __init__(self, clock: Clock, owner: Any, local_address: str, peer_address: str) -> None:
        self.local_address = local_address
        self.peer_address = peer_address
        self.other: MemoryDriver | None = None
        self.given = 0
        self.taken = 0
        self.owner = owner
        self.framer = Framer()
        self.open = True
        self._clock = clock

    def _later(self, call: Callable[..., object], *arguments: object) -> None:
        self._clock.callLater(0, call, *arguments)

    def arrive(self, octets: bytes) -> None:
        """Octets came from the other end."""
        if self.open:
            for kind, body in self.framer.feed(octets):
                self.owner.received(self, kind, body)
            if self.framer.fault is not None:
                self.owner.malformed(self, self.framer.fault)

    def lose(self) -> None:
        """The other end was closed."""
        if self.open:
            self.open = False
            self.owner.disconnected(self, "Connection was closed cleanly.")

    def send(self, octets: bytes) -> None:
        if self.open and self.other is not None:
            self.given += len(octets)
            self._later(self.other.arrive, octets)
            self._later(self._take, len(octets))

    def _take(self, count: int) -> None:
        self.taken += count
        self.owner.written(self)

    def send_many(self, messages: Sequence[bytes]) -> None:
        self.send(b"".join(messages))

    def close(self) -> None:
        if self.open and self.other is not None:
            self.open = False
            self._later(self.other.lose)

    def abort(self) -> None:
        self.close()

    def set_limit(self, octets: int) -> None:
        self.framer.limit = octets

    def pause_reading(self) -> None:
        raise NotImplementedError("memory has no flow control")

    def resume_reading(self) -> None:
        raise NotImplementedError("memory has no flow control")


def connect(clock: Clock, ours: FakeConnecting, theirs: Any, addresses: tuple[str, str]) -> None:
    """Complete our attempt with a connection through memory that the other peer accepts."""
    near = MemoryDriver(clock, ours.peer, addresses[0], addresses[1])
    far = MemoryDriver(clock, theirs, addresses[1], addresses[0])
    near.other, far.other = far, near
    if theirs.accept(far):
        ours.peer.connected(near)
    else:
        ours.fail()
