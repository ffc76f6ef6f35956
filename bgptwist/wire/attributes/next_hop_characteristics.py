"""NEXT_HOP_DEPENDENT_CHARACTERISTICS (draft-ietf-idr-nhc, 2): what the next hop can do, void behind another one.

The characteristics: draft-ietf-idr-entropy-label (1), draft-ietf-idr-next-next-hop-nodes (2), the BGP identifier of
who wrote them (3).
"""

from typing import Final

from bgptwist.wire.errors import DISCARD, Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Kind
from bgptwist.wire.values.counted import HopAddress, Present
from bgptwist.wire.values.field import Address, Number
from bgptwist.wire.values.framed import Followed
from bgptwist.wire.values.layout import Member, Sequence, Struct
from bgptwist.wire.values.ordered import Ordered
from bgptwist.wire.values.structured import Shape
from bgptwist.wire.values.tlv import Tlv

SHORTEST: Final = 6
NEXT_HOP_AT: Final = 4

CHARACTERISTICS: Final = Ordered(
    (
        Tlv(1, "entropy-label", Present()),
        Tlv(2, "next-next-hops", Sequence(Address(4), 1)),
        Tlv(3, "bgp-identifier", Address(4)),
    )
)
LAYOUT: Final = Followed(
    Struct(Member("afi", Number(2)), Member("safi", Number(1)), Member("nexthop", HopAddress())), CHARACTERISTICS
)


def check(value: bytes) -> None:
    """Malformed when the next hop or a characteristic runs past the end."""
    if len(value) < SHORTEST or NEXT_HOP_AT + value[3] > len(value):
        raise Malformed(f"next hop characteristics of {len(value)} octets", 3, 5)
    CHARACTERISTICS.check(value[NEXT_HOP_AT + value[3] :])


SHAPE: Final = Shape(39, LAYOUT, check)

KIND: Final = Kind(
    39,
    "next-hop-characteristics",
    OPTIONAL_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    malformed=DISCARD,
    rfc="draft-ietf-idr-nhc",
    help="what the next hop can do: ( afi 1 safi 1 nexthop 10.0.0.1 entropy-label bgp-identifier 10.0.0.9 )",
    restore=SHAPE.restore,
)
