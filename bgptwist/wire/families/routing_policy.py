"""Routing policies for a router to apply, named; what they say stands in a community container (draft-ietf-idr-rpd)."""

from typing import Final

from bgptwist.wire.kinds import Family
from bgptwist.wire.values.field import Address, Choice, Number
from bgptwist.wire.values.framed import FramedNlri, framed_family
from bgptwist.wire.values.layout import Member, Struct

TYPES: Final[dict[int, str]] = {1: "export", 2: "import"}


def policies(afi: int, name: str, size: int) -> Family:
    """The family of policies about peers whose addresses have `size` octets, 0 for IPv4 and IPv6."""
    layout = Struct(
        Member("policy-type", Choice(1, TYPES)),
        Member("distinguisher", Number(4)),
        Member("peer", Address(size)),
    )
    help = "Routing policies for the session with a peer, by type and distinguisher."
    return framed_family(afi, 75, name, (0,), FramedNlri(layout), "draft-ietf-idr-rpd", help)


IPV4: Final = policies(1, "ipv4 rpd", 4)
IPV6: Final = policies(2, "ipv6 rpd", 16)
EITHER: Final = policies(16397, "routing-policy rpd", 0)
