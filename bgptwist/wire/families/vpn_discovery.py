"""Who belongs to a VPN: a route distinguisher and the address of a router (draft-ietf-l3vpn-bgpvpn-auto)."""

from typing import Final

from bgptwist.wire.values.field import Address
from bgptwist.wire.values.framed import FramedNlri, framed_family
from bgptwist.wire.values.layout import Member, Struct
from bgptwist.wire.values.rd import SIZE, RouteDistinguisher

LAYOUT: Final = Struct(Member("rd", RouteDistinguisher()), Member("address", Address(4)))


class Membership(FramedNlri):
    """NLRI that are all of one size, and so have no length."""

    head = 0

    def size(self, data: bytes, at: int) -> int:
        return SIZE + 4

    def framed(self, body: bytes) -> bytes:
        return body


IPV4: Final = framed_family(
    1,
    140,
    "ipv4 vpn-discovery",
    (4,),
    Membership(LAYOUT),
    "draft-ietf-l3vpn-bgpvpn-auto",
    "The routers of a layer 3 VPN.",
)
