"""Fields that know their size from a number before them, or have always as many parts, or are bits of one number."""

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Field
from bgptwist.wire.values.layout import Member, Sequence, Struct
from bgptwist.wire.values.tree import items, members, raw_octets, string
from bgptwist.wire.words import Words


def counted(value: bytes, size: int, more: int, count: int) -> bytes:
    """`value` after a number of `size` octets: `count`, and `more`."""
    if count + more >= 1 << 8 * size:
        raise Misspelt(f"{count} are too many", f"at most {(1 << 8 * size) - 1 - more}")
    return (count + more).to_bytes(size, "big") + value


class Boxed(Field):
    """A field after its length, which counts `more` octets than it has (2: those of the length, too)."""

    def __init__(self, size: int, field: Field, more: int = 0) -> None:
        self.size = size
        self.field = field
        self.more = more
        self.single = field.single

    def decode(self, octets: Octets) -> object:
        inner = Octets(octets.take(octets.integer(self.size) - self.more))
        tree = self.field.decode(inner)
        if inner.left:
            raise Malformed(f"{inner.left} octets too many")
        return tree

    def encode(self, tree: object) -> bytes:
        value = self.field.encode(tree)
        return counted(value, self.size, self.more, len(value))

    def words(self, tree: object) -> str:
        return self.field.words(tree)

    def read(self, words: Words) -> object:
        return self.field.read(words)


class BoxedSequence(Sequence):
    """Equal parts after their length in octets, which counts `more` than they have."""

    def __init__(self, size: int, field: Field, more: int = 0, minimum: int = 0) -> None:
        super().__init__(field, minimum)
        self.size = size
        self.more = more

    def decode(self, octets: Octets) -> object:
        return super().decode(Octets(octets.take(octets.integer(self.size) - self.more)))

    def encode(self, tree: object) -> bytes:
        value = super().encode(tree)
        return counted(value, self.size, self.more, len(value))


class CountedSequence(Sequence):
    """Parts after their number."""

    def __init__(self, size: int, field: Field, minimum: int = 0) -> None:
        super().__init__(field, minimum)
        self.size = size

    def decode(self, octets: Octets) -> object:
        count = octets.integer(self.size)
        if count < self.minimum:
            raise Malformed(f"{count} parts, {self.minimum} at least")
        if count > octets.left:
            raise Malformed(f"{count} parts in {octets.left} octets")
        return [self.field.decode(octets) for _ in range(count)]

    def encode(self, tree: object) -> bytes:
        return counted(super().encode(tree), self.size, 0, len(items(tree)))


class Repeated(Sequence):
    """Always as many parts."""

    def __init__(self, field: Field, count: int) -> None:
        super().__init__(field, count)

    def decode(self, octets: Octets) -> object:
        return [self.field.decode(octets) for _ in range(self.minimum)]

    def encode(self, tree: object) -> bytes:
        if len(items(tree)) != self.minimum:
            raise Misspelt(f"{len(items(tree))} parts", f"{self.minimum} of them")
        return super().encode(tree)


class BitNumber(Field):
    """A number of so many bits, as a member of Packed; it has no octets of its own."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        return words.integer((1 << self.bits) - 1)


class Packed(Struct):
    """Members that are BitNumbers, the first in the highest bits; together they fill whole octets."""

    def __init__(self, *listed: Member) -> None:
        super().__init__(*listed)
        self.sizes: list[tuple[str, int]] = []
        for member in listed:
            assert isinstance(member.field, BitNumber)
            self.sizes.append((member.key, member.field.bits))
        self.octets = sum(bits for _, bits in self.sizes) // 8

    def decode(self, octets: Octets) -> object:
        value = octets.integer(self.octets)
        tree: dict[str, object] = {}
        for key, bits in reversed(self.sizes):
            tree[key] = value & (1 << bits) - 1
            value >>= bits
        return {key: tree[key] for key, _ in self.sizes}

    def encode(self, tree: object) -> bytes:
        given = members(tree)
        value = 0
        for key, bits in self.sizes:
            number = given.get(key)
            if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 1 << bits:
                raise Misspelt(f"'{key}' does not fit", f"a number from 0 to {(1 << bits) - 1}")
            value = value << bits | number
        return value.to_bytes(self.octets, "big")


class Present(Field):
    """No octets at all: that it stands there says everything; `true` in the tree, no words."""

    def decode(self, octets: Octets) -> object:
        return True

    def encode(self, tree: object) -> bytes:
        if tree is not True:
            raise Misspelt("it is either there or not", "true")
        return b""

    def words(self, tree: object) -> str:
        return ""

    def read(self, words: Words) -> object:
        return True


class HopAddress(Field):
    """An address after its length in octets; what is neither IPv4 nor IPv6 is hexadecimal."""

    EXPECTED = "an address, or hexadecimal"

    def decode(self, octets: Octets) -> object:
        return spell.address(octets.take(octets.octet()))

    def encode(self, tree: object) -> bytes:
        text = string(tree)
        try:
            value = raw_octets(text) if text[:2] == "0x" else spell.address_octets(text)
        except ValueError:
            raise Misspelt(f"'{text[:60]}' is no address", self.EXPECTED) from None
        return counted(value, 1, 0, len(value))

    def words(self, tree: object) -> str:
        return string(tree)

    def read(self, words: Words) -> object:
        word = words.next(self.EXPECTED)
        try:
            return self.decode(Octets(self.encode(word)))
        except Misspelt:
            raise words.wrong(self.EXPECTED) from None
