"""Softwire meshes: prefixes of one address family behind endpoints of the other (RFC 5747).

6over4 has no document: IANA knows its SAFI, the prefixes are those of the AFI in use.
"""

from typing import Final

from bgptwist.wire.values.prefix import prefix_family

OVER_IPV6: Final = "Prefixes behind a softwire endpoint with an IPv6 address."
OVER_IPV4: Final = "Prefixes behind a softwire endpoint with an IPv4 address."

IPV4_OVER_IPV6: Final = prefix_family(1, 67, "ipv4 4over6", (16,), "RFC 5747", OVER_IPV6)
IPV4_6OVER4: Final = prefix_family(1, 68, "ipv4 6over4", (4,), "RFC 5747", OVER_IPV4)
IPV6_6OVER4: Final = prefix_family(2, 68, "ipv6 6over4", (4,), "RFC 5747", OVER_IPV4)
