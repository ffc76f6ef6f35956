"""Four-octet AS numbers (RFC 6793, 3)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values.tree import integer, members


class Asn4(CapabilityValue):
    """The AS number of the speaker."""

    code: int = 65

    def __init__(self, asn: int) -> None:
        self.asn = asn

    def octets(self) -> bytes:
        return self.asn.to_bytes(4, "big")

    def words(self) -> str:
        return f"asn4({self.asn})"

    def json(self) -> str:
        return f'{{ "name": "asn4", "asn4": {self.asn} }}'


def decode(value: bytes) -> CapabilityValue:
    """Any number; which ones end the session is for the OPEN to say."""
    if len(value) != 4:
        raise Malformed(f"AS number of {len(value)} octets", 2, 0)
    return Asn4(int.from_bytes(value, "big"))


def restore(tree: object) -> CapabilityValue:
    return Asn4(integer(members(tree).get("asn4"), 0xFFFFFFFF))


CAPABILITY: Final = Capability(65, "asn4", decode, rfc="RFC 6793", restore=restore)
