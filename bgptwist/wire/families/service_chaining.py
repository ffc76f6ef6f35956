"""Service function chaining: instances of functions and paths through them (RFC 9015, 3.1 and 3.2)."""

from typing import Final

from bgptwist.wire.values.field import Number
from bgptwist.wire.values.layout import Member
from bgptwist.wire.values.rd import RouteDistinguisher
from bgptwist.wire.values.reshaped import Body, ReshapedNlri, typed_family
from bgptwist.wire.values.typed import RouteType

RD: Final = Member("rd", RouteDistinguisher())

TYPES: Final = (
    RouteType(1, "sfir", "Service Function Instance Route", Body(RD, Member("sft", Number(2)))),
    RouteType(2, "sfpr", "Service Function Path Route", Body(RD, Member("spi", Number(3)))),
)

SERVICE_CHAINING: Final = typed_family(
    31,
    9,
    "sfc service-chaining",
    ReshapedNlri(TYPES, (2, 2)),
    "RFC 9015",
    "sfir with `rd` and `sft` (the type of the function), or sfpr with `rd` and `spi` (the path)",
)
