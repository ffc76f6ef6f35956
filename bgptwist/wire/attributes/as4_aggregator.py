"""AS4_AGGREGATOR, the aggregator with its four-octet AS number (RFC 6793, 3 and 6)."""

from typing import Final

from bgptwist.wire.errors import DISCARD
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values import aggregation


class As4Aggregator(aggregation.Aggregation):
    """Who formed the aggregate, when AGGREGATOR can only say 23456."""

    code: int = 18


def decode(value: bytes) -> Attribute:
    asn, address = aggregation.split(value)
    return As4Aggregator(asn, address)


KIND: Final = Kind(
    18,
    "as4-aggregator",
    OPTIONAL_TRANSITIVE,
    decode,
    None,
    malformed=DISCARD,
    sizes=(8,),
    old_only=True,
    rfc="RFC 6793",
    help="the aggregator with its four-octet AS number, for and from peers that do not know them; made when needed",
)
