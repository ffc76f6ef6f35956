"""Routing policy distribution (draft-ietf-idr-rpd, 4), and its code from before the assignment."""

from typing import Final

from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values import afi, family_tuple
from bgptwist.wire.values.tree import integer

STANDARD: Final = 72
OLD: Final = 129

DIRECTIONS: Final[dict[int, str]] = {1: "receive", 2: "send", 3: "send/receive"}
CODES: Final = {name: code for code, name in DIRECTIONS.items()}


class PolicyDistribution(CapabilityValue):
    """What a speaker does with policies: (AFI, SAFI, direction); direction 1 receive, 2 send, 3 both."""

    def __init__(self, families: list[tuple[int, int, int]], code: int = STANDARD) -> None:
        self.families = families
        self.code = code

    def octets(self) -> bytes:
        return family_tuple.join(self.families, 1)

    def instances(self) -> list[bytes]:
        return family_tuple.pieces(self.octets(), 4)

    def words(self) -> str:
        listed = [f"{direction(way)} {afi.spaced(code, safi)}" for code, safi, way in self.families]
        return f"routing policy distribution({','.join(listed)})"

    def json(self) -> str:
        listed = [f'"{afi.slashed(code, safi)}": "{direction(way)}"' for code, safi, way in self.families]
        return family_tuple.members("routing-policy-distribution", listed)


def direction(way: int) -> str:
    return DIRECTIONS.get(way) or str(way)


def decode(value: bytes) -> CapabilityValue:
    return PolicyDistribution(family_tuple.first(family_tuple.split(value, 0, 1)), STANDARD)


def decode_old(value: bytes) -> CapabilityValue:
    return PolicyDistribution(family_tuple.first(family_tuple.split(value, 0, 1)), OLD)


def merge(one: CapabilityValue, other: CapabilityValue) -> CapabilityValue:
    """The families of both, the first entry of each."""
    if not isinstance(one, PolicyDistribution) or not isinstance(other, PolicyDistribution):
        return other
    return PolicyDistribution(family_tuple.first(one.families + other.families), one.code)


def restore(tree: object) -> CapabilityValue:
    return PolicyDistribution(restored(tree), STANDARD)


def restore_old(tree: object) -> CapabilityValue:
    return PolicyDistribution(restored(tree), OLD)


def restored(tree: object) -> list[tuple[int, int, int]]:
    """The entries that JSON shows: directions by name, or as numbers."""
    return [
        (code, safi, CODES[way] if isinstance(way, str) and way in CODES else integer(way, 255))
        for code, safi, way in family_tuple.families(tree)
    ]


CAPABILITY: Final = Capability(
    STANDARD, "routing-policy-distribution", decode, merge, rfc="draft-ietf-idr-rpd", restore=restore
)
OLD_CAPABILITY: Final = Capability(
    OLD, "old-routing-policy-distribution", decode_old, merge, rfc="draft-ietf-idr-rpd", restore=restore_old
)
