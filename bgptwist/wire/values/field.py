"""Fields: parts of a layout, each written once for octets, tree and words.

A tree is what JSON shows: numbers, strings, booleans, lists and dictionaries with string keys.  A Field reads octets
into a tree (`decode`) and back (`encode`), and words into a tree (`read`) and back (`words`).  Octets that break a
layout are Malformed; words and trees that do are Misspelt.
"""

from json import dumps
from math import isfinite
from socket import AF_INET, AF_INET6, inet_ntop
from struct import error as struct_error
from struct import pack, unpack
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.tree import integer, members, raw_octets, string
from bgptwist.wire.words import Words, number

MARKS: Final = frozenset("[](),")
BREAKING: Final = frozenset(" \t\r\n\f\v[](),;{}\"'\\#")
"""Characters that a word of a statement cannot hold."""


class Field:
    """One part of a layout.  `single`: its words are always one word."""

    single: bool = True

    def decode(self, octets: Octets) -> object:
        """The tree of the octets that come next; Malformed when they do not fit."""
        raise NotImplementedError

    def encode(self, tree: object) -> bytes:
        """The octets of a tree; Misspelt when it is of another shape."""
        raise NotImplementedError

    def words(self, tree: object) -> str:
        """A tree as words."""
        raise NotImplementedError

    def read(self, words: Words) -> object:
        """The tree of the words that come next; Misspelt when they do not fit."""
        raise NotImplementedError


class Number(Field):
    """An unsigned integer of `size` octets."""

    def __init__(self, size: int, maximum: int = -1) -> None:
        self.size = size
        self.maximum = maximum if maximum >= 0 else (1 << 8 * size) - 1

    def decode(self, octets: Octets) -> object:
        return octets.integer(self.size)

    def encode(self, tree: object) -> bytes:
        return integer(tree, self.maximum).to_bytes(self.size, "big")

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        return words.integer(self.maximum)


class Choice(Field):
    """A number with names: known values are strings in the tree and in words, others stay numbers."""

    def __init__(self, size: int, names: dict[int, str]) -> None:
        self.size = size
        self.names = names
        self.codes = {name: code for code, name in names.items()}

    def decode(self, octets: Octets) -> object:
        code = octets.integer(self.size)
        return self.names.get(code, code)

    def encode(self, tree: object) -> bytes:
        code = self.codes.get(tree, -1) if isinstance(tree, str) else -1
        if code < 0:
            try:
                code = integer(tree, (1 << 8 * self.size) - 1)
            except Misspelt as error:
                raise Misspelt(error.reason, f"a number or one of {', '.join(self.codes)}") from None
        return code.to_bytes(self.size, "big")

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        word = words.next(f"one of {', '.join(self.codes)}")
        if word in self.codes:
            return word
        code = number(word)
        if not 0 <= code < 1 << 8 * self.size:
            raise words.wrong(f"a number or one of {', '.join(self.codes)}")
        return self.names.get(code, code)


class Real(Field):
    """An IEEE number of four octets (finite ones; others are shown as hexadecimal by whoever encloses it)."""

    def decode(self, octets: Octets) -> object:
        value: float = unpack(">f", octets.take(4))[0]
        if not isfinite(value):
            raise Malformed("a number that is not finite")
        return value

    def encode(self, tree: object) -> bytes:
        if isinstance(tree, bool) or not isinstance(tree, int | float):
            raise Misspelt(f"{dumps(tree)[:60]} does not fit", "a number")
        try:
            return pack(">f", float(tree))
        except (OverflowError, struct_error):
            raise Misspelt(f"{str(tree)[:60]} does not fit", "a number of single precision") from None

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        word = words.next("a number")
        try:
            value = float(word)
        except ValueError:
            value = float("nan")
        if not isfinite(value) or "_" in word:
            raise words.wrong("a number")
        return value


class Address(Field):
    """An address of 4 or 16 octets, or of whatever is left when `size` is 0."""

    def __init__(self, size: int = 0) -> None:
        self.size = size
        self.expected = {4: "an IPv4 address", 16: "an IPv6 address"}.get(size, "an address")

    def decode(self, octets: Octets) -> object:
        value = octets.take(self.size or octets.left)
        if len(value) not in (4, 16):
            raise Malformed(f"an address of {len(value)} octets")
        return spell.address(value)

    def encode(self, tree: object) -> bytes:
        try:
            value = spell.address_octets(string(tree))
        except ValueError:
            value = b""
        if not value or (self.size and len(value) != self.size):
            raise Misspelt(f"{dumps(tree)[:60]} does not fit", self.expected)
        return value

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        word = words.next(self.expected)
        try:
            return spell.address(self.encode(word))
        except Misspelt:
            raise words.wrong(self.expected) from None


class CountedAddress(Address):
    """An address after its length in bits, one octet: 0 (the tree is ''), 32 or 128; words say `none` for 0."""

    def decode(self, octets: Octets) -> object:
        bits = octets.octet()
        if bits == 0:
            return ""
        if bits not in (32, 128):
            raise Malformed(f"an address of {bits} bits")
        return spell.address(octets.take(bits // 8))

    def encode(self, tree: object) -> bytes:
        if tree == "":
            return b"\0"
        value = super().encode(tree)
        return bytes((8 * len(value),)) + value

    def words(self, tree: object) -> str:
        return str(tree) or "none"

    def read(self, words: Words) -> object:
        if words.accept("none"):
            return ""
        word = words.next("an address or 'none'")
        try:
            return spell.address(super().encode(word))
        except Misspelt:
            raise words.wrong("an address or 'none'") from None


class Prefix(Field):
    """A prefix after its length in bits, with as many octets as these take; AFI 1 or 2."""

    def __init__(self, afi: int) -> None:
        self.size = 4 if afi == 1 else 16
        self.af = AF_INET if afi == 1 else AF_INET6
        self.expected = "a prefix like " + ("10.0.0.0/24" if afi == 1 else "2001:db8::/32")

    def decode(self, octets: Octets) -> object:
        bits = octets.octet()
        if bits > 8 * self.size:
            raise Malformed(f"a prefix of {bits} bits")
        return f"{inet_ntop(self.af, octets.take((bits + 7) // 8).ljust(self.size, bytes(1)))}/{bits}"

    def encode(self, tree: object) -> bytes:
        text, slash, length = string(tree).partition("/")
        bits = number(length) if slash else 8 * self.size
        try:
            value = spell.address_octets(text)
        except ValueError:
            value = b""
        if len(value) != self.size or not 0 <= bits <= 8 * self.size:
            raise Misspelt(f"'{tree}' is not a valid prefix", self.expected)
        if int.from_bytes(value, "big") & ((1 << 8 * self.size - bits) - 1):
            raise Misspelt(f"'{tree}' has host bits set", f"zero bits after /{bits}")
        return bytes((bits,)) + value[: (bits + 7) // 8]

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        word = words.next(self.expected)
        try:
            return self.decode(Octets(self.encode(word)))
        except Misspelt as error:
            raise words.wrong(error.expected, error.reason) from None


class Raw(Field):
    """`size` octets, or all that is left when it is 0, as hexadecimal."""

    def __init__(self, size: int = 0) -> None:
        self.size = size

    def decode(self, octets: Octets) -> object:
        return spell.hexadecimal(octets.take(self.size or octets.left))

    def encode(self, tree: object) -> bytes:
        value = raw_octets(string(tree))
        if self.size and len(value) != self.size:
            raise Misspelt(f"'{string(tree)[:60]}' has {len(value)} octets", f"{self.size} octets in hexadecimal")
        return value

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        word = words.next("hexadecimal")
        try:
            return spell.hexadecimal(self.encode(word))
        except Misspelt as error:
            raise words.wrong(error.expected) from None


class Text(Field):
    """UTF-8 that fills all that is left; what is none, or looks like hexadecimal, is shown as hexadecimal.

    In words a text with blanks, brackets or quotes stands as hexadecimal, too.
    """

    def decode(self, octets: Octets) -> object:
        value = octets.rest()
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            return spell.hexadecimal(value)
        return spell.hexadecimal(value) if text[:2] == "0x" else text

    def encode(self, tree: object) -> bytes:
        text = string(tree)
        if text[:2] == "0x":
            return raw_octets(text)
        try:
            return text.encode("utf-8")
        except UnicodeEncodeError:
            raise Misspelt("half a character", "text") from None

    def words(self, tree: object) -> str:
        text = str(tree)
        if not text or not text.isprintable() or not BREAKING.isdisjoint(text):
            return spell.hexadecimal(self.encode(text))
        return text

    def read(self, words: Words) -> object:
        word = words.next("a text without blanks, or hexadecimal")
        if word in MARKS:
            raise words.wrong("a text without blanks, or hexadecimal")
        try:
            return self.decode(Octets(self.encode(word)))
        except Misspelt as error:
            raise words.wrong(error.expected) from None


class Flags(Field):
    """Bits with names, from the highest; the tree has each as 0 or 1 and the others together as `RSV`.

    Words join the names of those set (`B+V`), or are a number when others are set too.
    """

    def __init__(self, size: int, names: tuple[str, ...]) -> None:
        self.size = size
        self.names = names
        self.bits = {name: 1 << 8 * size - 1 - at for at, name in enumerate(names) if name}
        self.spare = ((1 << 8 * size) - 1) & ~sum(self.bits.values())

    def decode(self, octets: Octets) -> object:
        value = octets.integer(self.size)
        tree: dict[str, object] = {name: int(bool(value & bit)) for name, bit in self.bits.items()}
        if self.spare:
            tree["RSV"] = value & self.spare
        return tree

    def encode(self, tree: object) -> bytes:
        value = 0
        for name, given in members(tree).items():
            if name == "RSV":
                value |= integer(given, self.spare)
            elif name in self.bits:
                value |= self.bits[name] * int(integer(int(given) if isinstance(given, bool) else given, 1))
            else:
                raise Misspelt(f"there is no flag '{name}'", f"one of {', '.join(self.bits)}")
        return value.to_bytes(self.size, "big")

    def words(self, tree: object) -> str:
        given = members(tree)
        if given.get("RSV"):
            return spell.hexadecimal(self.encode(tree))
        return "+".join([name for name in self.bits if given.get(name)]) or "0"

    def read(self, words: Words) -> object:
        expected = f"flags: 0, a number, or {'+'.join(self.bits)}"
        word = words.next(expected)
        value = number(word)
        if value < 0:
            value = 0
            for name in word.split("+"):
                if name not in self.bits:
                    raise words.wrong(expected)
                value |= self.bits[name]
        if value >= 1 << 8 * self.size:
            raise words.wrong(expected)
        return self.decode(Octets(value.to_bytes(self.size, "big")))


class Mac(Field):
    """A MAC address of six octets, `AA:BB:CC:DD:EE:FF`."""

    def decode(self, octets: Octets) -> object:
        return octets.take(6).hex(":").upper()

    def encode(self, tree: object) -> bytes:
        parts = string(tree).replace("-", ":").split(":")
        try:
            if len(parts) != 6 or any(len(part) not in (1, 2) or not part.isalnum() for part in parts):
                raise ValueError
            return bytes([int(part, 16) for part in parts])
        except ValueError:
            raise Misspelt(f"'{tree}' is no MAC address", "a MAC address like 00:11:22:33:44:55") from None

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        word = words.next("a MAC address like 00:11:22:33:44:55")
        try:
            return self.encode(word).hex(":").upper()
        except Misspelt as error:
            raise words.wrong(error.expected, error.reason) from None


class Pad(Field):
    """Octets that say nothing: zeros.  Others make `show` fall back to hexadecimal; a Member for it needs no key."""

    def __init__(self, size: int) -> None:
        self.size = size

    def decode(self, octets: Octets) -> object:
        octets.take(self.size)
        return None

    def encode(self, tree: object) -> bytes:
        return bytes(self.size)
