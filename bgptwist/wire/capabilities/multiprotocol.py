"""Multiprotocol extensions: the address families of a speaker (RFC 4760, 8)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values import afi, family_tuple
from bgptwist.wire.values.tree import items, members


class MultiProtocol(CapabilityValue):
    """The families as (AFI, SAFI); on the wire each is an instance of its own."""

    code: int = 1

    def __init__(self, families: list[tuple[int, int]]) -> None:
        self.families = families

    def instances(self) -> list[bytes]:
        return [code.to_bytes(2, "big") + b"\0" + safi.to_bytes(1, "big") for code, safi in self.families]

    def octets(self) -> bytes:
        return b"".join(self.instances())

    def words(self) -> str:
        return f"multiprotocol({','.join([afi.spaced(code, safi) for code, safi in self.families])})"

    def json(self) -> str:
        listed = ", ".join([f'"{afi.slashed(code, safi)}"' for code, safi in self.families])
        return f'{{ "name": "multiprotocol", "families": [ {listed} ] }}'


def decode(value: bytes) -> CapabilityValue:
    """One family; the reserved octet does not matter."""
    if len(value) != 4:
        raise Malformed(f"multiprotocol of {len(value)} octets", 2, 0)
    return MultiProtocol([(value[0] << 8 | value[1], value[3])])


def merge(one: CapabilityValue, other: CapabilityValue) -> CapabilityValue:
    """The families of both, each once."""
    if not isinstance(one, MultiProtocol) or not isinstance(other, MultiProtocol):
        return other
    return MultiProtocol(list(dict.fromkeys(one.families + other.families)))


def restore(tree: object) -> CapabilityValue:
    return MultiProtocol([family_tuple.codes(name) for name in items(members(tree).get("families"))])


CAPABILITY: Final = Capability(1, "multiprotocol", decode, merge, rfc="RFC 4760", restore=restore)
