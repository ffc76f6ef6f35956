"""OPERATIONAL messages (draft-ietf-idr-operational-message)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values.tree import members


class Operational(CapabilityValue):
    """Understands OPERATIONAL messages."""

    code: int = 185

    def octets(self) -> bytes:
        return b""

    def words(self) -> str:
        return "operational"

    def json(self) -> str:
        return '{ "name": "operational" }'


def decode(value: bytes) -> CapabilityValue:
    if value:
        raise Malformed(f"{len(value)} octets where none belong", 2, 0)
    return Operational()


def restore(tree: object) -> CapabilityValue:
    members(tree)
    return Operational()


CAPABILITY: Final = Capability(185, "operational", decode, rfc="draft-ietf-idr-operational-message", restore=restore)
