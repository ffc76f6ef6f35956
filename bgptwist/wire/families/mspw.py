"""Attachment circuits that pseudowires of many segments may lead to (RFC 7267; RFC 5003, 3.2)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Family
from bgptwist.wire.values.field import Address, Number
from bgptwist.wire.values.framed import FramedNlri, framed_family
from bgptwist.wire.values.layout import Member, Struct
from bgptwist.wire.values.prefix import masked
from bgptwist.wire.values.rd import SIZE, RouteDistinguisher

LAYOUT: Final = Struct(
    Member("rd", RouteDistinguisher()),
    Member("global-id", Number(4), optional=True),
    Member("prefix", Address(4), optional=True),
    Member("ac-id", Number(4), optional=True),
)

LONGEST: Final = 20
"""Octets of all members."""


class Circuits(FramedNlri):
    """NLRI whose length is in bits; one that is too small to be so is in octets.  Members may be left out at the end.

    Lengths that end within a member, and those in octets, are shown in hexadecimal.
    """

    def size(self, data: bytes, at: int) -> int:
        length = data[at]
        if SIZE <= length <= LONGEST:
            return 1 + length
        if 8 * SIZE <= length <= 8 * LONGEST:
            return 1 + (length + 7) // 8
        raise Malformed(f"a circuit of {length} bits", 3, 10)

    def framed(self, body: bytes) -> bytes:
        return bytes((8 * len(body),)) + body

    def tidy(self, nlri: bytes) -> bytes:
        return nlri if nlri[0] <= LONGEST else masked(nlri)

    def check(self, nlri: bytes) -> None:
        """Whatever can be cut is a prefix of a circuit."""


def mspw(afi: int, name: str) -> Family:
    """The family under one of the AFI in use."""
    help = "Attachment circuits of multi-segment pseudowires."
    return framed_family(afi, 6, name, (4, 16), Circuits(LAYOUT), "RFC 7267", help)


IPV4: Final = mspw(1, "ipv4 mspw")
L2VPN: Final = mspw(25, "l2vpn mspw")
