"""MULTI_EXIT_DISC (RFC 4271, 5.1.4)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_NON_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values.tree import integer
from bgptwist.wire.words import Words


class Med(Attribute):
    """How far the entry is from the inside of the AS."""

    code: int = 4

    def __init__(self, metric: int) -> None:
        self.metric = metric

    def octets(self) -> bytes:
        return self.metric.to_bytes(4, "big")

    def words(self) -> str:
        return str(self.metric)

    def json(self) -> str:
        return str(self.metric)


def decode(value: bytes) -> Attribute:
    if len(value) != 4:
        raise Malformed(f"metric of {len(value)} octets", 3, 5)
    return Med(int.from_bytes(value, "big"))


def read(words: Words) -> Attribute:
    return Med(words.integer(0xFFFFFFFF))


def restore(tree: object) -> str:
    """The words of what JSON shows; Misspelt when it has another shape."""
    return str(integer(tree, 0xFFFFFFFF))


KIND: Final = Kind(
    4,
    "med",
    OPTIONAL_NON_TRANSITIVE,
    decode,
    read,
    sizes=(4,),
    rfc="RFC 4271",
    help="the metric that makes a neighbor AS prefer the lowest of several entries",
    restore=restore,
)
