"""A probe of a health check that connects."""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.protocol import Factory, Protocol

from bgptwist.net.probes import Verdict, because
from bgptwist.settings.model import TcpProbe


class Quiet(Factory):
    """Connections that are not logged."""

    noisy = False


def tcp(settings: TcpProbe, reactor: Any) -> "Deferred[Verdict]":
    """Connect, and close at once."""
    endpoint = HostnameEndpoint(reactor, settings.host, settings.port)
    connecting: Deferred[Any] = endpoint.connect(Quiet.forProtocol(Protocol))

    def connected(protocol: Any) -> Verdict:
        protocol.transport.abortConnection()
        return Verdict(True, "takes connections")

    return connecting.addCallbacks(connected, lambda failure: Verdict(False, because(failure)))
