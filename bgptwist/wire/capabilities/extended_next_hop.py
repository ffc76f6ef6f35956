"""Next hops of another address family than the routes' (RFC 8950, 4)."""

from struct import iter_unpack
from typing import Final

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values import afi, family_tuple
from bgptwist.wire.values.tree import items, members, string


class ExtendedNextHop(CapabilityValue):
    """What may have which next hop: (AFI, SAFI, AFI of the next hop)."""

    code: int = 5

    def __init__(self, conversions: list[tuple[int, int, int]]) -> None:
        self.conversions = conversions

    def octets(self) -> bytes:
        return b"".join([number.to_bytes(2, "big") for conversion in self.conversions for number in conversion])

    def instances(self) -> list[bytes]:
        return family_tuple.pieces(self.octets(), 6)

    def words(self) -> str:
        listed = [f"{afi.spaced(code, safi)} {afi.afi_name(hop)}" for code, safi, hop in self.conversions]
        return f"nexthop({','.join(listed)})"

    def json(self) -> str:
        listed = [f'"{afi.slashed(code, safi)}/{afi.afi_name(hop)}"' for code, safi, hop in self.conversions]
        return f'{{ "name": "nexthop", "conversion": [ {", ".join(listed)} ] }}'


def decode(value: bytes) -> CapabilityValue:
    """The SAFI has two octets here."""
    if len(value) % 6:
        raise Malformed(f"extended next hop of {len(value)} octets", 2, 0)
    return ExtendedNextHop([(code, safi, hop) for code, safi, hop in iter_unpack(">HHH", value)])


def merge(one: CapabilityValue, other: CapabilityValue) -> CapabilityValue:
    """The conversions of both, each once."""
    if not isinstance(one, ExtendedNextHop) or not isinstance(other, ExtendedNextHop):
        return other
    return ExtendedNextHop(list(dict.fromkeys(one.conversions + other.conversions)))


def restore(tree: object) -> CapabilityValue:
    return ExtendedNextHop([conversion(string(item)) for item in items(members(tree).get("conversion"))])


def conversion(text: str) -> tuple[int, int, int]:
    """The numbers of `ipv4/unicast/ipv6`."""
    names = text.split("/")
    if len(names) == 3:
        safi = afi.code_of(names[1], afi.SAFI_CODES, "safi-", 0xFFFF)
        found = afi.afi_code(names[0]), safi, afi.afi_code(names[2])
        if min(found) >= 0:
            return found
    raise Misspelt(f"'{text}' is no family with a next hop", "AFI, SAFI and AFI, like ipv4/unicast/ipv6")


CAPABILITY: Final = Capability(5, "nexthop", decode, merge, rfc="RFC 8950", restore=restore)
