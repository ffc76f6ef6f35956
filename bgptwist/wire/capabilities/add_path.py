"""Several paths to one destination (RFC 7911, 4)."""

from typing import Final

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values import afi, family_tuple

RECEIVE: Final = 1
SEND: Final = 2
BOTH: Final = 3

NAMES: Final = ("disabled", "receive", "send", "send/receive")


class AddPath(CapabilityValue):
    """What a speaker does with several paths: (AFI, SAFI, direction); direction 1 receive, 2 send, 3 both."""

    code: int = 69

    def __init__(self, families: list[tuple[int, int, int]]) -> None:
        self.families = families

    def octets(self) -> bytes:
        return family_tuple.join(self.families, 1)

    def instances(self) -> list[bytes]:
        return family_tuple.pieces(self.octets(), 4)

    def words(self) -> str:
        listed = [f"{NAMES[way]} {afi.spaced(code, safi)}" for code, safi, way in self.families]
        return f"addpath({','.join(listed)})"

    def json(self) -> str:
        listed = [f'"{afi.slashed(code, safi)}": "{NAMES[way]}"' for code, safi, way in self.families]
        return family_tuple.members("addpath", listed)


def decode(value: bytes) -> CapabilityValue:
    """Entries of no known direction are ignored, and of a family all but the first."""
    entries = [entry for entry in family_tuple.split(value, 0, 1) if 1 <= entry[2] <= BOTH]
    return AddPath(family_tuple.first(entries))


def merge(one: CapabilityValue, other: CapabilityValue) -> CapabilityValue:
    """The families of both, the first entry of each."""
    if not isinstance(one, AddPath) or not isinstance(other, AddPath):
        return other
    return AddPath(family_tuple.first(one.families + other.families))


def restore(tree: object) -> CapabilityValue:
    found: list[tuple[int, int, int]] = []
    for code, safi, way in family_tuple.families(tree):
        if way not in NAMES[1:]:
            raise Misspelt(f"'{way}' is no direction", "receive, send or send/receive")
        found.append((code, safi, NAMES.index(str(way))))
    return AddPath(found)


CAPABILITY: Final = Capability(69, "add-path", decode, merge, rfc="RFC 7911", restore=restore)
