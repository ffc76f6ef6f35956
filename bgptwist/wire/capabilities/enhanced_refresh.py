"""Enhanced route refresh (RFC 7313, 3.1)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values.tree import members


class EnhancedRefresh(CapabilityValue):
    """Marks the beginning and the end of a refresh."""

    code: int = 70

    def octets(self) -> bytes:
        return b""

    def words(self) -> str:
        return "enhanced route refresh"

    def json(self) -> str:
        return '{ "name": "enhanced-route-refresh" }'


def decode(value: bytes) -> CapabilityValue:
    if value:
        raise Malformed(f"{len(value)} octets where none belong", 2, 0)
    return EnhancedRefresh()


def restore(tree: object) -> CapabilityValue:
    members(tree)
    return EnhancedRefresh()


CAPABILITY: Final = Capability(70, "enhanced-route-refresh", decode, rfc="RFC 7313", restore=restore)
