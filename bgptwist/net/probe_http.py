"""The probe of HTTP and HTTPS: one GET, whose status and body are looked at (RFC 9110).

Twisted's client is not small, so that this module is imported when a configuration has such a probe.
"""

from typing import Any, Final
from urllib.parse import urlsplit

from OpenSSL.SSL import Connection, Context
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.internet.protocol import Protocol
from twisted.internet.ssl import CertificateOptions, optionsForClientTLS
from twisted.python.failure import Failure
from twisted.web.client import Agent, HTTPConnectionPool, ResponseDone, _HTTP11ClientFactory
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from bgptwist.net.probes import Verdict, because
from bgptwist.settings.model import HttpProbe

MOST: Final = 1 << 20
"""Octets of a body that are looked at."""


class Quiet(_HTTP11ClientFactory):
    """Connections that are not logged."""

    noisy = False


class Pool(HTTPConnectionPool):
    """Connections for one question."""

    _factory = Quiet


@implementer(IOpenSSLClientConnectionCreator)
class Unchecked:
    """TLS with whatever certificate the server has."""

    def __init__(self, name: str) -> None:
        self._name = name.encode("ascii")
        self._context: Context = CertificateOptions(verify=False).getContext()

    def clientConnectionForTLS(self, tlsProtocol: object) -> Connection:
        connection = Connection(self._context, None)
        connection.set_tlsext_host_name(self._name)
        return connection


@implementer(IPolicyForHTTPS)
class Policy:
    """Whose certificate is wanted: that of `name`, or of the host in the URL; nobody's when it is `insecure`."""

    def __init__(self, name: str, insecure: bool) -> None:
        self._name = name
        self._insecure = insecure

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:
        name = self._name or hostname.decode("ascii")
        return Unchecked(name) if self._insecure else optionsForClientTLS(name)


class Body(Protocol):
    """Looks for a text in a body; what is beyond the bound is not waited for."""

    def __init__(self, wanted: bytes) -> None:
        self.found: Deferred[bool] = Deferred(self._cancel)
        self._wanted = wanted
        self._rest = b""
        self._size = 0

    def dataReceived(self, data: bytes) -> None:
        self._size += len(data)
        seen = self._rest + data
        self._rest = seen[-len(self._wanted) :]
        if self._wanted in seen:
            self._end(True)
        elif self._size > MOST:
            self._end(False)

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        if reason.check(ResponseDone, PotentialDataLoss) or self.found.called:
            self._end(False)
        else:
            self.found.errback(reason)

    def _cancel(self, _: object) -> None:
        transport: Any = self.transport
        transport.loseConnection()

    def _end(self, found: bool) -> None:
        if not self.found.called:
            self.found.callback(found)
            transport: Any = self.transport
            transport.loseConnection()


class Ignored(Protocol):
    """The rest of an answer is of no use."""

    def connectionMade(self) -> None:
        transport: Any = self.transport
        transport.loseConnection()


def http(settings: HttpProbe, reactor: Any) -> "Deferred[Verdict]":
    """Ask once; redirections are an answer like any other."""
    parts = urlsplit(settings.url)
    pool = Pool(reactor, persistent=False)  # type: ignore[no-untyped-call]
    name = urlsplit(f"//{settings.host}").hostname or ""
    agent = Agent(reactor, Policy(name, settings.insecure), pool=pool)
    headers = {"User-Agent": ["bgptwist"], "Accept": ["*/*"]}
    if settings.host:
        port = f":{parts.port}" if parts.port else ""
        headers["Host"] = [settings.host if ":" in settings.host else f"{settings.host}{port}"]
    url = parts._replace(fragment="").geturl().encode("ascii")
    # a name that no certificate can have is refused within the call
    asking: Deferred[Any] = maybeDeferred(agent.request, b"GET", url, Headers(headers))
    asking.addCallback(judge, settings)
    return asking.addErrback(lambda failure: Verdict(False, reason(failure)))


def judge(response: Any, settings: HttpProbe) -> Any:
    """Whether the status and the body are what is wanted."""
    lowest, highest = settings.expect
    if not lowest <= response.code <= highest:
        response.deliverBody(Ignored())
        wanted = f"{lowest}" if lowest == highest else f"{lowest} to {highest}"
        return Verdict(False, f"status {response.code}, expected {wanted}")
    if not settings.contains:
        response.deliverBody(Ignored())
        return Verdict(True, f"status {response.code}")
    body = Body(settings.contains.encode())
    found = body.found
    response.deliverBody(body)
    return found.addCallback(told, response.code, settings.contains)


def told(found: bool, status: int, wanted: str) -> Verdict:
    """Whether the text was in the body."""
    return Verdict(found, f"status {status}{'' if found else f', without {wanted!r}'}")


def reason(failure: Failure) -> str:
    """Why there was no answer: what Twisted gives is a list of reasons, of which the first tells most."""
    reasons = getattr(failure.value, "reasons", None)
    return because(reasons[0] if reasons else failure)
