"""IPV6_EXTENDED_COMMUNITIES (RFC 5701); the forms are rows of values.ipv6_extended_community."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values.community_table import TabledCommunities
from bgptwist.wire.values.ipv6_extended_community import SIZE, TABLE
from bgptwist.wire.words import Words


class Ipv6ExtendedCommunities(TabledCommunities):
    """Extended communities with an IPv6 address, twenty octets each."""

    code: int = 25
    table = TABLE


def decode(value: bytes) -> Attribute:
    if not value or len(value) % SIZE:
        raise Malformed(f"IPv6 extended communities of {len(value)} octets", 3, 5)
    return Ipv6ExtendedCommunities(value)


def read(words: Words) -> Attribute:
    """In ascending order; duplicates remain."""
    return Ipv6ExtendedCommunities(TABLE.read(words))


KIND: Final = Kind(
    25,
    "extended-community-ipv6",
    OPTIONAL_TRANSITIVE,
    decode,
    read,
    unit=SIZE,
    rfc="RFC 5701",
    help="extended communities with an IPv6 address: one, or [ target6:2001:db8::1:100 redirect6:2001:db8::2:1 ]",
    restore=TABLE.restored,
)
