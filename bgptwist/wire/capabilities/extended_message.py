"""Messages of up to 65535 octets (RFC 8654, 3)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values.tree import members


class ExtendedMessage(CapabilityValue):
    """Takes and may send messages longer than 4096 octets."""

    code: int = 6

    def octets(self) -> bytes:
        return b""

    def words(self) -> str:
        return "extended message(65535)"

    def json(self) -> str:
        return '{ "name": "extended-message", "size": 65535 }'


def decode(value: bytes) -> CapabilityValue:
    if value:
        raise Malformed(f"{len(value)} octets where none belong", 2, 0)
    return ExtendedMessage()


def restore(tree: object) -> CapabilityValue:
    members(tree)
    return ExtendedMessage()


CAPABILITY: Final = Capability(6, "extended-message", decode, rfc="RFC 8654", restore=restore)
