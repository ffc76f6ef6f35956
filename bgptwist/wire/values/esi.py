"""Ethernet segment identifiers: ten octets, the first of which is the type (RFC 7432, 5)."""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Field, Mac
from bgptwist.wire.values.tree import raw_octets, string
from bgptwist.wire.words import Words, number

SIZE: Final = 10

EXPECTED: Final = (
    "0, ten octets like 00:11:22:33:44:55:66:77:88:99, or a typed identifier like mac:00:11:22:33:44:55:100"
)

KINDS: Final[dict[str, tuple[int, str, int]]] = {
    "lacp": (1, "mac", 2),
    "bridge": (2, "mac", 2),
    "mac": (3, "mac", 3),
    "router-id": (4, "router-id", 4),
    "as": (5, "as", 4),
}
"""The word of each type: its number, what comes first, and the octets of the number behind it (zeros fill the rest)."""


def text(esi: bytes) -> str:
    """Ten octets in pairs of digits; `-` when all are zero, as ExaBGP writes it."""
    return esi.hex(":") if any(esi) else "-"


def octets(word: str) -> bytes:
    """The ten octets of `0`, `-`, pairs of digits, `0x...`, or a typed form; Misspelt."""
    if word in ("0", "-"):
        return bytes(SIZE)
    kind, _, rest = word.partition(":")
    if kind in KINDS:
        return typed(kind, rest)
    try:
        found = raw_octets(word) if word[:2] == "0x" else bytes([int(part, 16) for part in pairs(word)])
    except (ValueError, Misspelt):
        found = b""
    if len(found) != SIZE:
        raise Misspelt(f"'{word[:60]}' is no Ethernet segment identifier", EXPECTED)
    return found


def pairs(word: str) -> list[str]:
    """The parts of a word between colons; ValueError unless each has two digits."""
    found = word.split(":")
    if any(len(part) != 2 or not part.isalnum() or not part.isascii() for part in found):
        raise ValueError("not pairs of digits")
    return found


def typed(kind: str, rest: str) -> bytes:
    """The octets of `mac:00:11:22:33:44:55:100` and its kin."""
    code, first, size = KINDS[kind]
    head, _, tail = rest.rpartition(":")
    value = number(tail)
    try:
        if first == "mac":
            front = Mac().encode(head)
        elif first == "router-id":
            front = spell.ipv4_octets(head)
        else:
            front = number(head).to_bytes(4, "big")
        return (bytes((code,)) + front + value.to_bytes(size, "big")).ljust(SIZE, b"\0")
    except (ValueError, OverflowError, Misspelt):
        raise Misspelt(f"'{kind}:{rest[:60]}' is no Ethernet segment identifier", EXPECTED) from None


class Esi(Field):
    """An Ethernet segment identifier; the tree is its text, `-` for zero, which words write as 0."""

    def decode(self, octets: Octets) -> object:
        return text(octets.take(SIZE))

    def encode(self, tree: object) -> bytes:
        return octets(string(tree))

    def words(self, tree: object) -> str:
        return "0" if tree == "-" else str(tree)

    def read(self, words: Words) -> object:
        word = words.next(EXPECTED)
        try:
            return text(octets(word))
        except Misspelt as error:
            raise words.wrong(EXPECTED, error.reason) from None
