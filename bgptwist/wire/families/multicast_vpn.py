"""Prefixes to multicast sources in virtual private networks: a route distinguisher and no label (RFC 6513)."""

from typing import Final

from bgptwist.wire.kinds import Family
from bgptwist.wire.values.labelled_prefix import VPN_HOPS, labelled_family


def multicast_vpn(afi: int, name: str) -> Family:
    """The family of such prefixes of AFI 1 or 2."""
    help = "Prefixes to multicast sources in virtual private networks, with a route distinguisher."
    return labelled_family(afi, 129, name, VPN_HOPS[afi], "RFC 6513", help, labels=False)


IPV4: Final = multicast_vpn(1, "ipv4 mcast-mpls-vpn")
IPV6: Final = multicast_vpn(2, "ipv6 mcast-mpls-vpn")
