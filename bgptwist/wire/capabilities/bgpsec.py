"""BGPsec (RFC 8205, 2.1)."""

from typing import Final

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values import afi
from bgptwist.wire.values.tree import integer, items, members, string

DIRECTIONS: Final = ("receive", "send")


class BgpSec(CapabilityValue):
    """What is signed: (version, direction, AFI), direction 0 receive and 1 send; each is an instance of its own."""

    code: int = 7

    def __init__(self, entries: list[tuple[int, int, int]]) -> None:
        self.entries = entries

    def instances(self) -> list[bytes]:
        return [bytes((version << 4 | way << 3,)) + code.to_bytes(2, "big") for version, way, code in self.entries]

    def octets(self) -> bytes:
        return b"".join(self.instances())

    def words(self) -> str:
        listed = [f"{afi.afi_name(code)} {direction(way)} {version}" for version, way, code in self.entries]
        return f"bgpsec({','.join(listed)})"

    def json(self) -> str:
        listed = [
            f'{{ "version": {version}, "direction": "{direction(way)}", "afi": "{afi.afi_name(code)}" }}'
            for version, way, code in self.entries
        ]
        return f'{{ "name": "bgpsec", "directions": [ {", ".join(listed)} ] }}'


def direction(way: int) -> str:
    return DIRECTIONS[way]


def decode(value: bytes) -> CapabilityValue:
    if len(value) != 3:
        raise Malformed(f"BGPsec of {len(value)} octets", 2, 0)
    return BgpSec([(value[0] >> 4, value[0] >> 3 & 1, value[1] << 8 | value[2])])


def merge(one: CapabilityValue, other: CapabilityValue) -> CapabilityValue:
    """What both say, each once."""
    if not isinstance(one, BgpSec) or not isinstance(other, BgpSec):
        return other
    return BgpSec(list(dict.fromkeys(one.entries + other.entries)))


def restore(tree: object) -> CapabilityValue:
    return BgpSec([entry(item) for item in items(members(tree).get("directions"))])


def entry(tree: object) -> tuple[int, int, int]:
    """One direction from what JSON shows."""
    given = members(tree)
    code = afi.afi_code(string(given.get("afi")))
    if code < 0 or given.get("direction") not in DIRECTIONS:
        raise Misspelt("a direction of BGPsec cannot be made of this", "version, direction and AFI")
    return integer(given.get("version"), 15), DIRECTIONS.index(str(given["direction"])), code


CAPABILITY: Final = Capability(7, "bgpsec", decode, merge, rfc="RFC 8205", restore=restore)
