"""Listening for BGP connections: one port for all neighbors that share it, and whose connection it is that comes."""

import socket
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

from twisted.application.service import Service
from twisted.internet import tcp
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.internet.error import CannotListenError
from twisted.logger import Logger

from bgptwist.net import sockets
from bgptwist.net.bgp import BGPServerFactory, Connections, Find
from bgptwist.net.connect import Watched
from bgptwist.settings.model import Environment, NeighborSettings
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.ranges import Refusal

Place = tuple[str, int]
"""An address and a port."""

Key = tuple[str, int | None]
"""A peer's address, or a prefix of peers."""


class Expectation:
    """What a listening port is prepared for: the secrets of peers, and the TTL to answer them with, 0 for any."""

    def __init__(self) -> None:
        self.passwords: dict[Key, sockets.Secret] = {}
        self.ttl = 0


class BGPServer(Watched, tcp.Server):
    """The transport of a connection that the peer opened."""


class BGPPort(tcp.Port):
    """A listening port that knows the MD5 passwords and TCP-AO keys of those it expects.

    A peer whose password the kernel did not take stands in `refused`: it must not be served unsigned.
    """

    transport = BGPServer

    def __init__(self, place: Place, factory: BGPServerFactory, reactor: Any) -> None:
        self.passwords: dict[Key, sockets.Secret] = {}
        self.refused: dict[Key, str] = {}
        self._expected = Expectation()
        super().__init__(place[1], factory, interface=place[0], reactor=reactor)

    def createInternetSocket(self) -> socket.socket:
        """A socket that has the passwords before it listens."""
        handle: socket.socket = tcp.Port.createInternetSocket(self)
        if handle.family == socket.AF_INET6:
            # So that :: and 0.0.0.0 can be listened on side by side.
            handle.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        self._prepare(handle)
        return handle

    def expect(self, expected: Expectation) -> None:
        """From now on these peers must sign, and no others."""
        self._expected = expected
        if self.connected:
            self._prepare(self.socket)

    def _prepare(self, handle: socket.socket) -> None:
        sockets.send_ttl(handle, self._expected.ttl)
        expected = self._expected.passwords
        self.refused = {}
        for key in [*(self.passwords.keys() - expected.keys()), *expected]:
            old, new = self.passwords.get(key), expected.get(key)
            if old != new:
                try:
                    sockets.change_secret(handle, *key, old, new)
                except sockets.Unsupported as error:
                    self.refused[key] = error.text
        self.passwords = {key: value for key, value in expected.items() if key not in self.refused}


class Listeners(Service):
    """All ports that BGP is listened on; `find` says whose connection it is that comes."""

    _log = Logger()

    def __init__(self, reactor: Any, connections: Connections, find: Find) -> None:
        self._reactor = reactor
        self._connections = connections
        self._find = find
        self._wanted: dict[Place, Expectation] = {}
        self._reported: set[str] = set()
        self.ports: dict[Place, BGPPort] = {}

    def expect(self, neighbors: Iterable[NeighborSettings], environment: Environment) -> list[str]:
        """Listen where these neighbors are expected, and nowhere else; what could not be done, one line each."""
        self._wanted = wanted(list(neighbors), environment)
        return self._apply() if self.running else []

    def privilegedStartService(self) -> None:
        """Ports below 1024 are opened while we may."""
        self._report(self._apply())

    def startService(self) -> None:
        """Open what is not open yet."""
        Service.startService(self)
        self._report(self._apply())

    def _report(self, problems: list[str]) -> None:
        """Log what could not be done, once for both starts."""
        for problem in problems:
            if problem not in self._reported:
                self._reported.add(problem)
                self._log.error("{problem}", problem=problem)

    def _apply(self) -> list[str]:
        problems: list[str] = []
        for place in self.ports.keys() - self._wanted.keys():
            maybeDeferred(self.ports.pop(place).stopListening)
        for place, expectation in self._wanted.items():
            port = self.ports.get(place)
            if port is None:
                port = BGPPort(place, BGPServerFactory(self._connections, self._accept), self._reactor)
                port.expect(expectation)
                try:
                    port.startListening()
                except CannotListenError as error:
                    problems.append(f"cannot listen on {place[0]} port {place[1]}: {error.socketError}")
                    continue
                self.ports[place] = port
            else:
                port.expect(expectation)
            problems.extend(port.refused.values())
        return problems

    def _accept(self, local: str, port: int, remote: str) -> Peer | Refusal | None:
        """Whose connection it is, unless it should have been signed and could not be."""
        peer = self._find(local, port, remote)
        if not isinstance(peer, Peer) or sockets.secret_of(peer.settings) is None:
            return peer
        settings = peer.settings if peer.origin is None else peer.origin.settings
        key = (settings.peer_address, settings.prefix_length)
        open_ports = [self.ports[at] for at in self.ports if at[1] == port and (at[0] == local or is_any(at[0]))]
        return peer if any(key in each.passwords for each in open_ports) else None

    def stopService(self) -> Deferred[Any]:
        """Close the ports; connections go on."""
        Service.stopService(self)
        closing = [maybeDeferred(port.stopListening) for port in self.ports.values()]
        self.ports = {}
        return DeferredList(closing)


def wanted(neighbors: list[NeighborSettings], environment: Environment) -> dict[Place, Expectation]:
    """Where to listen, and what is expected there: `tcp.bind` is for all neighbors, `listen` for one.

    The answer to a peer that demands 255 hops must have them from the first packet on, so the port sends with the
    highest TTL of those it expects.
    """
    places = {(address, environment.tcp_port): Expectation() for address in environment.tcp_bind}
    for settings in neighbors:
        if settings.listen:
            places.setdefault((settings.md5_ip or settings.local_address, settings.listen), Expectation())
    for settings in neighbors:
        for (address, port), expectation in places.items():
            if expected(settings, address, port):
                expectation.ttl = max(expectation.ttl, sockets.sent_ttl(settings))
                if secret := sockets.secret_of(settings):
                    expectation.passwords[settings.peer_address, settings.prefix_length] = secret
    return places


def expected(settings: NeighborSettings, address: str, port: int) -> bool:
    """Whether that neighbor may connect to this address and port."""
    ours = settings.md5_ip or settings.local_address
    same_family = (":" in settings.peer_address) is (":" in address)
    return same_family and settings.listen in (0, port) and (not ours or address == ours or is_any(address))


def is_any(address: str) -> bool:
    """Whether listening on that address means on all."""
    return address == "" or ip_address(address).is_unspecified
