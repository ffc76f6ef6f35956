"""Trees: what JSON shows, as numbers, strings, booleans, lists and dictionaries; each must have the shape expected."""

from json import dumps

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.words import Words, number


def raw_octets(text: str, words: Words | None = None) -> bytes:
    """The octets of `0x...`."""
    try:
        if text[:2] != "0x":
            raise ValueError
        return bytes.fromhex(text[2:])
    except ValueError:
        expected = "an even number of hexadecimal digits after 0x"
        if words is not None:
            raise words.wrong(expected) from None
        raise Misspelt(f"'{text}' is not hexadecimal", expected) from None


def integer(tree: object, maximum: int, minimum: int = 0) -> int:
    """The number a tree must be; a string of digits will do."""
    value = number(tree) if isinstance(tree, str) else tree
    if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
        raise Misspelt(f"{dumps(tree)[:60]} does not fit", f"a number from {minimum} to {maximum}")
    return value


def string(tree: object) -> str:
    """The string a tree must be."""
    if not isinstance(tree, str):
        raise Misspelt(f"{dumps(tree)[:60]} does not fit", "a string")
    return tree


def members(tree: object) -> dict[str, object]:
    """The dictionary a tree must be."""
    if not isinstance(tree, dict):
        raise Misspelt(f"{dumps(tree)[:60]} does not fit", "an object")
    return tree


def items(tree: object) -> list[object]:
    """The list a tree must be."""
    if not isinstance(tree, list):
        raise Misspelt(f"{dumps(tree)[:60]} does not fit", "a list")
    return tree
