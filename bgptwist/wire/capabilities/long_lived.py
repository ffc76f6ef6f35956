"""Long-lived graceful restart (RFC 9494, 3.1)."""

from typing import Final

from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values import afi, family_tuple
from bgptwist.wire.values.tree import integer, items, members

FORWARDING: Final = 0x80

LONGEST: Final = 0xFFFFFF


class LongLived(CapabilityValue):
    """How long stale routes are kept: (AFI, SAFI, flags, seconds), flag 0x80 saying that forwarding went on."""

    code: int = 71

    def __init__(self, families: list[tuple[int, int, int, int]]) -> None:
        self.families = families

    def octets(self) -> bytes:
        return family_tuple.join([(code, safi, flags << 24 | time) for code, safi, flags, time in self.families], 4)

    def words(self) -> str:
        listed = [f"{afi.slashed(code, safi)}={flags:#x}:{time}" for code, safi, flags, time in self.families]
        return " ".join(["long-lived graceful restart", *listed])

    def json(self) -> str:
        parts: list[str] = []
        for code, safi, flags, time in self.families:
            listed = ' "forwarding" ' if flags & FORWARDING else " "
            parts.append(f'"{afi.slashed(code, safi)}": {{ "time": {time}, "flags": [{listed}] }}')
        return family_tuple.members("long-lived graceful restart", parts)


def decode(value: bytes) -> CapabilityValue:
    """Reserved bits are dropped; of a family the first entry counts."""
    entries = family_tuple.first(family_tuple.split(value, 0, 4))
    return LongLived([(code, safi, number >> 24 & FORWARDING, number & LONGEST) for code, safi, number in entries])


def restore(tree: object) -> CapabilityValue:
    found: list[tuple[int, int, int, int]] = []
    for code, safi, value in family_tuple.families(tree):
        given = members(value)
        flags = FORWARDING if items(given.get("flags")) else 0
        found.append((code, safi, flags, integer(given.get("time"), LONGEST)))
    return LongLived(found)


CAPABILITY: Final = Capability(71, "long-lived-graceful-restart", decode, rfc="RFC 9494", restore=restore)
