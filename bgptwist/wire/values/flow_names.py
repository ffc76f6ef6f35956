"""Names of the values that flow components match: protocols, types and codes of ICMP, flags (IANA; RFC 8955, 4.2.2)."""

from typing import Final

PROTOCOLS: Final[dict[int, str]] = {
    1: "icmp",
    2: "igmp",
    6: "tcp",
    8: "egp",
    17: "udp",
    46: "rsvp",
    47: "gre",
    50: "esp",
    51: "ah",
    89: "ospf",
    94: "ipip",
    103: "pim",
    132: "sctp",
}
"""IP protocols and next headers, as ExaBGP calls them."""

MORE_PROTOCOLS: Final[dict[str, int]] = {
    "ipv4": 4,
    "ipv6": 41,
    "ipv6-route": 43,
    "ipv6-frag": 44,
    "ipv6-icmp": 58,
    "icmpv6": 58,
    "ipv6-nonxt": 59,
    "ipv6-opts": 60,
    "eigrp": 88,
    "vrrp": 112,
    "l2tp": 115,
    "udplite": 136,
}
"""Names that are read and not written."""

ICMP_TYPES: Final[dict[int, str]] = {
    0: "echo-reply",
    3: "unreachable",
    5: "redirect",
    8: "echo-request",
    9: "router-advertisement",
    10: "router-solicit",
    11: "time-exceeded",
    12: "parameter-problem",
    13: "timestamp",
    14: "timestamp-reply",
    40: "photuris",
    41: "experimental-mobility",
    42: "extended-echo-request",
    43: "extended-echo-reply",
    253: "experimental-one",
    254: "experimental-two",
}
"""Types of ICMP (RFC 792 and later)."""

ICMPV6_TYPES: Final[dict[int, str]] = {
    1: "unreachable",
    2: "packet-too-big",
    3: "time-exceeded",
    4: "parameter-problem",
    100: "experimental-one",
    101: "experimental-two",
    128: "echo-request",
    129: "echo-reply",
    130: "listener-query",
    131: "listener-report",
    132: "listener-done",
    133: "router-solicit",
    134: "router-advertisement",
    135: "neighbor-solicit",
    136: "neighbor-advertisement",
    137: "redirect",
    143: "listener-report-v2",
    150: "experimental-mobility",
    160: "extended-echo-request",
    161: "extended-echo-reply",
}
"""Types of ICMPv6 (RFC 4443 and later): other numbers than those of IPv4 under the same names."""

ICMP_CODES: Final[dict[str, int]] = {
    "network-unreachable": 0,
    "host-unreachable": 1,
    "protocol-unreachable": 2,
    "port-unreachable": 3,
    "fragmentation-needed": 4,
    "source-route-failed": 5,
    "destination-network-unknown": 6,
    "destination-host-unknown": 7,
    "source-host-isolated": 8,
    "destination-network-prohibited": 9,
    "destination-host-prohibited": 10,
    "network-unreachable-for-tos": 11,
    "host-unreachable-for-tos": 12,
    "communication-prohibited-by-filtering": 13,
    "host-precedence-violation": 14,
    "precedence-cutoff-in-effect": 15,
    "redirect-for-network": 0,
    "redirect-for-host": 1,
    "redirect-for-tos-and-net": 2,
    "redirect-for-tos-and-host": 3,
    "ttl-eq-zero-during-transit": 0,
    "ttl-eq-zero-during-reassembly": 1,
    "required-option-missing": 1,
    "ip-header-bad": 2,
}
"""Codes of ICMP; what one means depends on the type, so they are written as numbers."""

ICMPV6_CODES: Final[dict[str, int]] = {
    "no-route-to-destination": 0,
    "network-unreachable": 0,
    "communication-prohibited-by-filtering": 1,
    "beyond-scope": 2,
    "host-unreachable": 3,
    "address-unreachable": 3,
    "port-unreachable": 4,
    "source-address-failed-policy": 5,
    "reject-route": 6,
    "ttl-eq-zero-during-transit": 0,
    "ttl-eq-zero-during-reassembly": 1,
    "ip-header-bad": 0,
    "unrecognized-next-header": 1,
    "unrecognized-option": 2,
}
"""Codes of ICMPv6 (RFC 4443)."""

TCP_FLAGS: Final[dict[int, str]] = {
    1: "fin",
    2: "syn",
    4: "rst",
    8: "push",
    16: "ack",
    32: "urg",
    64: "ece",
    128: "cwr",
    256: "ns",
}
"""Bits of the TCP header (RFC 9293, 3.1)."""

MORE_TCP_FLAGS: Final[dict[str, int]] = {"urgent": 32, "psh": 8}

FRAGMENTS: Final[dict[int, str]] = {
    1: "dont-fragment",
    2: "is-fragment",
    4: "first-fragment",
    8: "last-fragment",
}
"""Bits of the fragment component (RFC 8955, 4.2.2.12)."""

ETHERTYPES: Final[dict[int, str]] = {
    0x0800: "ipv4",
    0x0806: "arp",
    0x8035: "rarp",
    0x8100: "vlan",
    0x86DD: "ipv6",
    0x8847: "mpls",
    0x8848: "mpls-upstream",
    0x8863: "pppoe-discovery",
    0x8864: "pppoe-session",
    0x88A8: "qinq",
    0x88CC: "lldp",
}
"""Ethertypes (IEEE 802)."""
