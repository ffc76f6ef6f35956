"""Outgoing BGP connections, whose sockets have their options before they connect (RFC 2385, RFC 5082)."""

import socket
from typing import Any, Final

from twisted.internet import tcp
from twisted.internet.error import ConnectionLost
from zope.interface import implementer

from bgptwist.interfaces import IConnecting, INetwork
from bgptwist.net.bgp import BGPClientFactory, Connections
from bgptwist.net.sockets import prepare_outgoing
from bgptwist.settings.model import NeighborSettings
from bgptwist.speaker.peer import Peer

TIMEOUT: Final = 30.0
"""Seconds a connection may take to come up."""


class Watched:
    """A transport that tells its protocol when TCP took octets, which the send hold timer wants to know."""

    protocol: Any

    def writeSomeData(self, data: bytes) -> int | ConnectionLost:
        """Hand octets to TCP; how many it took, or what went wrong."""
        taken: int | ConnectionLost = super().writeSomeData(data)  # type: ignore[misc]
        if isinstance(taken, int) and taken > 0:
            self.protocol.written(taken)
        return taken


class BGPClient(Watched, tcp.Client):
    """The transport of a connection that we open."""

    def __init__(self, connector: "BGPConnector") -> None:
        self.settings = connector.settings
        tcp.Client.__init__(self, connector.host, connector.port, connector.bindAddress, connector, connector.reactor)

    def createInternetSocket(self) -> socket.socket:
        """A socket with the neighbor's options; Twisted reports an OSError from here as a failed connection."""
        handle: socket.socket = tcp.Client.createInternetSocket(self)
        try:
            prepare_outgoing(handle, self.settings)
        except OSError:
            handle.close()
            raise
        return handle


class BGPConnector(tcp.Connector):
    """Makes BGPClients: the reactor's connectTCP has no place for options that come before the connection."""

    def __init__(self, settings: NeighborSettings, factory: BGPClientFactory, reactor: Any) -> None:
        source = settings.md5_ip or settings.local_address
        self.settings = settings
        super().__init__(
            settings.peer_address, settings.connect, factory, TIMEOUT, (source, 0) if source else None, reactor
        )

    def _makeTransport(self) -> tcp.Client:
        return BGPClient(self)


@implementer(IConnecting)
class Connecting:
    """An attempt that is under way."""

    def __init__(self, connector: BGPConnector, factory: BGPClientFactory) -> None:
        self._connector = connector
        self._factory = factory

    def cancel(self) -> None:
        """Stop trying; nothing is reported any more."""
        if self._factory.peer is not None:
            self._factory.peer = None
            self._connector.disconnect()


@implementer(INetwork)
class Network:
    """Opens connections through the reactor, any that Twisted has for POSIX."""

    def __init__(self, reactor: Any, connections: Connections) -> None:
        self._reactor = reactor
        self._connections = connections

    def connect(self, peer: object) -> IConnecting:
        """Connect to a Peer, which is told of the outcome in a later turn of the reactor."""
        assert isinstance(peer, Peer)
        factory = BGPClientFactory(self._connections, peer)
        connector = BGPConnector(peer.settings, factory, self._reactor)
        connector.connect()
        return Connecting(connector, factory)
