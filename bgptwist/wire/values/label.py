"""MPLS labels in NLRI: three octets of which 20 bits are the label (RFC 3032, 2.1; RFC 8277, 2)."""

from typing import Final

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Field
from bgptwist.wire.values.tree import integer, items
from bgptwist.wire.words import Words, number

HIGHEST: Final = 0xFFFFF
BOTTOM: Final = 1

EXPECTED: Final = "a label from 0 to 1048575, or vni:N with all 24 bits"


class Label(Field):
    """Three octets that are a label, or a VNI of 24 bits: which one is not said (RFC 8365, 5.1.3).

    The tree has both readings, `[100, 1601]`, and `[0]` for no octet set.  In words a label with the bit of the bottom
    of the stack set and no traffic class is `100`, anything else `vni:1600`.
    """

    def decode(self, octets: Octets) -> object:
        raw = octets.integer(3)
        return [raw >> 4, raw] if raw else [0]

    def encode(self, tree: object) -> bytes:
        if isinstance(tree, int):
            tree = [tree, tree << 4 | BOTTOM]
        given = items(tree)
        if len(given) == 2:
            return integer(given[1], 0xFFFFFF).to_bytes(3, "big")
        if len(given) != 1:
            raise Misspelt("a label has one or two numbers", "[ label, 24 bits ]")
        label = integer(given[0], HIGHEST)
        return (label << 4 | BOTTOM if label else 0).to_bytes(3, "big")

    def words(self, tree: object) -> str:
        raw = int.from_bytes(self.encode(tree), "big")
        return str(raw >> 4) if raw & 0xF == BOTTOM else f"vni:{raw}"

    def read(self, words: Words) -> object:
        word = words.next(EXPECTED)
        raw = number(word.removeprefix("vni:"))
        if word[:4] != "vni:":
            if not 0 <= raw <= HIGHEST:
                raise words.wrong(EXPECTED)
            raw = raw << 4 | BOTTOM
        if not 0 <= raw <= 0xFFFFFF:
            raise words.wrong(EXPECTED)
        return [raw >> 4, raw] if raw else [0]
