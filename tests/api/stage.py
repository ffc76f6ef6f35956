"""A small daemon without a reactor for tests of bgptwist.api: neighbors, a dispatcher, callers that remember."""

from collections.abc import Collection, Sequence
from typing import Any

from twisted.internet.task import Clock
from zope.interface import implementer

from bgptwist.api.answers import Conversation
from bgptwist.api.call import Control
from bgptwist.api.dispatcher import Dispatcher
from bgptwist.interfaces import ICaller
from bgptwist.settings.model import ApiSettings, Environment, NeighborSettings
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.speaker import Speaker
from bgptwist.wire.capabilities.asn4 import Asn4
from bgptwist.wire.capabilities.multiprotocol import MultiProtocol
from bgptwist.wire.capabilities.route_refresh import RouteRefresh
from bgptwist.wire.families.inet import IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.kinds import CapabilityValue
from bgptwist.wire.messages.open import Open
from tests.fakes import FakeNetwork, RecordingDriver, RecordingSink

NOW = 1795334453.5
KEEPALIVE, OPEN = 4, 1


@implementer(ICaller)
class Caller:
    """A helper that reads everything."""

    def __init__(self, name: str = "h", encoder: str = "text") -> None:
        self.name = name
        self.encoder = encoder
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        self.lines.append(line)

    def read(self) -> list[str]:
        """What was written since this was asked last."""
        lines, self.lines = self.lines, []
        return lines


class QuietDaemon:
    """Remembers what it was asked to do."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.created: list[NeighborSettings] = []
        self.deleted: list[list[str]] = []

    def shutdown(self) -> None:
        self.asked.append("shutdown")

    def reload(self) -> None:
        self.asked.append("reload")

    def restart(self) -> None:
        self.asked.append("restart")

    def create(self, neighbor: NeighborSettings) -> None:
        self.created.append(neighbor)

    def delete(self, names: Collection[str]) -> None:
        self.deleted.append(sorted(names))

    def helpers_known(self) -> list[str]:
        return ["h", "other"]


def neighbor(address: str, peer_as: int = 65001, **named: Any) -> NeighborSettings:
    """A neighbor which the helper `h` may command."""
    named.setdefault("api", (ApiSettings(processes=("h",)),))
    return NeighborSettings(
        address,
        local_address="127.0.0.1",
        router_id="1.2.3.4",
        local_as=65000,
        peer_as=peer_as,
        hold_time=90,
        families=(IPV4_UNICAST, IPV6_UNICAST),
        **named,
    )


NEIGHBORS = (neighbor("127.0.0.1"), neighbor("127.0.0.2", 65002))


class Stage:
    """The daemon."""

    def __init__(self, *neighbors: NeighborSettings, **environment: Any) -> None:
        self.clock = Clock()
        self.network = FakeNetwork()
        self.sink = RecordingSink()
        self.daemon = QuietDaemon()
        self.logged: list[str] = []
        self.environment = Environment(**environment)
        self.speaker = Speaker(
            self.clock, self.network, self.sink, self.environment, self.logged.append, "0.1.0", lambda: NOW
        )
        self.speaker.add(neighbors or NEIGHBORS)
        self.control = Control(
            self.speaker,
            self.daemon,
            self.environment,
            "0.1.0",
            lambda: NOW + self.clock.seconds(),
            lambda level, text: self.logged.append(f"{level}: {text}"),
        )
        self.dispatcher = Dispatcher(self.control)
        self.caller = Caller()
        self.conversation = self.dispatcher.converse(self.caller)

    def peer(self, address: str = "127.0.0.1") -> Peer:
        """The neighbor with that address."""
        return next(peer for peer in self.speaker.peers.values() if peer.settings.peer_address == address)

    def establish(self, address: str = "127.0.0.1", capabilities: Sequence[CapabilityValue] = ()) -> RecordingDriver:
        """Bring up the session with a neighbor that has these capabilities, too; gives its connection."""
        peer = self.peer(address)
        self.clock.advance(0)
        attempt = next(attempt for attempt in self.network.attempts if attempt.peer is peer)
        driver: RecordingDriver = attempt.succeed(RecordingDriver("127.0.0.1", address))
        families = MultiProtocol([(1, 1)])
        offered = [families, Asn4(peer.settings.peer_as or 0), RouteRefresh(), *capabilities]
        answer = Open(4, peer.settings.peer_as or 0, 90, bytes((9, 9, 9, 9)), offered)
        peer.received(driver, OPEN, answer.octets())
        peer.received(driver, KEEPALIVE, b"")
        self.settle()
        return driver

    def settle(self) -> None:
        """Let everything happen that is due."""
        for _ in range(5):
            self.clock.advance(0)

    def say(self, *lines: str, conversation: Conversation | None = None) -> list[str]:
        """Give commands; what was answered."""
        for line in lines:
            stream = self.dispatcher.command(conversation or self.conversation, line)
            for text in stream or ():
                if isinstance(text, str):
                    self.caller.write(text)
        self.settle()
        return self.caller.read()

    def routes(self, address: str = "127.0.0.1") -> list[str]:
        """What a neighbor is told, as prefixes."""
        found = self.speaker.routes_out(self.peer(address).member)
        return [route.family.words(route.nlri) for _, route in found]
