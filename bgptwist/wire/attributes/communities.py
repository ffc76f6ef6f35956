"""COMMUNITIES (RFC 1997)."""

from struct import unpack
from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values import community
from bgptwist.wire.values.community import EXPECTED, of_tree, parse, write
from bgptwist.wire.values.tree import items
from bgptwist.wire.words import Words

NAMES: Final = community.NAMES


class Communities(Attribute):
    """Communities in the order they came; `value` is their octets.

    Without octets it is what `[ ]` says: nothing to send.
    """

    code: int = 8

    def __init__(self, value: bytes) -> None:
        self.value = value

    def numbers(self) -> tuple[int, ...]:
        """The communities as numbers of 32 bits."""
        return unpack(f">{len(self.value) // 4}I", self.value)

    def octets(self) -> bytes:
        return self.value

    def words(self) -> str:
        written = " ".join([write(community) for community in self.numbers()])
        return written if len(self.value) == 4 else f"[ {written} ]"

    def json(self) -> str:
        listed = [f"{community >> 16}, {community & 0xFFFF}" for community in sorted(self.numbers())]
        return f"[ [{'], ['.join(listed)}] ]" if listed else "[  ]"


def decode(value: bytes) -> Attribute:
    if not value or len(value) % 4:
        raise Malformed(f"communities of {len(value)} octets", 3, 5)
    return Communities(value)


def read(words: Words) -> Attribute:
    """In ascending order; duplicates remain."""
    found: list[int] = []
    at = words.at
    for word in words.items(EXPECTED, commas=True):
        value = parse(word)
        if value < 0:
            words.at = words.words.index(word, at) + 1
            raise words.wrong(EXPECTED, f"'{word}' is no community")
        found.append(value)
    return Communities(b"".join([value.to_bytes(4, "big") for value in sorted(found)]))


def restore(tree: object) -> str:
    """The words of what JSON shows, pairs of numbers; strings like `65000:1` and `no-export` will do."""
    return Communities(b"".join([of_tree(each).to_bytes(4, "big") for each in items(tree)])).words()


KIND: Final = Kind(
    8,
    "community",
    OPTIONAL_TRANSITIVE,
    decode,
    read,
    unit=4,
    rfc="RFC 1997",
    help="communities: one, or [ 65000:1 no-export ]; also 0x00010002",
    restore=restore,
)
