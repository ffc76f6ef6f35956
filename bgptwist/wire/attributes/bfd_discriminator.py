"""BFD_DISCRIMINATOR (RFC 9026, 3.1.6): the BFD session that watches over a multicast tunnel."""

from typing import Final

from bgptwist.wire.errors import DISCARD, Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Kind
from bgptwist.wire.values.field import Address, Choice, Number
from bgptwist.wire.values.framed import Followed
from bgptwist.wire.values.layout import Member, Struct
from bgptwist.wire.values.ordered import Ordered
from bgptwist.wire.values.structured import Shape
from bgptwist.wire.values.tlv import Tlv

HEAD_SIZE: Final = 5

TLVS: Final = Ordered((Tlv(1, "source-address", Address()),), sizes=(1, 1))
LAYOUT: Final = Followed(
    Struct(Member("mode", Choice(1, {1: "p2mp"}), default="p2mp"), Member("discriminator", Number(4))), TLVS
)


def check(value: bytes) -> None:
    """Malformed when it is too short, has no mode, or its TLVs do not fit."""
    if len(value) < HEAD_SIZE or not value[0]:
        raise Malformed(f"a BFD discriminator of {len(value)} octets", 3, 5)
    TLVS.check(value[HEAD_SIZE:])


SHAPE: Final = Shape(38, LAYOUT, check)

KIND: Final = Kind(
    38,
    "bfd-discriminator",
    OPTIONAL_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    malformed=DISCARD,
    rfc="RFC 9026",
    help="the BFD session of a multicast tunnel: ( mode p2mp discriminator 7 source-address 10.0.0.1 )",
    restore=SHAPE.restore,
)
