"""BGPsec (RFC 8205, 2.1)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values import afi


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
    return "send" if way else "receive"


def decode(value: bytes) -> CapabilityValue:
    if len(value) != 3:
        raise Malformed(f"BGPsec of {len(value)} octets", 2, 0)
    return BgpSec([(value[0] >> 4, value[0] >> 3 & 1, value[1] << 8 | value[2])])


def merge(one: CapabilityValue, other: CapabilityValue) -> CapabilityValue:
    """What both say, each once."""
    if not isinstance(one, BgpSec) or not isinstance(other, BgpSec):
        return other
    return BgpSec(list(dict.fromkeys(one.entries + other.entries)))


CAPABILITY: Final = Capability(7, "bgpsec", decode, merge, rfc="RFC 8205")
