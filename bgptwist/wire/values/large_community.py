"""Communities of three times 32 bits as words (RFC 8092, 3 and 4)."""

from struct import pack
from typing import Final

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.values.tree import integer, items
from bgptwist.wire.words import number

EXPECTED: Final = "a large community (65000:1:2)"


def parse(word: str) -> bytes:
    """The twelve octets of one large community, empty when the word is none."""
    if word[:2] in ("0x", "0X"):
        value = number(word)
        return value.to_bytes(12, "big") if 0 <= value < 1 << 96 else b""
    parts = [number(part) for part in word.split(":")]
    if len(parts) != 3 or min(parts) < 0 or max(parts) > 0xFFFFFFFF:
        return b""
    return pack(">III", *parts)


def of_tree(tree: object) -> bytes:
    """The octets of one large community in JSON; Misspelt."""
    if isinstance(tree, str):
        value = parse(tree)
        if not value:
            raise Misspelt(f"'{tree[:60]}' is no large community", EXPECTED)
        return value
    numbers = [integer(each, 0xFFFFFFFF) for each in items(tree)]
    if len(numbers) != 3:
        raise Misspelt(f"{len(numbers)} numbers", "three numbers for each large community")
    return pack(">III", *numbers)
