"""The encapsulation SAFI: the address to which the tunnels lead that an attribute describes (RFC 5512)."""

from typing import Final

from bgptwist.wire.kinds import Family
from bgptwist.wire.values.field import Address
from bgptwist.wire.values.framed import BitsNlri, framed_family
from bgptwist.wire.values.layout import Member, Struct


def encapsulation(afi: int, name: str, size: int) -> Family:
    """The family of endpoints of `size` octets."""
    form = BitsNlri(Struct(Member("endpoint", Address(size))), 8 * size)
    return framed_family(afi, 7, name, (4, 16), form, "RFC 5512", "Endpoints of tunnels; obsolete (RFC 9012).")


IPV4: Final = encapsulation(1, "ipv4 encapsulation", 4)
IPV6: Final = encapsulation(2, "ipv6 encapsulation", 16)
