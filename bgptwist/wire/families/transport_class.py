"""Classful transport: prefixes of endpoints, told apart by transport class in the distinguisher (RFC 9832)."""

from typing import Final

from bgptwist.wire.values.labelled_prefix import VPN_HOPS, labelled_family

HELP: Final = "Tunnel endpoints in transport classes, with MPLS labels and a route distinguisher."

IPV4: Final = labelled_family(1, 76, "ipv4 classful-transport", VPN_HOPS[1], "RFC 9832", HELP)
IPV6: Final = labelled_family(2, 76, "ipv6 classful-transport", VPN_HOPS[2], "RFC 9832", HELP)
