"""IPv4 and IPv6 unicast and multicast: prefixes (RFC 4271, 4.3; RFC 4760; RFC 2545)."""

from typing import Final

from bgptwist.wire.values.prefix import DECIMAL, prefix_family, words4

HOPS: Final = {1: (4, 16, 32), 2: (16, 32, 4)}
"""What the octets of a next hop may be, by AFI (RFC 8950)."""


def texts4(nlris: list[bytes]) -> list[str]:
    """`10.0.0.0/24` for each of many; three octets, as most have, are written here and now."""
    decimal = DECIMAL
    return [
        f"{decimal[n[1]]}.{decimal[n[2]]}.{decimal[n[3]]}.0/{decimal[n[0]]}" if len(n) == 4 else words4(n)
        for n in nlris
    ]


IPV4_UNICAST: Final = prefix_family(1, 1, "ipv4 unicast", HOPS[1], "RFC 4271", "IPv4 prefixes.", plain=True)
IPV4_MULTICAST: Final = prefix_family(
    1, 2, "ipv4 multicast", HOPS[1], "RFC 4760", "IPv4 prefixes towards multicast sources."
)
IPV6_UNICAST: Final = prefix_family(2, 1, "ipv6 unicast", HOPS[2], "RFC 2545", "IPv6 prefixes.")
IPV6_MULTICAST: Final = prefix_family(
    2, 2, "ipv6 multicast", HOPS[2], "RFC 2545", "IPv6 prefixes towards multicast sources."
)
