"""TLVs: a table of rows says what each type is called and what it holds; what has no row is kept in hexadecimal."""

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Field
from bgptwist.wire.values.layout import attempt, enclosed, read_enclosed
from bgptwist.wire.values.tree import integer, items, members, raw_octets
from bgptwist.wire.words import Words, number


class Tlv:
    """One row: the type code, the key in the tree (and the word, unless given), and the field of the value.

    `many`: it may be repeated; the tree then has a list, however many there are.
    """

    def __init__(self, code: int, key: str, field: Field, *, word: str = "", many: bool = False) -> None:
        self.code = code
        self.key = key
        self.field = field
        self.word = word or key
        self.many = many


class Tlvs(Field):
    """Type, length, value up to the end: a dictionary by the keys of the rows, in the order of the wire.

    `sizes` are the octets of type and length.  A TLV without a row, a second one of a row that is not `many`, or a
    value that its row cannot show stands in a list under `UNKNOWN-CODE` in hexadecimal.
    """

    single = False

    def __init__(self, rows: tuple[Tlv, ...], *, sizes: tuple[int, int] = (2, 2), unknown: str = "generic") -> None:
        self.rows = {row.code: row for row in rows}
        self.by_key = {row.key: row for row in rows}
        self.by_word = {row.word: row for row in rows}
        self.sizes = sizes
        self.unknown = unknown
        if len(self.rows) != len(rows) or len(self.by_key) != len(rows) or len(self.by_word) != len(rows):
            raise ValueError("two rows share a code, a key or a word")

    def head(self, octets: Octets) -> tuple[int, int]:
        """Type and length of the value that follows."""
        return octets.integer(self.sizes[0]), octets.integer(self.sizes[1])

    def framed(self, code: int, value: bytes) -> bytes:
        """A value after its type and length."""
        if len(value) >= 1 << 8 * self.sizes[1]:
            raise Misspelt(f"{len(value)} octets are too many for one TLV", "less")
        return code.to_bytes(self.sizes[0], "big") + len(value).to_bytes(self.sizes[1], "big") + value

    def cut(self, octets: Octets) -> list[tuple[int, bytes]]:
        """Type and value of each TLV; Malformed when one runs past the end."""
        found: list[tuple[int, bytes]] = []
        while octets.left:
            code, size = self.head(octets)
            found.append((code, octets.take(size)))
        return found

    def check(self, value: bytes) -> None:
        """Malformed unless the TLVs fill `value`."""
        octets = Octets(value)
        while octets.left:
            _, size = self.head(octets)
            if size > octets.left:
                raise Malformed(f"a TLV of {size} octets where {octets.left} are left")
            octets.at += size

    def decode(self, octets: Octets) -> object:
        tree: dict[str, object] = {}
        lists: dict[str, list[object]] = {}
        for code, value in self.cut(octets):
            row = self.rows.get(code)
            if row is not None and (row.many or row.key not in tree):
                shown = attempt(row.field, value)
                if shown is not None:
                    if row.many:
                        if row.key not in lists:
                            tree[row.key] = lists[row.key] = []
                        lists[row.key].append(shown)
                    else:
                        tree[row.key] = shown
                    continue
            key = f"{self.unknown}-{code}"
            if key not in lists:
                tree[key] = lists[key] = []
            lists[key].append(spell.hexadecimal(value))
        return tree

    def encode(self, tree: object) -> bytes:
        found: list[bytes] = []
        for key, given in members(tree).items():
            row = self.by_key.get(key)
            try:
                if row is None:
                    code = self._code(key)
                    found += [self.framed(code, raw_octets(str(value))) for value in items(given)]
                elif row.many:
                    found += [self.framed(row.code, row.field.encode(value)) for value in items(given)]
                else:
                    found.append(self.framed(row.code, row.field.encode(given)))
            except Misspelt as error:
                raise Misspelt(f"{key}: {error.reason}", error.expected) from None
        return b"".join(found)

    def _code(self, key: str) -> int:
        """The type of `UNKNOWN-CODE`."""
        name, _, code = key.rpartition("-")
        if name != self.unknown:
            raise Misspelt("it is not known", f"one of {', '.join(self.by_key)}")
        return integer(number(code), (1 << 8 * self.sizes[0]) - 1)

    def words(self, tree: object) -> str:
        found: list[str] = []
        for key, given in members(tree).items():
            row = self.by_key.get(key)
            if row is None:
                found += [f"{key} {value}" for value in items(given)]
            elif row.many:
                found += [f"{row.word} {enclosed(row.field, value)}" for value in items(given)]
            else:
                found.append(f"{row.word} {enclosed(row.field, given)}")
        return " ".join(found)

    def read(self, words: Words) -> object:
        tree: dict[str, object] = {}
        lists: dict[str, list[object]] = {}
        while True:
            word = words.peek()
            row = self.by_word.get(word)
            if row is None and not word.startswith(f"{self.unknown}-"):
                return tree
            words.next("")
            if row is None:
                try:
                    self._code(word)
                except Misspelt as error:
                    raise words.wrong(error.expected, error.reason) from None
                value: object = spell.hexadecimal(raw_octets(words.next("hexadecimal"), words))
            else:
                value = read_enclosed(row.field, words)
            key = word if row is None else row.key
            if row is not None and not row.many:
                if key in tree:
                    raise words.wrong("another word", f"'{row.word}' stands twice")
                tree[key] = value
            else:
                if key not in lists:
                    tree[key] = lists[key] = []
                lists[key].append(value)
