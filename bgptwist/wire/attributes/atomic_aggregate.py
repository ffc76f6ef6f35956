"""ATOMIC_AGGREGATE (RFC 4271, 5.1.6)."""

from typing import Final

from bgptwist.wire.errors import DISCARD, Malformed, Misspelt
from bgptwist.wire.kinds import WELL_KNOWN, Attribute, Kind
from bgptwist.wire.words import Words


class AtomicAggregate(Attribute):
    """AS were left out of the path when routes were aggregated."""

    code: int = 6

    def octets(self) -> bytes:
        return b""

    def words(self) -> str:
        return ""

    def json(self) -> str:
        return "true"


def decode(value: bytes) -> Attribute:
    if value:
        raise Malformed(f"atomic aggregate of {len(value)} octets", 3, 5)
    return AtomicAggregate()


def read(words: Words) -> Attribute:
    return AtomicAggregate()


def restore(tree: object) -> str:
    """The words of what JSON shows; Misspelt when it has another shape."""
    if tree is not True:
        raise Misspelt("it is either there or not", "true")
    return ""


KIND: Final = Kind(
    6,
    "atomic-aggregate",
    WELL_KNOWN,
    decode,
    read,
    malformed=DISCARD,
    sizes=(0,),
    rfc="RFC 4271",
    help="says that the path of an aggregate leaves AS out; nothing follows",
    restore=restore,
)
