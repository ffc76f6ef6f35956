"""The name of the speaker's host (draft-walton-bgp-hostname-capability), and its code from before the assignment."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.octets import Octets
from bgptwist.wire.spell import printable, string, text
from bgptwist.wire.values import short_text
from bgptwist.wire.values.tree import members
from bgptwist.wire.values.tree import string as tree_string

STANDARD: Final = 73
OLD: Final = 184

LONGEST: Final = 64
"""Octets that each name may have."""


class HostName(CapabilityValue):
    """Host and domain, either of which may be empty; what is too long is cut when it is sent."""

    def __init__(self, host: str, domain: str, code: int = STANDARD) -> None:
        self.host = host
        self.domain = domain
        self.code = code

    def octets(self) -> bytes:
        host = short_text.octets(self.host, LONGEST)
        domain = short_text.octets(self.domain, LONGEST)
        return bytes((len(host),)) + host + bytes((len(domain),)) + domain

    def words(self) -> str:
        return f"hostname({printable(self.host)} {printable(self.domain)})"

    def json(self) -> str:
        return f'{{ "host-name": {string(self.host)}, "domain-name": {string(self.domain)} }}'


def decode(value: bytes) -> CapabilityValue:
    return of(STANDARD, value)


def decode_old(value: bytes) -> CapabilityValue:
    return of(OLD, value)


def of(code: int, value: bytes) -> CapabilityValue:
    source = Octets(value)
    host = source.take(source.octet())
    domain = source.take(source.octet())
    if source.left:
        raise Malformed(f"{source.left} octets after the domain", 2, 0)
    return HostName(text(host), text(domain), code)


def restore(tree: object) -> CapabilityValue:
    return restored(STANDARD, tree)


def restore_old(tree: object) -> CapabilityValue:
    return restored(OLD, tree)


def restored(code: int, tree: object) -> CapabilityValue:
    given = members(tree)
    return HostName(tree_string(given.get("host-name")), tree_string(given.get("domain-name")), code)


CAPABILITY: Final = Capability(
    STANDARD, "hostname", decode, rfc="draft-walton-bgp-hostname-capability", restore=restore
)
OLD_CAPABILITY: Final = Capability(
    OLD, "old-hostname", decode_old, rfc="draft-walton-bgp-hostname-capability", restore=restore_old
)
