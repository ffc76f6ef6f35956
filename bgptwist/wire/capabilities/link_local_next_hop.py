"""Next hops that are link-local only (draft-ietf-idr-linklocal-capability)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values.tree import members


class LinkLocalNextHop(CapabilityValue):
    """Takes a next hop of sixteen octets that is a link-local address."""

    code: int = 77

    def octets(self) -> bytes:
        return b""

    def words(self) -> str:
        return "link-local nexthop"

    def json(self) -> str:
        return '{ "name": "link-local-nexthop" }'


def decode(value: bytes) -> CapabilityValue:
    if value:
        raise Malformed(f"{len(value)} octets where none belong", 2, 0)
    return LinkLocalNextHop()


def restore(tree: object) -> CapabilityValue:
    members(tree)
    return LinkLocalNextHop()


CAPABILITY: Final = Capability(
    77, "link-local-nexthop", decode, rfc="draft-ietf-idr-linklocal-capability", restore=restore
)
