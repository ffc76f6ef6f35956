"""SFP (RFC 9015, 3.2.1): the hops of a service function path."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Kind
from bgptwist.wire.values.field import Choice, Number
from bgptwist.wire.values.framed import Followed
from bgptwist.wire.values.layout import Member, Sequence, Struct
from bgptwist.wire.values.ordered import Ordered
from bgptwist.wire.values.rd import RouteDistinguisher
from bgptwist.wire.values.structured import Shape
from bgptwist.wire.values.tlv import Tlv

HOP: Final = 2
HEAD_SIZE: Final = 3

ASSOCIATION: Final = Struct(
    Member("association-type", Choice(1, {1: "bidirectional"})),
    Member("rd", RouteDistinguisher()),
    Member("path-identifier", Number(3)),
)
FUNCTION: Final = Struct(Member("type", Number(2)), Member("instances", Sequence(RouteDistinguisher()), default=[]))
TRANSIT: Final = Struct(Member("path-identifier", Number(3)), Member("service-index", Number(1)))

DETAILS: Final = (
    Tlv(3, "service-function", FUNCTION, many=True),
    Tlv(4, "label-swapping", TRANSIT, many=True),
    Tlv(5, "label-stack", TRANSIT, many=True),
)
"""What stands within a hop."""

LAYOUT: Final = Ordered(
    (
        Tlv(1, "association", ASSOCIATION, many=True),
        Tlv(
            HOP,
            "hop",
            Followed(Struct(Member("service-index", Number(1))), Ordered(DETAILS, sizes=(1, 2))),
            many=True,
        ),
        *DETAILS,
    ),
    sizes=(1, 2),
)


def check(value: bytes) -> None:
    """Malformed unless TLVs fill the value, and others each hop behind its index."""
    if not value:
        raise Malformed("SFP of 0 octets", 3, 5)
    at = 0
    while at < len(value):
        stop = end_of(value, at, len(value))
        if value[at] == HOP:
            at += HEAD_SIZE + 1
            if at > stop:
                raise Malformed("an SFP hop without index", 3, 5)
            while at < stop:
                at = end_of(value, at, stop)
        at = stop


def end_of(value: bytes, at: int, end: int) -> int:
    """Where the TLV at `at` ends; Malformed when that is past `end`."""
    start = at + HEAD_SIZE
    stop = start + (value[at + 1] << 8 | value[at + 2]) if start <= end else end + 1
    if stop > end:
        raise Malformed("an SFP TLV runs past the end", 3, 5)
    return stop


SHAPE: Final = Shape(37, LAYOUT, check)

KIND: Final = Kind(
    37,
    "sfp",
    OPTIONAL_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    rfc="RFC 9015",
    help="a service function path: ( hop ( service-index 255 service-function ( type 41 instances [ 10.0.0.1:1 ] ) ) )",
    restore=SHAPE.restore,
)
