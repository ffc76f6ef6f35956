"""Multicast in VPLS: S-PMSI and leaf routes (RFC 7117, 13 and 9.3); other types are passed on as they are."""

from typing import Final

from bgptwist.wire.values.field import Address
from bgptwist.wire.values.layout import Member
from bgptwist.wire.values.multicast_route import WILDCARD, Multicast, RouteKey
from bgptwist.wire.values.rd import RouteDistinguisher
from bgptwist.wire.values.reshaped import Body, ReshapedNlri, typed_family
from bgptwist.wire.values.typed import RouteType

TYPES: Final = (
    RouteType(
        3,
        "s-pmsi",
        "S-PMSI A-D route",
        Body(
            Member("rd", RouteDistinguisher()),
            Member("source", Multicast(wildcard=True), default=WILDCARD),
            Member("group", Multicast(wildcard=True), default=WILDCARD),
            Member("originator", Address()),
            spoken=("source", "group", "rd", "originator"),
        ),
    ),
    RouteType(
        4,
        "leaf",
        "Leaf A-D route",
        Body(Member("route-key", RouteKey((4, 16), counted=False)), Member("originator", Address())),
    ),
)

MCAST_VPLS: Final = typed_family(
    25,
    8,
    "l2vpn mcast-vpls",
    ReshapedNlri(TYPES),
    "RFC 7117",
    "s-pmsi with `source`, `group`, `rd` and `originator`, leaf with `route-key` and `originator`, or `raw 0x...`",
    checked=False,
)
