"""Route distinguishers (RFC 4364, 4.2): two octets of type, six of value."""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Field
from bgptwist.wire.values.tree import raw_octets, string
from bgptwist.wire.words import Words, number

SIZE: Final = 8

EXPECTED: Final = "a route distinguisher like 65000:1 or 10.0.0.1:1"


def text(rd: bytes) -> str:
    """`65000:1`, `10.0.0.1:1`, `200000:1`; a small AS in the form of four octets has an L, other types hexadecimal."""
    kind = rd[0] << 8 | rd[1]
    if kind == 0:
        return f"{rd[2] << 8 | rd[3]}:{int.from_bytes(rd[4:], 'big')}"
    if kind == 1:
        return f"{spell.address(rd[2:6])}:{rd[6] << 8 | rd[7]}"
    if kind == 2:
        asn = int.from_bytes(rd[2:6], "big")
        return f"{asn}{'' if asn > 0xFFFF else 'L'}:{rd[6] << 8 | rd[7]}"
    return spell.hexadecimal(rd)


def octets(word: str) -> bytes:
    """The eight octets of such a text; Misspelt."""
    if word[:2] == "0x":
        found = raw_octets(word)
        if len(found) == SIZE:
            return found
    left, _, right = word.partition(":")
    value = number(right) if right.isdecimal() else -1
    try:
        return b"\0\1" + spell.ipv4_octets(left) + value.to_bytes(2, "big")
    except (ValueError, OverflowError):
        pass
    long = left.endswith("L")
    asn = number(left.removesuffix("L")) if left.removesuffix("L").isdecimal() else -1
    if 0 <= asn <= 0xFFFF and 0 <= value <= 0xFFFFFFFF and not long:
        return b"\0\0" + asn.to_bytes(2, "big") + value.to_bytes(4, "big")
    if 0 <= asn <= 0xFFFFFFFF and 0 <= value <= 0xFFFF:
        return b"\0\2" + asn.to_bytes(4, "big") + value.to_bytes(2, "big")
    raise Misspelt(f"'{word}' is no route distinguisher", EXPECTED)


class RouteDistinguisher(Field):
    """A route distinguisher; the tree is its text."""

    def decode(self, octets: Octets) -> object:
        return text(octets.take(SIZE))

    def encode(self, tree: object) -> bytes:
        return octets(string(tree))

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        word = words.next(EXPECTED)
        try:
            return text(octets(word))
        except Misspelt as error:
            raise words.wrong(EXPECTED, error.reason) from None
