"""Several labels bound to one prefix (RFC 8277, 2.1)."""

from typing import Final

from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values import afi, family_tuple


class MultipleLabels(CapabilityValue):
    """How many labels a speaker can take: (AFI, SAFI, count)."""

    code: int = 8

    def __init__(self, counts: list[tuple[int, int, int]]) -> None:
        self.counts = counts

    def octets(self) -> bytes:
        return family_tuple.join(self.counts, 1)

    def instances(self) -> list[bytes]:
        return family_tuple.pieces(self.octets(), 4)

    def words(self) -> str:
        listed = [f"{afi.spaced(code, safi)} {count}" for code, safi, count in self.counts]
        return f"multiple labels({','.join(listed)})"

    def json(self) -> str:
        return family_tuple.json("multiple-labels", self.counts)


def decode(value: bytes) -> CapabilityValue:
    """Of a family the first entry counts; one that says 0 or 1 says nothing."""
    return MultipleLabels([entry for entry in family_tuple.first(family_tuple.split(value, 0, 1)) if entry[2] > 1])


def merge(one: CapabilityValue, other: CapabilityValue) -> CapabilityValue:
    """The counts of both, the first of each family."""
    if not isinstance(one, MultipleLabels) or not isinstance(other, MultipleLabels):
        return other
    return MultipleLabels(family_tuple.first(one.counts + other.counts))


def restore(tree: object) -> CapabilityValue:
    return MultipleLabels(family_tuple.restore(tree, 255))


CAPABILITY: Final = Capability(8, "multiple-labels", decode, merge, rfc="RFC 8277", restore=restore)
