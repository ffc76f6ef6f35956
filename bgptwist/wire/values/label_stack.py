"""Stacks of MPLS labels in front of a prefix (RFC 8277, 2; RFC 3032, 2.1): three octets each, the last one marked.

An entry is 20 bits of label, 3 of traffic class and the bit of the bottom of the stack.  In words a label is a number
when its traffic class is zero and the last one alone has that bit; `100/3/0` says label, traffic class and bit.
"""

from typing import Final

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Field
from bgptwist.wire.values.tree import integer, items
from bgptwist.wire.words import Words, number

SIZE: Final = 3
HIGHEST: Final = 0xFFFFF
WITHDRAWN: Final = "524288/0/0"
"""The entry of a route withdrawn without saying its label (RFC 8277, 2.4): 0x800000."""

COMPATIBILITY: Final = b"\x80\0\0"
"""The octets of that entry, which stands where labels do when a route is withdrawn."""

ENDS: Final = (COMPATIBILITY, b"\0\0\0")
"""What ends a stack without the bit: the label of withdrawals, and that of RFC 3107."""

EXPECTED: Final = "a label from 0 to 1048575, or LABEL/CLASS/BOTTOM"


def size(data: bytes, at: int, room: int) -> int:
    """How many of the `room` octets from `at` are labels; a first one must fit.

    A stack that never ends is one label, whose bit does not count (RFC 8277, 2.1).
    """
    end = at + room - room % SIZE
    mark = at + 2
    while mark < end:
        if data[mark] & 1 or data[mark - 2 : mark + 1] in ENDS:
            return mark + 1 - at
        mark += SIZE
    return SIZE


def words(stack: bytes) -> str:
    """`100`, or `[ 100 200 ]`."""
    if len(stack) == SIZE and stack[2] & 0xF == 1:
        return str((stack[0] << 16 | stack[1] << 8 | stack[2]) >> 4)
    last = len(stack) - SIZE
    found = [entry(int.from_bytes(stack[at : at + SIZE], "big"), at == last) for at in range(0, len(stack), SIZE)]
    return found[0] if last == 0 else f"[ {' '.join(found)} ]"


def entry(raw: int, last: bool) -> str:
    """The word of one entry."""
    return str(raw >> 4) if raw & 0xF == int(last) else f"{raw >> 4}/{raw >> 1 & 7}/{raw & 1}"


def json(stack: bytes) -> str:
    """`[[100, 1600], [200, 3201]]`: the label and all 24 bits of each entry; `[0]` when none is set."""
    if len(stack) == SIZE:
        raw = stack[0] << 16 | stack[1] << 8 | stack[2]
        return f"[[{raw >> 4}, {raw}]]" if raw else "[[0]]"
    return str(trees(stack))


def trees(stack: bytes) -> list[object]:
    """The same as a tree."""
    raws = [int.from_bytes(stack[at : at + SIZE], "big") for at in range(0, len(stack), SIZE)]
    return [[raw >> 4, raw] if raw else [0] for raw in raws]


def entry_octets(word: str, last: bool) -> bytes:
    """The octets of the word of one entry, empty when it is none."""
    label, *rest = word.split("/")
    value = number(label)
    if not 0 <= value <= HIGHEST:
        return b""
    if not rest:
        return (value << 4 | int(last)).to_bytes(SIZE, "big")
    if len(rest) != 2 or rest[0] not in ("0", "1", "2", "3", "4", "5", "6", "7") or rest[1] not in ("0", "1"):
        return b""
    return (value << 4 | int(rest[0]) << 1 | int(rest[1])).to_bytes(SIZE, "big")


def read(words: Words) -> bytes:
    """The stack of `N` or `[ N M ]`, at least one label."""
    start = words.at
    first = start + (words.peek() == "[")
    labels = words.items(EXPECTED)
    if not labels:
        raise words.wrong(EXPECTED, "the label stack is empty")
    found: list[bytes] = []
    for index, label in enumerate(labels):
        octets = entry_octets(label, index == len(labels) - 1)
        if not octets:
            raise Misspelt(f"'{label}' is no label", EXPECTED, first + index)
        found.append(octets)
    return b"".join(found)


def octets(tree: object) -> bytes:
    """The stack of what JSON shows: `[label, 24 bits]`, `[label]` or a number for each entry."""
    given = items(tree)
    if not given:
        raise Misspelt("the label stack is empty", "labels")
    found: list[bytes] = []
    for index, each in enumerate(given):
        values = [each] if isinstance(each, int) else items(each)
        if len(values) not in (1, 2):
            raise Misspelt("a label has one or two numbers", "[ label, 24 bits ]")
        if len(values) == 2:
            raw = integer(values[1], 0xFFFFFF)
            if raw >> 4 != integer(values[0], HIGHEST):
                raise Misspelt(f"{raw} is not label {values[0]}", "[ label, 24 bits ]")
        else:
            label = integer(values[0], HIGHEST)
            raw = label << 4 | int(label > 0 and index == len(given) - 1)
        found.append(raw.to_bytes(SIZE, "big"))
    return b"".join(found)


class LabelStack(Field):
    """Labels up to the end of what holds them, at least one."""

    def decode(self, octets: Octets) -> object:
        stack = octets.rest()
        if not stack or len(stack) % SIZE:
            raise Malformed(f"labels of {len(stack)} octets")
        return trees(stack)

    def encode(self, tree: object) -> bytes:
        return octets(tree)

    def words(self, tree: object) -> str:
        return words(octets(tree))

    def read(self, words: Words) -> object:
        return trees(read(words))
