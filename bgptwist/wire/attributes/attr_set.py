"""ATTR_SET (RFC 6368, 5): the attributes that a customer's route had, carried through a VPN as one."""

from typing import Final

from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Kind
from bgptwist.wire.values.attribute_set import AttributeSet, check
from bgptwist.wire.values.structured import Shape

SHAPE: Final = Shape(128, AttributeSet(), check)

KIND: Final = Kind(
    128,
    "attr-set",
    OPTIONAL_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    rfc="RFC 6368",
    help="a customer's attributes: ( origin-as 65000 origin igp as-path [ 65001 ] attribute [ 0x63 0xC0 0x ] )",
    restore=SHAPE.restore,
)
