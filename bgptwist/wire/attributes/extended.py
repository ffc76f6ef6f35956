"""EXTENDED_COMMUNITIES (RFC 4360; RFC 7153); the forms are rows of values.extended_community."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values.community_table import TabledCommunities
from bgptwist.wire.values.extended_community import SIZE, TABLE
from bgptwist.wire.words import Words


class ExtendedCommunities(TabledCommunities):
    """Extended communities, eight octets each."""

    code: int = 16
    table = TABLE


def decode(value: bytes) -> Attribute:
    if not value or len(value) % SIZE:
        raise Malformed(f"extended communities of {len(value)} octets", 3, 5)
    return ExtendedCommunities(value)


def read(words: Words) -> Attribute:
    """In ascending order; duplicates remain."""
    return ExtendedCommunities(TABLE.read(words))


KIND: Final = Kind(
    16,
    "extended-community",
    OPTIONAL_TRANSITIVE,
    decode,
    read,
    unit=SIZE,
    rfc="RFC 4360",
    help="extended communities: one, or [ target:65000:1 origin:10.0.0.1:7 color:100 0x030b000000000064 ]",
    restore=TABLE.restored,
)
