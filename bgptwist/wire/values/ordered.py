"""TLVs of which no order is lost, and members that are shown only when they are out of the ordinary."""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Field
from bgptwist.wire.values.layout import Struct, enclosed, read_enclosed
from bgptwist.wire.values.tlv import Tlv, Tlvs
from bgptwist.wire.values.tree import items, members, raw_octets, string
from bgptwist.wire.words import Words

ORDER: Final = "order"
"""The member that lists the keys as they stand on the wire, where the dictionary alone would say something else."""

Pair = tuple[str, object]


class Ordered(Tlvs):
    """Type, length, value up to the end: a dictionary by the keys of the rows, however they are mixed.

    Types from `wide` on have a length of two octets (RFC 9012, 2; 0: none has).  Rows that are `many` and TLVs that no
    row can show, under `UNKNOWN-CODE`, are lists; when equal ones do not stand together, `order` tells how they do.
    """

    def __init__(
        self, rows: tuple[Tlv, ...], *, sizes: tuple[int, int] = (2, 2), unknown: str = "generic", wide: int = 0
    ) -> None:
        super().__init__(rows, sizes=sizes, unknown=unknown)
        self.wide = wide

    def width(self, code: int) -> int:
        """How many octets the length of a type takes."""
        return 2 if self.wide and code >= self.wide else self.sizes[1]

    def head(self, octets: Octets) -> tuple[int, int]:
        code = octets.integer(self.sizes[0])
        return code, octets.integer(self.width(code))

    def framed(self, code: int, value: bytes) -> bytes:
        width = self.width(code)
        if len(value) >= 1 << 8 * width:
            raise Misspelt(f"{len(value)} octets are too many for one TLV", f"at most {(1 << 8 * width) - 1}")
        return code.to_bytes(self.sizes[0], "big") + len(value).to_bytes(width, "big") + value

    def decode(self, octets: Octets) -> object:
        pairs: list[Pair] = []
        single: set[int] = set()
        for code, value in self.cut(octets):
            row = self.rows.get(code)
            if row is not None and code not in single:
                try:
                    pairs.append((row.key, whole(row.field, value)))
                    if not row.many:
                        single.add(code)
                    continue
                except (Malformed, Misspelt):
                    pass
            pairs.append((f"{self.unknown}-{code}", spell.hexadecimal(value)))
        return self.joined(pairs)

    def encode(self, tree: object) -> bytes:
        found: list[bytes] = []
        for key, value in self.parted(tree):
            row = self.by_key.get(key)
            try:
                if row is None:
                    found.append(self.framed(self._code(key), raw_octets(string(value))))
                else:
                    found.append(self.framed(row.code, row.field.encode(value)))
            except Misspelt as error:
                raise Misspelt(f"{key}: {error.reason}", error.expected) from None
        return b"".join(found)

    def listed(self, key: str) -> bool:
        """Whether a key has a list of values."""
        row = self.by_key.get(key)
        return row is None or row.many

    def joined(self, pairs: list[Pair]) -> dict[str, object]:
        """The dictionary of keys and values as they stand on the wire."""
        tree: dict[str, object] = {}
        lists: dict[str, list[object]] = {}
        for key, value in pairs:
            if not self.listed(key):
                tree[key] = value
                continue
            if key not in lists:
                tree[key] = lists[key] = []
            lists[key].append(value)
        keys = [key for key, _ in pairs]
        if keys != [key for key in tree for _ in lists.get(key, (0,))]:
            tree[ORDER] = keys
        return tree

    def several(self, key: str, value: object) -> list[object]:
        """The values of a key; ExaBGP writes one that is unknown without a list."""
        if not self.listed(key) or (key not in self.by_key and isinstance(value, str)):
            return [value]
        return list(items(value))

    def parted(self, tree: object) -> list[Pair]:
        """Keys and values as they will stand on the wire."""
        given = members(tree)
        pools = {key: self.several(key, value) for key, value in given.items() if key != ORDER}
        if ORDER not in given:
            return [(key, value) for key, values in pools.items() for value in values]
        pairs: list[Pair] = []
        used = dict.fromkeys(pools, 0)
        for item in items(given[ORDER]):
            key = string(item)
            at = used.get(key, -1)
            if at < 0 or at >= len(pools[key]):
                raise Misspelt(f"{ORDER} has '{key}' too often", "each key as often as it has values")
            pairs.append((key, pools[key][at]))
            used[key] = at + 1
        if len(pairs) != sum(map(len, pools.values())):
            raise Misspelt(f"{ORDER} does not name all", "each key as often as it has values")
        return pairs

    def words(self, tree: object) -> str:
        found: list[str] = []
        for key, value in self.parted(tree):
            row = self.by_key.get(key)
            found.append(f"{key} {value}" if row is None else f"{row.word} {enclosed(row.field, value)}".rstrip())
        return " ".join(found)

    def knows(self, word: str) -> bool:
        """Whether `word` begins a TLV."""
        return word in self.by_word or word.startswith(f"{self.unknown}-")

    def pair(self, words: Words, before: list[Pair]) -> Pair:
        """The TLV whose word comes next; `before` are those read already."""
        word = words.next(f"one of {', '.join(self.by_word)}")
        row = self.by_word.get(word)
        if row is not None:
            if not row.many and any(key == row.key for key, _ in before):
                raise words.wrong("another word", f"'{row.word}' stands twice")
            return row.key, read_enclosed(row.field, words)
        try:
            self._code(word)
        except Misspelt as error:
            raise words.wrong(error.expected, f"'{word}': {error.reason}") from None
        return word, spell.hexadecimal(raw_octets(words.next("hexadecimal"), words))

    def read(self, words: Words) -> object:
        pairs: list[Pair] = []
        while self.knows(words.peek()):
            pairs.append(self.pair(words, pairs))
        return self.joined(pairs)


def whole(field: Field, value: bytes) -> object:
    """The tree of all of `value`; Malformed or Misspelt when it would not become the same octets again."""
    octets = Octets(value)
    tree = field.decode(octets)
    if octets.left or field.encode(tree) != value:
        raise Malformed("the layout would lose something")
    return tree


class Sparse(Struct):
    """A Struct whose tree has no members that are what they are by default."""

    def decode(self, octets: Octets) -> object:
        tree = members(super().decode(octets))
        return {
            member.key: tree[member.key]
            for member in self.listed
            if member.key in tree and tree[member.key] != member.default
        }


class Bare(Field):
    """A Sparse with one member of interest: its value alone is the tree while the others are ordinary.

    That member has the word ''.  Words are those of its value, or `( VALUE WORD value ... )`.
    """

    def __init__(self, key: str, layout: Sparse) -> None:
        self.key = key
        self.layout = layout
        self.main = next(member.field for member in layout.listed if member.key == key)

    def decode(self, octets: Octets) -> object:
        tree = members(self.layout.decode(octets))
        return tree[self.key] if len(tree) == 1 else tree

    def encode(self, tree: object) -> bytes:
        return self.layout.encode(tree if isinstance(tree, dict) else {self.key: tree})

    def words(self, tree: object) -> str:
        return f"( {self.layout.words(tree)} )" if isinstance(tree, dict) else enclosed(self.main, tree)

    def read(self, words: Words) -> object:
        if not words.accept("("):
            return read_enclosed(self.main, words)
        tree = self.layout.read(words)
        words.require(")")
        return tree


class Options:
    """Words that may follow a value in any order, `WORD value`; the members of a tree have the same names."""

    def __init__(self, **fields: Field) -> None:
        self.fields = {name.replace("_", "-"): field for name, field in fields.items()}

    def words(self, tree: dict[str, object], *without: str) -> str:
        """Those members that the tree has, each after a blank."""
        return "".join(
            [
                f" {name} {field.words(tree[name])}"
                for name, field in self.fields.items()
                if name in tree and name not in without
            ]
        )

    def read(self, words: Words) -> dict[str, object]:
        """Those that come next."""
        found: dict[str, object] = {}
        while words.peek() in self.fields:
            name = words.next("")
            if name in found:
                raise words.wrong("another word", f"'{name}' stands twice")
            found[name] = self.fields[name].read(words)
        return found


class Switch(Field):
    """A truth value: `true` in the tree, 1 in words."""

    def words(self, tree: object) -> str:
        return str(int(bool(tree)))

    def read(self, words: Words) -> object:
        return bool(words.integer(1, "0 or 1"))
