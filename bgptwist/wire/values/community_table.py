"""Tables of community forms: a row for each, and what a table reads and writes (RFC 4360, 2; RFC 5701, 2).

A row is found by the two octets of type and subtype, whole: the registries reuse subtypes under other types.
What has no row, or more in its octets than the words of its row can say, is written in hexadecimal.
"""

from collections.abc import Callable
from typing import Final, Self

from bgptwist.wire import spell
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.kinds import Attribute
from bgptwist.wire.values.tree import integer, items, members, string
from bgptwist.wire.words import Words, number

UNFIT: Final = b""
"""What a reader gives for words that are not of its row."""


class Row:
    """One form: `code` is type and subtype, `word` what it is called.

    `read` makes the octets after the code from the words after the name, or UNFIT when they are of another row;
    `write` makes the words, None when the octets are of another row.  Rows of one word are tried in their order.
    `help` says what the words are; the docstring of `read` does unless it is given.
    """

    def __init__(
        self,
        code: int,
        word: str,
        read: Callable[[str], bytes],
        write: Callable[[bytes], str | None],
        glue: str = ":",
        help: str = "",
    ) -> None:
        self.code = code
        self.word = word
        self.read = read
        self.write = write
        self.glue = glue
        """What stands between the name and the rest; a blank makes it two words."""
        self.help = help or (read.__doc__ or "").partition("\n")[0]


class Table:
    """The rows of communities of `size` octets; words without a name are of the rows called `nameless`, if any."""

    def __init__(self, rows: tuple[Row, ...], size: int, expected: str, nameless: str = "") -> None:
        self.rows = rows
        self.size = size
        self.expected = expected
        self.by_code: dict[int, list[Row]] = {}
        self.by_word: dict[str, list[Row]] = {}
        for row in rows:
            self.by_code.setdefault(row.code, []).append(row)
            self.by_word.setdefault(row.word, []).append(row)
        self.nameless = self.by_word.get(nameless, [])
        self.spaced = frozenset(row.word for row in rows if row.glue == " ")
        """Names that are followed by a word of their own."""

    def text(self, community: bytes) -> str:
        """`target:65000:1`: the words of its row, in hexadecimal without one; some rows leave out reserved octets."""
        for row in self.by_code.get(community[0] << 8 | community[1], ()):
            rest = row.write(community[2:])
            if rest is not None:
                return row.word + row.glue + rest if rest else row.word
        return spell.hexadecimal(community)

    def words(self, community: bytes) -> str:
        """What `read` makes the same octets of: the text, or hexadecimal where that leaves something out."""
        written = self.text(community)
        return written if self.parse(written) == community else spell.hexadecimal(community)

    def json(self, community: bytes) -> str:
        """`{ "value": 842122827661412, "string": "target:65000:100" }`."""
        return f'{{ "value": {int.from_bytes(community, "big")}, "string": "{self.text(community)}" }}'

    def parse(self, word: str) -> bytes:
        """The octets of one community (`mark 10` has a blank in it), empty when it is none."""
        if word[:2] in ("0x", "0X"):
            value = number(word) if len(word) == 2 + 2 * self.size else -1
            return value.to_bytes(self.size, "big") if value >= 0 else UNFIT
        name, _, rest = word.replace(" ", ":", 1).partition(":")
        rows = self.by_word.get(name)
        if rows is None:
            rows = self.nameless
            rest = word
        for row in rows:
            found = row.read(rest)
            if found:
                return row.code.to_bytes(2, "big") + found
        return UNFIT

    def read_one(self, words: Words) -> bytes:
        """The octets of the community that comes next, which may be of two words."""
        word = words.next(self.expected)
        at = words.at - 1
        if word in self.spaced:
            word = f"{word} {words.next(f'what follows {word}')}"
        found = self.parse(word)
        if not found:
            raise Misspelt(f"'{word}' is no extended community", self.expected, at)
        return found

    def read(self, words: Words) -> bytes:
        """The octets of one community or of `[ a b ]`, in ascending order; commas do not matter."""
        if not words.accept("["):
            return self.read_one(words)
        found: list[bytes] = []
        while not words.accept("]"):
            if not words.accept(","):
                found.append(self.read_one(words))
        found.sort()
        return b"".join(found)

    def listed(self, value: bytes) -> list[bytes]:
        """The communities of an attribute."""
        return [value[at : at + self.size] for at in range(0, len(value), self.size)]

    def joined(self, one: bytes, other: bytes) -> bytes:
        """Two attributes as one, in ascending order."""
        return b"".join(sorted(self.listed(one + other)))

    def spelt(self, value: bytes) -> str:
        """The words of an attribute: one community, or `[ a b ]`."""
        written = " ".join([self.words(community) for community in self.listed(value)])
        return written if len(value) == self.size else f"[ {written} ]"

    def restored(self, tree: object) -> str:
        """The words of the communities that JSON shows in a list; Misspelt when they have another shape."""
        return self.spelt(b"".join([self.of_tree(each) for each in items(tree)]))

    def of_tree(self, tree: object) -> bytes:
        """The octets of `{ "value": ..., "string": ... }` or of the string alone.

        One of the two is enough.  The number has all octets; where the string does not agree with it the string
        counts, for there are programs that cannot hold numbers of 64 bits.
        """
        if isinstance(tree, str):
            found = self.parse(tree)
            if not found:
                raise Misspelt(f"'{tree[:60]}' is no extended community", self.expected)
            return found
        given = members(tree)
        if "value" not in given:
            return self.of_tree(string(given.get("string")))
        found = integer(given["value"], (1 << 8 * self.size) - 1).to_bytes(self.size, "big")
        if "string" in given and string(given["string"]) != self.text(found):
            return self.of_tree(string(given["string"]))
        return found


class TabledCommunities(Attribute):
    """Communities of a table in the order they came; `value` is their octets.

    Without octets it is what `[ ]` says: nothing to send.
    """

    table: Table

    def __init__(self, value: bytes) -> None:
        self.value = value

    def communities(self) -> list[bytes]:
        """The communities, each of the size of the table."""
        return self.table.listed(self.value)

    def octets(self) -> bytes:
        return self.value

    def words(self) -> str:
        return self.table.spelt(self.value)

    def json(self) -> str:
        listed = [self.table.json(community) for community in sorted(self.communities())]
        return f"[ {', '.join(listed)} ]"

    def joined(self, other: bytes) -> Self:
        """With others, in ascending order: a statement that says the keyword twice means both."""
        return type(self)(self.table.joined(self.value, other))
