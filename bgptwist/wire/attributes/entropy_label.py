"""ENTROPY_LABEL_CAPABILITY (RFC 6790, 5.2; deprecated by RFC 7447): the egress can take entropy labels.

It has no octets; those that somebody sends say nothing, and travel on.
"""

from typing import Final

from bgptwist.wire.errors import DISCARD
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Attribute, Kind
from bgptwist.wire.spell import hexadecimal
from bgptwist.wire.values.tree import raw_octets, string
from bgptwist.wire.words import Words


class EntropyLabelCapability(Attribute):
    """Entropy labels are understood; `value` are octets that should not be there."""

    code: int = 28

    def __init__(self, value: bytes) -> None:
        self.value = value

    def octets(self) -> bytes:
        return self.value

    def words(self) -> str:
        return hexadecimal(self.value) if self.value else ""

    def json(self) -> str:
        return f'"{hexadecimal(self.value)}"' if self.value else "true"


def decode(value: bytes) -> Attribute:
    return EntropyLabelCapability(value)


def read(words: Words) -> Attribute:
    """Nothing, or octets in hexadecimal."""
    if words.peek()[:2] != "0x":
        return EntropyLabelCapability(b"")
    return EntropyLabelCapability(raw_octets(words.next("hexadecimal"), words))


def restore(tree: object) -> str:
    """The words of what JSON shows; Misspelt when it has another shape."""
    return "" if tree is True else EntropyLabelCapability(raw_octets(string(tree))).words()


KIND: Final = Kind(
    28,
    "entropy-label-capability",
    OPTIONAL_TRANSITIVE,
    decode,
    read,
    malformed=DISCARD,
    rfc="RFC 6790",
    help="says that the egress understands entropy labels; nothing follows (deprecated by RFC 7447)",
    restore=restore,
)
