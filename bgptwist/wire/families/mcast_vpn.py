"""Multicast in VPNs: seven types of routes (RFC 6514, 4; RFC 6515, 2; RFC 6625, 2)."""

from typing import Final

from bgptwist.wire.kinds import Family
from bgptwist.wire.values.field import Address
from bgptwist.wire.values.layout import Member
from bgptwist.wire.values.multicast_route import WILDCARD, Multicast, NumberText, RouteKey, one_size
from bgptwist.wire.values.rd import RouteDistinguisher
from bgptwist.wire.values.reshaped import Body, ReshapedNlri, typed_family
from bgptwist.wire.values.typed import RouteType


def nlri(afi: int) -> ReshapedNlri:
    """The types of one AFI, which is that of sources and groups; originators may be of the other one."""
    rd = Member("rd", RouteDistinguisher())
    source_as = Member("source-as", NumberText(4))
    source = Member("source", Multicast(one_size(afi)))
    rendezvous_point = Member("source", Multicast(one_size(afi)), word="rp")
    group = Member("group", Multicast(one_size(afi)))
    any_source = Member("source", Multicast(one_size(afi), wildcard=True), default=WILDCARD)
    any_group = Member("group", Multicast(one_size(afi), wildcard=True), default=WILDCARD)
    originator = Member("originator", Address())
    tails = (4, 16) if afi == 1 else (16, 4)
    return ReshapedNlri(
        (
            RouteType(1, "intra-as-i-pmsi", "Intra-AS I-PMSI A-D Route", Body(rd, originator)),
            RouteType(2, "inter-as-i-pmsi", "Inter-AS I-PMSI A-D Route", Body(rd, source_as)),
            RouteType(
                3,
                "s-pmsi",
                "S-PMSI A-D Route",
                Body(rd, any_source, any_group, originator, spoken=("source", "group", "rd", "originator")),
            ),
            RouteType(
                4,
                "leaf",
                "Leaf A-D Route",
                Body(Member("route-key", RouteKey(tails, counted=False)), originator),
            ),
            RouteType(
                5,
                "source-ad",
                "Source Active A-D Route",
                Body(rd, source, group, spoken=("source", "group", "rd")),
            ),
            RouteType(
                6,
                "shared-join",
                "C-Multicast Shared Tree Join route",
                Body(rd, source_as, rendezvous_point, group, spoken=("rp", "group", "rd", "source-as")),
            ),
            RouteType(
                7,
                "source-join",
                "C-Multicast Source Tree Join route",
                Body(rd, source_as, source, group, spoken=("source", "group", "rd", "source-as")),
            ),
        )
    )


def mcast_vpn(afi: int, name: str) -> Family:
    """The family of one AFI."""
    return typed_family(
        afi,
        5,
        name,
        nlri(afi),
        "RFC 6514",
        "the type of the route, then `source` (or `rp`), `group`, `rd`, `source-as`, as the type has them",
        next_hop_attribute=True,
    )


IPV4_MCAST_VPN: Final = mcast_vpn(1, "ipv4 mcast-vpn")
IPV6_MCAST_VPN: Final = mcast_vpn(2, "ipv6 mcast-vpn")
