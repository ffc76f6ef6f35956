"""LARGE_COMMUNITY (RFC 8092)."""

from struct import unpack
from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values.large_community import EXPECTED, of_tree, parse
from bgptwist.wire.values.tree import items
from bgptwist.wire.words import Words


class LargeCommunities(Attribute):
    """Large communities in the order they came; `value` is their octets.

    Without octets it is what `[ ]` says: nothing to send.
    """

    code: int = 32

    def __init__(self, value: bytes) -> None:
        self.value = value

    def triples(self) -> list[tuple[int, int, int]]:
        """The communities: global administrator and two parts of local data."""
        found = unpack(f">{len(self.value) // 4}I", self.value)
        return [(found[at], found[at + 1], found[at + 2]) for at in range(0, len(found), 3)]

    def octets(self) -> bytes:
        return self.value

    def words(self) -> str:
        written = " ".join([f"{owner}:{one}:{two}" for owner, one, two in self.triples()])
        return written if len(self.value) == 12 else f"[ {written} ]"

    def json(self) -> str:
        listed = [f"[ {owner}, {one}, {two} ]" for owner, one, two in sorted(self.triples())]
        return f"[ {', '.join(listed)} ]"


def decode(value: bytes) -> Attribute:
    """Duplicates, of which RFC 8092, 5 keeps one, are removed."""
    if not value or len(value) % 12:
        raise Malformed(f"large communities of {len(value)} octets", 3, 5)
    return LargeCommunities(value if len(value) == 12 else unique(value))


def unique(value: bytes) -> bytes:
    """The communities without those that were there before."""
    return b"".join(dict.fromkeys([value[at : at + 12] for at in range(0, len(value), 12)]))


def read(words: Words) -> Attribute:
    """In ascending order, without duplicates."""
    found: set[bytes] = set()
    at = words.at
    for word in words.items(EXPECTED, commas=True):
        value = parse(word)
        if not value:
            words.at = words.words.index(word, at) + 1
            raise words.wrong(EXPECTED, f"'{word}' is no large community")
        found.add(value)
    return LargeCommunities(b"".join(sorted(found)))


def restore(tree: object) -> str:
    """The words of what JSON shows, three numbers each; strings like `65000:1:2` will do."""
    return LargeCommunities(b"".join([of_tree(each) for each in items(tree)])).words()


KIND: Final = Kind(
    32,
    "large-community",
    OPTIONAL_TRANSITIVE,
    decode,
    read,
    unit=12,
    rfc="RFC 8092",
    help="large communities: one, or [ 65000:1:2 65000:1:3 ]",
    restore=restore,
)
