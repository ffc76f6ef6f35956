"""Several sessions between two speakers (draft-ietf-idr-bgp-multisession, 7), and the code that came before it."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values.tree import integer, items, members

STANDARD: Final = 68
OLD: Final = 131


class MultiSession(CapabilityValue):
    """`identifiers` are the capability codes that tell sessions apart; flag 0x80 asks for grouping.

    ExaBGP puts the flags and each identifier into instances of their own, and so do we.
    """

    def __init__(self, identifiers: list[int], flags: int = 0, code: int = STANDARD) -> None:
        self.identifiers = identifiers
        self.flags = flags
        self.code = code

    def instances(self) -> list[bytes]:
        return [bytes((octet,)) for octet in self.octets()]

    def octets(self) -> bytes:
        return bytes((self.flags, *self.identifiers))

    def words(self) -> str:
        name = "multisession (rfc)" if self.code == STANDARD else "multisession"
        flags = [f"flags {self.flags:#x}"] if self.flags else []
        return " ".join([name, *flags, *map(str, self.identifiers)])

    def json(self) -> str:
        listed = ", ".join([f'"{identifier}"' for identifier in self.identifiers])
        variant = "RFC" if self.code == STANDARD else "Cisco"
        flags = f', "flags": {self.flags}' if self.flags else ""
        return f'{{ "name": "multisession", "variant": "{variant}", "capabilities": [ {listed} ]{flags} }}'


def decode(value: bytes) -> CapabilityValue:
    return of(STANDARD, value)


def decode_old(value: bytes) -> CapabilityValue:
    return of(OLD, value)


def of(code: int, value: bytes) -> CapabilityValue:
    if not value:
        raise Malformed("multisession without flags", 2, 0)
    return MultiSession(list(value[1:]), value[0], code)


def merge(one: CapabilityValue, other: CapabilityValue) -> CapabilityValue:
    """An instance after the first goes on with identifiers."""
    if not isinstance(one, MultiSession) or not isinstance(other, MultiSession):
        return other
    return MultiSession([*one.identifiers, other.flags, *other.identifiers], one.flags, one.code)


def restore(tree: object) -> CapabilityValue:
    return restored(STANDARD, tree)


def restore_old(tree: object) -> CapabilityValue:
    return restored(OLD, tree)


def restored(code: int, tree: object) -> CapabilityValue:
    given = members(tree)
    identifiers = [integer(item, 255) for item in items(given.get("capabilities"))]
    return MultiSession(identifiers, integer(given.get("flags", 0), 255), code)


CAPABILITY: Final = Capability(
    STANDARD, "multi-session", decode, merge, rfc="draft-ietf-idr-bgp-multisession", restore=restore
)
OLD_CAPABILITY: Final = Capability(
    OLD, "cisco-multi-session", decode_old, merge, rfc="draft-ietf-idr-bgp-multisession", restore=restore_old
)
