"""The probe of DNS: one question by UDP, by TCP when the answer is long (RFC 1035, 4.2).

Imported when a configuration has such a probe, because of the resolver of Twisted.
"""

from typing import Any, Final

from twisted.internet.defer import Deferred
from twisted.names import client, dns
from twisted.names.error import DNSNameError, DNSQueryTimeoutError, DNSServerError, DomainError
from twisted.python.failure import Failure

from bgptwist.net.probes import SHOWN, Verdict, because
from bgptwist.settings.model import DnsProbe
from bgptwist.wire.spell import address, printable

TRIES: Final = (1, 2, 5)
"""Seconds after which the question is asked again; how long it may take in all the health check says."""

ADDRESSES: Final = {"A", "AAAA"}


def ask(settings: DnsProbe, reactor: Any) -> "Deferred[Verdict]":
    """Ask a server once."""
    resolver: Any = client.Resolver(servers=[(settings.server, settings.port)], reactor=reactor)
    kind = dns.REV_TYPES[settings.kind]
    asking: Deferred[Any] = resolver.query(dns.Query(settings.name.encode("ascii"), kind, dns.IN), TRIES)
    return asking.addCallbacks(judge, lambda failure: Verdict(False, reason(failure)), (settings, kind))


def judge(found: tuple[list[Any], list[Any], list[Any]], settings: DnsProbe, kind: int) -> Verdict:
    """Whether the answer has a record of the type, and says what it is to say."""
    said = [spelt(record.payload, settings.kind) for record in found[0] if record.type == kind]
    if not said:
        return Verdict(False, f"no {settings.kind} record")
    shown = printable(", ".join(said))[:SHOWN]
    if settings.expect and settings.expect.lower().rstrip(".") not in [each.lower().rstrip(".") for each in said]:
        return Verdict(False, f"answers {shown}, expected {settings.expect}")
    return Verdict(True, f"answers {shown}")


def spelt(payload: Any, kind: str) -> str:
    """What a record says: an address, a name, or texts that are joined."""
    if kind in ADDRESSES:
        return address(payload.address)
    if kind == "TXT":
        return b"".join(payload.data).decode("utf-8", "replace")
    name = getattr(payload, "name", None) or getattr(payload, "target", None) or getattr(payload, "mname", None)
    return name.name.decode("ascii", "replace") if name is not None else kind


def reason(failure: Failure) -> str:
    """Why there is no answer."""
    if failure.check(DNSQueryTimeoutError):
        return "no answer"
    if failure.check(DNSNameError):
        return "there is no such name"
    if failure.check(DNSServerError, DomainError):
        return f"the server refuses: {type(failure.value).__name__}"
    return because(failure)
