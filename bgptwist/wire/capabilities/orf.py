"""Outbound route filtering (RFC 5291, 4), and its code from before the standard."""

from typing import Final

from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.octets import Octets
from bgptwist.wire.values import afi, family_tuple
from bgptwist.wire.values.tree import integer, members

STANDARD: Final = 3
OLD: Final = 130

DIRECTIONS: Final[dict[int, str]] = {1: "receive", 2: "send", 3: "send/receive"}
CODES: Final = {name: code for code, name in DIRECTIONS.items()}

Entry = tuple[int, int, list[tuple[int, int]]]


class OutboundRouteFiltering(CapabilityValue):
    """Families with their filter types: (AFI, SAFI, [(type, direction)]); direction 1 receive, 2 send, 3 both."""

    def __init__(self, entries: list[Entry], code: int = STANDARD) -> None:
        self.entries = entries
        self.code = code

    def octets(self) -> bytes:
        return b"".join(self.instances())

    def instances(self) -> list[bytes]:
        """As few values as hold all entries."""
        found = [b""]
        for code, safi, types in self.entries:
            entry = code.to_bytes(2, "big") + bytes((0, safi, len(types)))
            entry += b"".join([bytes(pair) for pair in types])
            if len(found[-1]) + len(entry) > family_tuple.LONGEST:
                found.append(b"")
            found[-1] += entry
        return found

    def words(self) -> str:
        listed = ",".join([f"{afi.spaced(code, safi)} {self.described(types)}" for code, safi, types in self.entries])
        return f"orf({listed})"

    def described(self, types: list[tuple[int, int]]) -> str:
        """`64 send/receive`."""
        return " ".join([f"{kind} {DIRECTIONS.get(way) or way}" for kind, way in types])

    def json(self) -> str:
        families: dict[str, dict[int, int]] = {}
        for code, safi, types in self.entries:
            families.setdefault(afi.slashed(code, safi), {}).update(types)
        parts: list[str] = []
        for name, ways in families.items():
            listed = ", ".join([f'"{kind}": "{DIRECTIONS.get(way) or way}"' for kind, way in ways.items()])
            parts.append(f'"{name}": {{ {listed} }}')
        return family_tuple.members("outbound-route-filtering", parts)


def decode(value: bytes) -> CapabilityValue:
    return OutboundRouteFiltering(split(value), STANDARD)


def decode_old(value: bytes) -> CapabilityValue:
    return OutboundRouteFiltering(split(value), OLD)


def split(value: bytes) -> list[Entry]:
    """The entries; Malformed when one is cut."""
    source = Octets(value)
    found: list[Entry] = []
    while source.left:
        code = source.integer(2)
        source.octet()
        safi = source.octet()
        count = source.octet()
        found.append((code, safi, [(source.octet(), source.octet()) for _ in range(count)]))
    return found


def merge(one: CapabilityValue, other: CapabilityValue) -> CapabilityValue:
    """The entries of both."""
    if not isinstance(one, OutboundRouteFiltering) or not isinstance(other, OutboundRouteFiltering):
        return other
    return OutboundRouteFiltering(one.entries + other.entries, one.code)


def restore(tree: object) -> CapabilityValue:
    return OutboundRouteFiltering(restored(tree), STANDARD)


def restore_old(tree: object) -> CapabilityValue:
    return OutboundRouteFiltering(restored(tree), OLD)


def restored(tree: object) -> list[Entry]:
    """The entries that JSON shows: filter types with directions by name, or as numbers."""
    return [
        (
            code,
            safi,
            [
                (integer(kind, 255), CODES[way] if isinstance(way, str) and way in CODES else integer(way, 255))
                for kind, way in members(types).items()
            ],
        )
        for code, safi, types in family_tuple.families(tree)
    ]


CAPABILITY: Final = Capability(STANDARD, "outbound-route-filtering", decode, merge, rfc="RFC 5291", restore=restore)
OLD_CAPABILITY: Final = Capability(
    OLD, "cisco-outbound-route-filtering", decode_old, merge, rfc="RFC 5291", restore=restore_old
)
