"""BIER (RFC 9793): what a router is in the sub-domains of bit index explicit replication."""

from typing import Final

from bgptwist.wire.errors import DISCARD, Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Kind
from bgptwist.wire.values.counted import BitNumber, Packed
from bgptwist.wire.values.field import Address, Number, Pad
from bgptwist.wire.values.framed import Followed
from bgptwist.wire.values.layout import Member, Struct
from bgptwist.wire.values.ordered import Ordered
from bgptwist.wire.values.structured import Shape
from bgptwist.wire.values.tlv import Tlv


def encapsulation(number: str) -> Packed:
    """Highest set identifier, length of the bit string (1: 64, 2: 128 ...), and the first of the labels or tables."""
    return Packed(
        Member("max-si", BitNumber(8)), Member("bit-string-length", BitNumber(4)), Member(number, BitNumber(20))
    )


SUB_TLVS: Final = Ordered(
    (
        Tlv(1, "mpls", encapsulation("label"), many=True),
        Tlv(2, "non-mpls", encapsulation("bift-id"), many=True),
        Tlv(3, "nexthop", Address()),
    )
)
SUB_DOMAIN: Final = Followed(
    Struct(Member("sub-domain", Number(1)), Member("bfr-id", Number(2)), Member("reserved", Pad(1))), SUB_TLVS
)
LAYOUT: Final = Ordered((Tlv(1, "bier", SUB_DOMAIN, many=True),))


def check(value: bytes) -> None:
    """Malformed unless TLVs fill the value."""
    if not value:
        raise Malformed("BIER of 0 octets", 3, 5)
    LAYOUT.check(value)


SHAPE: Final = Shape(41, LAYOUT, check)

KIND: Final = Kind(
    41,
    "bier",
    OPTIONAL_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    malformed=DISCARD,
    rfc="RFC 9793",
    help="a router of BIER: ( bier ( sub-domain 0 bfr-id 1 mpls ( max-si 0 bit-string-length 3 label 1000 ) ) )",
    restore=SHAPE.restore,
)
