"""AGGREGATOR (RFC 4271, 5.1.7; RFC 6793, 4.2.3)."""

from typing import Final

from bgptwist.wire.errors import DISCARD, Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values import aggregation
from bgptwist.wire.values.asn import AS_TRANS
from bgptwist.wire.values.tree import string
from bgptwist.wire.words import Words


class Aggregator(aggregation.Aggregation):
    """Who formed the aggregate."""

    code: int = 7


def decode(value: bytes) -> Attribute:
    asn, address = aggregation.split(value)
    return Aggregator(asn, address)


def read(words: Words) -> Attribute:
    asn, address = aggregation.read(words)
    return Aggregator(asn, address)


def widen(value: bytes) -> bytes:
    """The canonical octets of an aggregator with a two-octet AS number."""
    if len(value) != 6:
        raise Malformed(f"aggregator of {len(value)} octets", 3, 5)
    return b"\0\0" + value


def narrow(value: bytes) -> bytes:
    """The octets of an aggregator with a two-octet AS number, 23456 when the number does not fit."""
    if len(value) != 8:
        raise Malformed(f"aggregator of {len(value)} octets", 3, 5)
    return (value[2:4] if fits(value) else AS_TRANS.to_bytes(2, "big")) + value[4:]


def fits(value: bytes) -> bool:
    """Whether the AS number of a sound value is at most 65535: a two-octet AS peer then needs no AS4_AGGREGATOR."""
    return value[0] == 0 and value[1] == 0


def restore(tree: object) -> str:
    """The words of what JSON shows; Misspelt when it has another shape."""
    return read(Words([string(tree)])).words()


KIND: Final = Kind(
    7,
    "aggregator",
    OPTIONAL_TRANSITIVE,
    decode,
    read,
    malformed=DISCARD,
    sizes=(8,),
    widen=widen,
    narrow=narrow,
    rfc="RFC 4271",
    help="who formed the aggregate: AS number and address, 65000:10.0.0.1",
    restore=restore,
)
