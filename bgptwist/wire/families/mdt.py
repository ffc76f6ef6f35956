"""Multicast distribution trees of a VPN: its router and the group that the default tree has (RFC 6037)."""

from typing import Final

from bgptwist.wire.values.field import Address
from bgptwist.wire.values.framed import BitsNlri, framed_family
from bgptwist.wire.values.layout import Member, Struct
from bgptwist.wire.values.rd import RouteDistinguisher

LAYOUT: Final = Struct(
    Member("rd", RouteDistinguisher()),
    Member("source", Address(4)),
    Member("group", Address(4)),
)

IPV4: Final = framed_family(
    1,
    66,
    "ipv4 mdt",
    (4,),
    BitsNlri(LAYOUT, 128),
    "RFC 6037",
    "The address of a router of a VPN and the group of its default multicast distribution tree.",
)
