"""BFD strict mode (draft-ietf-idr-bgp-bfd-strict-mode)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values.tree import members


class BfdStrict(CapabilityValue):
    """Does not establish the session before BFD is up."""

    code: int = 74

    def octets(self) -> bytes:
        return b""

    def words(self) -> str:
        return "bfd strict"

    def json(self) -> str:
        return '{ "name": "bfd-strict" }'


def decode(value: bytes) -> CapabilityValue:
    if value:
        raise Malformed(f"{len(value)} octets where none belong", 2, 0)
    return BfdStrict()


def restore(tree: object) -> CapabilityValue:
    members(tree)
    return BfdStrict()


CAPABILITY: Final = Capability(74, "bfd-strict", decode, rfc="draft-ietf-idr-bgp-bfd-strict-mode", restore=restore)
