"""How many paths to one destination are welcome (draft-abraitis-idr-addpath-paths-limit)."""

from typing import Final

from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values import afi, family_tuple


class PathsLimit(CapabilityValue):
    """(AFI, SAFI, limit)."""

    code: int = 76

    def __init__(self, limits: list[tuple[int, int, int]]) -> None:
        self.limits = limits

    def octets(self) -> bytes:
        return family_tuple.join(self.limits, 2)

    def instances(self) -> list[bytes]:
        return family_tuple.pieces(self.octets(), 5)

    def words(self) -> str:
        listed = [f"{afi.spaced(code, safi)} {limit}" for code, safi, limit in self.limits]
        return f"pathslimit({','.join(listed)})"

    def json(self) -> str:
        return family_tuple.json("paths-limit", self.limits)


def decode(value: bytes) -> CapabilityValue:
    """A limit of 0 is none; of a family the first limit counts."""
    return PathsLimit(family_tuple.first([entry for entry in family_tuple.split(value, 0, 2) if entry[2]]))


def merge(one: CapabilityValue, other: CapabilityValue) -> CapabilityValue:
    """The limits of both, the first of each family."""
    if not isinstance(one, PathsLimit) or not isinstance(other, PathsLimit):
        return other
    return PathsLimit(family_tuple.first(one.limits + other.limits))


def restore(tree: object) -> CapabilityValue:
    return PathsLimit(family_tuple.restore(tree, 0xFFFF))


CAPABILITY: Final = Capability(
    76, "paths-limit", decode, merge, rfc="draft-abraitis-idr-addpath-paths-limit", restore=restore
)
