"""Layouts: fields one after the other, and what becomes of octets that a layout cannot show.

What a layout does not show (reserved bits, octets left over) is found by comparison: `show` gives a tree only if it
becomes the same octets again, hexadecimal otherwise, so nothing that a peer sent is lost on the way through words or
JSON.  Nesting is bounded: a layout is a tree of fields made when its module is read, never longer than its source.
"""

from collections.abc import Callable
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Field, Pad
from bgptwist.wire.values.tree import items, members, raw_octets
from bgptwist.wire.words import Words


def attempt(field: Field, value: bytes) -> object:
    """The tree of all of `value`, None when the layout would lose something of it."""
    octets = Octets(value)
    try:
        tree = field.decode(octets)
        if octets.left == 0 and field.encode(tree) == value:
            return tree
    except (Malformed, Misspelt):
        pass
    return None


def show(field: Field, value: bytes) -> object:
    """The tree of all of `value`, or its hexadecimal as a string when the layout would lose something of it."""
    tree = attempt(field, value)
    return spell.hexadecimal(value) if tree is None else tree


def hide(field: Field, tree: object) -> bytes:
    """The octets of what `show` gave; Misspelt when it is neither a tree of that layout nor hexadecimal."""
    if isinstance(tree, str) and tree[:2] == "0x":
        return raw_octets(tree)
    return field.encode(tree)


def shown_words(field: Field, tree: object) -> str:
    """The words of what `show` gave: those of the layout, in parentheses unless they are one word."""
    if isinstance(tree, str) and tree[:2] == "0x":
        return tree
    return enclosed(field, tree)


def read_shown(field: Field, words: Words) -> bytes:
    """The octets of the words of `shown_words`."""
    if words.peek()[:2] == "0x" and not field.single:
        return raw_octets(words.next("hexadecimal"), words)
    return field.encode(read_enclosed(field, words))


def enclosed(field: Field, tree: object) -> str:
    """The words of a part inside a greater whole."""
    words = field.words(tree)
    return words if field.single or isinstance(field, Sequence) else f"( {words} )" if words else "( )"


def read_enclosed(field: Field, words: Words) -> object:
    """A part inside a greater whole: one word, a list, or words in parentheses."""
    if field.single or isinstance(field, Sequence):
        return field.read(words)
    words.require("(")
    tree = field.read(words)
    words.require(")")
    return tree


class Sequence(Field):
    """Equal parts up to the end, at least `minimum` of them: a list, in words `[ a b ]` or a single one."""

    single = False

    def __init__(self, field: Field, minimum: int = 0) -> None:
        self.field = field
        self.minimum = minimum

    def decode(self, octets: Octets) -> object:
        found: list[object] = []
        while octets.left:
            at = octets.at
            found.append(self.field.decode(octets))
            if octets.at == at:
                raise Malformed("a part without octets")
        if len(found) < self.minimum:
            raise Malformed(f"{len(found)} parts, {self.minimum} at least")
        return found

    def encode(self, tree: object) -> bytes:
        given = items(tree)
        if len(given) < self.minimum:
            raise Misspelt(f"{len(given)} parts", f"{self.minimum} at least")
        return b"".join([self.field.encode(item) for item in given])

    def words(self, tree: object) -> str:
        inner = " ".join([enclosed(self.field, item) for item in items(tree)])
        return f"[ {inner} ]" if inner else "[ ]"

    def read(self, words: Words) -> object:
        if not words.accept("["):
            return [read_enclosed(self.field, words)]
        found: list[object] = []
        while not words.accept("]"):
            if not words.accept(","):
                found.append(read_enclosed(self.field, words))
        if len(found) < self.minimum:
            raise words.wrong(f"{self.minimum} at least")
        return found


REQUIRED: Final = object()
"""In place of a default: the member must be given."""


class Member:
    """One member of a Struct: its key in the tree, its field, its word (the key unless given; '' : it has none).

    Members without a word stand first in the words, in their order.  `default` is what it is when words or tree leave
    it out.  `optional` members at the end are there only when octets are left, and only when the tree has them.
    """

    def __init__(
        self,
        key: str,
        field: Field,
        *,
        word: str | None = None,
        default: object = REQUIRED,
        optional: bool = False,
    ) -> None:
        self.key = key
        self.field = field
        self.word = key if word is None else word
        self.default = default
        self.optional = optional


class Struct(Field):
    """Members one after the other: a dictionary; in words `WORD value WORD value`, after the first in any order."""

    single = False

    def __init__(self, *listed: Member) -> None:
        self.listed = listed
        self.by_word = {member.word: member for member in listed if member.word and not isinstance(member.field, Pad)}
        self.leading = [member for member in listed if not member.word and not isinstance(member.field, Pad)]

    def decode(self, octets: Octets) -> object:
        tree: dict[str, object] = {}
        for member in self.listed:
            if member.optional and not octets.left:
                continue
            found = member.field.decode(octets)
            if not isinstance(member.field, Pad):
                tree[member.key] = found
        return tree

    def encode(self, tree: object) -> bytes:
        given = members(tree)
        found: list[bytes] = []
        for member in self.listed:
            if member.key in given:
                try:
                    found.append(member.field.encode(given[member.key]))
                except Misspelt as error:
                    raise Misspelt(f"{member.key}: {error.reason}", error.expected, error.at) from None
            elif isinstance(member.field, Pad):
                found.append(member.field.encode(None))
            elif not member.optional:
                if member.default is REQUIRED:
                    raise Misspelt(f"'{member.key}' is missing", member.word or member.key)
                found.append(member.field.encode(member.default))
        return b"".join(found)

    def words(self, tree: object) -> str:
        given = members(tree)
        found: list[str] = []
        for member in self.leading:
            if member.key in given:
                found.append(enclosed(member.field, given[member.key]))
        for word, member in self.by_word.items():
            if member.key in given and (member.default is REQUIRED or given[member.key] != member.default):
                found.append(f"{word} {enclosed(member.field, given[member.key])}")
        return " ".join(found)

    def read(self, words: Words) -> object:
        given: dict[str, object] = {}
        for member in self.leading:
            if not member.optional or words.more:
                given[member.key] = read_enclosed(member.field, words)
        while words.peek() in self.by_word:
            member = self.by_word[words.next("")]
            if member.key in given:
                raise words.wrong("another word", f"'{member.word}' stands twice")
            given[member.key] = read_enclosed(member.field, words)
        tree: dict[str, object] = {}
        for member in self.listed:
            if member.key in given:
                tree[member.key] = given[member.key]
            elif member.default is REQUIRED and not member.optional and not isinstance(member.field, Pad):
                raise Misspelt(f"'{member.word}' is missing", f"{member.word} and what it is", words.at)
            elif not member.optional and not isinstance(member.field, Pad):
                tree[member.key] = member.default
        return tree


class BySize(Field):
    """One of several fields, chosen by how many octets are left; a tree is of the first field that takes it."""

    def __init__(self, fields: dict[int, Field]) -> None:
        self.fields = fields
        self.single = all(field.single for field in fields.values())

    def decode(self, octets: Octets) -> object:
        field = self.fields.get(octets.left)
        if field is None:
            raise Malformed(f"{octets.left} octets where {' or '.join(map(str, self.fields))} can be")
        return field.decode(octets)

    def _first(self, use: Callable[[Field], object]) -> object:
        """What the first field makes of it that can make something of it."""
        last = Misspelt("nothing fits")
        for field in self.fields.values():
            try:
                return use(field)
            except Misspelt as error:
                last = error
        raise last

    def encode(self, tree: object) -> bytes:
        found = self._first(lambda field: field.encode(tree))
        assert isinstance(found, bytes)
        return found

    def words(self, tree: object) -> str:
        return str(self._first(lambda field: (field.encode(tree), field.words(tree))[1]))

    def read(self, words: Words) -> object:
        at = words.at

        def again(field: Field) -> object:
            words.at = at
            return field.read(words)

        return self._first(again)
