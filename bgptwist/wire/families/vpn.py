"""Prefixes of virtual private networks, with label and route distinguisher (RFC 4364, 4.3.4; RFC 4659, 3)."""

from typing import Final

from bgptwist.wire.values.labelled_prefix import VPN_HOPS, labelled_family

HELP: Final = "Prefixes of virtual private networks, with MPLS labels and a route distinguisher."

IPV4: Final = labelled_family(1, 128, "ipv4 mpls-vpn", VPN_HOPS[1], "RFC 4364", HELP)
IPV6: Final = labelled_family(2, 128, "ipv6 mpls-vpn", VPN_HOPS[2], "RFC 4659", HELP)
