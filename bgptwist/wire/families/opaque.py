"""Families that can be negotiated and passed on but not yet read: the whole field is one NLRI in hexadecimal."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Family
from bgptwist.wire.words import Words


def opaque(afi: int, safi: int, name: str, next_hop_sizes: tuple[int, ...]) -> Family:
    """A family whose NLRI nobody looks into."""

    def split(data: bytes, at: int, end: int) -> list[bytes]:
        if end < at:
            raise Malformed("an NLRI field is cut short", 3, 10)
        return [data[at:end]] if end > at else []

    def read(words: Words) -> bytes:
        words.next("a route")
        raise words.wrong("another family", f"routes of {name} cannot be announced yet")

    def words(nlri: bytes) -> str:
        return "0x" + nlri.hex()

    def json(nlri: bytes) -> str:
        return f'{{ "raw": "{nlri.hex().upper()}" }}'

    return Family(afi, safi, name, next_hop_sizes, split, read, words, json)


ADDRESS: Final = (4, 16, 32)
VPN: Final = (12, 24, 48)
NONE: Final = (0, 4, 16)

OPAQUE: Final = (
    opaque(1, 4, "ipv4 nlri-mpls", ADDRESS),
    opaque(1, 5, "ipv4 mcast-vpn", ADDRESS),
    opaque(1, 85, "ipv4 mup", ADDRESS),
    opaque(1, 128, "ipv4 mpls-vpn", VPN),
    opaque(1, 132, "ipv4 rtc", ADDRESS),
    opaque(1, 133, "ipv4 flow", NONE),
    opaque(1, 134, "ipv4 flow-vpn", NONE),
    opaque(2, 4, "ipv6 nlri-mpls", ADDRESS),
    opaque(2, 5, "ipv6 mcast-vpn", ADDRESS),
    opaque(2, 85, "ipv6 mup", ADDRESS),
    opaque(2, 128, "ipv6 mpls-vpn", VPN),
    opaque(2, 133, "ipv6 flow", NONE),
    opaque(2, 134, "ipv6 flow-vpn", NONE),
    opaque(25, 65, "l2vpn vpls", ADDRESS),
    opaque(25, 70, "l2vpn evpn", ADDRESS),
    opaque(16388, 71, "bgp-ls bgp-ls", ADDRESS),
    opaque(16388, 72, "bgp-ls bgp-ls-vpn", (12, 24)),
)
