"""Attributes within an attribute: those of ATTR_SET, which a VPN carries for its customer (RFC 6368, 5).

The simple ones are shown as they are outside; all others, those with unusual flags, and sets within a set are octets.
"""

from collections.abc import Callable
from json import loads
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import EXTENDED, OPTIONAL_NON_TRANSITIVE, OPTIONAL_TRANSITIVE, WELL_KNOWN
from bgptwist.wire.octets import Octets
from bgptwist.wire.values import (
    as_segment,
    asn,
    community,
    extended_community,
    ipv6_extended_community,
    large_community,
)
from bgptwist.wire.values.community_table import Table
from bgptwist.wire.values.counted import Present
from bgptwist.wire.values.field import Address, Choice, Field, Number
from bgptwist.wire.values.layout import Sequence, attempt, enclosed, read_enclosed
from bgptwist.wire.values.tree import integer, items, members, raw_octets, string
from bgptwist.wire.words import Words

FORBIDDEN: Final = (3, 14, 15)
"""NEXT_HOP, MP_REACH_NLRI, MP_UNREACH_NLRI."""

LONGEST: Final = 0xFFFF


class Segments(Field):
    """An AS path of four-octet numbers; the tree is what JSON shows of AS_PATH."""

    def decode(self, octets: Octets) -> object:
        value = octets.rest()
        as_segment.check(value)
        tree: object = loads(as_segment.json(value))
        return tree

    def encode(self, tree: object) -> bytes:
        return as_segment.of_tree(tree)

    def words(self, tree: object) -> str:
        return as_segment.words(as_segment.of_tree(tree))

    def read(self, words: Words) -> object:
        return self.decode(Octets(as_segment.read(words)))


class Aggregation(Field):
    """`65000:10.0.0.1`, an AS number and an address."""

    EXPECTED = "an AS number and an IPv4 address (65000:10.0.0.1)"

    def decode(self, octets: Octets) -> object:
        return f"{octets.integer(4)}:{spell.address(octets.take(4))}"

    def encode(self, tree: object) -> bytes:
        left, _, right = string(tree).partition(":")
        number = asn.number(left)
        try:
            if number >= 0:
                return number.to_bytes(4, "big") + spell.ipv4_octets(right)
        except ValueError:
            pass
        raise Misspelt(f"'{string(tree)[:60]}' is no aggregator", self.EXPECTED)

    def words(self, tree: object) -> str:
        return string(tree)

    def read(self, words: Words) -> object:
        word = words.next(self.EXPECTED)
        try:
            return self.decode(Octets(self.encode(word)))
        except Misspelt:
            raise words.wrong(self.EXPECTED) from None


class Listed(Field):
    """One community, as lists of them have it; the tree is what JSON shows, the text one word."""

    def __init__(
        self,
        size: int,
        shown: Callable[[bytes], object],
        of_tree: Callable[[object], bytes],
        written: Callable[[bytes], str],
        read: Callable[[Words], bytes],
    ) -> None:
        self.size = size
        self.shown = shown
        self.of_tree = of_tree
        self.written = written
        self.read_octets = read

    def decode(self, octets: Octets) -> object:
        return self.shown(octets.take(self.size))

    def encode(self, tree: object) -> bytes:
        return self.of_tree(tree)

    def words(self, tree: object) -> str:
        return self.written(self.of_tree(tree))

    def read(self, words: Words) -> object:
        return self.shown(self.read_octets(words))


def numbers(value: bytes, size: int) -> list[int]:
    """The numbers that a value is made of."""
    return [int.from_bytes(value[at : at + size], "big") for at in range(0, len(value), size)]


def read_community(words: Words) -> bytes:
    """The octets of the community that comes next."""
    word = words.next(community.EXPECTED)
    value = community.parse(word)
    if value < 0:
        raise words.wrong(community.EXPECTED, f"'{word}' is no community")
    return value.to_bytes(4, "big")


def read_large(words: Words) -> bytes:
    """The octets of the large community that comes next."""
    word = words.next(large_community.EXPECTED)
    value = large_community.parse(word)
    if not value:
        raise words.wrong(large_community.EXPECTED, f"'{word}' is no large community")
    return value


def extended(table: Table) -> Sequence:
    """Communities of a table."""
    return Sequence(
        Listed(table.size, lambda value: loads(table.json(value)), table.of_tree, table.words, table.read_one), 1
    )


COMMUNITY: Final = Listed(
    4,
    lambda value: numbers(value, 2),
    lambda tree: community.of_tree(tree).to_bytes(4, "big"),
    lambda value: community.write(int.from_bytes(value, "big")),
    read_community,
)
LARGE: Final = Listed(
    12,
    lambda value: numbers(value, 4),
    large_community.of_tree,
    lambda value: ":".join(map(str, numbers(value, 4))),
    read_large,
)


class Inner:
    """An attribute that is shown: its code, flags, word and layout; `sizes` or a `unit` that RFC 7606 wants of it."""

    def __init__(
        self, code: int, flags: int, word: str, field: Field, sizes: tuple[int, ...] = (), unit: int = 0
    ) -> None:
        self.code = code
        self.flags = flags
        self.word = word
        self.field = field
        self.sizes = sizes
        self.unit = unit

    def check(self, value: bytes) -> None:
        """Malformed when the octets are."""
        size = len(value)
        if (self.sizes and size not in self.sizes) or (self.unit and (not size or size % self.unit)):
            raise Malformed(f"{self.word} of {size} octets within a set", 3, 5)
        if self.code == AS_PATH:
            as_segment.check(value)
        elif self.code == ORIGIN and value[0] > 2:
            raise Malformed(f"origin {value[0]} within a set", 3, 6)


ORIGIN: Final = 1
AS_PATH: Final = 2

INNER: Final = (
    Inner(ORIGIN, WELL_KNOWN, "origin", Choice(1, {0: "igp", 1: "egp", 2: "incomplete"}), sizes=(1,)),
    Inner(AS_PATH, WELL_KNOWN, "as-path", Segments()),
    Inner(4, OPTIONAL_NON_TRANSITIVE, "med", Number(4), sizes=(4,)),
    Inner(5, WELL_KNOWN, "local-preference", Number(4), sizes=(4,)),
    Inner(6, WELL_KNOWN, "atomic-aggregate", Present(), sizes=(0,)),
    Inner(7, OPTIONAL_TRANSITIVE, "aggregator", Aggregation(), sizes=(8,)),
    Inner(8, OPTIONAL_TRANSITIVE, "community", Sequence(COMMUNITY, 1), unit=4),
    Inner(9, OPTIONAL_NON_TRANSITIVE, "originator-id", Address(4), sizes=(4,)),
    Inner(10, OPTIONAL_NON_TRANSITIVE, "cluster-list", Sequence(Address(4), 1), unit=4),
    Inner(16, OPTIONAL_TRANSITIVE, "extended-community", extended(extended_community.TABLE), unit=8),
    Inner(25, OPTIONAL_TRANSITIVE, "extended-community-ipv6", extended(ipv6_extended_community.TABLE), unit=20),
    Inner(32, OPTIONAL_TRANSITIVE, "large-community", Sequence(LARGE, 1), unit=12),
    Inner(35, OPTIONAL_TRANSITIVE, "only-to-customer", Number(4), sizes=(4,)),
)
BY_CODE: Final = {inner.code: inner for inner in INNER}
BY_WORD: Final = {inner.word: inner for inner in INNER}

WORD: Final = "attribute"


def cut(octets: Octets) -> tuple[int, int, bytes]:
    """Flags, code and value of the attribute that comes next."""
    flags = octets.octet()
    code = octets.octet()
    return flags, code, octets.take(octets.integer(2 if flags & EXTENDED else 1))


def framed(flags: int, code: int, value: bytes) -> bytes:
    """An attribute; its length has two octets when it needs them or the flags ask for them."""
    if len(value) > LONGEST:
        raise Misspelt(f"{len(value)} octets are more than an attribute holds", f"at most {LONGEST}")
    if len(value) > 255 or flags & EXTENDED:
        return bytes((flags | EXTENDED, code)) + len(value).to_bytes(2, "big") + value
    return bytes((flags, code, len(value))) + value


def usual_flags(inner: Inner, value: bytes) -> int:
    """The flags that an attribute is sent with."""
    return inner.flags | EXTENDED if len(value) > 255 else inner.flags


class AttributeSet(Field):
    """The AS that the set comes from, and attributes.

    Each is `{ "code": 1, "flags": 64, "name": "origin", "value": "igp" }`; words are `origin igp`, or
    `attribute [ 0xCODE 0xFLAGS 0xVALUE ]`.
    """

    single = False

    def decode(self, octets: Octets) -> object:
        owner = octets.integer(4)
        found: list[object] = []
        while octets.left:
            flags, code, value = cut(octets)
            inner = BY_CODE.get(code)
            tree = None if inner is None else attempt(inner.field, value)
            found.append(
                {
                    "code": code,
                    "flags": flags,
                    **({} if inner is None else {"name": inner.word}),
                    "value": spell.hexadecimal(value) if tree is None else tree,
                }
            )
        return {"origin-as": owner, "attributes": found}

    def parts(self, tree: object) -> list[tuple[int, int, bytes]]:
        """Flags, code and value of each attribute of a tree."""
        found: list[tuple[int, int, bytes]] = []
        for each in items(members(tree).get("attributes", [])):
            given = members(each)
            named = BY_WORD.get(string(given.get("name", "")))
            code = integer(given.get("code", -1 if named is None else named.code), 0xFF)
            inner = BY_CODE.get(code)
            shown = given.get("value")
            if inner is None or (isinstance(shown, str) and shown[:2] == "0x"):
                value = raw_octets(string(shown))
            else:
                value = inner.field.encode(shown)
            default = OPTIONAL_TRANSITIVE if inner is None else usual_flags(inner, value)
            found.append((integer(given.get("flags", default), 0xFF), code, value))
        return found

    def encode(self, tree: object) -> bytes:
        owner = integer(members(tree).get("origin-as"), asn.MAXIMUM).to_bytes(4, "big")
        return owner + b"".join([framed(*part) for part in self.parts(tree)])

    def words(self, tree: object) -> str:
        found = [f"origin-as {members(tree).get('origin-as')}"]
        for flags, code, value in self.parts(tree):
            inner = BY_CODE.get(code)
            shown = None if inner is None else attempt(inner.field, value)
            if inner is None or shown is None or flags != usual_flags(inner, value):
                found.append(f"{WORD} [ 0x{code:02X} 0x{flags:02X} {spell.hexadecimal(value)} ]")
            else:
                found.append(f"{inner.word} {enclosed(inner.field, shown)}".rstrip())
        return " ".join(found)

    def read(self, words: Words) -> object:
        words.require("origin-as")
        owner = asn.read(words)
        found: list[object] = []
        while words.peek() == WORD or words.peek() in BY_WORD:
            word = words.next("")
            inner = BY_WORD.get(word)
            if inner is None:
                found.append(read_any(words))
            else:
                shown = read_enclosed(inner.field, words)
                flags = usual_flags(inner, inner.field.encode(shown))
                found.append({"code": inner.code, "flags": flags, "name": inner.word, "value": shown})
        return {"origin-as": owner, "attributes": found}


def read_any(words: Words) -> dict[str, object]:
    """`[ 0xCODE 0xFLAGS 0xVALUE ]`."""
    words.require("[")
    code = words.integer(0xFF, "a type code (0x63)")
    flags = words.integer(0xFF, "attribute flags (0xC0)")
    value = spell.hexadecimal(raw_octets(words.next("the value in hexadecimal (0xDEADBEEF)"), words))
    words.require("]")
    return {"code": code, "flags": flags, "value": value}


def check(value: bytes) -> None:
    """Malformed when an attribute runs past the end, is malformed itself, or is none for a set (RFC 6368, 5)."""
    octets = Octets(value)
    octets.take(4)
    while octets.left:
        _, code, inner = cut(octets)
        if code in FORBIDDEN:
            raise Malformed(f"attribute {code} within a set", 3, 1)
        known = BY_CODE.get(code)
        if known is not None:
            known.check(inner)
