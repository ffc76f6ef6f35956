"""A BGP peer made of octets: it speaks as the tests want, well or badly, and shares no code with the daemon."""

import struct
from collections.abc import Iterable
from typing import Final

from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from daemon import until

OPEN: Final = 1
UPDATE: Final = 2
NOTIFICATION: Final = 3
KEEPALIVE: Final = 4

MARKER: Final = b"\xff" * 16
IPV4_UNICAST: Final = bytes((1, 4, 0, 1, 0, 1))
IPV6_UNICAST: Final = bytes((1, 4, 0, 2, 0, 1))
END_OF_RIB: Final = b"\0\0\0\0"


def message(kind: int, body: bytes = b"") -> bytes:
    """A whole message around `body`."""
    return MARKER + struct.pack("!HB", 19 + len(body), kind) + body


def opening(
    asn: int = 65001,
    hold_time: int = 9,
    identifier: str = "10.0.0.2",
    version: int = 4,
    capabilities: Iterable[bytes] = (IPV4_UNICAST,),
) -> bytes:
    """An OPEN message; the capability for four-octet AS numbers is added."""
    listed = b"".join((*capabilities, struct.pack("!BBI", 65, 4, asn)))
    parameters = bytes((2, len(listed))) + listed
    octets = bytes(int(part) for part in identifier.split("."))
    return message(OPEN, struct.pack("!BHH4sB", version, asn, hold_time, octets, len(parameters)) + parameters)


def update(prefix: str, asn: int = 65001, next_hop: str = "192.0.2.1", extra: bytes = b"") -> bytes:
    """An UPDATE that announces one IPv4 prefix whose length is a multiple of eight; `extra` are more attributes."""
    address, _, length = prefix.partition("/")
    nlri = bytes((int(length), *(int(part) for part in address.split("."))))[: 1 + int(length) // 8]
    path = struct.pack("!BBBBBI", 0x40, 2, 6, 2, 1, asn)
    hop = bytes((0x40, 3, 4, *(int(part) for part in next_hop.split("."))))
    attributes = bytes((0x40, 1, 1, 0)) + path + hop + bytes((0x40, 5, 4, 0, 0, 0, 100)) + extra
    return message(UPDATE, struct.pack("!HH", 0, len(attributes)) + attributes + nlri)


class Conversation(Protocol):
    """One connection with the daemon: `messages` are all that came, as pairs of type and body."""

    def __init__(self) -> None:
        self.messages: list[tuple[int, bytes]] = []
        self.lost = False
        self._octets = b""
        self._read = 0
        self._keepalives = LoopingCall(self.send, message(KEEPALIVE))

    def dataReceived(self, data: bytes) -> None:
        self._octets += data
        while len(self._octets) >= 19:
            length, kind = struct.unpack("!HB", self._octets[16:19])
            if len(self._octets) < length:
                break
            self.messages.append((kind, self._octets[19:length]))
            self._octets = self._octets[length:]

    def connectionLost(self, reason: Failure) -> None:
        self.lost = True
        self.keep_alive(0)

    def send(self, octets: bytes) -> None:
        self.transport.write(octets)

    def close(self) -> None:
        self.transport.abortConnection()

    def keep_alive(self, hold_time: int) -> None:
        """Send keepalives as `hold_time` demands, from now on; 0 ends them."""
        if self._keepalives.running:
            self._keepalives.stop()
        if hold_time:
            self._keepalives.start(hold_time / 3)

    def count(self, kind: int) -> int:
        """How many messages of that type came so far."""
        return sum(1 for arrived, _ in self.messages if arrived == kind)

    async def receive(self, kind: int, within: float = 15.0) -> bytes:
        """The body of the next message of that type; others before it are skipped."""

        def find() -> list[bytes]:
            while self._read < len(self.messages):
                arrived, body = self.messages[self._read]
                self._read += 1
                if arrived == kind:
                    return [body]
            assert not self.lost, f"the connection ended before a message of type {kind}"
            return []

        return (await until(find, f"a message of type {kind}", within))[0]

    async def establish(self, hold_time: int = 9, octets_at_a_time: int = 0) -> None:
        """Answer the OPEN which the daemon sent, and wait for its KEEPALIVE."""
        await self.receive(OPEN)
        answer = opening(hold_time=hold_time) + message(KEEPALIVE)
        step = octets_at_a_time or len(answer)
        self.transport.setTcpNoDelay(True)
        for at in range(0, len(answer), step):
            self.send(answer[at : at + step])
            await until(lambda: True, "a turn of the reactor")
        await self.receive(KEEPALIVE)

    async def updates(self, number: int, within: float = 15.0) -> list[bytes]:
        """The bodies of the first `number` UPDATEs, End-of-RIB markers left out."""

        def enough() -> list[bytes]:
            bodies = [body for kind, body in self.messages if kind == UPDATE and body != END_OF_RIB]
            return bodies if len(bodies) >= number else []

        return await until(enough, f"{number} updates", within)


class Listener(Factory):
    """A port of the loopback network that the daemon connects to; `connections` are all that it made."""

    protocol = Conversation
    noisy = False

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.address = address
        self.connections: list[Conversation] = []
        self._taken = 0
        self._listening = reactor.listenTCP(0, self, interface=address)
        self.port: int = self._listening.getHost().port

    def buildProtocol(self, address: IAddress) -> Conversation:
        self.connections.append(Conversation())
        return self.connections[-1]

    async def connection(self, within: float = 20.0) -> Conversation:
        """The next connection, once the daemon has made it."""
        await until(lambda: len(self.connections) > self._taken, "the daemon connects", within)
        self._taken += 1
        return self.connections[self._taken - 1]

    async def established(self, hold_time: int = 9) -> Conversation:
        """The next connection, with the session up and kept alive."""
        conversation = await self.connection()
        await conversation.establish(hold_time)
        conversation.keep_alive(hold_time)
        return conversation

    async def close(self) -> None:
        for conversation in self.connections:
            if not conversation.lost:
                conversation.close()
        await self._listening.stopListening()


async def connect(port: int, source: str = "127.0.0.1") -> Conversation:
    """A connection from the address `source` to a daemon that listens on 127.0.0.1."""
    endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", port, bindAddress=(source, 0))
    found: Conversation = await endpoint.connect(Factory.forProtocol(Conversation))
    return found
