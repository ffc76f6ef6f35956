"""What the TLVs of the BGP-LS attribute are made of (RFC 9552, 5.1 and 5.3): tables of them, and parts of their values.

Nothing a peer sends is lost: a value that its row cannot show, and a second TLV of a kind that stands once, are under
`generic-lsid-CODE` in hexadecimal; `order` tells how TLVs are mixed where their keys do not.
"""

from difflib import get_close_matches
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Field, Flags, Number
from bgptwist.wire.values.layout import REQUIRED, Member, Sequence, enclosed, read_enclosed
from bgptwist.wire.values.ordered import Ordered, Pair, whole
from bgptwist.wire.values.tlv import Tlv
from bgptwist.wire.values.tree import integer, members, raw_octets, string
from bgptwist.wire.words import Words, number

GENERIC: Final = "generic-lsid"
OCTETS: Final = "-octets"
"""What follows the key of a metric in the key that tells its size."""


MANY: Final = 12
"""More names than these are not listed in an error."""


def unknown(words: Words, names: list[str]) -> Misspelt:
    """The error about the word that comes next, with the names that may stand there, or those like it."""
    word = words.peek()
    told = names if len(names) <= MANY else get_close_matches(word[:40], names, 3)
    expected = f"one of {', '.join(told)}" if told else "a TLV like node-name, igp-metric or generic-lsid-N"
    return Misspelt(f"'{word[:40]}' is not known here", expected, words.at)


class LinkStateTlvs(Ordered):
    """TLVs of BGP-LS.  Two rows may have one key (router ids): the first that takes a value is meant.

    Words of a row that is `many` take one value, or several in `[ ... ]`; those of a value with parts also `0x...`.
    """

    def __init__(self, rows: tuple[Tlv, ...]) -> None:
        first: dict[str, Tlv] = {}
        for row in rows:
            first.setdefault(row.key, row)
        super().__init__(tuple(first.values()), unknown=GENERIC)
        self.rows = {row.code: row for row in rows}
        self.twins = {row.key: row for row in rows if first[row.key] is not row}
        self.metrics = {row.key: f"{row.key}{OCTETS}" for row in rows if isinstance(row.field, Metric)}
        if len(self.rows) != len(rows) or len(first) + len(self.twins) != len(rows):
            raise ValueError("two rows share a code, or more than two a key")

    def encode(self, tree: object) -> bytes:
        found: list[bytes] = []
        for key, value in self.parted(tree):
            try:
                found.append(self.tlv(key, value))
            except Misspelt as error:
                raise Misspelt(f"{key}: {error.reason}", error.expected) from None
        return b"".join(found)

    def tlv(self, key: str, value: object) -> bytes:
        """One TLV as octets."""
        row = self.by_key.get(key)
        if row is None:
            return self.framed(self._code(key), raw_octets(string(value)))
        twin = self.twins.get(key)
        if twin is None:
            return self.framed(row.code, row.field.encode(value))
        try:
            return self.framed(row.code, row.field.encode(value))
        except Misspelt:
            return self.framed(twin.code, twin.field.encode(value))

    def joined(self, pairs: list[Pair]) -> dict[str, object]:
        tree = super().joined(pairs)
        for key, size_key in self.metrics.items():
            value = tree.get(key)
            if isinstance(value, list):
                tree[key], tree[size_key] = value
        return tree

    def parted(self, tree: object) -> list[Pair]:
        given = members(tree)
        sizes = [size_key for size_key in self.metrics.values() if size_key in given]
        if sizes:
            given = dict(given)
            for size_key in sizes:
                key = size_key.removesuffix(OCTETS)
                if key not in given:
                    raise Misspelt(f"'{size_key}' without '{key}'", key)
                given[key] = [given[key], given.pop(size_key)]
        return super().parted(given)

    def read(self, words: Words) -> object:
        pairs: list[Pair] = []
        while self.knows(words.peek()):
            pairs += self.taken(words, pairs)
        if words.more and words.peek() != ")":
            raise unknown(words, list(self.by_word))
        return self.joined(pairs)

    def taken(self, words: Words, before: list[Pair]) -> list[Pair]:
        """The TLVs of the word that comes next; `before` are those read already."""
        row = self.by_word.get(words.peek())
        if row is None:
            key, value = self.pair(words, before)
            return [(f"{GENERIC}-{self._code(key)}", value)]
        words.next("")
        if not row.many:
            if any(key == row.key for key, _ in before):
                raise words.wrong("another word", f"'{row.word}' stands twice")
        elif words.accept("["):
            found: list[Pair] = []
            while not words.accept("]"):
                if not words.accept(","):
                    found.append(self.one(row, words))
            return found
        return [self.one(row, words)]

    def one(self, row: Tlv, words: Words) -> Pair:
        """One value of a row."""
        if not (row.field.single or isinstance(row.field, Sequence)) and words.peek()[:2] == "0x":
            value = raw_octets(words.next(""), words)
            try:
                return row.key, whole(row.field, value)
            except (Malformed, Misspelt):
                return f"{GENERIC}-{row.code}", spell.hexadecimal(value)
        twin = self.twins.get(row.key)
        if twin is None:
            return row.key, read_enclosed(row.field, words)
        at = words.at
        try:
            return row.key, read_enclosed(row.field, words)
        except Misspelt as error:
            words.at = at
            try:
                return row.key, read_enclosed(twin.field, words)
            except Misspelt as other:
                raise Misspelt(other.reason, f"{error.expected} or {other.expected}", other.at) from None


class OneOf:
    """Members of which exactly one is there: how many octets are left says which."""

    def __init__(self, by_left: dict[int, Member]) -> None:
        self.by_left = by_left
        self.members = list({member.key: member for member in by_left.values()}.values())
        self.expected = " or ".join([member.key for member in self.members])

    def chosen(self, given: dict[str, object], at: int = -1) -> Member:
        """The one that is given."""
        found = [member for member in self.members if member.key in given]
        if len(found) != 1:
            reason = f"both {' and '.join([member.key for member in found])}" if found else f"no {self.expected}"
            raise Misspelt(reason, self.expected, at)
        return found[0]


class Reserved(Member):
    """Octets that an RFC reserves: in the tree only when they are not zero."""

    def __init__(self, size: int, key: str = "reserved") -> None:
        super().__init__(key, Number(size), default=0)


class Block(Field):
    """Members one after the other, then TLVs of `tail`, whose keys stand beside those of the members.

    Words are `WORD value` in any order; members and TLVs may be mixed.
    """

    single = False

    def __init__(self, *parts: Member | OneOf, tail: LinkStateTlvs | None = None) -> None:
        self.parts = parts
        self.tail = tail
        listed: list[Member] = []
        for part in parts:
            listed += part.members if isinstance(part, OneOf) else [part]
        self.by_key = {member.key: member for member in listed}
        self.by_word = {member.word: member for member in listed}
        if len(self.by_key) != len(listed) or len(self.by_word) != len(listed):
            raise ValueError("two members share a key or a word")
        if tail is not None and (self.by_key.keys() & tail.by_key or self.by_word.keys() & tail.by_word):
            raise ValueError("a member and a TLV share a key or a word")

    def present(self, member: Member, tree: dict[str, object], octets: Octets) -> bool:
        """Whether an optional member stands here, after what `tree` has already."""
        return octets.left > 0

    def decode(self, octets: Octets) -> object:
        tree: dict[str, object] = {}
        for part in self.parts:
            if isinstance(part, OneOf):
                member = part.by_left.get(octets.left)
                if member is None:
                    raise Malformed(f"{octets.left} octets where {part.expected} should be")
            else:
                member = part
                if member.optional and not self.present(member, tree, octets):
                    continue
            value = member.field.decode(octets)
            if value != 0 or not isinstance(member, Reserved):
                tree[member.key] = value
        if self.tail is not None:
            tree.update(members(self.tail.decode(octets)))
        return tree

    def encode(self, tree: object) -> bytes:
        given = dict(members(tree))
        found: list[bytes] = []
        for part in self.parts:
            member = part.chosen(given) if isinstance(part, OneOf) else part
            if member.key in given:
                value = given.pop(member.key)
            elif member.optional:
                continue
            elif member.default is REQUIRED:
                raise Misspelt(f"'{member.key}' is missing", member.key)
            else:
                value = member.default
            try:
                found.append(member.field.encode(value))
            except Misspelt as error:
                raise Misspelt(f"{member.key}: {error.reason}", error.expected) from None
        if self.tail is not None:
            found.append(self.tail.encode(given))
        elif given:
            raise Misspelt(f"'{next(iter(given))}' is not known here", f"one of {', '.join(self.by_key)}")
        return b"".join(found)

    def words(self, tree: object) -> str:
        given = members(tree)
        found = [
            f"{member.word} {enclosed(member.field, given[key])}"
            for key, member in self.by_key.items()
            if key in given and given[key] != member.default
        ]
        if self.tail is not None:
            rest = self.tail.words({key: value for key, value in given.items() if key not in self.by_key})
            found += [rest] if rest else []
        return " ".join(found)

    def read(self, words: Words) -> object:
        given: dict[str, object] = {}
        pairs: list[Pair] = []
        while words.more and words.peek() != ")":
            word = words.peek()
            member = self.by_word.get(word)
            if member is not None:
                words.next("")
                if member.key in given:
                    raise words.wrong("another word", f"'{word}' stands twice")
                given[member.key] = read_enclosed(member.field, words)
            elif self.tail is not None and self.tail.knows(word):
                pairs += self.tail.taken(words, pairs)
            else:
                raise unknown(words, [*self.by_word, *(self.tail.by_word if self.tail is not None else ())])
        tree = self.completed(given, words.at)
        if self.tail is not None:
            tree.update(self.tail.joined(pairs))
        return tree

    def completed(self, given: dict[str, object], at: int) -> dict[str, object]:
        """Members as the tree has them, those left out by default; words blame the one at `at`."""
        tree: dict[str, object] = {}
        for part in self.parts:
            member = part.chosen(given, at) if isinstance(part, OneOf) else part
            if member.key in given:
                value = given[member.key]
            elif member.optional:
                continue
            elif member.default is REQUIRED:
                raise Misspelt(f"'{member.word}' is missing", f"{member.word} and what it is", at)
            else:
                value = member.default
            if value != 0 or not isinstance(member, Reserved):
                tree[member.key] = value
        return tree


def flags(*names: str, size: int = 1, key: str = "flags") -> Member:
    """A member of flags, none of them set unless given."""
    field = Flags(size, names)
    return Member(key, field, default=field.decode(Octets(bytes(size))))


class OctetFlags(Flags):
    """Flags that fill all that is left: those with names are in the first octet, the others are `more`."""

    def __init__(self, *names: str) -> None:
        super().__init__(1, names)

    def decode(self, octets: Octets) -> object:
        tree = members(super().decode(octets))
        if octets.left:
            tree["more"] = spell.hexadecimal(octets.rest())
        return tree

    def encode(self, tree: object) -> bytes:
        given = dict(members(tree))
        more = raw_octets(string(given.pop("more", "0x")))
        return super().encode(given) + more

    def words(self, tree: object) -> str:
        return spell.hexadecimal(self.encode(tree)) if "more" in members(tree) else super().words(tree)

    def read(self, words: Words) -> object:
        if words.peek()[:2] != "0x":
            return super().read(words)
        value = raw_octets(words.next(""), words)
        if not value:
            raise words.wrong("an octet at least")
        return self.decode(Octets(value))


class Metric(Field):
    """A number that older protocols write with fewer octets; words `10`, or `10/2` when it has not as many as usual.

    The tree of one of another size is `[10, 2]`; a table makes two keys of it.
    """

    def __init__(self, *sizes: int) -> None:
        self.sizes = sizes

    def decode(self, octets: Octets) -> object:
        size = octets.left
        if size not in self.sizes:
            raise Malformed(f"a metric of {size} octets")
        value = octets.integer(size)
        return value if size == self.sizes[0] else [value, size]

    def encode(self, tree: object) -> bytes:
        value, given = tree if isinstance(tree, list) and len(tree) == 2 else (tree, self.sizes[0])
        size = integer(given, 0xFF)
        if size not in self.sizes:
            raise Misspelt(f"a metric of {size} octets", f"one of {', '.join(map(str, self.sizes))}")
        return integer(value, (1 << 8 * size) - 1).to_bytes(size, "big")

    def words(self, tree: object) -> str:
        return f"{tree[0]}/{tree[1]}" if isinstance(tree, list) else str(tree)

    def read(self, words: Words) -> object:
        word, slash, octets = words.next("a metric").partition("/")
        size = number(octets) if slash else self.sizes[0]
        value = number(word)
        if size not in self.sizes or not 0 <= value < 1 << 8 * size:
            raise words.wrong(f"a metric of {self.sizes[0]} octets, or METRIC/OCTETS")
        return value if size == self.sizes[0] else [value, size]


class Nothing(Field):
    """No octets: the TLV itself says it."""

    def decode(self, octets: Octets) -> object:
        return True

    def encode(self, tree: object) -> bytes:
        if tree is not True:
            raise Misspelt("it has no value", "true")
        return b""

    def words(self, tree: object) -> str:
        return ""

    def read(self, words: Words) -> object:
        return True


class SystemId(Field):
    """An IS-IS system id, six octets: twelve digits; words may have dots, `1921.6825.2240`."""

    expected: Final = "a system id like 1921.6825.2240"

    def decode(self, octets: Octets) -> object:
        return octets.take(6).hex()

    def encode(self, tree: object) -> bytes:
        text = string(tree).replace(".", "")
        try:
            value = bytes.fromhex(text) if text.isalnum() else b""
        except ValueError:
            value = b""
        if len(value) != 6:
            raise Misspelt(f"'{string(tree)[:40]}' is no system id", self.expected)
        return value

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        word = words.next(self.expected)
        try:
            return self.encode(word).hex()
        except Misspelt as error:
            raise words.wrong(error.expected, error.reason) from None
