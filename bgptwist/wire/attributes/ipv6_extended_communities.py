"""IPV6_EXTENDED_COMMUNITIES (RFC 5701); the forms are rows of values.ipv6_extended_community."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values.ipv6_extended_community import SIZE, TABLE
from bgptwist.wire.words import Words


class Ipv6ExtendedCommunities(Attribute):
    """Extended communities with an IPv6 address in the order they came; `value` is their octets.

    Without octets it is what `[ ]` says: nothing to send.
    """

    code: int = 25

    def __init__(self, value: bytes) -> None:
        self.value = value

    def communities(self) -> list[bytes]:
        """The communities, twenty octets each."""
        return TABLE.listed(self.value)

    def octets(self) -> bytes:
        return self.value

    def words(self) -> str:
        return TABLE.spelt(self.value)

    def json(self) -> str:
        listed = [TABLE.json(community) for community in sorted(self.communities())]
        return f"[ {', '.join(listed)} ]"


def decode(value: bytes) -> Attribute:
    if not value or len(value) % SIZE:
        raise Malformed(f"IPv6 extended communities of {len(value)} octets", 3, 5)
    return Ipv6ExtendedCommunities(value)


def read(words: Words) -> Attribute:
    """In ascending order; duplicates remain."""
    return Ipv6ExtendedCommunities(TABLE.read(words))


def joined(one: bytes, other: bytes) -> bytes:
    """Two values as one, in ascending order: a statement that says `extended-community-ipv6` twice means both."""
    return TABLE.joined(one, other)


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
