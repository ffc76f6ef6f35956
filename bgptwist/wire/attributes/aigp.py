"""AIGP, the accumulated IGP metric (RFC 7311)."""

from typing import Final

from bgptwist.wire.errors import DISCARD, Malformed
from bgptwist.wire.kinds import OPTIONAL_NON_TRANSITIVE, Attribute, Kind
from bgptwist.wire.spell import hexadecimal
from bgptwist.wire.values.tree import integer
from bgptwist.wire.words import Words, number

METRIC: Final = 1
HEADER: Final = b"\x01\x00\x0b"
"""Type and length of the TLV that holds the metric; the length counts the header."""

EXPECTED: Final = "a metric of at most 64 bits"


class Aigp(Attribute):
    """The metric from the first TLV that has one; `value` is all octets, other TLVs travel with it."""

    code: int = 26

    def __init__(self, metric: int, value: bytes) -> None:
        self.metric = metric
        self.value = value

    def octets(self) -> bytes:
        return self.value

    def words(self) -> str:
        """The metric; the whole value in hexadecimal, which is longer than any metric, when it has other TLVs."""
        return str(self.metric) if len(self.value) == 11 else hexadecimal(self.value)

    def json(self) -> str:
        """The metric as a number; with other TLVs all octets as a string, which alone tells them."""
        return str(self.metric) if len(self.value) == 11 else f'"{hexadecimal(self.value)}"'


def decode(value: bytes) -> Attribute:
    """Malformed when a TLV is cut or too short, or no metric is there."""
    metric = -1
    at = 0
    end = len(value)
    while at + 3 <= end:
        size = value[at + 1] << 8 | value[at + 2]
        if size < 3 or at + size > end or (value[at] == METRIC and size != 11):
            raise Malformed(f"AIGP TLV of type {value[at]} with length {size}", 3, 9)
        if value[at] == METRIC and metric < 0:
            metric = int.from_bytes(value[at + 3 : at + 11], "big")
        at += size
    if at != end or metric < 0:
        raise Malformed("AIGP without a metric, or with octets after its TLVs", 3, 9)
    return Aigp(metric, value)


def read(words: Words) -> Attribute:
    word = words.next(EXPECTED)
    metric = number(word)
    if 0 <= metric < 1 << 64 and len(word) <= 20:
        return Aigp(metric, HEADER + metric.to_bytes(8, "big"))
    try:
        return decode(bytes.fromhex(word[2:]) if word[:2] in ("0x", "0X") else b"")
    except (Malformed, ValueError):
        raise words.wrong(EXPECTED) from None


def restore(tree: object) -> str:
    """The words of what JSON shows; Misspelt when it has another shape."""
    if isinstance(tree, str) and tree[:2] == "0x":
        return read(Words([tree])).words()
    return str(integer(tree, (1 << 64) - 1))


KIND: Final = Kind(
    26,
    "aigp",
    OPTIONAL_NON_TRANSITIVE,
    decode,
    read,
    malformed=DISCARD,
    rfc="RFC 7311",
    help="the accumulated IGP metric; peers of other AS are told only where capability aigp allows it",
    restore=restore,
)
