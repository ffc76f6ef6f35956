"""The segments of an AS path: AS_PATH and AS4_PATH (RFC 4271, 4.3 and 5.1.2; RFC 5065, 3; RFC 6793).

A value here is canonical: {type, count, four octets an AS number}*.
"""

from struct import Struct, pack, unpack_from
from typing import Final

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.values import asn
from bgptwist.wire.values.tree import integer, items, string
from bgptwist.wire.values.tree import members as members_of
from bgptwist.wire.words import Words

SET: Final = 1
SEQUENCE: Final = 2
CONFED_SEQUENCE: Final = 3
CONFED_SET: Final = 4

LONGEST: Final = 255
"""AS numbers that one segment can hold."""

ELEMENTS: Final = ("", "as-set", "as-sequence", "as-confed-sequence", "as-confed-set")
OPENERS: Final = ("", "( ", "[ ", "confed-sequence [ ", "confed-set ( ")
CLOSERS: Final = ("", " )", " ]", " ]", " )")

EXPECTED: Final = "an AS number, '[' or '('"

ZERO: Final = b"\0\0\0\0"

SHORT: Final = 32
NUMBERS: Final = tuple([Struct(f">{count}I") for count in range(SHORT)])
ONE_SEGMENT: Final = tuple([f'{{ "0": {{ "element": "{element}", "value": ' for element in ELEMENTS])


def malformed(reason: str) -> Malformed:
    """The error of every fault in a path."""
    return Malformed(reason, 3, 11)


def check(value: bytes) -> None:
    """Malformed when a segment is of no known type, empty or cut, or holds AS 0 (RFC 7606, 7.2; RFC 7607)."""
    at = 0
    end = len(value)
    while at + 1 < end:
        count = value[at + 1]
        if count == 0 or value[at] > 4 or value[at] == 0:
            raise malformed(f"segment of type {value[at]} with {count} AS numbers")
        at += 2 + (count << 2)
    if at != end:
        raise malformed(f"segments end at octet {at} of {end}")
    # The search costs less than a look at every number, and hardly ever finds anything.
    if ZERO in value and has_zero(value):
        raise malformed("AS 0 in the path")


def has_zero(value: bytes) -> bool:
    """Whether AS 0 is in a sound path."""
    return any(0 in numbers(value, at) for at in starts(value))


def starts(value: bytes) -> list[int]:
    """Where the segments of a sound path begin."""
    found: list[int] = []
    at = 0
    end = len(value)
    while at < end:
        found.append(at)
        at += 2 + (value[at + 1] << 2)
    return found


def numbers(value: bytes, at: int) -> tuple[int, ...]:
    """The AS numbers of the segment that begins at `at`."""
    return unpack_from(f">{value[at + 1]}I", value, at + 2)


def segment(kind: int, asns: list[int]) -> bytes:
    """The octets of one segment, of several when it would hold more AS numbers than it can; none when it holds none."""
    found = b""
    for at in range(0, len(asns), LONGEST):
        part = asns[at : at + LONGEST]
        found += bytes((kind, len(part))) + pack(f">{len(part)}I", *part)
    return found


def has_kind(value: bytes, one: int, other: int) -> bool:
    """Whether a sound path has a segment of one of two types."""
    at = 0
    end = len(value)
    while at < end:
        if value[at] == one or value[at] == other:
            return True
        at += 2 + (value[at + 1] << 2)
    return False


def fits(value: bytes) -> bool:
    """Whether no AS number of a sound path is above 65535."""
    at = 0
    end = len(value)
    while at < end:
        stop = at + 2 + (value[at + 1] << 2)
        at += 2
        while at < stop:
            if value[at] or value[at + 1]:
                return False
            at += 4
    return True


def widen(value: bytes) -> bytes:
    """The canonical octets of a path with two-octet AS numbers; Malformed when its structure is bad."""
    parts: list[bytes] = []
    at = 0
    end = len(value)
    while at + 1 < end:
        count = value[at + 1]
        stop = at + 2 + (count << 1)
        if count == 0 or value[at] > 4 or value[at] == 0 or stop > end:
            raise malformed(f"segment of type {value[at]} with {count} AS numbers")
        parts.append(value[at : at + 2] + pack(f">{count}I", *unpack_from(f">{count}H", value, at + 2)))
        at = stop
    if at != end:
        raise malformed("an octet is left over")
    return b"".join(parts)


def narrow(value: bytes) -> bytes:
    """The octets of a path with two-octet AS numbers; what does not fit becomes 23456 (RFC 6793, 4.2.2).

    Malformed for a path that is not sound: a configuration may spell one out.
    """
    check(value)
    parts: list[bytes] = []
    for at in starts(value):
        small = [number if number <= 0xFFFF else asn.AS_TRANS for number in numbers(value, at)]
        parts.append(value[at : at + 2] + pack(f">{len(small)}H", *small))
    return b"".join(parts)


def without_confed(value: bytes) -> bytes:
    """A sound path without its confederation segments, which AS4_PATH never holds (RFC 6793, 4.2.2)."""
    if not has_kind(value, CONFED_SEQUENCE, CONFED_SET):
        return value
    parts = [value[at : at + 2 + (value[at + 1] << 2)] for at in starts(value) if value[at] < CONFED_SEQUENCE]
    return b"".join(parts)


def length(value: bytes) -> int:
    """How many AS a sound path counts: a set is one, confederation segments are none (RFC 4271, 9.1.2.2)."""
    found = 0
    at = 0
    end = len(value)
    while at < end:
        kind = value[at]
        if kind == SEQUENCE:
            found += value[at + 1]
        elif kind == SET:
            found += 1
        at += 2 + (value[at + 1] << 2)
    return found


def words(value: bytes) -> str:
    """`[ 65001 65010 ] ( 65020 65030 )`; an empty path is `[ ]`."""
    parts: list[str] = []
    for at in starts(value):
        kind = value[at]
        parts.append(OPENERS[kind] + " ".join(map(str, numbers(value, at))) + CLOSERS[kind])
    return " ".join(parts) or "[ ]"


def json(value: bytes) -> str:
    """`{ "0": { "element": "as-sequence", "value": [65001, 65010] } }`."""
    if value and len(value) == 2 + (value[1] << 2) and value[1] < SHORT:  # one segment, as nearly all paths have
        return ONE_SEGMENT[value[0]] + str([*NUMBERS[value[1]].unpack_from(value, 2)]) + " } }"
    parts: list[str] = []
    for at in starts(value):
        listed = str([*numbers(value, at)])
        parts.append(f'"{len(parts)}": {{ "element": "{ELEMENTS[value[at]]}", "value": {listed} }}')
    return "{ " + ", ".join(parts) + " }"


def of_tree(tree: object) -> bytes:
    """The octets of what JSON shows: segments by their place, or the list of ExaBGP 4; Misspelt."""
    if isinstance(tree, list):
        return of_list(tree)
    found = b""
    given = members_of(tree)
    for key in sorted(given, key=lambda key: integer(key, 0xFFFF)):
        part = members_of(given[key])
        element = string(part.get("element"))
        if element not in ELEMENTS[1:]:
            raise Misspelt(f"'{element[:60]}' is no segment", f"one of {', '.join(ELEMENTS[1:])}")
        found += segment(ELEMENTS.index(element), asns_of(part.get("value")))
    return found


def asns_of(tree: object) -> list[int]:
    """The AS numbers of one segment in JSON."""
    return [integer(each, asn.MAXIMUM, 1) for each in items(tree)]


def of_list(tree: list[object]) -> bytes:
    """The octets of the older form: `[1, 2, [3, 4]]` is a sequence and a set."""
    found = b""
    pending: list[object] = []
    for each in [*tree, []]:
        if not isinstance(each, list):
            pending.append(each)
            continue
        found += segment(SEQUENCE, asns_of(pending)) + segment(SET, asns_of(each))
        pending = []
    return found


def read(source: Words) -> bytes:
    """The octets of a path: one AS number, or segments side by side until another word stands there."""
    kind = opening(source)
    if not kind:
        return segment(SEQUENCE, [asn.read(source, 1)])
    found = b""
    while kind:
        found += segment(kind, members(source, CLOSERS[kind].strip()))
        before = source.at
        source.accept(",")
        kind = opening(source)
        if not kind:
            source.at = before
    return found


def opening(source: Words) -> int:
    """Pass over the words that open a segment; its type, 0 when none is there."""
    if source.accept("["):
        return SEQUENCE
    if source.accept("("):
        return SET
    if source.accept("confed-sequence"):
        source.require("[")
        return CONFED_SEQUENCE
    if source.accept("confed-set"):
        source.require("(")
        return CONFED_SET
    return 0


def members(source: Words, closer: str) -> list[int]:
    """The AS numbers up to the word that closes the segment; commas do not matter."""
    found: list[int] = []
    while not source.accept(closer):
        if not source.accept(","):
            found.append(asn.read(source, 1))
    return found
